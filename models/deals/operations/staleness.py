"""Approved deals of which nothing is heard: warned, and after a while they may be revoked."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import vendor
from models.base import lock
from models.deals.operations.steps import move, require, tell_managers, tell_partner, tidy
from models.deals.states import DealStatus, RevokeReason
from models.deals.tables import Deal, DealEvent
from models.errors import Refused
from models.people import SYSTEM, Actor
from models.vendor import Vendor


def warn_stale(session: Session, now: datetime) -> int:
    """Ask for a sign of life of every deal that needs one; how many.  Safe to run twice."""
    programme = vendor.settings(session)
    since = now - timedelta(days=programme.stale_days)
    heard = _last_heard().scalar_subquery()
    quiet = (
        select(Deal.id)
        .where(
            Deal.status == DealStatus.APPROVED,
            Deal.decided_at < since,
            Deal.direct_since.is_(None),
            or_(heard.is_(None), heard < since),
            or_(Deal.stale_warned_at.is_(None), Deal.stale_warned_at < heard),
        )
        .order_by(Deal.id)
    )
    return sum(_warn(session, deal_id, programme, now) for deal_id in session.scalars(quiet).all())


def _warn(session: Session, deal_id: UUID, programme: Vendor, now: datetime) -> bool:
    deal = session.get_one(Deal, deal_id)
    lock(session, deal)
    if deal.status is not DealStatus.APPROVED:
        return False
    deal.stale_warned_at = now
    move(session, deal, "warn_stale", by=SYSTEM, now=now)
    until = programme.calendar.day_of(now) + timedelta(days=programme.stale_grace_days)
    said = f"{deal.number}: nothing was heard for {programme.stale_days} days."
    tell_partner(
        session, deal, "deal-stale", now=now,
        title=f"{deal.customer_name}: is this deal still alive?",
        body=f"{said} Write a comment or move its stage by {until:%-d %B %Y}; after that day we "
        "may end the protection.",
    )  # fmt: skip
    tell_managers(
        session, deal, "deal-stale", now=now,
        title=f"{deal.customer_name}: the partner was asked for a sign of life",
        body=f"{said} From {until + timedelta(days=1):%-d %B %Y} on you may revoke it.",
    )  # fmt: skip
    return True


def may_be_revoked_from(session: Session, deal: Deal) -> datetime | None:
    """When a stale deal may be revoked; None while it was not warned, or was heard of since."""
    if deal.stale_warned_at is None:
        return None
    heard = session.scalar(select(_last_heard().scalar_subquery()).where(Deal.id == deal.id))
    if heard is not None and heard > deal.stale_warned_at:
        return None
    return deal.stale_warned_at + timedelta(days=vendor.settings(session).stale_grace_days)


def revoke(
    session: Session, deal: Deal, *, code: RevokeReason, text: str, by: Actor, now: datetime
) -> None:
    """Take the protection back, with a reason that the partner reads word for word.

    Raises Refused for a quiet deal whose partner was not warned, or not long enough ago.
    """
    lock(session, deal)
    require(session, deal, "revoke", now=now)
    text = tidy(text, what="why you revoke it", least=3)
    if code is RevokeReason.STALE:
        _must_be_stale(session, deal, now=now)
    move(session, deal, "revoke", by=by, now=now, code=code, note=text)
    tell_partner(
        session, deal, "deal-revoked", now=now,
        title=f"{deal.customer_name}: the protection is revoked",
        body=f"{code.words}. {text}",
    )  # fmt: skip


def _must_be_stale(session: Session, deal: Deal, *, now: datetime) -> None:
    programme = vendor.settings(session)
    since = may_be_revoked_from(session, deal)
    if since is None:
        raise Refused(
            f"A quiet deal is revoked only after a warning: the partner gets one by itself after "
            f"{programme.stale_days} days without a word, and {programme.stale_grace_days} days "
            "to answer."
        )
    if programme.calendar.day_of(now) <= programme.calendar.day_of(since):
        raise Refused(
            f"The partner was warned and may answer until "
            f"{programme.calendar.day_of(since):%-d %B %Y}, that day included."
        )


def _last_heard():
    """When the partner last did anything on a deal."""
    return (
        select(func.max(DealEvent.at))
        .where(
            DealEvent.deal_id == Deal.id,
            DealEvent.by_staff.is_(False),
            DealEvent.by_id.is_not(None),
        )
        .correlate(Deal)
    )
