"""Where somebody is named beside the columns for names: in what others were told, in how they came.

What the portal wrote itself is found by their name, what they came with by their address.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Delete, Table, Text, Update, cast, delete, func, null, update
from sqlalchemy.orm import InstrumentedAttribute

from models.applications import Application
from models.complaints import Complaint
from models.deals.decisions import DealDecision
from models.notices import Notice
from models.people import Person
from models.privacy.rules import nowhere, pseudonym


@dataclass(frozen=True, slots=True)
class Mention:
    """Rows that name somebody."""

    table: Table
    rows: ColumnElement[bool]
    values: dict[str, Any] | None
    """What they say afterwards; None: the rows go."""

    def change(self) -> Delete | Update:
        if self.values is None:
            return delete(self.table).where(self.rows)
        return update(self.table).where(self.rows).values(**self.values)


def mentions(person: Person, *, is_only_one: bool, is_address_theirs: bool) -> Iterator[Mention]:
    """is_only_one: nobody else bears the name.  is_address_theirs: nor the address."""
    yield _way_back(person)
    if is_only_one:
        yield _told(person, Notice.title)
        yield _told(person, Notice.body)
    if is_address_theirs:
        gone, address = nowhere(person.id), person.email
        yield _of(Notice, Notice.email == address, None)
        yield _of(Complaint, Complaint.email == address, {"email": gone})
        applied = {
            "contact_name": pseudonym(person.id), "contact_email": gone, "contact_phone": "",
        }  # fmt: skip
        yield _of(Application, func.lower(Application.contact_email) == address.lower(), applied)


def _way_back(person: Person) -> Mention:
    """What a decision changed, for taking it back: open for seconds, and never asked later."""
    written = json.dumps(person.name)[1:-1]
    names = cast(DealDecision.changes, Text).contains(written, autoescape=True)
    return _of(DealDecision, names, {"changes": null()})


def _told(person: Person, column: InstrumentedAttribute[str]) -> Mention:
    """A notice to somebody else, with the name in it."""
    without = func.replace(column, person.name, pseudonym(person.id))
    longest = getattr(column.type, "length", None)
    return _of(
        Notice,
        column.contains(person.name, autoescape=True),
        {column.key: func.substr(without, 1, longest) if longest else without},
    )


def _of(cls: Any, rows: ColumnElement[bool], values: dict[str, Any] | None) -> Mention:
    return Mention(cls.__table__, rows, values)
