"""Disputed lines while their month is rated anew: what is no longer earned stays, with nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models.commissions.disputes.tables import Dispute
from models.commissions.queries import is_open
from models.commissions.tables import CommissionLine

TABLE = CommissionLine.__table__
NOTHING: dict[str, Any] = {"amount_minor": 0, "payout_minor": 0}


class Disputed:
    """The open lines since a month that a dispute is or was about, as they are before it."""

    def __init__(self, session: Session, month: str) -> None:
        self._session = session
        asked = select(Dispute.line_id).where(Dispute.line_id.is_not(None))
        rows = session.execute(
            select(*TABLE.columns).where(
                CommissionLine.id.in_(asked), CommissionLine.period >= month, is_open()
            )
        )
        self._rows = [dict(row._mapping) for row in rows]

    def put_back(self) -> None:
        """Those that did not come back: a dispute goes on to say what it is about."""
        known = {row["id"] for row in self._rows}
        asked = select(CommissionLine.id).where(CommissionLine.id.in_(known))
        there = set(self._session.scalars(asked)) if known else set()
        for row in self._rows:
            if row["id"] not in there:
                self._session.execute(insert(CommissionLine).values(**(row | NOTHING | _said(row))))


def _said(row: dict[str, Any]) -> dict[str, Any]:
    why = "Nothing is earned by the plan as it is now; the line stays because it was disputed."
    return {"working": {"rule": "by_hand", "pool_minor": 0, "number": row["number"], "why": why}}
