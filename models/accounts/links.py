"""Mailed links: each works once and for a while, and its secret half is kept nowhere.

The secret is made from the row's id with the vendor's key, so the worker that sends the
mail can make it again while the database holds only its digest.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.base import lock, new_id
from models.errors import Refused
from models.people import AccessToken, Person, PersonStatus, TokenPurpose
from models.people.tokens import LIVES, digest
from models.sealing import Seal

PATHS = {
    TokenPurpose.PASSWORD_RESET: "/password-reset/",
    TokenPurpose.INVITATION: "/invitations/",
}

DEAD_LINK = "This link has been used or is too old. Ask for a new one."


def make(
    session: Session, person_id: UUID, purpose: TokenPurpose, *, seal: Seal, now: datetime
) -> AccessToken:
    """A new link; the older ones for the same purpose die with it."""
    spend(session, person_id, purpose, now=now)
    key = new_id()
    token = AccessToken(
        id=key,
        person_id=person_id,
        purpose=purpose,
        token_hash=digest(seal.link_secret(key)),
        created_at=now,
        expires_at=now + LIVES[purpose],
    )
    session.add(token)
    session.flush()
    return token


def path(token: AccessToken) -> str:
    """Where the link leads, without its secret."""
    return f"{PATHS[token.purpose]}{token.id}"


def completed(link: str, seal: Seal) -> str:
    """The link as it is mailed: a path of ours gets its secret, every other stays as it is.

    Behind the # it stays in the browser: no server and no log on the way reads it there.
    """
    for start in PATHS.values():
        if link.startswith(start):
            return f"{link}#{seal.link_secret(UUID(link.removeprefix(start)))}"
    return link


def find(
    session: Session, token_id: UUID, secret: str, purpose: TokenPurpose, *, now: datetime
) -> Person | None:
    """The person whom a living link was mailed to; None for a dead or a foreign one."""
    return session.scalars(
        select(Person)
        .join(AccessToken, AccessToken.person_id == Person.id)
        .where(
            AccessToken.id == token_id,
            AccessToken.token_hash == digest(secret),
            AccessToken.purpose == purpose,
            AccessToken.used_at.is_(None),
            AccessToken.expires_at > now,
            Person.status != PersonStatus.LEFT,
        )
    ).first()


def use(
    session: Session, token_id: UUID, secret: str, purpose: TokenPurpose, *, now: datetime
) -> Person:
    """Use up a link and all its kind.  Raises Refused for one that is dead."""
    token = session.get(AccessToken, token_id)
    if token is None:
        raise Refused(DEAD_LINK)
    lock(session, token)  # two clicks at once: one of them comes second
    person = find(session, token_id, secret, purpose, now=now)
    if person is None:
        raise Refused(DEAD_LINK)
    lock(session, person)
    spend(session, person.id, purpose, now=now)
    return person


def spend(session: Session, person_id: UUID, purpose: TokenPurpose, *, now: datetime) -> None:
    session.execute(
        update(AccessToken)
        .where(
            AccessToken.person_id == person_id,
            AccessToken.purpose == purpose,
            AccessToken.used_at.is_(None),
        )
        .values(used_at=now)
    )
