"""The engine's memories as rows: read when asked for, written when changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, bindparam, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models.base import new_id
from models.commissions.engine import State
from models.commissions.tables import RatingState

AT_ONCE = 500
"""Keys in one question; SQLite allows 32,766 values."""

TABLE: Any = RatingState.__table__

CHANGED = (
    update(TABLE)
    .where(TABLE.c.id == bindparam("row"), TABLE.c.version == bindparam("read_version"))
    .values(
        value=bindparam("new_value"),
        due_on=bindparam("new_due_on"),
        version=bindparam("new_version"),
    )
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A memory as it was read."""

    id: UUID
    version: int
    value: dict[str, Any] | None


class Memories:
    """The state of one run of the engine, and the rows it came from."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: dict[tuple[str, str], Kept | None] = {}
        self.state = State(self._fetch)

    def prefetch(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Read many memories, named by kind and key, with few questions."""
        by_kind: dict[str, list[str]] = {}
        for kind, key in dict.fromkeys(wanted):
            if (kind, key) not in self._rows:
                by_kind.setdefault(kind, []).append(key)
        for kind, keys in by_kind.items():
            for start in range(0, len(keys), AT_ONCE):
                self._read(kind, keys[start : start + AT_ONCE])

    def keep(self) -> None:
        """Write what changed since the last time.

        Raises StaleDataError when somebody else has changed one of them meanwhile.
        """
        new, changed = [], []
        for kind, key, memory in self.state.changed():
            row, value = self._rows.get((kind, key)), asdict(memory)
            due = getattr(memory, "next_release", None)
            due_on = date.fromisoformat(due) if due else None
            kept = Kept(row.id, row.version + 1, None) if row else Kept(new_id(), 1, None)
            self._rows[kind, key] = kept
            if row is None:
                named = {"id": kept.id, "kind": kind, "key": key, "version": kept.version}
                new.append(named | {"value": value, "due_on": due_on})
                continue
            told = {"new_value": value, "new_due_on": due_on, "new_version": kept.version}
            changed.append(told | {"row": row.id, "read_version": row.version})
        if new:
            self._session.execute(insert(TABLE), new)
        if changed:
            done: CursorResult = self._session.execute(CHANGED, changed)  # type: ignore[assignment]
            if done.rowcount != len(changed):
                raise StaleDataError("somebody else has rated the same deals meanwhile")

    def forget(self) -> None:
        """Let go of what is kept, so that a long run does not hold all of it."""
        self._rows.clear()
        self.state.forget()

    def _read(self, kind: str, keys: list[str]) -> None:
        self._rows |= {(kind, key): None for key in keys}
        rows = self._session.execute(
            select(RatingState.key, RatingState.id, RatingState.version, RatingState.value).where(
                RatingState.kind == kind, RatingState.key.in_(keys)
            )
        )
        self._rows |= {(kind, row.key): Kept(row.id, row.version, row.value) for row in rows}

    def _fetch(self, kind: str, key: str) -> dict[str, Any] | None:
        if (kind, key) not in self._rows:
            self.prefetch([(kind, key)])
        row = self._rows[kind, key]
        return None if row is None else row.value
