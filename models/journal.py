"""A journal: what a block of work changed, row by row, so that it can be put back at once.

It sees what goes through the session: rows added, attributes set.  Facts (tables that are
never changed) stay; a block that deletes rows or writes by statement cannot be put back by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import Enum as PythonEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Enum, Uuid, event, inspect, select
from sqlalchemy.orm import Session

from models.base import Base, Exact, Instant

Page = dict[str, Any]
"""{"added": [[table, id]…], "changed": [[table, id, {column: [before, after]}]…]}, as JSON."""

PLAIN = str | int | bool | None


class Journal:
    """The rows that were added and changed since it was opened."""

    def __init__(self) -> None:
        self.added: list[Base] = []
        self._before: dict[Base, dict[str, Any]] = {}
        self._lost = False

    def page(self) -> Page | None:
        """What to put back; None when not all of it is known, as when rows were deleted."""
        if self._lost:
            return None
        return {
            "added": [_name(row) for row in self.added if not _is_fact(row)],
            "changed": [[*_name(row), self._pairs(row)] for row in self._before],
        }

    def before(self, row: Base, key: str) -> Any:
        """What a column held when the journal was opened."""
        return self._before.get(row, {}).get(key, getattr(row, key))

    def note(self, session: Session, *_rest: Any) -> None:
        self._lost = self._lost or bool(session.deleted)
        self.added.extend(session.new)
        for row in session.dirty:
            if row not in self.added and session.is_modified(row):
                self._note_changes(row)

    def _note_changes(self, row: Base) -> None:
        known = self._before.setdefault(row, {})
        state = inspect(row)
        for column in state.mapper.column_attrs:
            history = state.attrs[column.key].history
            before: list[Any] = list(history.deleted or ())
            if history.has_changes() and not before:
                self._lost = True  # set without having been read: what stood there is unknown
            elif history.has_changes():
                known.setdefault(column.key, before[0])

    def _pairs(self, row: Base) -> dict[str, list[Any]]:
        pairs = {
            key: [_written(before), _written(getattr(row, key))]
            for key, before in self._before[row].items()
        }
        return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


@contextmanager
def opened(session: Session) -> Iterator[Journal]:
    """Keep a journal of what the block changes; complete once the block is over."""
    session.flush()
    journal = Journal()
    event.listen(session, "before_flush", journal.note)
    try:
        yield journal
        session.flush()
    finally:
        event.remove(session, "before_flush", journal.note)


def put_back(session: Session, page: Page) -> bool:
    """Put everything back as it was before the block; False, and nothing done, when a row is
    no longer as the block left it."""
    changed = [(_held(session, name, key), pairs) for name, key, pairs in page["changed"]]
    added = [_held(session, name, key) for name, key in page["added"]]
    if not all(row is not None and _is_as_left(row, pairs) for row, pairs in changed):
        return False
    for row, pairs in changed:
        for key, (before, _after) in pairs.items():
            setattr(row, key, _read(row, key, before))
    session.flush()
    for row in reversed(added):
        if row is not None:
            session.delete(row)
            session.flush()
    return True


def _held(session: Session, table: str, key: str) -> Any:
    """The row as it is now, locked; None when it is gone."""
    session.flush()
    kind = _kind(table)
    return session.scalars(
        select(kind)
        .where(kind.id == UUID(key))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _is_as_left(row: Base, pairs: dict[str, list[Any]]) -> bool:
    return all(_written(getattr(row, key)) == after for key, (_before, after) in pairs.items())


def _name(row: Base) -> list[str]:
    return [row.__tablename__, str(row.id)]


def _kind(table: str) -> type[Base]:
    return next(
        mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__tablename__ == table
    )


def _is_fact(row: Base) -> bool:
    table: Any = inspect(type(row)).local_table
    return bool(table.info.get("never_changes"))


def _written(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, PythonEnum):
        return value.value
    if isinstance(value, UUID | Decimal):
        return str(value)
    assert isinstance(value, PLAIN | list | dict), type(value)
    return value


def _read(row: Base, key: str, written: Any) -> Any:
    column = inspect(type(row)).column_attrs[key].columns[0]
    if written is None:
        return None
    kind = column.type
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return kind.enum_class(written)
    readers: dict[type, Any] = {
        Instant: datetime.fromisoformat, Date: date.fromisoformat, Exact: Decimal, Uuid: UUID,
    }  # fmt: skip
    read = next((read for known, read in readers.items() if isinstance(kind, known)), None)
    return read(written) if read else written
