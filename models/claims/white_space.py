"""Customers of an area whom nobody serves, told in bands; and how often a partner may look.

A band says too little to tell one customer, or a rival's business, from it; so do several looks
at areas that differ by little, because each partner may look only so often.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from models import redrawing, territories, vendor
from models.claims.rules import MOST_COUNTED, count_band, sum_band
from models.claims.tables import ClaimLook
from models.claims.terms import Terms, written
from models.customers import Customer
from models.deals import OPEN, Deal, months_before
from models.errors import Refused
from models.money import Money
from models.partners import Partner
from models.people import Actor
from models.sales import Invoice
from models.scope import vendor_side
from models.territories import Area, AreaKind, Facts
from models.territories.places import PostalPattern
from models.vendor import Vendor

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LOOKS = {HOUR: 60, DAY: 200}
"""Different areas that the people of one partner may look at, in any such stretch of time."""


@dataclass(frozen=True)
class WhiteSpace:
    """In words.  revenue: None where there are too few customers to say anything."""

    customers: str
    revenue: str | None
    currency: str


def note_look(session: Session, terms: Terms, *, by: Actor, now: datetime) -> None:
    """Keep who looked where.  Raises Refused when the partner has looked too often lately.

    Ours who look through a partner's eyes are no look by the partner: their visit is kept.
    """
    if by.visitor:
        return
    assert by.partner_id and by.id, "only partners are counted"
    places = [*written(terms.places), ["without", "", ""], *written(terms.cut_out)]
    said = [places, terms.products, terms.naics, terms.employees_from, terms.employees_to]
    digest = hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()
    with vendor_side(session) as beside:
        held = select(Partner.id).where(Partner.id == by.partner_id)
        beside.execute(held.with_for_update(key_share=True))
        is_new = not _looked(beside, by.partner_id, digest, since=now - DAY)
        if is_new:
            _refuse_too_many(beside, by.partner_id, now)
        beside.add(
            ClaimLook(
                partner_id=by.partner_id, person_id=by.id, at=now, digest=digest, is_new=is_new,
                places=places,
            )
        )  # fmt: skip


def white_space(session: Session, terms: Terms, *, today: date) -> WhiteSpace:
    """Customers there with nobody, and what they bought before.  On the vendor's side."""
    programme = vendor.settings(session)
    free = _free_customers(session, terms, programme, today)
    count = len(free)
    revenue = None
    if count >= 10:
        rates = redrawing.Rates(session, programme.base_currency, today)
        revenue = sum_band(_revenue(session, free, rates))
    return WhiteSpace(count_band(count), revenue, programme.base_currency)


def _free_customers(session: Session, terms: Terms, programme: Vendor, today: date) -> list[UUID]:
    """Nobody has a live deal with them or sold to them lately, and no partner owns the place."""
    if not terms.places:
        return []
    here = territories.map_of(session).index
    asked = terms.rule(key="claim", name="", owner=None).qualifiers
    segment = territories.Qualifiers(naics=asked.naics, employees=asked.employees)
    found: list[UUID] = []
    for row in session.execute(_alone(terms, months_before(today, programme.incumbent_months))):
        facts = Facts(
            on=today, country=row.country, subdivision=row.subdivision or None,
            postal=row.postal_code or None, domain=row.domain or None, account=str(row.id),
            naics=row.naics or None, employees=row.employees,
        )  # fmt: skip
        if segment.unmet(facts) is not None:
            continue
        winner = here.resolve(facts).winner
        if winner is None or winner.rule.owner is None:
            found.append(row.id)
        if len(found) >= MOST_COUNTED:
            break
    return found


def _alone(terms: Terms, since: date) -> Select:
    """Customers of the place without a live deal, and to whom nothing was sold since that day."""
    customer = Customer
    busy = select(Deal.customer_id).where(
        Deal.customer_id.is_not(None), or_(Deal.status.in_(OPEN), Deal.won_on >= since)
    )
    sold = select(Invoice.customer_id).where(Invoice.issued_on >= since)
    return (
        select(
            customer.id, customer.country, customer.subdivision, customer.postal_code,
            customer.domain, customer.naics, customer.employees,
        )
        .where(
            customer.merged_into_id.is_(None),
            or_(*(_lies_in(area) for area in terms.places)),
            *(not_(_lies_in(area)) for area in terms.cut_out),
            customer.id.not_in(busy),
            customer.id.not_in(sold),
        )
        .order_by(customer.id)
        .limit(MOST_COUNTED * 4)
    )  # fmt: skip


def _lies_in(area: Area) -> ColumnElement[bool]:
    """By the address as it is kept."""
    customer = Customer
    if area.kind is AreaKind.COUNTRY:
        return customer.country == area.value
    if area.kind is AreaKind.SUBDIVISION:
        return customer.subdivision == area.value
    pattern = PostalPattern.read(area.value, area.country)
    tidy = func.upper(func.replace(func.replace(customer.postal_code, " ", ""), "-", ""))
    head = func.substr(tidy, 1, len(pattern.low))
    inside = and_(head >= pattern.low, head <= pattern.high, customer.postal_code != "")
    return and_(customer.country == area.country, inside)


def _revenue(session: Session, customers: list[UUID], rates: redrawing.Rates) -> int:
    """What they bought before in any currency, in whole units of the base currency of today."""
    sums = session.execute(
        select(Invoice.currency, func.sum(Invoice.net_minor - Invoice.credited_minor).label("net"))
        .where(Invoice.customer_id.in_(customers))
        .group_by(Invoice.currency)
        .order_by(Invoice.currency)
    )
    total = sum(rates.in_base(int(row.net), row.currency) for row in sums)
    return int(Money(total, rates.base).major)


def _looked(session: Session, partner_id: UUID, digest: str, *, since: datetime) -> bool:
    known = select(ClaimLook.id).where(
        ClaimLook.partner_id == partner_id, ClaimLook.digest == digest, ClaimLook.at > since
    )
    return session.scalar(known.limit(1)) is not None


def _refuse_too_many(session: Session, partner_id: UUID, now: datetime) -> None:
    for within, most in LOOKS.items():
        oldest = session.scalars(
            select(ClaimLook.at)
            .where(
                ClaimLook.partner_id == partner_id, ClaimLook.is_new, ClaimLook.at > now - within
            )
            .order_by(ClaimLook.at.desc())
            .offset(most - 1)
            .limit(1)
        ).first()
        if oldest is not None:
            zone = ZoneInfo(vendor.settings(session).time_zone)
            until = (oldest + within).astimezone(zone)
            span = "an hour" if within == HOUR else "a day"
            raise Refused(
                f"Your company may look at {most} areas in {span}, and has. Try again after "
                f"{until:%H:%M} on {until:%-d %B}. You can go on drawing without it."
            )
