"""What we can ask about privileges.  Reads only, on the vendor's side."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from models.people import Actor, Person
from models.privileges.rules import LIVES, AskState
from models.privileges.tables import PrivilegeRequest


def waiting(session: Session, by: Actor, *, now: datetime) -> list[Row]:
    """What waits for a second person in the eyes of `by`, the oldest first."""
    asked = PrivilegeRequest
    return list(
        session.execute(
            _seen(
                select(
                    asked.id, asked.kind, asked.name, asked.email, asked.role, asked.reason,
                    asked.person_id, asked.asked_by_id, asked.asked_by_name, asked.asked_at,
                ),
                by,
                now,
            ).order_by(asked.asked_at, asked.id)
        )
    )  # fmt: skip


def counted(session: Session, by: Actor, *, now: datetime) -> int:
    return session.scalar(_seen(select(func.count(PrivilegeRequest.id)), by, now)) or 0


def _seen(query: Any, by: Actor, now: datetime) -> Any:
    """A partner's administrator sees requests about its own people, the vendor's all."""
    query = query.where(
        PrivilegeRequest.state == AskState.ASKED, PrivilegeRequest.asked_at > now - LIVES
    )
    if by.partner_id is None:
        return query
    theirs = select(Person.id).where(Person.partner_id == by.partner_id)
    return query.where(PrivilegeRequest.person_id.in_(theirs))
