"""Signing in: weighing a name and a password, and remembering the knock.

Weighing is slow on purpose and holds no lock: it reads, it does not write.  What it
answers is the same, after the same work, for an unknown name and for a wrong password.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from models.accounts import doors
from models.accounts.arrivals import arrived
from models.accounts.rules import LIMITS
from models.base import lock
from models.errors import Refused
from models.people import Door, Person, PersonStatus, passwords

WRONG = "The e-mail address or the password is wrong."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What weighing found.  `person_id` is None when they may not come in."""

    account: str
    person_id: UUID | None
    refusal: str
    """Fit to show; empty when they may come in."""
    weighed_hash: str = ""
    better_hash: str = ""
    """Of the same password at today's cost; empty when the kept one is good."""


def weigh(session: Session, email: str, password: str, *, address: str, now: datetime) -> Verdict:
    account = email.strip().casefold()[:254]
    if doors.is_shut(session, Door.SIGN_IN, account=account, address=address, now=now):
        minutes = int(LIMITS[Door.SIGN_IN].within.total_seconds() // 60)
        return Verdict(account, None, f"Too many tries. Wait {minutes} minutes and try again.")
    person = session.execute(
        select(Person.id, Person.password_hash).where(
            Person.email == account, Person.password_hash.is_not(None), _is_in_somewhere()
        )
    ).one_or_none()
    kept = person.password_hash if person else None
    if not passwords.matches(password, kept) or person is None or kept is None:
        return Verdict(account, None, WRONG)
    better = passwords.hashed(password) if passwords.is_outdated(kept) else ""
    return Verdict(account, person.id, "", kept, better)


def refuse(session: Session, verdict: Verdict, *, address: str, now: datetime) -> None:
    """Remember a knock that was not let in."""
    doors.knock(
        session, Door.SIGN_IN, account=verdict.account, address=address, succeeded=False, now=now
    )


def enter(session: Session, verdict: Verdict, *, address: str, now: datetime) -> Person:
    """Whose password it was.  Raises Refused if that changed since it was weighed.

    Who works for several companies comes in as one of them: see `companies`.
    """
    assert verdict.person_id is not None, "refused people do not enter"
    person = session.get_one(Person, verdict.person_id)
    lock(session, person)
    is_in = session.scalar(select(Person.id).where(Person.id == person.id, _is_in_somewhere()))
    if not is_in or person.password_hash != verdict.weighed_hash:
        raise Refused(WRONG)
    if verdict.better_hash:
        person.password_hash = verdict.better_hash
    arrived(session, person, address=address, now=now)
    return person


def _is_in_somewhere() -> Any:
    """A criterion: whether who keeps the password is active, or the same person elsewhere is."""
    same = aliased(Person)
    return exists().where(same.keys_id == Person.id, same.status == PersonStatus.ACTIVE)
