"""Which memories an event will ask for, so that many events' can be read together.  Pure.

It may name too many or too few: what is missing is fetched when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from models.commissions.engine.bonuses import units_key
from models.commissions.engine.bounds import earned_key
from models.commissions.engine.desk import Desk
from models.commissions.engine.facts import EventKind
from models.commissions.engine.state import Counter, Customer, Deal, Earned, Units
from models.commissions.engine.tiers import counter_key


def asked(desk: Desk) -> Iterator[tuple[str, str]]:
    """(kind, key) of each.  The deal's own memory is looked at."""
    works, sale = desk.works, desk.sale
    if desk.event.kind is EventKind.REFUND:
        for row in desk.deal.counted:
            yield Counter.kind, row[0]
        for bought in desk.deal.bought:
            yield Units.kind, bought.units_key
        return
    if works.window is not None:
        yield Counter.kind, counter_key(desk, works.window.key(desk.on))
    if desk.world.counts_customers and sale.customer is not None:
        yield Customer.kind, sale.customer
    if works.period_cap:
        yield from ((Earned.kind, earned_key(desk, partner)) for partner, _ in sale.shares)
    if works.spiffs:
        yield from ((Units.kind, units_key(desk, rule)) for rule in desk.rules.spiffs)


def asked_next(desk: Desk) -> Iterator[tuple[str, str]]:
    """(kind, key) of the deals that are rated again with it.  The counter is looked at."""
    if desk.works.derates is not None and desk.event.kind is EventKind.REFUND:
        for counted in desk.deal.counted:
            for row in desk.state.get(Counter, counted[0]).rated:
                yield Deal.kind, row[0]
    if desk.works.retro is not None and desk.event.kind is not EventKind.REFUND:
        counter = desk.state.get(Counter, counter_key(desk, desk.works.window.key(desk.on)))
        yield from ((Deal.kind, row[0]) for row in counter.rated)
