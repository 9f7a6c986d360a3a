"""The days on which a customer is kept for a partner: begun, extended, warned of, ended."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import jobs, notices, vendor
from models.base import lock
from models.customers import Customer
from models.deals.operations.steps import (
    link_to,
    move,
    require,
    tell_managers,
    tell_partner,
    tidy,
)
from models.deals.queries import rivals
from models.deals.rules import (
    EXTENSION_NEEDS_ACTIVITY_DAYS,
    WARN_DAYS_BEFORE,
    ends_at,
    protected_through,
)
from models.deals.states import UNDECIDED, DealStatus
from models.deals.tables import Deal, DealEvent
from models.errors import Refused
from models.people import SYSTEM, Actor, Role
from models.vendor import Vendor

EXPIRE, WARN, ESCALATE = "deal-expire", "deal-warn", "deal-escalate"


def protect(session: Session, deal: Deal, *, days: int, now: datetime) -> None:
    """Protect from the day of approval, and queue what the calendar will bring."""
    assert deal.approved_on
    deal.protected_through = protected_through(deal.approved_on, days)
    _queue_the_end(session, deal, now=now)


def ask_to_extend(session: Session, deal: Deal, *, note: str, by: Actor, now: datetime) -> None:
    """The partner asks for the one extension, before expiry and with recent activity."""
    lock(session, deal)
    require(session, deal, "ask_to_extend", now=now)
    note = tidy(note, what="what the customer still needs to decide", least=3)
    today = vendor.settings(session).calendar.day_of(now)
    if deal.extension_days:
        raise Refused("This deal was extended once already; that is all the programme allows.")
    if deal.extension_asked_at:
        raise Refused("You have already asked; your channel manager will answer.")
    if deal.protected_through and deal.protected_through < today:
        raise Refused("An extension has to be asked for before the protection ends.")
    if not _was_active(session, deal, now=now):
        raise Refused(
            "Write a comment on what happened with the customer in the last "
            f"{EXTENSION_NEEDS_ACTIVITY_DAYS} days, then ask for the extension."
        )
    deal.extension_asked_at, deal.extension_note = now, note
    move(session, deal, "ask_to_extend", by=by, now=now, note=note)
    tell_managers(
        session, deal, "deal-extension-asked", by=by, now=now,
        title=f"{deal.customer_name}: more time is asked for", body=note,
    )  # fmt: skip


def extend(session: Session, deal: Deal, *, by: Actor, now: datetime) -> None:
    """Grant the one extension, also just after expiry if it was asked for before.

    Raises Refused when it was not asked for, or another partner is protected by now.
    """
    lock(session, session.get_one(Customer, deal.customer_id))
    lock(session, deal)
    require(session, deal, "extend", now=now)
    programme = vendor.settings(session)
    if not deal.extension_asked_at:
        raise Refused("The partner has not asked for an extension.")
    if deal.extension_days:
        raise Refused("This deal was extended once already.")
    for rival in rivals(session, deal, on=programme.calendar.day_of(now)):
        if rival.status is DealStatus.APPROVED:
            raise Refused(f"{rival.partner} is protected for this customer by now.")
    assert deal.protected_through
    deal.extension_days = programme.extension_days
    deal.protected_through += timedelta(days=programme.extension_days)
    deal.extension_asked_at = None
    move(session, deal, "extend", by=by, now=now)
    session.flush()
    _queue_the_end(session, deal, now=now)
    tell_partner(
        session, deal, "deal-extended", now=now,
        title=f"{deal.customer_name}: protection extended",
        body=f"{deal.number} is now protected through {deal.protected_through:%-d %B %Y}.",
    )  # fmt: skip


def expire(session: Session, deal_id: UUID, *, now: datetime) -> bool:
    """End the protection if its last day is over; whether it did.  Harmless when sent twice."""
    deal = session.get_one(Deal, deal_id)
    lock(session, deal)
    if deal.status is not DealStatus.APPROVED or not _is_over(session, deal, now=now):
        return False
    move(session, deal, "expire", by=SYSTEM, now=now)
    through = f"{deal.protected_through:%-d %B %Y}"
    tell_partner(
        session, deal, "deal-expired", now=now,
        title=f"{deal.customer_name}: the protection has ended",
        body=f"{deal.number} was protected through {through}.",
    )  # fmt: skip
    tell_managers(
        session, deal, "deal-expired", now=now,
        title=f"{deal.customer_name}: the protection has ended",
        body=f"{deal.number} was protected through {through} and was neither won nor lost.",
    )  # fmt: skip
    return True


def expire_due(session: Session, now: datetime) -> int:
    """End every protection that is over, should a job have been lost; how many."""
    today = vendor.settings(session).calendar.day_of(now)
    due = select(Deal.id).where(Deal.status == DealStatus.APPROVED, Deal.protected_through < today)
    return sum(expire(session, deal_id, now=now) for deal_id in session.scalars(due).all())


def warn(session: Session, deal_id: UUID, *, through: date, now: datetime) -> bool:
    """Remind the partner that the protection ends soon; not when it was extended meanwhile."""
    deal = session.get_one(Deal, deal_id)
    if deal.status is not DealStatus.APPROVED or deal.protected_through != through:
        return False
    left = (through - vendor.settings(session).calendar.day_of(now)).days
    tell_partner(
        session, deal, "deal-expires-soon", now=now,
        title=f"{deal.customer_name}: protected for {left} more day{'s' if left != 1 else ''}",
        body=f"{deal.number} is protected through {through:%-d %B %Y}. Record the win, or ask "
        "for the extension before that day is over.",
    )  # fmt: skip
    return True


def escalate(
    session: Session, deal_id: UUID, *, decide_by: datetime, percent: int, now: datetime
) -> bool:
    """The clock has run out: tell the managers; at 150 % also those who can help."""
    deal = session.get_one(Deal, deal_id)
    if deal.status not in UNDECIDED or deal.decide_by != decide_by or deal.asked_at:
        return False
    title = f"{deal.customer_name}: the decision is overdue"
    body = f"{deal.number} should have been decided by now. The partner stays protected meanwhile."
    tell_managers(session, deal, "deal-overdue", title=title, body=body, now=now)
    if percent > 100:
        notices.tell_staff(
            session, Role.ADMINISTRATOR, "deal-overdue", title=title, body=body,
            link=link_to(deal), now=now,
        )  # fmt: skip
    return True


def queue_the_clock(session: Session, deal: Deal, programme: Vendor) -> None:
    """Escalate when the decision is not there in time, and again at one and a half times."""
    assert deal.decide_by
    half = max(1, programme.decision_business_days // 2)
    later = programme.calendar.add_business_days(deal.decide_by, half)
    due = deal.decide_by.isoformat()
    for percent, at in ((100, deal.decide_by), (150, later)):
        payload = {"deal_id": str(deal.id), "decide_by": due, "percent": percent}
        key = f"{ESCALATE} {deal.id} {due} {percent}"
        jobs.enqueue(session, ESCALATE, key, payload, run_at=at)


def handle_expire(session: Session, payload: dict[str, Any], now: datetime) -> None:
    expire(session, UUID(payload["deal_id"]), now=now)


def handle_warn(session: Session, payload: dict[str, Any], now: datetime) -> None:
    through = date.fromisoformat(payload["through"])
    warn(session, UUID(payload["deal_id"]), through=through, now=now)


def handle_escalate(session: Session, payload: dict[str, Any], now: datetime) -> None:
    decide_by = datetime.fromisoformat(payload["decide_by"])
    escalate(
        session, UUID(payload["deal_id"]), decide_by=decide_by, percent=payload["percent"], now=now
    )


def _queue_the_end(session: Session, deal: Deal, *, now: datetime) -> None:
    """The expiry at the vendor's midnight, and the reminders before it."""
    assert deal.protected_through
    through, zone = deal.protected_through, vendor.settings(session).time_zone
    payload = {"deal_id": str(deal.id), "through": through.isoformat()}
    jobs.enqueue(
        session, EXPIRE, f"{EXPIRE} {deal.id} {through}", payload, run_at=ends_at(through, zone)
    )
    for days in WARN_DAYS_BEFORE:
        at = ends_at(through - timedelta(days=days + 1), zone) + timedelta(hours=8)
        if at > now:
            jobs.enqueue(session, WARN, f"{WARN} {deal.id} {through} {days}", payload, run_at=at)


def _is_over(session: Session, deal: Deal, *, now: datetime) -> bool:
    assert deal.protected_through
    return deal.protected_through < vendor.settings(session).calendar.day_of(now)


def _was_active(session: Session, deal: Deal, *, now: datetime) -> bool:
    since = now - timedelta(days=EXTENSION_NEEDS_ACTIVITY_DAYS)
    found = select(DealEvent.id).where(
        DealEvent.deal_id == deal.id, DealEvent.by_staff.is_(False), DealEvent.at >= since,
        DealEvent.by_id.is_not(None),
    )  # fmt: skip
    return session.scalar(found.limit(1)) is not None
