"""The engine's memories as rows: read when asked for, written when changed.

A deal's memory stands beside its last event (RatedEvent), any other in a row for each month in
which it changed (RatingState).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import CursorResult, bindparam, func, select, union, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models import bulk
from models.commissions.engine import State
from models.commissions.engine.state import Customer, Deal
from models.commissions.rated import RatedEvent, RatingState
from models.commissions.tables import CommissionLine
from models.customers.merging import merged_into

TABLE: Any = RatingState.__table__
COLUMNS = ("id", "kind", "key", "month", "value", "version")

CHANGED = (
    update(TABLE)
    .where(TABLE.c.id == bindparam("row"), TABLE.c.version == bindparam("version_read"))
    .values(value=bindparam("new_value"), version=bindparam("new_version"))
)


class Kept(NamedTuple):
    """A memory as it was read; of a deal: `version` counts its events."""

    id: str
    """Of a deal: the row that says when its next hold is released; empty when nothing is held."""
    month: str
    version: int
    value: str | None


NOTHING = Kept("", "", 0, None)


class Memories:
    """The state of one run of the engine, and the rows it came from."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: defaultdict[str, dict[str, Kept | None]] = defaultdict(dict)
        self.deals = self._rows[Deal.kind]
        """What is kept of each deal that was read; `version` counts what was rated of it."""
        self._ids = bulk.new_ids(256)
        self._merged: dict[str, list[str]] | None = None
        self.state = State(self._fetch)

    def prefetch(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Read many memories, named by kind and key, with few questions."""
        by_kind: dict[str, list[str]] = {}
        for kind, key in wanted:
            by_kind.setdefault(kind, []).append(key)
        for kind, keys in by_kind.items():
            self.read(kind, keys)

    def read(self, kind: str, keys: Iterable[str]) -> None:
        """The same for one kind."""
        rows = self._rows[kind]
        new = [key for key in dict.fromkeys(keys) if key not in rows]
        if not new:
            return
        rows |= dict.fromkeys(new)
        if kind == Deal.kind:
            self._read_deals(new)
        elif kind == Customer.kind:
            self._read_customers(new)
        else:
            self._read(kind, new)

    def keep(self) -> None:
        """Write what changed since the last time; deals are written beside their events.

        Raises StaleDataError when somebody else has changed one of them meanwhile.
        """
        new, changed = [], []
        for kind, key, memory in self.state.changed():
            row, value = self._rows[kind].get(key), self.state.text(kind, key)
            if row is None or not row.id or row.month != memory.month:
                kept = Kept(next(self._ids), memory.month, 1, value)
                new.append((kept.id, kind, key, kept.month, value, kept.version))
            else:
                kept = Kept(row.id, row.month, row.version + 1, value)
                told = {"row": UUID(row.id), "version_read": row.version, "new_value": value}
                changed.append(told | {"new_version": kept.version})
            self._rows[kind][key] = kept
        bulk.insert(self._session, TABLE, COLUMNS, new)
        if changed:
            done: CursorResult = self._session.execute(CHANGED, changed)  # type: ignore[assignment]
            if done.rowcount != len(changed):
                raise StaleDataError("somebody else has rated the same deals meanwhile")

    def forget(self) -> None:
        """Let go of what is kept, so that a long run does not hold all of it."""
        for rows in self._rows.values():
            rows.clear()
        self.state.forget()

    def _read(self, kind: str, keys: list[str]) -> None:
        """The latest month of each."""
        rows = self._session.execute(
            select(
                RatingState.key,
                bulk.hex_id(RatingState.id),
                RatingState.month,
                RatingState.version,
                RatingState.value,
            )
            .where(RatingState.kind == kind, bulk.among(self._session, RatingState.key, keys))
            .order_by(RatingState.month)
        )
        self._rows[kind] |= {row[0]: Kept(*row[1:]) for row in rows}

    def _read_customers(self, keys: list[str]) -> None:
        """With what is remembered of records that were merged into them: the latest purchase."""
        self._read(Customer.kind, keys)
        if self._merged is None:
            self._merged = {}
            for merged, survivor in merged_into(self._session).items():
                self._merged.setdefault(survivor, []).append(merged)
        others = {key: self._merged[key] for key in keys if key in self._merged}
        if not others:
            return
        rows = self._rows[Customer.kind]
        every = sorted({one for ones in others.values() for one in ones})
        rows |= dict.fromkeys(every)
        self._read(Customer.kind, every)
        for key, ones in others.items():
            found = [rows[one] for one in (key, *ones)]
            told = [row for row in found if row is not None and row.value is not None]
            if told:
                latest = max(told, key=lambda row: row.value or "")
                own = found[0] or Kept("", latest.month, 0, None)
                rows[key] = own._replace(value=latest.value)

    def _read_deals(self, keys: list[str]) -> None:
        rows = self._session.execute(
            select(
                bulk.hex_id(RatedEvent.sale_id),
                bulk.hex_id(RatedEvent.id),
                RatedEvent.month,
                RatedEvent.nth,
                RatedEvent.memory,
                RatedEvent.due_on.is_not(None),
            )
            .where(bulk.among(self._session, RatedEvent.sale_id, keys))
            .order_by(RatedEvent.sale_id, RatedEvent.nth)
        )
        for key, row_id, month, nth, memory, holds in rows:
            before = self.deals[key] or NOTHING
            value = before.value if memory is None else memory
            kept = Kept(row_id if holds else before.id, month, nth, value)
            self.deals[key] = kept

    def _fetch(self, kind: str, key: str) -> tuple[str, str] | None:
        rows = self._rows[kind]
        if key not in rows:
            self.read(kind, [key])
        row = rows[key]
        return None if row is None or row.value is None else (row.month, row.value)


def last_hold_of(session: Session, partner_id: UUID) -> date | None:
    """The day on which the last of its sales releases its next hold; None: nothing is held."""
    sales = union(
        *(
            select(of).where(CommissionLine.partner_id == partner_id, of.is_not(None))
            for of in (CommissionLine.deal_id, CommissionLine.invoice_id)
        )
    )
    due = select(func.max(RatedEvent.due_on)).where(
        RatedEvent.due_on.is_not(None), RatedEvent.sale_id.in_(sales)
    )
    return session.scalar(due)
