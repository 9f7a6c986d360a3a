"""What stands against a registration whatever the customer: told before it is submitted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import catalog, vendor
from models.deals.kind_tables import type_rules
from models.deals.registration import Registration
from models.deals.states import OPEN, DealType, RejectReason
from models.deals.tables import Deal
from models.errors import Refused
from models.money import Money
from models.partners import Partner
from models.vendor import Vendor


class TenderPolicy(StrEnum):
    """Whether public tenders may be registered."""

    BEFORE = "before"
    ALWAYS = "always"
    NEVER = "never"

    @property
    def words(self) -> str:
        return TENDER_WORDS[self]


TENDER_WORDS = {
    TenderPolicy.BEFORE: "A tender is registered before it is published.",
    TenderPolicy.ALWAYS: "Tenders may be registered, also after they were published.",
    TenderPolicy.NEVER: "Public tenders cannot be registered.",
}


@dataclass(frozen=True)
class Obstacle:
    """Why a registration would be refused, and how to mend it.  field: where it is mended."""

    code: RejectReason
    field: str
    words: str


def obstacles(
    session: Session, registration: Registration, *, partner_id: UUID, now: datetime
) -> list[Obstacle]:
    """Everything that the programme's rules hold against it, as the partner may read it."""
    programme = vendor.settings(session)
    on = programme.calendar.day_of(now)
    partner = session.execute(
        select(Partner.currency, Partner.tier).where(Partner.id == partner_id)
    ).one()
    worth = Money(registration.value_minor, partner.currency)
    found = [
        _type_is_offered(session, registration.kind),
        _tender_in_time(programme, registration, on),
        _large_enough(session, programme, worth, on) if registration.lines else None,
        _has_room(session, programme, partner_id, partner.tier),
    ]
    return [obstacle for obstacle in found if obstacle]


def _type_is_offered(session: Session, kind: DealType) -> Obstacle | None:
    if type_rules(session)[kind].is_offered:
        return None
    words = f"{kind.words} cannot be registered in this programme. Choose another kind of deal."
    code = RejectReason.RFP_EXCLUDED if kind is DealType.RFP else RejectReason.OTHER
    return Obstacle(code, "kind", words)


def _tender_in_time(programme: Vendor, registration: Registration, on: date) -> Obstacle | None:
    policy, public = TenderPolicy(programme.tender_policy), registration.tender_published_on
    if registration.kind is not DealType.RFP or policy is TenderPolicy.ALWAYS:
        return None
    if policy is TenderPolicy.NEVER:
        return Obstacle(RejectReason.RFP_EXCLUDED, "kind", policy.words)
    if public is None or on < public:
        return None
    words = (
        f"This tender was published on {public:%-d %B %Y}; a tender has to be registered "
        "before that day."
    )
    return Obstacle(RejectReason.RFP_EXCLUDED, "tender_published_on", words)


def _large_enough(session: Session, programme: Vendor, worth: Money, on: date) -> Obstacle | None:
    least = programme.minimum_deal
    rate = _rate_to(session, worth.currency, least.currency, on)
    if rate is None or worth.major * rate >= least.major:
        return None
    words = (
        f"Registration starts at {least.currency} {least.major:,}; "
        f"this deal is worth {worth.currency} {worth.major:,}."
    )
    return Obstacle(RejectReason.BELOW_MINIMUM, "lines", words)


def _has_room(
    session: Session, programme: Vendor, partner_id: UUID, tier: StrEnum
) -> Obstacle | None:
    most = (programme.capacity or {}).get(tier.value)
    if most is None:
        return None
    have = session.scalar(
        select(func.count(Deal.id)).where(Deal.partner_id == partner_id, Deal.status.in_(OPEN))
    )
    if (have or 0) < most:
        return None
    words = (
        f"You have {have:,} open registrations; your tier ({tier.value}) may have {most:,} at a "
        "time. Close one that is won or lost, or withdraw one, then submit this one."
    )
    return Obstacle(RejectReason.OTHER, "", words)


def _rate_to(session: Session, currency: str, base: str, on: date) -> Decimal | None:
    """None when no rate is kept: what the vendor has forgotten must not stop a partner."""
    try:
        return catalog.rate_on(session, currency, base, on).rate
    except Refused:
        return None
