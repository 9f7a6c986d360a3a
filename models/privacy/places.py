"""Where a person stands in the database, read from the declared tables themselves.

A new table with a person in it is found without a word here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, false, or_, true

from models.base import Base
from models.people import Person

DELETED = (
    "user_session", "access_token", "code_app", "passkey", "recovery_code", "outside_login",
    "provisioned_person", "group_membership", "notice", "notice_mute", "saved_view",
)  # fmt: skip
"""What is theirs alone: it goes with them."""

ENDINGS = ("by_name", "person_name", "visitor_name", "author_name", "typed_name", "actor_name")
"""Of columns that keep somebody's name."""

WHY_KEPT = {
    "audit_entry": "The audit is a chain that breaks when a row changes; it goes after ten years.",
    "agreement_signature": "A signature is evidence of a contract.",
}
HISTORY = "The database never changes these records: who did what in a deal, a claim or a book."


@dataclass(frozen=True, slots=True)
class Place:
    """A column in which somebody's name stands, and how their rows are found."""

    table: Table
    column: Column[Any]
    key: Column[Any] | None
    """The column beside it with the person's id; None where only the name is."""

    @property
    def never_changes(self) -> bool:
        return bool(self.table.info.get("never_changes"))

    @property
    def why_kept(self) -> str:
        return WHY_KEPT.get(self.table.name, HISTORY)

    def rows_of(self, person: Person, *, is_only_one: bool) -> ColumnElement[bool]:
        """is_only_one: nobody else bears the name; else a row without an id may be another's."""
        own = self.column == person.name
        unsaid: ColumnElement[bool] = false()
        if is_only_one:
            in_company = person.partner_id is not None and "partner_id" in self.table.c
            unsaid = self.table.c.partner_id == person.partner_id if in_company else true()
        if self.key is None:
            return and_(own, unsaid)
        return and_(own, or_(self.key == person.id, and_(self.key.is_(None), unsaid)))


def names() -> Iterator[Place]:
    """Every column that keeps somebody's name."""
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if column.name.endswith(ENDINGS):
                yield Place(table, column, _beside(table, column.name))


def alone() -> Iterator[Table]:
    """The tables whose rows are one person's alone, those that refer to others first."""
    for table in reversed(Base.metadata.sorted_tables):
        if table.name in DELETED:
            yield table


def whose(table: Table) -> Column[Any]:
    """The column that says whose row it is."""
    return table.c["person_id"] if "person_id" in table.c else table.c["owner_id"]


def _beside(table: Table, name: str) -> Column[Any] | None:
    stem = name.removesuffix("_name")
    own = "person_id" if stem in ("author", "typed") else f"{stem}_id"
    return table.c.get(own)
