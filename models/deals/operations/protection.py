"""The days on which a customer is kept for a partner: extended, warned of, ended."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import jobs, vendor
from models.base import lock
from models.deals.operations.closing import close_won
from models.deals.operations.contesting import open_if_contested
from models.deals.operations.steps import (
    lock_with_customer,
    move,
    require,
    tell_managers,
    tell_partner,
    tidy,
)
from models.deals.queries import rivals
from models.deals.rules import ends_at
from models.deals.states import DealStatus
from models.deals.tables import Deal, DealEvent
from models.errors import Refused
from models.people import SYSTEM, Actor

EXPIRE, WARN = "deal-expire", "deal-warn"
MORNING = time(8)


def ask_to_extend(session: Session, deal: Deal, *, note: str, by: Actor, now: datetime) -> None:
    """The partner asks for the one extension, before expiry and with recent activity."""
    lock(session, deal)
    require(session, deal, "ask_to_extend", now=now)
    note = tidy(note, what="what the customer still needs to decide", least=3)
    today = vendor.settings(session).calendar.day_of(now)
    if not vendor.settings(session).extension_days:
        raise Refused("This programme has no extension: register the deal again when it ends.")
    if deal.extension_days:
        raise Refused("This deal was extended once already; that is all the programme allows.")
    if deal.extension_asked_at:
        raise Refused("You have already asked; your channel manager will answer.")
    if deal.protected_through and deal.protected_through < today:
        raise Refused("An extension has to be asked for before the protection ends.")
    activity_days = vendor.settings(session).extension_activity_days
    if not _was_active(session, deal, activity_days, now=now):
        raise Refused(
            "Write a comment on what happened with the customer in the last "
            f"{activity_days} days, then ask for the extension."
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
    lock_with_customer(session, deal)
    require(session, deal, "extend", now=now)
    programme = vendor.settings(session)
    if not deal.extension_asked_at:
        raise Refused("The partner has not asked for an extension.")
    if deal.extension_days:
        raise Refused("This deal was extended once already.")
    today = programme.calendar.day_of(now)
    _refuse_rivals(session, deal, on=today)
    assert deal.protected_through
    deal.extension_days = programme.extension_days
    more = timedelta(days=programme.extension_days)
    deal.protected_through += more
    if deal.protected_through < today:  # answered so late that nothing would be left
        deal.protected_through = today + more
    deal.extension_asked_at = None
    was_over = deal.status is DealStatus.EXPIRED
    move(session, deal, "extend", by=by, now=now)
    session.flush()
    if was_over:
        open_if_contested(session, deal, now=now)  # others may wait for this customer by now
    queue_the_end(session, deal, now=now)
    tell_partner(
        session, deal, "deal-extended", now=now,
        title=f"{deal.customer_name}: protection extended",
        body=f"{deal.number} is now protected through {deal.protected_through:%-d %B %Y}.",
    )  # fmt: skip


def refuse_extension(session: Session, deal: Deal, *, text: str, by: Actor, now: datetime) -> None:
    """Say no to more time, with a reason that the partner reads word for word."""
    lock(session, deal)
    require(session, deal, "refuse_extension", now=now)
    if not deal.extension_asked_at:
        raise Refused("The partner has not asked for an extension.")
    text = tidy(text, what="why there is no more time", least=3)
    deal.extension_asked_at = None
    move(session, deal, "refuse_extension", by=by, now=now, note=text)
    tell_partner(
        session, deal, "deal-not-extended", now=now,
        title=f"{deal.customer_name}: the protection is not extended", body=text,
    )  # fmt: skip


def expire(session: Session, deal_id: UUID, *, now: datetime) -> bool:
    """End the protection if its last day is over; whether it did.  Harmless when sent twice."""
    deal = session.get_one(Deal, deal_id)
    lock(session, deal)
    if deal.status is not DealStatus.APPROVED or not _is_over(session, deal, now=now):
        return False
    if deal.direct_since:
        return False  # our own team leads it: what we are slow with must not hurt the partner
    if deal.win_asked_at:
        return False  # a win waits for the vendor: who is slow must not hurt the partner
    if deal.won_at:
        close_won(session, deal, note="The protection has ended.", by=SYSTEM, now=now)
        return True
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


def handle_expire(session: Session, payload: dict[str, Any], now: datetime) -> None:
    expire(session, UUID(payload["deal_id"]), now=now)


def handle_warn(session: Session, payload: dict[str, Any], now: datetime) -> None:
    through = date.fromisoformat(payload["through"])
    warn(session, UUID(payload["deal_id"]), through=through, now=now)


def queue_the_end(session: Session, deal: Deal, *, now: datetime) -> None:
    """The expiry at the vendor's midnight, and the reminders in the mornings before it."""
    assert deal.protected_through
    programme = vendor.settings(session)
    through, zone = deal.protected_through, programme.time_zone
    payload = {"deal_id": str(deal.id), "through": through.isoformat()}
    end = (f"{EXPIRE} {deal.id} {through}", payload, ends_at(through, zone))
    mornings = []
    for days in programme.reminders:
        day = through - timedelta(days=days)
        at = datetime.combine(day, MORNING, ZoneInfo(zone)).astimezone(UTC)
        if at > now:
            mornings.append((f"{WARN} {deal.id} {through} {days}", payload, at))
    jobs.enqueue_new(session, EXPIRE, [end])
    jobs.enqueue_new(session, WARN, mornings)


def _refuse_rivals(session: Session, deal: Deal, *, on: date) -> None:
    for rival in rivals(session, deal, on=on):
        if rival.status is DealStatus.APPROVED:
            raise Refused(f"{rival.partner} is protected for this customer by now.")
        if rival.missed_at and deal.status is not DealStatus.APPROVED:
            raise Refused(
                f"We are late with {rival.number}, so {rival.partner} is protected until we "
                "decide; decide that deal before this one."
            )


def _is_over(session: Session, deal: Deal, *, now: datetime) -> bool:
    assert deal.protected_through
    return deal.protected_through < vendor.settings(session).calendar.day_of(now)


def _was_active(session: Session, deal: Deal, days: int, *, now: datetime) -> bool:
    since = now - timedelta(days=days)
    found = select(DealEvent.id).where(
        DealEvent.deal_id == deal.id, DealEvent.by_staff.is_(False), DealEvent.at >= since,
        DealEvent.by_id.is_not(None),
    )  # fmt: skip
    return session.scalar(found.limit(1)) is not None
