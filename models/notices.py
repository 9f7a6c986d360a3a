"""Notices: what people must be told, kept in the same transaction as the news itself.

A notice shows in the bell and leaves as a mail; a worker sends the mails.  So
no mail leaves for a change that was rolled back, and no change is kept without
its notice.  Mail and bell say the same, because they are the same row.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.people import PARTNER_ROLES, STAFF, Person, PersonStatus, Role
from models.scope import Scope, SeenBy


class Notice(SeenBy, Base):
    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_person_id_at", "person_id", "at"),
        Index("ix_notice_mail_waiting", "mailed_at", "at"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"), index=True)
    """The company of the person who is told; None for the vendor's staff."""
    kind: Mapped[str] = mapped_column(String(60))
    """Such as "deal-approved"; people mute by kind."""
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(300))
    """Path inside the portal, such as /deals/0192…"""
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
    """None until the worker has sent it (or put it into the outbox page)."""
    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    """Names the news when it must be told only once, such as a reminder."""

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        return cls.partner_id == scope.owner


def tell(
    session: Session,
    person_id: UUID,
    kind: str,
    *,
    title: str,
    body: str,
    link: str,
    now: datetime,
    partner_id: UUID | None = None,
    key: str | None = None,
) -> None:
    """Tell one person.  With `key`, the same news is refused by the database a second time."""
    session.add(
        Notice(
            person_id=person_id,
            partner_id=partner_id,
            kind=kind,
            title=title[:200],
            body=body,
            link=link,
            at=now,
            key=key and f"{key} {person_id}",
        )
    )


def tell_partner(
    session: Session,
    partner_id: UUID,
    kind: str,
    *,
    title: str,
    body: str,
    link: str,
    now: datetime,
    roles: Iterable[Role] = PARTNER_ROLES,
    key: str | None = None,
) -> None:
    """Tell every active user of a partner who has one of these roles."""
    told = select(Person.id).where(
        Person.partner_id == partner_id,
        Person.status == PersonStatus.ACTIVE,
        Person.role.in_(list(roles)),
    )
    for person_id in session.scalars(told):
        tell(
            session, person_id, kind, title=title, body=body, link=link, now=now,
            partner_id=partner_id, key=key,
        )  # fmt: skip


def tell_staff(
    session: Session,
    role: Role,
    kind: str,
    *,
    title: str,
    body: str,
    link: str,
    now: datetime,
    key: str | None = None,
) -> None:
    """Tell every active member of the vendor's staff who has this role."""
    assert role in STAFF, role
    told = select(Person.id).where(Person.role == role, Person.status == PersonStatus.ACTIVE)
    for person_id in session.scalars(told):
        tell(session, person_id, kind, title=title, body=body, link=link, now=now, key=key)


def unread(session: Session, person_id: UUID) -> int:
    return session.scalar(
        select(func.count(Notice.id)).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    )


def mark_read(
    session: Session, person_id: UUID, *, now: datetime, only: UUID | None = None
) -> None:
    """Mark one notice of this person as read, or all of them."""
    read = update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    if only is not None:
        read = read.where(Notice.id == only)
    session.execute(read.values(read_at=now))
