"""The engine's memories as rows: read when asked for, written when changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.commissions.engine import State
from models.commissions.tables import RatingState

AT_ONCE = 500
"""Keys in one question; SQLite allows 32,766 values."""


class Memories:
    """The state of one run of the engine, and the rows it came from."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: dict[tuple[str, str], RatingState | None] = {}
        self.state = State(self._fetch)

    def prefetch(self, kind: str, keys: Iterable[str]) -> None:
        """Read many memories of a kind with few questions."""
        wanted = [key for key in dict.fromkeys(keys) if (kind, key) not in self._rows]
        for start in range(0, len(wanted), AT_ONCE):
            part = wanted[start : start + AT_ONCE]
            self._rows |= {(kind, key): None for key in part}
            rows = self._session.scalars(
                select(RatingState).where(RatingState.kind == kind, RatingState.key.in_(part))
            )
            self._rows |= {(kind, row.key): row for row in rows}

    def keep(self) -> None:
        """Write what changed since the last time."""
        for kind, key, memory in self.state.changed():
            due = getattr(memory, "next_release", None)
            due_on = date.fromisoformat(due) if due else None
            row = self._rows.get((kind, key))
            if row is None:
                row = RatingState(kind=kind, key=key, value={}, due_on=None)
                self._session.add(row)
                self._rows[kind, key] = row
            row.value, row.due_on = asdict(memory), due_on
        self._session.flush()

    def _fetch(self, kind: str, key: str) -> dict[str, Any] | None:
        if (kind, key) not in self._rows:
            self.prefetch(kind, [key])
        row = self._rows[kind, key]
        return None if row is None else row.value
