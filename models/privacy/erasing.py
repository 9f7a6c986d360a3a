"""Erasing a person: what is theirs alone is deleted, their name elsewhere becomes a pseudonym.

What the law wants kept is kept, and said.  Two administrators do it; doing it twice does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import audit
from models.accounts import is_shared
from models.base import lock
from models.errors import Refused
from models.people import Actor, Person, PersonStatus, SignInAttempt
from models.privacy import places
from models.privacy.mentions import Mention, mentions
from models.privacy.rules import ErasureState, nowhere, pseudonym
from models.privacy.tables import Erasure
from models.privileges import PrivilegeRequest
from models.vendor import Vendor


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what an erasure does: how many rows of a table."""

    table: str
    count: int
    why: str = ""
    """Why it must be kept; empty for what goes."""


@dataclass(frozen=True, slots=True)
class Preview:
    deleted: list[Line]
    renamed: list[Line]
    kept: list[Line]


def preview(session: Session, person: Person) -> Preview:
    """What would be deleted, renamed and kept, and why."""
    one = _is_only_one(session, person)
    renamed: dict[str, int] = {}
    kept: dict[str, Line] = {}
    for place in places.names():
        count = _count(session, place.table, place.rows_of(person, is_only_one=one))
        if not count:
            continue
        if place.never_changes:
            before = kept.get(place.table.name, Line(place.table.name, 0)).count
            kept[place.table.name] = Line(place.table.name, before + count, place.why_kept)
        else:
            renamed[place.table.name] = renamed.get(place.table.name, 0) + count
    deleted = {
        table.name: _count(session, table, places.whose(table) == person.id)
        for table in places.alone()
    }
    for mention in _mentions(session, person, one):
        group, name = deleted if mention.values is None else renamed, mention.table.name
        group[name] = group.get(name, 0) + _count(session, mention.table, mention.rows)
    return Preview(_lines(deleted), _lines(renamed), list(kept.values()))


def _lines(counts: dict[str, int]) -> list[Line]:
    return [Line(table, count) for table, count in counts.items() if count]


def ask(session: Session, person: Person, *, reason: str, by: Actor, now: datetime) -> Erasure:
    reason = reason.strip()
    if not reason:
        raise Refused("Say who asked for it, and how you know that it is them.")
    _must_be_erasable(session, person)
    row = Erasure(person_id=person.id, reason=reason[:500], asked_by_id=by.id, asked_at=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Refused("This was asked already. Another administrator has to confirm it.") from None
    audit.record(session, by, "erasure asked", row, now=now)
    return row


def confirm(session: Session, erasure: Erasure, *, by: Actor, now: datetime) -> None:
    """The second person says yes, and it is done at once."""
    _lock_asked(session, erasure)
    asker = session.get_one(Person, erasure.asked_by_id)
    if asker.status is not PersonStatus.ACTIVE:
        raise Refused("Who asked for it has left. Refuse it, and ask anew.")
    if by.id in (erasure.asked_by_id, erasure.person_id):
        raise Refused("Another administrator than the one who asked has to confirm it.")
    person = session.get_one(Person, erasure.person_id)
    lock(session, person)
    _must_be_erasable(session, person)
    erasure.counts = _erase(session, person)
    erasure.state, erasure.decided_by_id, erasure.decided_at = ErasureState.DONE, by.id, now
    erasure.reason = ""
    audit.record(session, by, "person erased", erasure, now=now, detail=dict(erasure.counts))


def refuse(session: Session, erasure: Erasure, *, by: Actor, now: datetime) -> None:
    """Who asked may take it back so."""
    _lock_asked(session, erasure)
    erasure.state, erasure.decided_at = ErasureState.REFUSED, now
    erasure.decided_by_id = by.id if by.id not in (erasure.asked_by_id, erasure.person_id) else None
    audit.record(session, by, "erasure refused", erasure, now=now)


def _erase(session: Session, person: Person) -> dict[str, Any]:
    one = _is_only_one(session, person)
    counts: dict[str, int] = {}
    for place in places.names():
        if not place.never_changes:
            mine = place.rows_of(person, is_only_one=one)
            values = {place.column.name: pseudonym(person.id)}
            counts[place.table.name] = counts.get(place.table.name, 0) + _changed(
                session, update(place.table).where(mine).values(**values)
            )
    for table in places.alone():
        mine = places.whose(table) == person.id
        counts[table.name] = _changed(session, delete(table).where(mine))
    for mention in _mentions(session, person, one):
        gone = _changed(session, mention.change())
        counts[mention.table.name] = counts.get(mention.table.name, 0) + gone
    session.execute(
        update(PrivilegeRequest)
        .where(PrivilegeRequest.person_id == person.id)
        .values(name=pseudonym(person.id), email=nowhere(person.id), reason="")
        .execution_options(synchronize_session=False)
    )
    if not _is_shared(session, person):
        counts["sign_in_attempt"] = _changed(
            session, delete(SignInAttempt).where(SignInAttempt.account == person.email)
        )
    person.name, person.email = pseudonym(person.id), nowhere(person.id)
    person.password_hash, person.last_signed_in_at = None, None
    person.locale, person.time_zone = "en_US", "UTC"
    session.flush()
    return {table: count for table, count in counts.items() if count}


def _mentions(session: Session, person: Person, is_only_one: bool) -> Iterator[Mention]:
    is_address_theirs = not _is_shared(session, person)
    return mentions(person, is_only_one=is_only_one, is_address_theirs=is_address_theirs)


def _must_be_erasable(session: Session, person: Person) -> None:
    if person.status is not PersonStatus.LEFT:
        raise Refused(f"{person.name} still has an account. Deactivate it first.")
    if person.email == nowhere(person.id):
        raise Refused("This was done already.")
    if is_shared(session, person):
        raise Refused(
            f"{person.name} works for another company with the same password and factors. "
            "Erase them when they have left there too."
        )
    named = select(Vendor.id).where(
        or_(
            Vendor.default_channel_manager_id == person.id,
            Vendor.default_sales_manager_id == person.id,
        )
    )
    if session.scalar(named) is not None:
        raise Refused(f"{person.name} is still the default manager. Name somebody else first.")


def _lock_asked(session: Session, erasure: Erasure) -> None:
    lock(session, erasure)
    if erasure.state is not ErasureState.ASKED:
        raise Refused("This was decided already.")


def _is_only_one(session: Session, person: Person) -> bool:
    same = select(func.count(Person.id)).where(Person.name == person.name)
    return session.scalar(same) == 1


def _is_shared(session: Session, person: Person) -> bool:
    """Whether their address is also somebody's at another company."""
    other = select(Person.id).where(Person.email == person.email, Person.id != person.id)
    return session.scalar(other.limit(1)) is not None


def _count(session: Session, table: Any, criterion: Any) -> int:
    return session.scalar(select(func.count()).select_from(table).where(criterion)) or 0


def _changed(session: Session, statement: Any) -> int:
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]
