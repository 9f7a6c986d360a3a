"""The outbox: which notices are to leave as mails, and what became of each."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from models.notices import CONFIDENTIAL, Notice, is_muted, rings
from models.people import Person, PersonStatus

LAST_WORDS = "partner-ended"
"""Told to people in the moment in which they leave."""


def pass_over(session: Session, *, now: datetime) -> None:
    """Mark what nobody wants to be told and what somebody would be told who has left, so that
    neither bell nor mail comes back to it."""
    waits = (Notice.mailed_at.is_(None), Notice.silent_at.is_(None))
    left = select(Person.id).where(Person.status == PersonStatus.LEFT)
    session.execute(
        update(Notice)
        .where(*waits, or_(is_muted(), Notice.person_id.in_(left) & (Notice.kind != LAST_WORDS)))
        .values(silent_at=now)
        .execution_options(synchronize_session=False)
    )


def to_mail(session: Session, *, now: datetime, limit: int) -> list[UUID]:
    """The mails that are due, the oldest first."""
    is_due = or_(Notice.mail_after.is_(None), Notice.mail_after <= now)
    due = select(Notice.id).where(Notice.mailed_at.is_(None), rings(now), is_due)
    return list(session.scalars(due.order_by(Notice.at, Notice.id).limit(limit)))


def take(session: Session, notice_id: UUID, *, until: datetime, now: datetime) -> bool:
    """Whether this worker sends it; others leave it alone `until` then."""
    is_due = or_(Notice.mail_after.is_(None), Notice.mail_after <= now)
    taken = session.execute(
        update(Notice)
        .where(Notice.id == notice_id, Notice.mailed_at.is_(None), is_due)
        .values(mail_after=until)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def letter(notice_id: UUID) -> Select:
    """(id, title, body, link, at, email) of one."""
    return (
        select(
            Notice.id, Notice.title, Notice.body, Notice.link, Notice.at,
            func.coalesce(Person.email, Notice.email).label("email"),
        )
        .outerjoin(Person, Person.id == Notice.person_id)
        .where(Notice.id == notice_id)
    )  # fmt: skip


def every_mail() -> Select:
    """Every mail but those in confidence, one row each with who gets it, without an order."""
    return select(
        Notice.id, Notice.title, Notice.body, Notice.link, Notice.at, Notice.mailed_at,
        Notice.silent_at, Notice.mail_problem,
        func.coalesce(Person.name, "").label("name"),
        func.coalesce(Person.email, Notice.email).label("email"),
    ).outerjoin(Person, Person.id == Notice.person_id).where(
        ~Notice.kind.startswith(CONFIDENTIAL)
    )  # fmt: skip
