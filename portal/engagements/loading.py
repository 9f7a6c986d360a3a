"""A file of touches, one row each: the good rows, and what is wrong with the others.

Each row stands in a savepoint of its own.  The same file again changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import customers, engagements
from models.catalog import ProductFamily
from models.customers import CustomerDetails
from models.deals.conflicts import operations as conflicts
from models.engagements import TouchDetails, TouchKind
from models.errors import Refused
from models.people import STAFF, Actor, Person
from portal.imports import ImportColumn, ImportFile, ImportRow, Problem

MOST_ROWS = 2_000
"""Of one file handed in by page, so that nobody waits longer than a page may take."""

KINDS = ", ".join(kind.value for kind in TouchKind)
COLUMNS = (
    ImportColumn("customer", "text", "Name of the customer."),
    ImportColumn("customer_country", "text", "ISO code of its country, such as DE."),
    ImportColumn("customer_domain", "text", "Its web site, to know it again.", required=False),
    ImportColumn("family", "text", "Code or name of the product family."),
    ImportColumn("person", "text", "Who of our own people: e-mail address or name."),
    ImportColumn("kind", "text", f"One of {KINDS}."),
    ImportColumn("happened_on", "day", "The day, not in the future."),
    ImportColumn("ended_on", "day", "When a direct opportunity was over.", required=False),
    ImportColumn("note", "text", "For us.", required=False),
)
SAMPLE = "Kestrel Foods,DE,kestrel.example,bikes,linda.mitchell@example.com,call,2026-11-03,,\n"


@dataclass
class Loaded:
    """What one file brought."""

    new: int = 0
    known: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        return len({problem.row for problem in self.problems})


class BadRow(Exception):
    """A cell that can be read but means nothing here."""

    def __init__(self, column: str, what: str, remedy: str) -> None:
        super().__init__(what)
        self.column, self.what, self.remedy = column, what, remedy


def load(session: Session, content: bytes, *, by: Actor, now: datetime) -> Loaded:
    """Raises Refused when the file cannot be read as a whole."""
    file, loaded = ImportFile(content, COLUMNS), Loaded()
    if file.total > MOST_ROWS:
        raise Refused(f"The file has {file.total:,} rows; a page takes {MOST_ROWS:,}. Split it.")
    names = _Names(session)
    for row in file:
        if row.problems:
            loaded.problems.extend(row.problems)
        else:
            _load_one(session, names, row, loaded, by=by, now=now)
    return loaded


def _load_one(
    session: Session, names: _Names, row: ImportRow, loaded: Loaded, *, by: Actor, now: datetime
) -> None:
    try:
        with session.begin_nested():
            is_new = _touch(session, names, row.values, by=by, now=now)
    except BadRow as bad:
        loaded.problems.append(Problem(row.number, bad.column, bad.what, bad.remedy))
    except Refused as refusal:
        what, _, remedy = str(refusal).partition(". ")
        loaded.problems.append(Problem(row.number, "", f"{what.rstrip('.')}.", remedy))
    else:
        loaded.new += is_new
        loaded.known += not is_new


def _touch(
    session: Session, names: _Names, said: dict[str, Any], *, by: Actor, now: datetime
) -> bool:
    """Whether anything is new."""
    kind = said["kind"].lower()
    if kind not in set(TouchKind):
        raise BadRow("kind", f"“{said['kind']}” is no kind of touch.", f"Write one of {KINDS}.")
    person_id, person_name = names.person(said["person"])
    family_id = names.family(said["family"])
    details = CustomerDetails(
        name=said["customer"],
        country=said["customer_country"].upper(),
        domain=said["customer_domain"] or "",
    )
    recorded = conflicts.record_touch(
        session,
        TouchDetails(
            customer_id=customers.recognise(session, details, now=now).customer_id,
            family_id=family_id,
            person_id=person_id,
            person_name=person_name,
            kind=TouchKind(kind),
            happened_on=said["happened_on"],
            note=said["note"] or "",
        ),
        by=by,
        now=now,
    )
    ended = said["ended_on"]
    if ended is None or recorded.touch.ended_on is not None:
        return recorded.is_new
    engagements.close(session, recorded.touch, on=ended, by=by, now=now)
    return True


class _Names:
    """Families and people of a file, each looked up once."""

    def __init__(self, session: Session) -> None:
        families = session.execute(
            select(ProductFamily.id, ProductFamily.code, ProductFamily.name)
        ).all()
        self._families: dict[str, UUID] = {}
        for row in families:
            self._families[row.name.casefold()] = row.id
            self._families[row.code.casefold()] = row.id
        people = session.execute(
            select(Person.id, Person.name, Person.email).where(Person.role.in_(list(STAFF)))
        ).all()
        self._people = {row.name.casefold(): row for row in people}
        self._people |= {row.email.casefold(): row for row in people}

    def family(self, said: str) -> UUID:
        found = self._families.get(said.casefold())
        if found is None:
            raise BadRow("family", f"“{said}” is no product family.", "Write its code or name.")
        return found

    def person(self, said: str) -> tuple[UUID | None, str]:
        """Somebody who does not sign in here is kept by name; an address must be known."""
        found = self._people.get(said.casefold())
        if found is not None:
            return found.id, found.name
        if "@" in said:
            raise BadRow("person", f"Nobody here has the address {said}.", "Write the name.")
        return None, said
