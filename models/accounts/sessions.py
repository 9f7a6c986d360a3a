"""Sessions: each signed-in browser is a row; ending the row signs it out at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Update, select, update
from sqlalchemy.orm import Session

from models.people import Person, UserSession


def listed(session: Session, person_id: UUID, *, since: datetime) -> list[Row]:
    """Sessions not ended and used after `since`, latest first."""
    return list(
        session.execute(
            select(
                UserSession.id,
                UserSession.created_at,
                UserSession.last_seen_at,
                UserSession.address,
                UserSession.browser,
            )
            .where(
                UserSession.person_id == person_id,
                UserSession.ended_at.is_(None),
                UserSession.last_seen_at > since,
            )
            .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
        )
    )


def end(session: Session, person_id: UUID, session_id: UUID, *, now: datetime) -> None:
    """End one session of this person; ending it again, or another's, changes nothing."""
    session.execute(_ending(now).where(UserSession.id == session_id, _of(person_id)))


def end_all(session: Session, person_id: UUID, *, now: datetime, but: UUID | None = None) -> None:
    """End every session of this person, `but` the one they are using."""
    ending = _ending(now).where(_of(person_id))
    session.execute(ending if but is None else ending.where(UserSession.id != but))


def end_everybodys(
    session: Session, partner_id: UUID | None, *, now: datetime, but: UUID | None = None
) -> None:
    """End every session of this partner's people (None: of all people), `but` this one."""
    ending = _ending(now) if but is None else _ending(now).where(UserSession.id != but)
    if partner_id is not None:
        people = select(Person.id).where(Person.partner_id == partner_id)
        ending = ending.where(UserSession.person_id.in_(people))
    session.execute(ending)


def _ending(now: datetime) -> Update:
    return update(UserSession).where(UserSession.ended_at.is_(None)).values(ended_at=now)


def _of(person_id: UUID) -> Any:
    return UserSession.person_id == person_id
