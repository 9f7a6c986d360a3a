"""Which memories an event will ask for, so that many events' can be read together.  Pure.

It may name too many or too few: what is missing is fetched when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from models.commissions.engine.bonuses import units_key
from models.commissions.engine.bounds import earned_key
from models.commissions.engine.desk import Desk
from models.commissions.engine.facts import EventKind
from models.commissions.engine.plan import Tiered, TierMode
from models.commissions.engine.state import Counter, Customer, Deal, Earned, Units
from models.commissions.engine.tiers import counter_key


def asked(desk: Desk) -> Iterator[tuple[str, str]]:
    """(kind, key) of each.  The deal's own memory is looked at."""
    if desk.event.kind is EventKind.REFUND:
        yield from ((Counter.kind, row[0]) for row in desk.deal.counted)
        yield from ((Units.kind, bought.units_key) for bought in desk.deal.bought)
        return
    rules, sale = desk.rules, desk.sale
    if sale.customer is not None:
        yield Customer.kind, sale.customer
    if isinstance(rules.base, Tiered) and rules.base.window is not None:
        yield Counter.kind, counter_key(desk, rules.base.window)
    if rules.period_cap_minor is not None:
        yield from ((Earned.kind, earned_key(desk, partner)) for partner, _ in sale.shares)
    yield from ((Units.kind, units_key(desk, rule)) for rule in rules.spiffs)


def asked_next(desk: Desk) -> Iterator[tuple[str, str]]:
    """(kind, key) of the deals that looking back may lift.  The counter is looked at."""
    base, refund = desk.rules.base, desk.event.kind is EventKind.REFUND
    if not refund and isinstance(base, Tiered) and base.mode is TierMode.SLAB_RETRO:
        counter = desk.world.state.get(Counter, counter_key(desk, base.window))
        yield from ((Deal.kind, row[0]) for row in counter.rated)
