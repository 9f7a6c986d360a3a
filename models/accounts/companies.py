"""Somebody who works for several companies: one password, and a row in each.

A partner knows its own row alone; only its owner, with the password, learns of the others.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.accounts import links, sessions
from models.errors import Refused
from models.people import Person, PersonStatus, TokenPurpose


def keeper_of(session: Session, person: Person) -> Person:
    """The row with this person's password, which may be of another company."""
    return session.get_one(Person, person.keys_id)


def account_at(session: Session, email: str) -> Person | None:
    """The row that keeps the password of this address; None where there is none."""
    return session.scalars(
        select(Person).where(Person.email == email, Person.password_hash.is_not(None))
    ).first()


def rows_of(keys_id: UUID) -> Any:
    """A select of everybody whose password and factors these are."""
    return select(Person.id).where(Person.keys_id == keys_id)


def is_shared(session: Session, person: Person) -> bool:
    """Whether they work for another company too."""
    others = rows_of(person.keys_id).where(Person.id != person.id)
    active = others.where(Person.status == PersonStatus.ACTIVE)
    return session.scalar(active.limit(1)) is not None


def joins(session: Session, invited: Person) -> bool:
    """Whether who is invited has a password here already, for another company."""
    return invited.partner_id is not None and account_at(session, invited.email) is not None


def join(session: Session, token_id: UUID, key: str, *, now: datetime) -> Person:
    """Use up the invitation of somebody who has a password here.  Raises Refused for a dead link.

    The link proves the mailbox, the sign-in that follows proves the person.
    """
    person = links.use(session, token_id, key, TokenPurpose.INVITATION, now=now)
    account = account_at(session, person.email)
    if person.status is not PersonStatus.INVITED or account is None:
        raise Refused(links.DEAD_LINK)
    person.status = PersonStatus.ACTIVE
    if account.id != person.id:
        person.account_id = account.id
        person.name, person.locale = account.name, account.locale
        person.time_zone = account.time_zone
    audit.record(session, person.actor(), "invitation accepted", person, now=now)
    return person


def leave(session: Session, person: Person) -> None:
    """Their password goes, unless they need it at another company."""
    keeper, others = keeper_of(session, person), rows_of(person.keys_id)
    stays = others.where(Person.id != person.id, Person.status != PersonStatus.LEFT)
    person.account_id = None
    if session.scalar(stays.limit(1)) is None:
        keeper.password_hash = None


def end_everywhere(
    session: Session, person: Person, *, now: datetime, but: UUID | None = None
) -> None:
    """End their sessions in all companies, `but` the one they are using: their keys changed."""
    for person_id in session.scalars(rows_of(person.keys_id)).all():
        sessions.end_all(session, person_id, now=now, but=but)
