"""What a run of rating has to write: collected, then written with few statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models.base import human_number, new_id
from models.commissions.engine import Line
from models.commissions.tables import CommissionLine, RatedEvent, RatingProblem


class Outcome:
    """Lines, what was rated, and what could not be."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._now = session, now
        self._lines: list[dict[str, Any]] = []
        self._rated: list[dict[str, Any]] = []
        self._stuck: dict[UUID, tuple[UUID, str]] = {}

    def lines(self, lines: Sequence[Line]) -> None:
        self._lines += [_row(line, self._now) for line in lines]

    def rated(self, source_id: UUID, partner_id: UUID, line_count: int) -> None:
        """That it was rated, and that whatever stood in its way no longer does."""
        self._rated.append(
            {
                "id": new_id(),
                "source_id": source_id,
                "partner_id": partner_id,
                "rated_at": self._now,
                "line_count": line_count,
            }
        )

    def stuck(self, source_id: UUID, partner_id: UUID, reason: str) -> None:
        self._stuck[source_id] = (partner_id, reason)

    def keep(self) -> None:
        """Write it all, and begin anew."""
        rated = [row["source_id"] for row in self._rated]
        known = self._known_problems([*rated, *self._stuck]) if rated or self._stuck else {}
        solved = known.keys() - self._stuck.keys()
        if solved:
            self._session.execute(delete(RatingProblem).where(RatingProblem.source_id.in_(solved)))
        self._keep_problems(known)
        if self._rated:
            self._session.execute(insert(RatedEvent), self._rated)
        if self._lines:
            self._session.execute(insert(CommissionLine), self._lines)
        for kept in (self._lines, self._rated, self._stuck):
            kept.clear()

    def _known_problems(self, source_ids: Collection[UUID]) -> dict[UUID, str]:
        rows = self._session.execute(
            select(RatingProblem.source_id, RatingProblem.reason).where(
                RatingProblem.source_id.in_(source_ids)
            )
        )
        return {row.source_id: row.reason for row in rows}

    def _keep_problems(self, known: dict[UUID, str]) -> None:
        new: list[dict[str, Any]] = []
        changed: dict[str, list[UUID]] = {}
        for source_id, (partner_id, reason) in self._stuck.items():
            if source_id not in known:
                told = {"source_id": source_id, "partner_id": partner_id, "reason": reason}
                new.append(told | {"id": new_id(), "found_at": self._now})
            elif known[source_id] != reason:
                changed.setdefault(reason, []).append(source_id)
        if new:
            self._session.execute(insert(RatingProblem), new)
        for reason, source_ids in changed.items():
            self._session.execute(
                update(RatingProblem)
                .where(RatingProblem.source_id.in_(source_ids))
                .values(reason=reason)
            )


def _row(line: Line, now: datetime) -> dict[str, Any]:
    line_id = UUID(line.id)
    invoice = line.sale if line.sale != line.deal else None
    return {
        "id": line_id,
        "partner_id": UUID(line.partner),
        "number": human_number("L", line_id, 12),
        "period": line.period,
        "on": line.on,
        "code": line.code,
        "deal_id": _uuid(line.deal),
        "invoice_id": _uuid(invoice),
        "source_id": _uuid(line.event),
        "amount_minor": line.amount_minor,
        "currency": line.currency,
        "payout_minor": line.payout_minor,
        "payout_currency": line.payout_currency,
        "plan_version_id": UUID(line.version),
        "working": line.working,
        "corrects": list(line.corrects),
        "statement_id": None,
        "recorded_at": now,
    }


def _uuid(text: str | None) -> UUID | None:
    """None too for what is called otherwise, such as the deal of a sale nobody registered."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
