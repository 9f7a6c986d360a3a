"""What we know of a person, for that person: everything that is about them, as plain values."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.audit.rules import MASK, SECRET_WORDS
from models.base import Base
from models.people import Person, SignInAttempt
from models.privacy import places
from models.privacy.rules import days_of
from models.vendor import settings

WHOLE = (
    *places.DELETED, "agreement_signature", "complaint", "visit", "privilege_request",
)  # fmt: skip
"""Tables whose rows of this person are told whole, but for secrets and files."""
MOST = 10_000
"""Rows of one table."""


def about(session: Session, person: Person) -> dict[str, Any]:
    """On the vendor's side; secrets are masked, and what tells of others is counted, not told."""
    tables = Base.metadata.tables
    told: dict[str, Any] = {
        "person": _row(tables["person"], session, tables["person"].c.id == person.id)[0],
        "tries_to_sign_in": _row(
            SignInAttempt.__table__, session, SignInAttempt.account == person.email
        ),
        "kept_for_days": {
            kind.value: days for kind, days in days_of(settings(session).retention).items()
        },
    }
    for name in WHOLE:
        told[name] = _row(tables[name], session, places.whose(tables[name]) == person.id)
    told["named_in"] = _named_in(session, person)
    told["refers_to_you"] = _refers(session, person)
    return told


def _named_in(session: Session, person: Person) -> dict[str, int]:
    """How many records say this name, by table."""
    counts: dict[str, int] = {}
    for place in places.names():
        mine = place.rows_of(person, is_only_one=False)
        counts[place.table.name] = counts.get(place.table.name, 0) + (
            session.scalar(select(func.count()).select_from(place.table).where(mine)) or 0
        )
    return {table: count for table, count in counts.items() if count}


def _refers(session: Session, person: Person) -> dict[str, int]:
    """How many records of our business refer to them by id, by table and column."""
    counts = {}
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if any(key.column.table.name == "person" for key in column.foreign_keys):
                found = select(func.count()).select_from(table).where(column == person.id)
                if table.name not in WHOLE and (count := session.scalar(found)):
                    counts[f"{table.name}.{column.name}"] = count
    return counts


def _row(table: Any, session: Session, criterion: Any) -> list[dict[str, Any]]:
    rows = session.execute(select(table).where(criterion).limit(MOST)).mappings()
    return [{name: _plain(name, value) for name, value in row.items()} for row in rows]


def _plain(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | dict | list):
        return value
    if isinstance(value, bytes) or any(word in name for word in SECRET_WORDS):
        return MASK
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
