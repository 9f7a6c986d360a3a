"""Who came in, from where: kept as a knock, and told to its owner when it is unusual."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import notices
from models.accounts import doors
from models.people import Door, Person, PersonStatus, SignInAttempt

LONG_AWAY = timedelta(days=90)
MANY_FAILURES = 3
"""Wrong passwords before the right one; wrong codes after the right password."""


def arrived(session: Session, person: Person, *, address: str, now: datetime) -> None:
    """Keep that `person` came in; their owner hears of it when something about it is unusual."""
    about = (SignInAttempt.door == Door.SIGN_IN, SignInAttempt.account == person.email)
    last = session.scalar(
        select(func.max(SignInAttempt.at)).where(*about, SignInAttempt.succeeded.is_(True))
    )
    if last is not None and (why := _unusual(session, person, last, address, now)):
        warn(session, person, f"Somebody signed in to your account {why}.", now=now)
    doors.knock(
        session, Door.SIGN_IN, account=person.email, address=address, succeeded=True, now=now
    )


def failed_half_way(
    session: Session, person: Person, *, about: dict[str, str], now: datetime
) -> None:
    """Keep a wrong code after a right password; the third in a while is told."""
    doors.knock(session, Door.SECOND_FACTOR, **about, succeeded=False, now=now)
    if doors.failures(session, Door.SECOND_FACTOR, about["account"], now=now) == MANY_FAILURES:
        said = "Somebody who knows your password typed several wrong codes after it."
        warn(session, person, said, now=now)


def warn(session: Session, person: Person, what: str, *, now: datetime) -> None:
    same = select(Person).where(Person.keys_id == person.keys_id)
    told = session.scalars(same.where(Person.status == PersonStatus.ACTIVE)).first() or person
    notices.tell(
        session,
        told.id,
        "unusual-sign-in",
        title="An unusual sign-in",
        body=f"{what} If it was not you, change your password, end the sessions that are not"
        " yours and tell your administrator.",
        link="/account",
        partner_id=told.partner_id,
        now=now,
    )


def _unusual(session: Session, person: Person, last: datetime, address: str, now: datetime) -> str:
    """Such as "from a new address, 192.0.2.7"; empty when nothing is."""
    failures = doors.failures(session, Door.SIGN_IN, person.email, now=now, since=last)
    if failures >= MANY_FAILURES:
        return f"after {failures} wrong passwords"
    if now - last > LONG_AWAY:
        return f"for the first time in {(now - last).days} days"
    if not doors.is_known(session, person.email, address, now):
        return f"from a new address, {address}"
    return ""
