"""Uplift, floor and caps: lines of their own, never a shrunken other line.  Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from models.commissions.engine.desk import Basis, Desk, Entry
from models.commissions.engine.facts import Code, Registration
from models.commissions.engine.numbers import divided, iso, points
from models.commissions.engine.plan import Rules
from models.commissions.engine.portions import earned
from models.commissions.engine.state import Earned

Bound = Callable[[Desk, Basis, list[Entry]], list[Entry]]


def uplift(rules: Rules) -> Bound | None:
    """Points on top for a registration that still protected the deal on the won date."""
    if rules.uplift is None:
        return None
    rate, only_fulfilled = points(rules.uplift), rules.uplift_only_fulfilled

    def rated(desk: Desk, basis: Basis, base: list[Entry]) -> list[Entry]:
        registration, won_on = desk.sale.registration, desk.won_on
        if registration is None or won_on < registration.approved_on:
            return []
        through = protected_through(registration)
        if won_on > through or (only_fulfilled and not _fulfils(desk)):
            return []
        numerator, denominator = basis.numerator, basis.denominator
        if len(base) == 1 and base[0].told[0] == "margin":
            numerator, denominator = base[0].told[1], 1
        days = (iso(registration.approved_on), iso(through), iso(won_on))
        return [earned(desk, Code.UPLIFT, numerator, denominator, rate, "dealreg_uplift", *days)]

    return rated


def _fulfils(desk: Desk) -> bool:
    """Whether the partner that registered the deal is the one that sells it."""
    return all(partner == desk.sale.partner for partner, _ in desk.sale.splits)


@cache
def protected_through(registration: Registration) -> date:
    """The last protected day, inclusive."""
    days = registration.protection_days + registration.extension_days
    return registration.approved_on + timedelta(days=days)


def deal_bounds(rules: Rules) -> Bound | None:
    """What lifts the deal to its floor or cuts it to its cap; part payments count together.

    A floor is due in the share of the deal that has been paid, a cap at once.
    """
    if rules.deal_floor_minor is None and rules.deal_cap_minor is None:
        return None
    return _bounded


def _bounded(desk: Desk, basis: Basis, pool: list[Entry]) -> list[Entry]:
    deal, rules = desk.deal, desk.rules
    raw = sum(entry.amount_minor for entry in pool)
    deal.raw += raw
    target, code, bound = deal.raw, Code.FLOOR, deal.raw
    if rules.deal_floor_minor is not None:
        floor = _floor_so_far(desk, basis, desk.in_deal_currency(rules.deal_floor_minor))
        if target < floor:
            target = bound = floor
    if rules.deal_cap_minor is not None:
        cap = desk.in_deal_currency(rules.deal_cap_minor)
        if target > cap:
            target, code, bound = cap, Code.CAP, cap
    adjustment = target - deal.bounded - raw
    before, deal.bounded = deal.bounded, target
    if not adjustment:
        return []
    told = (code.value, bound, before, raw, adjustment)
    return [Entry(code, adjustment, desk.sale.currency, told, desk.whose)]


def _floor_so_far(desk: Desk, basis: Basis, floor: int) -> int:
    sale = desk.sale
    whole = desk.part_minor if sale.whole_minor is None else sale.whole_minor
    sold = desk.deal.sold + basis.minor
    return floor if sold >= whole else divided(floor * sold, whole)


def month_cap(desk: Desk, entries: list[Entry]) -> list[Entry]:
    """What each partner has earned above its monthly cap, taken off the latest deal."""
    totals: dict[str, int] = {}
    for entry in entries:
        totals[entry.partner] = totals.get(entry.partner, 0) + entry.amount_minor
    cuts = (_cut(desk, partner, total) for partner, total in totals.items() if total)
    return [cut for cut in cuts if cut is not None]


def earned_key(desk: Desk, partner: str) -> str:
    return f"{partner}|{desk.plan.id}|{desk.period}"


def _cut(desk: Desk, partner: str, total: int) -> Entry | None:
    cap = desk.rules.period_cap_minor or 0
    memory = desk.state.get(Earned, earned_key(desk, partner))
    gained, before = desk.in_plan_currency(total), memory.value
    over = min(max(before + gained - cap, 0), max(gained, 0))
    memory.value += gained - over
    if not over:
        return None
    amount = -divided(total * over, gained)
    told = ("period_cap", cap, before, total, desk.period, amount)
    return Entry(Code.CAP, amount, desk.sale.currency, told, partner, True, desk.beside())
