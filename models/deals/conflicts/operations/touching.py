"""The vendor is bound too: what its own people do on a protected account is told and shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import engagements, vendor
from models.deals.conflicts.tables import ToldTouch
from models.deals.operations.contesting import open_if_contested
from models.deals.operations.steps import remember, tell_managers, tell_partner
from models.deals.states import OPEN, UNDECIDED, DealStatus
from models.deals.tables import Deal
from models.engagements import Recorded, Touch, TouchDetails, TouchKind, told
from models.people import Actor


def record_touch(session: Session, details: TouchDetails, *, by: Actor, now: datetime) -> Recorded:
    """Keep what one of our own people did, and tell every partner who is protected there.

    A direct opportunity where a partner has registered opens a conflict case.  Told twice,
    it is kept and told once.
    """
    recorded = engagements.record(session, details, by=by, now=now)
    if not recorded.is_new:
        return recorded
    for deal in _protected_then(session, recorded.touch):
        _tell(session, deal, recorded.touch, by=by, now=now)
    session.flush()
    if details.kind is TouchKind.DIRECT:
        for deal in _registered_there(session, recorded.touch):
            open_if_contested(session, deal, now=now)
    return recorded


def _protected_then(session: Session, touch: Touch) -> Sequence[Deal]:
    """Deals that were protected, or provisionally so, on the day of the touch."""
    protected = or_(
        (Deal.approved_on <= touch.happened_on) & (Deal.protected_through >= touch.happened_on),
        Deal.status.in_(UNDECIDED),
    )
    found = _there(touch).where(
        protected,
        Deal.status.in_((*OPEN, DealStatus.WON)),
        Deal.submitted_at.is_not(None),
        Deal.direct_since.is_(None),  # where the partner agreed, our people are welcome
    )
    day_of = vendor.settings(session).calendar.day_of
    return [
        deal
        for deal in session.scalars(found).all()
        if deal.approved_on
        or (deal.submitted_at and day_of(deal.submitted_at) <= touch.happened_on)
    ]


def _registered_there(session: Session, touch: Touch) -> Sequence[Deal]:
    still = _there(touch).where(Deal.status.in_(OPEN), Deal.direct_since.is_(None))
    return session.scalars(still).all()


def _there(touch: Touch):
    of_customer = Deal.customer_id == touch.customer_id
    return (
        select(Deal)
        .where(of_customer, Deal.family_id == touch.family_id)
        .order_by(Deal.submitted_at, Deal.id)
    )


def _tell(session: Session, deal: Deal, touch: Touch, *, by: Actor, now: datetime) -> None:
    said = told(touch.person_name, touch.kind, touch.happened_on)
    session.add(
        ToldTouch(
            partner_id=deal.partner_id, deal_id=deal.id, touch_id=touch.id,
            person_name=touch.person_name, kind=touch.kind, happened_on=touch.happened_on,
            told_at=now,
        )
    )  # fmt: skip
    remember(session, deal, "touch", by=by, now=now, before=deal.status, note=f"{said}.")
    tell_partner(
        session, deal, "deal-touched", now=now,
        title=f"{deal.customer_name}: our own sales were there",
        body=f"{said}. {deal.number} is registered by you, so we tell you, and your channel "
        "manager looks into it.",
    )  # fmt: skip
    tell_managers(
        session, deal, "deal-touched", by=by, now=now,
        title=f"{deal.customer_name}: our own sales on a protected account",
        body=f"{said}, while {deal.number} stands. The partner is told.",
    )  # fmt: skip
