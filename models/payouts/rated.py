"""Which plan versions have rated what a run pays, and who wrote them.  Reads only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, exists, select
from sqlalchemy.orm import Session

from models.commissions.tables import STANDS_ON, CommissionLine, Plan, PlanVersion, Statement
from models.payouts.tables import Payout, PayoutRun, PayoutStatement


def versions_in(session: Session, run: PayoutRun) -> list[Row[Any]]:
    """(id, number, authors, plan_name) of each version by a person that rated a line of it."""
    rated = exists().where(
        CommissionLine.plan_version_id == PlanVersion.id,
        STANDS_ON,
        Statement.id == PayoutStatement.statement_id,
        PayoutStatement.is_live,
        PayoutStatement.payout_id == Payout.id,
        Payout.run_id == run.id,
    )
    return list(
        session.execute(
            select(
                PlanVersion.id,
                PlanVersion.number,
                PlanVersion.authors,
                Plan.name.label("plan_name"),
            )
            .join(Plan, Plan.id == PlanVersion.plan_id)
            .where(PlanVersion.author_id.is_not(None), rated)
            .order_by(Plan.name, PlanVersion.number)
        )
    )
