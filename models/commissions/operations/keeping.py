"""What a run of rating has to write: collected as plain rows, then written in bulk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from orjson import dumps
from sqlalchemy import delete, select, update
from sqlalchemy import insert as insert_rows
from sqlalchemy.orm import Session

from models import bulk
from models.base import long_number, new_id
from models.commissions.engine import Line
from models.commissions.engine.desk import made
from models.commissions.engine.numbers import iso
from models.commissions.engine.state import Deal, text_of
from models.commissions.memory import COLUMNS as MEMORY
from models.commissions.memory import NOTHING, Kept, Memories
from models.commissions.memory import TABLE as MEMORIES
from models.commissions.rated import Rated, RatedEvent, RatingProblem
from models.commissions.tables import CommissionLine

LINE = (
    "id", "partner_id", "number", "period", "on", "code", "deal_id", "invoice_id", "source_id",
    "amount_minor", "currency", "payout_minor", "payout_currency", "plan_version_id", "working",
    "corrects", "recorded_at",
)  # fmt: skip
RATED = ("id", "sale_id", "nth", "kind", "month", "rated_at", "line_count", "memory", "due_on")
DUE_ON = RATED.index("due_on")
LINES: Any = CommissionLine.__table__
EVENTS: Any = RatedEvent.__table__


class Outcome:
    """Lines, what was rated, and what could not be."""

    def __init__(self, session: Session, memories: Memories, now: datetime) -> None:
        self._session, self._memories, self._now = session, memories, now
        self._told_now = bulk.instant_text(now)
        for table, columns in ((EVENTS, RATED), (LINES, LINE), (MEMORIES, MEMORY)):
            bulk.make_room(session, table, columns)
        self._lines: list[tuple[Any, ...]] = []
        self._rated: list[list[Any]] = []
        self._due: dict[str, list[Any]] = {}
        """The row of each deal in `_rated` that says when its next hold is released."""
        self._no_longer_due: list[str] = []
        self._stuck: dict[str, tuple[str, str]] = {}
        self._has_problems: bool | None = None
        """Whether anything is known that could not be rated; None until it matters."""

    def add(self, lines: Sequence[Line], invoice_id: str | None, source_id: str | None) -> None:
        """invoice_id: of what is not about a deal as a whole."""
        now = self._told_now
        for (  # taken apart at once: by name, value by value, takes twice as long
            line_id,
            partner,
            deal,
            sale,
            code,
            amount,
            currency,
            payout,
            payout_currency,
            period,
            on,
            _,
            _,
            version,
            told,
            corrects,
        ) in lines:
            self._lines.append(
                (
                    line_id, partner, long_number("L", line_id), period, iso(on), code._value_,
                    deal if sale is not None and deal != invoice_id else None,
                    invoice_id if sale is not None else None,
                    source_id, amount, currency, payout, payout_currency, version,
                    dumps(told).decode(), dumps(corrects).decode() if corrects else "[]", now,
                )
            )  # fmt: skip

    def rated(
        self, source_id: str, key: str, deal: Deal, kind: Rated, month: str, count: int
    ) -> None:
        """That it was rated, and what is remembered of its deal from now on."""
        deals = self._memories.deals
        holds, _, version, value = deals[key] or NOTHING
        memory, due = text_of(deal).decode(), None
        changed = memory != value and (value is not None or deal.plan != "")
        if changed:
            value, due = memory, deal.next_release if deal.holds else None
        row: list[Any] = [
            source_id, key, version + 1, kind._value_, month, self._told_now, count,
            memory if changed else None, due,
        ]  # fmt: skip
        self._rated.append(row)
        if changed and (holds or due):
            holds = self._moved(key, row, holds, due)
        deals[key] = made(Kept, (holds, month, version + 1, value))

    def _moved(self, key: str, row: list[Any], before: str, due: str | None) -> str:
        """Only one row of a deal says when its next hold is released; its id, or nothing."""
        if key in self._due:
            self._due[key][DUE_ON] = None
        elif before:
            self._no_longer_due.append(before)
        self._due[key] = row
        return str(row[0]) if due else ""

    def stuck(self, source_id: str, partner_id: str, reason: str) -> None:
        self._stuck[source_id] = (partner_id, reason)

    def drop(self) -> None:
        """Forget it all."""
        for kept in (self._lines, self._rated, self._due, self._no_longer_due, self._stuck):
            kept.clear()

    def keep(self) -> None:
        """Write it all, and begin anew."""
        if self._no_longer_due:
            self._session.execute(
                update(RatedEvent)
                .where(bulk.among(self._session, RatedEvent.id, self._no_longer_due))
                .values(due_on=None)
                .execution_options(synchronize_session=False)
            )
        self._keep_problems()
        bulk.insert(self._session, EVENTS, RATED, self._rated)
        bulk.insert(self._session, LINES, LINE, self._lines)
        self.drop()

    def _keep_problems(self) -> None:
        if self._has_problems is None:
            self._has_problems = self._session.scalar(select(RatingProblem.id).limit(1)) is not None
        known = self._known_problems() if self._has_problems else {}
        self._has_problems = self._has_problems or bool(self._stuck)
        solved = known.keys() - self._stuck.keys()
        if solved:
            gone = [UUID(one) for one in solved]
            self._session.execute(delete(RatingProblem).where(RatingProblem.source_id.in_(gone)))
        new: list[dict[str, Any]] = []
        changed: dict[str, list[UUID]] = {}
        for source_id, (partner_id, reason) in self._stuck.items():
            if source_id not in known:
                told = {"source_id": UUID(source_id), "partner_id": UUID(partner_id)}
                new.append(told | {"id": new_id(), "reason": reason, "found_at": self._now})
            elif known[source_id] != reason:
                changed.setdefault(reason, []).append(UUID(source_id))
        if new:
            self._session.execute(insert_rows(RatingProblem), new)
        for reason, source_ids in changed.items():
            which = RatingProblem.source_id.in_(source_ids)
            self._session.execute(update(RatingProblem).where(which).values(reason=reason))

    def _known_problems(self) -> dict[str, str]:
        asked: Collection[str] = {*self._stuck, *(row[0] for row in self._rated)}
        if not asked:
            return {}
        rows = self._session.execute(
            select(bulk.hex_id(RatingProblem.source_id), RatingProblem.reason).where(
                bulk.among(self._session, RatingProblem.source_id, asked)
            )
        )
        return {row[0]: row[1] for row in rows}
