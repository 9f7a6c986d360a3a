"""Notices: what people must be told, kept in the same transaction as the news itself.

A notice shows in the bell and leaves as a mail; a worker sends the mails.  So
no mail leaves for a change that was rolled back, and no change is kept without
its notice.  Mail and bell say the same, because they are the same row.  What a
person has muted neither rings nor leaves; it can still be read under its kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Row,
    Select,
    String,
    Text,
    UniqueConstraint,
    and_,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.errors import Refused
from models.people import PARTNER_ROLES, STAFF, Actor, Person, PersonStatus, Role
from models.scope import Scope, SeenBy

REMOVED = "Removed"
"""The title of one that only keeps its key: what it said is past its time."""


class Notice(SeenBy, Base):
    __tablename__ = "notice"
    is_told_to_vendor = True
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) = (email <> '')", name="a_person_or_an_address"),
        Index("ix_notice_person_id_at", "person_id", "at"),
        Index("ix_notice_mail_waiting", "mailed_at", "at"),
        Index(
            "ix_notice_to_remove",
            "at",
            sqlite_where=text(f"title <> '{REMOVED}'"),
            postgresql_where=text(f"title <> '{REMOVED}'"),
        ),
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
    mail_after: Mapped[datetime | None]
    """When a mail that was put off is tried again."""
    mail_problem: Mapped[str | None] = mapped_column(String(200))
    """What the mail server said last, of a mail that it put off or refused."""
    silent_at: Mapped[datetime | None]
    """When it was passed over because its kind was muted or its reader had left; None: it was
    not."""
    not_before: Mapped[datetime | None]
    """Until then it neither rings nor leaves, because the news may still be taken back; None: at
    once."""
    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    """Names the news when it must be told only once, such as a reminder."""

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        return cls.partner_id == scope.owner


class NoticeMute(SeenBy, Base):
    """A kind of notices that one person does not want to be told."""

    __tablename__ = "notice_mute"
    __table_args__ = (UniqueConstraint("person_id", "kind"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"), index=True)
    """The company of the person; None for the vendor's staff."""
    kind: Mapped[str] = mapped_column(String(60))

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        return cls.partner_id == scope.owner


NEVER_MUTED = frozenset({
    "password-reset", "password-changed", "role-changed", "invitation", "destination-changed",
    "factor-changed", "unusual-sign-in", "privilege-asked", "account-visited", "complaint-heard",
    "complaint-answered", "administrator-invited", "sign-in-changed",
})  # fmt: skip
"""What keeps an account and its money safe."""


CONFIDENTIAL = "complaint-"
"""What these kinds say stands in no list that others read."""


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
    for _, person_id in readers_of(session, [partner_id], roles):
        tell(
            session, person_id, kind, title=title, body=body, link=link, now=now,
            partner_id=partner_id, key=key,
        )  # fmt: skip


def readers_of(
    session: Session, partner_ids: Iterable[UUID], roles: Iterable[Role] = PARTNER_ROLES
) -> list[tuple[UUID, UUID]]:
    """(partner, person) of every active user of these partners who has one of these roles."""
    theirs = Person.partner_id.in_(list(partner_ids)) & Person.role.in_(list(roles))
    asked = select(Person.partner_id, Person.id).where(theirs, Person.status == PersonStatus.ACTIVE)
    return [(row[0], row[1]) for row in session.execute(asked) if row[0] is not None]


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


def rings(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Notices that may be told by now, of kinds that their person has not muted."""
    is_due = or_(Notice.not_before.is_(None), Notice.not_before <= now)
    return and_(is_due, Notice.silent_at.is_(None), ~is_muted())


def is_muted() -> ColumnElement[bool]:
    return (
        select(NoticeMute.id)
        .where(NoticeMute.person_id == Notice.person_id, NoticeMute.kind == Notice.kind)
        .correlate(Notice)
        .exists()
    )


def unread(session: Session, person_id: UUID, *, now: datetime) -> int:
    return session.execute(
        select(func.count(Notice.id)).where(
            Notice.person_id == person_id, Notice.read_at.is_(None), rings(now)
        )
    ).scalar_one()


def muted(session: Session, person_id: UUID) -> set[str]:
    """The kinds that this person does not want to be told."""
    return set(session.scalars(select(NoticeMute.kind).where(NoticeMute.person_id == person_id)))


def mute(session: Session, person: Actor, kind: str) -> None:
    """Raises Refused for what keeps an account safe.  Harmless when sent twice."""
    if kind in NEVER_MUTED:
        raise Refused("These notices keep your account safe, so they cannot be muted.")
    if person.id and kind not in muted(session, person.id):
        session.add(NoticeMute(person_id=person.id, partner_id=person.partner_id, kind=kind[:60]))


def unmute(session: Session, person: Actor, kind: str) -> None:
    session.execute(
        delete(NoticeMute).where(NoticeMute.person_id == person.id, NoticeMute.kind == kind)
    )


def mark_read(
    session: Session, person_id: UUID, *, now: datetime, only: UUID | None = None
) -> None:
    """Mark one notice of this person as read, or all of them."""
    read = update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    if only is not None:
        read = read.where(Notice.id == only)
    session.execute(read.values(read_at=now))


def told(person_id: UUID, kind: str | None = None, *, now: datetime) -> Select:
    """What one person was told, one row a notice, without an order.

    Of one kind it is all there is; together, without what was muted.
    """
    query = select(
        Notice.id, Notice.kind, Notice.title, Notice.body, Notice.link, Notice.at, Notice.read_at
    ).where(Notice.person_id == person_id)
    if kind is None:
        return query.where(rings(now))
    is_due = or_(Notice.not_before.is_(None), Notice.not_before <= now)
    return query.where(Notice.kind == kind, is_due)


def kinds_told(session: Session, person_id: UUID, *, now: datetime) -> list[Row]:
    """(kind, count, unread, is_muted) of one person's notices, by kind."""
    seen = func.count(Notice.read_at)
    is_due = or_(Notice.not_before.is_(None), Notice.not_before <= now)
    return list(
        session.execute(
            select(
                Notice.kind,
                func.count(Notice.id).label("count"),
                (func.count(Notice.id) - seen).label("unread"),
                func.count(NoticeMute.id).label("is_muted"),
            )
            .outerjoin(
                NoticeMute,
                and_(NoticeMute.person_id == Notice.person_id, NoticeMute.kind == Notice.kind),
            )
            .where(Notice.person_id == person_id, is_due)
            .group_by(Notice.kind)
            .order_by(Notice.kind)
        )
    )
