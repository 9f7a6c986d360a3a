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

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Row,
    Select,
    String,
    Text,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.people import PARTNER_ROLES, STAFF, Person, PersonStatus, Role
from models.scope import Scope, SeenBy


class Notice(SeenBy, Base):
    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) = (email <> '')", name="a_person_or_an_address"),
        Index("ix_notice_person_id_at", "person_id", "at"),
        Index("ix_notice_mail_waiting", "mailed_at", "at"),
    )

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None for a letter to somebody who does not sign in here, such as an applicant."""
    email: Mapped[str] = mapped_column(String(254), default="")
    """Where a letter goes; empty when a person is told."""
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


def write_to(
    session: Session, email: str, kind: str, *, title: str, body: str, link: str, now: datetime
) -> None:
    """A letter to somebody who does not sign in here: it leaves as a mail and rings no bell."""
    session.add(Notice(email=email, kind=kind, title=title[:200], body=body, link=link, at=now))


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
    return session.execute(
        select(func.count(Notice.id)).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    ).scalar_one()


def mark_read(
    session: Session, person_id: UUID, *, now: datetime, only: UUID | None = None
) -> None:
    """Mark one notice of this person as read, or all of them."""
    read = update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    if only is not None:
        read = read.where(Notice.id == only)
    session.execute(read.values(read_at=now))


def told(person_id: UUID, kind: str | None = None) -> Select:
    """What one person was told, one row a notice, without an order."""
    query = select(
        Notice.id, Notice.kind, Notice.title, Notice.body, Notice.link, Notice.at, Notice.read_at
    ).where(Notice.person_id == person_id)
    return query.where(Notice.kind == kind) if kind else query


def kinds_told(session: Session, person_id: UUID) -> list[Row]:
    """(kind, count, unread) of one person's notices, by kind."""
    seen = func.count(Notice.read_at)
    return list(
        session.execute(
            select(
                Notice.kind,
                func.count(Notice.id).label("count"),
                (func.count(Notice.id) - seen).label("unread"),
            )
            .where(Notice.person_id == person_id)
            .group_by(Notice.kind)
            .order_by(Notice.kind)
        )
    )


def outbox() -> Select:
    """Every mail, one row each with who gets it, without an order."""
    return select(
        Notice.id, Notice.title, Notice.body, Notice.link, Notice.at, Notice.mailed_at,
        func.coalesce(Person.name, "").label("name"),
        func.coalesce(Person.email, Notice.email).label("email"),
    ).outerjoin(Person, Person.id == Notice.person_id)  # fmt: skip
