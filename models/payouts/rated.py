"""Which plan versions have rated what a run pays, who wrote them, and who said for whom they are.

Reads only.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, or_, select
from sqlalchemy.orm import Session

from models.commissions.tables import (
    STANDS_ON,
    CommissionLine,
    Plan,
    PlanAssignment,
    PlanVersion,
    Statement,
)
from models.payouts.tables import Payout, PayoutRun, PayoutStatement


def versions_in(session: Session, run: PayoutRun) -> list[Row[Any]]:
    """(id, number, authors, plan_name) of each version by a person that rated a line of it."""
    rated = _rated(run)
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


def assigners_in(session: Session, run: PayoutRun) -> dict[UUID, str]:
    """{whoever assigned a plan that rated a line of it, to a partner that it pays: the plan}."""
    paid = select(Payout.partner_id).where(Payout.run_id == run.id)
    rows = session.execute(
        select(PlanAssignment.made_by_id, Plan.name)
        .join(Plan, Plan.id == PlanAssignment.plan_id)
        .join(PlanVersion, PlanVersion.plan_id == Plan.id)
        .where(
            PlanAssignment.made_by_id.is_not(None),
            or_(PlanAssignment.partner_id.is_(None), PlanAssignment.partner_id.in_(paid)),
            _rated(run),
        )
        .order_by(Plan.name)
        .distinct()
    )
    found: dict[UUID, str] = {}
    for person_id, name in rows:
        if person_id is not None:
            found.setdefault(person_id, name)
    return found


def _rated(run: PayoutRun) -> Any:
    return exists().where(
        CommissionLine.plan_version_id == PlanVersion.id,
        STANDS_ON,
        Statement.id == PayoutStatement.statement_id,
        PayoutStatement.is_live,
        PayoutStatement.payout_id == Payout.id,
        Payout.run_id == run.id,
    )
