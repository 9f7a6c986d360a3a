"""The decision's clock: started, stopped, warned of, and what follows when it has run out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import jobs, notices, territories, vendor
from models.base import lock
from models.deals.operations.steps import link_to, move, tell_managers, tell_partner
from models.deals.rules import clock_resumed, percent_of_clock
from models.deals.states import DealStatus
from models.deals.tables import Deal
from models.partners import Partner
from models.people import SYSTEM
from models.scope import vendor_side
from models.vendor import Vendor

ESCALATE = "deal-escalate"


def start_clock(session: Session, deal: Deal, programme: Vendor, *, since: datetime) -> int:
    """Let the decision be due; in how many business days.

    since: when the clock begins to run, such as after an incumbent may have spoken.
    """
    days = decision_days(session, deal, programme)
    deal.decide_by = programme.calendar.add_business_days(since, days)
    deal.missed_at = deal.escalated_to_id = None
    queue_the_clock(session, deal, programme)
    return days


def resume_clock(session: Session, deal: Deal, programme: Vendor, *, now: datetime) -> None:
    """What was left of the clock when information was asked runs on."""
    assert deal.asked_at and deal.decide_by
    due = clock_resumed(
        programme.calendar, asked_at=deal.asked_at, decide_by=deal.decide_by, answered_at=now
    )
    if due != deal.decide_by:
        deal.decide_by = due
        queue_the_clock(session, deal, programme)


def queue_the_clock(session: Session, deal: Deal, programme: Vendor) -> None:
    """What the clock will bring, unless it is decided, stopped or set anew before."""
    assert deal.decide_by and deal.submitted_at
    due, wanted = deal.decide_by.isoformat(), []
    for percent in (programme.clock_warn_percent, 100, programme.clock_escalate_percent):
        at = percent_of_clock(
            programme.calendar,
            running_since=deal.submitted_at,
            decide_by=deal.decide_by,
            business_days=decision_days(session, deal, programme),
            percent=percent,
        )
        if at is not None:
            payload = {"deal_id": str(deal.id), "decide_by": due, "percent": percent}
            wanted.append((f"{ESCALATE} {deal.id} {due} {percent}", payload, at))
    with vendor_side(session) as beside:  # submitted again over a weekend, it is due as before
        jobs.enqueue_new(beside, ESCALATE, wanted)


def decision_days(session: Session, deal: Deal, programme: Vendor) -> int:
    tier = session.scalars(select(Partner.tier).where(Partner.id == deal.partner_id)).one()
    return programme.decision_days(tier)


def escalate(
    session: Session, deal_id: UUID, *, decide_by: datetime, percent: int, now: datetime
) -> bool:
    """That share of the clock has run; whether anybody was told.  Harmless when sent twice.

    Before the end the managers are reminded.  At the end the partner is told that it stays
    protected until we decide.  After that the next manager is called.
    """
    deal = session.get_one(Deal, deal_id)
    lock(session, deal)
    if deal.status is not DealStatus.SUBMITTED or deal.decide_by != decide_by:
        return False
    if percent < 100:
        _remind(session, deal, now=now)
        return True
    was_missed = deal.missed_at is not None
    if note_if_late(session, deal, now=now):
        _say_we_are_late(session, deal, now=now)
    if percent == 100:
        return not was_missed
    return _call_the_next(session, deal, now=now)


def note_if_late(session: Session, deal: Deal, *, now: datetime) -> bool:
    """From now on the provisional protection is one until we decide; whether that is news."""
    if deal.missed_at is not None or deal.decide_by is None or now < deal.decide_by:
        return False
    deal.missed_at = deal.decide_by
    move(session, deal, "miss", by=SYSTEM, now=now)
    return True


def _say_we_are_late(session: Session, deal: Deal, *, now: datetime) -> None:
    tell_partner(
        session, deal, "deal-late", now=now,
        title=f"{deal.customer_name}: we are late",
        body=f"{deal.number} should have been decided by now. You are protected until we decide.",
    )  # fmt: skip
    tell_managers(
        session, deal, "deal-overdue", now=now,
        title=f"{deal.customer_name}: the decision is overdue",
        body=f"{deal.number} should have been decided by now. The partner is protected until you "
        "decide.",
    )  # fmt: skip


def handle_escalate(session: Session, payload: dict[str, Any], now: datetime) -> None:
    decide_by = datetime.fromisoformat(payload["decide_by"])
    escalate(
        session, UUID(payload["deal_id"]), decide_by=decide_by, percent=payload["percent"], now=now
    )


def _remind(session: Session, deal: Deal, *, now: datetime) -> None:
    assert deal.decide_by
    tell_managers(
        session, deal, "deal-due-soon", now=now,
        title=f"{deal.customer_name}: the decision is due soon",
        body=f"{deal.number} is to be decided by {deal.decide_by:%-d %B %Y, %H:%M} UTC.",
    )  # fmt: skip


def _call_the_next(session: Session, deal: Deal, *, now: datetime) -> bool:
    if deal.escalated_to_id is not None:
        return False
    asked = territories.next_manager(
        session,
        territory_id=deal.territory_id,
        besides={deal.channel_manager_id},
        on=vendor.settings(session).calendar.day_of(now),
    )
    if asked is None:
        return False
    deal.escalated_to_id = asked
    notices.tell(
        session, asked, "deal-escalated", link=link_to(deal), now=now,
        title=f"{deal.customer_name}: nobody has decided, so it comes to you",
        body=f"{deal.number} is long overdue. It stands in your queue now; the partner is "
        "protected until somebody decides.",
    )  # fmt: skip
    return True
