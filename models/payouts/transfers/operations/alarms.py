"""Alarms: what finance must look at, told once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import notices
from models.notices import Notice
from models.people import Role


def alarm(session: Session, key: str, *, title: str, body: str, link: str, now: datetime) -> None:
    """Tell everybody in finance; the same key is told once, by whoever comes first."""
    if session.scalar(select(Notice.id).where(Notice.key.startswith(key, autoescape=True))):
        return
    try:
        with session.begin_nested():
            notices.tell_staff(
                session, Role.FINANCE, "payout-alarm", title=title, body=body, link=link,
                now=now, key=key,
            )  # fmt: skip
            session.flush()
    except IntegrityError:  # another worker told it in this very moment
        return
