"""Long lists, a page at a time: by the last key seen, never by counting rows past."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import request
from sqlalchemy import ColumnElement, Row, Select, and_, or_
from sqlalchemy.orm import Session

PAGE = 50

COUNTED_UP_TO = 1_000
"""A longer list says "more than 1,000": counting it all would cost more than showing it."""


@dataclass(frozen=True)
class Key:
    """One column of the order.  The last one must be unique, such as the id."""

    column: Any
    descending: bool = False


@dataclass(frozen=True)
class Page:
    """rows: this page's; `after` and `before` are the cursors of the next and previous page."""

    rows: list[Row]
    after: str | None
    before: str | None


def page_of(
    session: Session, query: Select, keys: Sequence[Key], *, args: Any = None, size: int = PAGE
) -> Page:
    """One page of `query`, in the order of `keys`, from `?after=` or `?before=` in the address.

    The key columns must not be NULL and must be among the selected columns' table.
    A cursor that cannot be read starts at the beginning.
    """
    args = request.args if args is None else args
    backwards = "before" in args
    marks = _read(args.get("before" if backwards else "after"), keys)
    if marks is None:
        backwards = False
    directed = tuple(Key(key.column, key.descending != backwards) for key in keys)
    query = _in_order(query, directed, size)
    if marks is not None:
        query = query.where(_past(directed, marks))
    rows = list(session.execute(query))
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, marks is not None)
    return Page(
        rows,
        _cursor(rows[-1], len(keys)) if rows and has_next else None,
        _cursor(rows[0], len(keys)) if rows and has_previous else None,
    )


@lru_cache(maxsize=64)
def _in_order(query: Select, keys: tuple[Key, ...], size: int) -> Select:
    """Kept as it was built, for the lists that keep their question."""
    order = [key.column.desc() if key.descending else key.column.asc() for key in keys]
    labelled = (key.column.label(f"key_{i}") for i, key in enumerate(keys))
    return query.add_columns(*labelled).order_by(None).order_by(*order).limit(size + 1)


def _past(keys: Sequence[Key], marks: Sequence[Any]) -> ColumnElement[bool]:
    """Rows that come after the marked one: (a > A) or (a = A and b > B) …"""
    steps = []
    for i, key in enumerate(keys):
        beyond = key.column < marks[i] if key.descending else key.column > marks[i]
        equal = [keys[j].column == marks[j] for j in range(i)]
        steps.append(and_(*equal, beyond))
    return or_(*steps)


KINDS: dict[str, Any] = {
    "u": UUID,
    "i": int,
    "s": str,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
}


def _cursor(row: Row, count: int) -> str:
    marks = [_written(getattr(row, f"key_{i}")) for i in range(count)]
    return base64.urlsafe_b64encode(json.dumps(marks).encode()).decode().rstrip("=")


def _written(value: Any) -> list[str]:
    if isinstance(value, UUID):
        return ["u", str(value)]
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, int):
        return ["i", str(value)]
    return ["s", str(value)]


def _read(cursor: str | None, keys: Sequence[Key]) -> list[Any] | None:
    """None for what this list did not write itself: anybody can type a cursor."""
    if not cursor:
        return None
    try:
        marks = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        read = [KINDS[kind](text) for kind, text in marks]
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return None
    is_ours = len(read) == len(keys) and all(map(_fits, read, keys))
    return read if is_ours else None


def _fits(value: Any, key: Key) -> bool:
    kind = key.column.type.python_type
    match value:
        case str():
            return issubclass(kind, str) and "\x00" not in value
        case int():
            return kind is int and abs(value) < 2**63
        case datetime():
            return kind is datetime and value.tzinfo is not None and 1 < value.year < 9999
        case _:
            return type(value) is kind
