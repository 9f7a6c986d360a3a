"""How the demonstration registers, decides and wins: always through the business's own verbs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from models import deals, wins
from models.deals import Deal, DealMatch, Line, Registration
from models.people import Actor
from models.wins import HandOver, Order
from portal.demo.story import Story

KINDS = (
    "{} Cycling Club",
    "{} Parks Department",
    "{} Bike Share",
    "{} School District",
    "{} Outdoor Centre",
    "{} Trail Tours",
    "{} University Sports",
    "{} Courier Service",
    "{} Police Patrol",
)
PROBLEMS = (
    "The fleet is nine years old: every second bicycle waits for a part that is no longer made.",
    "Riders ask for frames in more sizes than the present supplier keeps in stock all year round.",
    "A new path opens in spring, and the hire station beside it has no bicycles for the visitors.",
    "Repairs cost more than leasing would; the board wants one supplier and one price per season.",
)
CONTRACTS = {0: 120, 2: 180}
"""Days that the service lasts that a customer bought with its bicycles."""

CONTACTS = ("Maria Cameron", "Peter Connelly", "Ann Beebe", "Joseph Castellucio", "Lili Alameda")


@dataclass(frozen=True)
class Need:
    """What a partner's customer wants: articles with quantity and price of one, in minor units."""

    reseller: str
    goods: tuple[tuple[str, int, int], ...]
    number: int
    """Turns the wheel of names; the same number is the same customer of the same town."""
    customer: str = ""
    """Its name when the wheel should not choose it."""


def register(story: Story, need: Need, *, at: datetime, close_on: date) -> Deal:
    """A draft as the partner's seller writes it."""
    row, seller = story.towns[need.reseller], story.sellers[need.reseller]
    name = need.customer or KINDS[need.number % len(KINDS)].format(row["city"])
    host = "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())
    registration = Registration(
        customer_name=name,
        customer_domain=f"{host}.example",
        customer_country=row["country"],
        customer_subdivision=row["subdivision"],
        customer_postal_code=row["postal_code"],
        customer_town=row["city"],
        expected_close_on=close_on,
        problem=PROBLEMS[need.number % len(PROBLEMS)],
        competitors="Litware Cycles" if need.number % 3 == 0 else "",
        contact_name=CONTACTS[need.number % len(CONTACTS)],
        contact_title="Head of purchasing",
        contact_email=f"purchasing@{host}.example",
        contact_phone=row["phone"],
        lines=tuple(Line(story.product_id(sku), many, unit) for sku, many, unit in need.goods),
    )
    partner = story.partners[need.reseller]
    return deals.draft(story.session, registration, partner_id=partner.id, by=seller, now=at)


def submit(story: Story, need: Need, *, at: datetime, close_on: date) -> Deal:
    deal = register(story, need, at=at - timedelta(minutes=20), close_on=close_on)
    deals.submit(story.session, deal, by=story.sellers[need.reseller], now=at)
    return deal


def approve(story: Story, deal: Deal, *, at: datetime) -> None:
    """By the manager it was routed to, who looks at each look-alike first."""
    manager = _manager(story, deal)
    found = select(DealMatch.id).where(
        DealMatch.deal_id == deal.id,
        DealMatch.cleared_at.is_(None),
        DealMatch.customer_id != deal.customer_id,
    )
    for match_id in story.session.scalars(found).all():
        why = "Another organisation of the same town; both are known to us."
        deals.clear_match(story.session, deal, match_id, reason=why, by=manager, now=at)
    deals.approve(story.session, deal, by=manager, now=at)


def win(story: Story, need: Need, deal: Deal, *, at: datetime, order: str) -> None:
    """The whole deal by one order; every other customer has a service contract to renew."""
    starts_on = at.date() + timedelta(days=14)
    days = CONTRACTS.get(need.number % 4)
    wins.record(
        story.session,
        deal,
        Order(ordered_at=at, number=order),
        HandOver(
            support_contact=f"workshop@{deal.customer_domain}",
            starts_on=starts_on,
            renews_on=None if days is None else starts_on + timedelta(days=days),
            is_one_off=days is None,
        ),
        by=story.sellers[need.reseller],
        now=at,
    )


def priced(
    story: Story, reseller: str, *wanted: tuple[str, int]
) -> tuple[tuple[str, int, int], ...]:
    """Articles at the list price of the partner's currency."""
    currency = story.partners[reseller].currency
    return tuple((sku, many, story.prices[currency, sku]) for sku, many in wanted)


def _manager(story: Story, deal: Deal) -> Actor:
    return next(actor for actor in story.staff.values() if actor.id == deal.channel_manager_id)
