"""What a deal that is not won yet could earn, by the plan that applies today.  Reads only.

The engine itself rates a sale that has not happened; nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalog, vendor
from models.base import new_id
from models.calendars import local_day
from models.catalog import Product
from models.commissions import engine
from models.commissions.engine import Code, Event, EventKind, Line, Sale, SaleLine, Trigger
from models.commissions.engine.numbers import percent
from models.commissions.engine.plan import Margin, Recurring, Rules, Tiered
from models.commissions.memory import Memories
from models.commissions.parties import Parties
from models.commissions.plans import engine_plan
from models.errors import Refused
from models.money import Money
from models.scope import vendor_side

LATER = (Code.HOLDBACK, Code.HOLDBACK_RELEASE)
"""What only moves the day on which it is paid."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """A deal as its partner has written it.  lines: (product, quantity, price of one)."""

    kind: str
    currency: str
    lines: tuple[tuple[UUID, int, int], ...]
    protection_days: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What it could earn.  amount: None where no honest figure can be given.

    about: "", "about" or "up to"; notes: why, and what goes with it, in sentences.
    """

    amount: Money | None
    about: str
    notes: tuple[str, ...]


def estimate(session: Session, prospect: Prospect, *, partner_id: UUID, now: datetime) -> Estimate:
    """What this partner could earn if it won the deal today, and were paid for it."""
    with vendor_side(session) as beside:
        try:
            return _estimated(beside, prospect, partner_id, now)
        except Refused:
            return Estimate(None, "", ("We cannot say yet what this deal earns.",))


def _estimated(session: Session, prospect: Prospect, partner_id: UUID, now: datetime) -> Estimate:
    today = local_day(now, vendor.settings(session).time_zone)
    parties = Parties(session)
    plan = plan_on(session, parties, partner_id, today)
    on = local_day(now, plan.time_zone)
    rules = plan.in_force(on).rules
    if isinstance(rules.base, Margin | Recurring):
        return Estimate(None, "", (*_unknown(rules), *_beside(plan, rules)))
    sale = imagined_sale(session, prospect, partner_id, now, today)
    kind = EventKind.WON if plan.trigger is Trigger.WON else EventKind.PAID
    event = Event("estimate", kind, now, now)
    lines = engine.rate(plan, sale, event, scratch_world(session, parties, Memories(session)))
    own = [line for line in lines if line.partner == sale.partner and line.code not in LATER]
    currency = plan.payout_currency or parties.currency_of(partner_id, on)
    total = sum(line.payout_minor for line in own if line.code is not Code.TRUE_UP)
    changes = tuple(_changes(plan, rules, own))
    about = "up to" if rules.period_cap_minor is not None else "about" if changes else ""
    return Estimate(Money(total, currency), about, (*changes, *_beside(plan, rules)))


def plan_on(session: Session, parties: Parties, partner_id: UUID, day: date) -> engine.Plan:
    """The plan that rates what this partner wins on that day.  Raises Refused without one."""
    return engine_plan(session, UUID(parties.plan_of(partner_id, day)))


def _unknown(rules: Rules) -> Iterator[str]:
    if isinstance(rules.base, Margin):
        yield (
            f"Your plan pays {percent(rules.base.rate)} of the margin, which is known when the "
            "sale is invoiced."
        )
    else:
        yield "Your plan pays for each month of the subscription, as it is paid."


def _changes(plan: engine.Plan, rules: Rules, lines: Sequence[Line]) -> Iterator[str]:
    """Why the figure may be another when it is earned."""
    if isinstance(rules.base, Tiered) and rules.base.window is not None:
        yield (
            f"The rate depends on what you sell in the same {rules.base.window.value}; this is "
            "counted from where you stand today."
        )
    if rules.period_cap_minor is not None:
        cap = Money(rules.period_cap_minor, plan.currency)
        yield f"Your plan pays at most {cap.currency} {cap.major:,} a month."
    if any(line.currency != line.payout_currency for line in lines):
        yield "It is paid in another currency, at the exchange rate of its day."
    if rules.new_logo is not None:
        bonus = Money(rules.new_logo.amount_minor, plan.currency)
        yield f"A new customer earns {bonus.currency} {bonus.major:,} on top."


def _beside(plan: engine.Plan, rules: Rules) -> Iterator[str]:
    """What the partner should know beside the figure."""
    if plan.trigger is Trigger.PAID:
        yield "It is earned when the customer pays."
    if rules.uplift is not None:
        yield f"The registration's uplift of {percent(rules.uplift)} is part of it."
    if rules.holdback is not None:
        yield (
            f"{percent(rules.holdback.share)} of it is held back for {rules.holdback.days} days."
        )
    yield f"By the plan “{plan.name}”, which applies to you today."


def imagined_sale(
    session: Session,
    prospect: Prospect,
    partner_id: UUID,
    now: datetime,
    today: date,
    products: Mapping[UUID, Any] | None = None,
) -> Sale:
    """The deal as if it were won and invoiced whole, now.  products: None to read them."""
    goods = {product_id for product_id, _, _ in prospect.lines}
    lines = tuple(_lines(prospect.lines, products or read_products(session, goods)))
    return Sale(
        deal=(deal := new_id().hex),
        key=deal,
        partner=partner_id.hex,
        currency=prospect.currency,
        net_minor=sum(line.amount_minor for line in lines),
        won_at=now,
        kind=prospect.kind,
        lines=lines,
        registration=engine.Registration(today, prospect.protection_days),
    )


def read_products(session: Session, product_ids: Collection[UUID]) -> dict[UUID, Any]:
    """Without cost: what partners read must not tell it."""
    if not product_ids:
        return {}
    columns = (Product.id, Product.sku, Product.category, Product.commissionable)
    rows = session.execute(select(*columns).where(Product.id.in_(product_ids)))
    return {row.id: row for row in rows}


def _lines(
    lines: Iterable[tuple[UUID, int, int]], products: Mapping[UUID, Any]
) -> Iterator[SaleLine]:
    for product_id, quantity, unit_minor in lines:
        if row := products.get(product_id):
            amount = quantity * unit_minor
            yield SaleLine(row.sku, row.category, quantity, amount, None, row.commissionable)


def scratch_world(session: Session, parties: Parties, memories: Memories) -> engine.World:
    """The world as it stands; what the engine would remember is forgotten with it."""
    return engine.World(
        state=memories.state,
        rate_on=lambda source, target, on: engine.Rate(
            *catalog.rate_on(session, source, target, on)
        ),
        is_closed=lambda _month: False,
        payout_currency=parties.currency_of,
        new_id=lambda: new_id().hex,
    )
