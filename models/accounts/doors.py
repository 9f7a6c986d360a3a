"""Doors: how often somebody knocked, and when it is too often."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.accounts.rules import FAILURES_COUNT, LIMITS
from models.people import Door, SignInAttempt

KNOWN_FOR = timedelta(days=90)


def is_shut(session: Session, door: Door, *, account: str, address: str, now: datetime) -> bool:
    """Whether this account or this address has knocked too often.

    An address from which the account's owner signed in lately is counted by itself, so
    that a stranger's guessing does not lock the owner out.
    """
    limit, since = LIMITS[door], now - LIMITS[door].within
    about = SignInAttempt.account == account
    if door is Door.SIGN_IN and is_known(session, account, address, now):
        about &= SignInAttempt.address == address
    return (
        _knocks(session, door, about, since=since) >= limit.per_account
        or _knocks(session, door, SignInAttempt.address == address, since=since)
        >= limit.per_address
    )


def knock(
    session: Session, door: Door, *, account: str, address: str, succeeded: bool, now: datetime
) -> None:
    session.add(
        SignInAttempt(door=door, account=account, address=address, at=now, succeeded=succeeded)
    )
    session.flush()


def failures(
    session: Session, door: Door, account: str, *, now: datetime, since: datetime | None = None
) -> int:
    """How often it was tried in vain about this account, lately or `since` then."""
    about = (SignInAttempt.account == account) & SignInAttempt.succeeded.is_(False)
    return _knocks(session, door, about, since=since or now - LIMITS[door].within)


def is_known(session: Session, account: str, address: str, now: datetime) -> bool:
    return bool(
        session.scalar(
            select(SignInAttempt.id)
            .where(
                SignInAttempt.door == Door.SIGN_IN,
                SignInAttempt.account == account,
                SignInAttempt.address == address,
                SignInAttempt.succeeded.is_(True),
                SignInAttempt.at > now - KNOWN_FOR,
            )
            .limit(1)
        )
    )


def _knocks(session: Session, door: Door, about, *, since: datetime) -> int:
    counted = select(func.count(SignInAttempt.id)).where(
        SignInAttempt.door == door, about, SignInAttempt.at > since
    )
    if door in FAILURES_COUNT:
        counted = counted.where(SignInAttempt.succeeded.is_(False))
    return session.execute(counted).scalar_one()
