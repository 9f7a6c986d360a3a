"""Uplift, floor and caps: lines of their own, never a shrunken other line.  Pure."""

from __future__ import annotations

from datetime import date, timedelta

from models.commissions.engine.desk import Basis, Desk, Entry
from models.commissions.engine.facts import Code, Registration
from models.commissions.engine.numbers import divided
from models.commissions.engine.portions import earned
from models.commissions.engine.state import Earned


def uplift(desk: Desk, basis: Basis, base: list[Entry]) -> list[Entry]:
    """Points on top for a registration that still protected the deal on the won date."""
    registration, points = desk.sale.registration, desk.rules.uplift
    if points is None or registration is None:
        return []
    through = protected_through(registration)
    if not registration.approved_on <= desk.won_on <= through:
        return []
    on_margin = len(base) == 1 and base[0].working.get("rule") == "margin"
    numerator = base[0].working["basis_minor"] if on_margin else basis.numerator
    return [
        earned(
            desk,
            numerator,
            1 if on_margin else basis.denominator,
            points,
            code=Code.UPLIFT,
            rule="dealreg_uplift",
            approved_on=registration.approved_on.isoformat(),
            protected_through=through.isoformat(),
            won_on=desk.won_on.isoformat(),
        )
    ]


def protected_through(registration: Registration) -> date:
    """The last protected day, inclusive."""
    days = registration.protection_days + registration.extension_days
    return registration.approved_on + timedelta(days=days)


def deal_bounds(desk: Desk, basis: Basis, pool: list[Entry]) -> list[Entry]:
    """What lifts the deal to its floor or cuts it to its cap; part payments count together.

    A floor is due in the share of the deal that has been paid, a cap at once.
    """
    deal, rules = desk.deal, desk.rules
    raw = sum(entry.amount_minor for entry in pool)
    deal.raw += raw
    target, code, bound = deal.raw, Code.FLOOR, None
    if rules.deal_floor_minor is not None:
        floor = _floor_so_far(desk, basis, desk.in_deal_currency(rules.deal_floor_minor))
        if target < floor:
            target, bound = floor, floor
    if rules.deal_cap_minor is not None:
        cap = desk.in_deal_currency(rules.deal_cap_minor)
        if target > cap:
            target, code, bound = cap, Code.CAP, cap
    adjustment = target - deal.bounded - raw
    before, deal.bounded = deal.bounded, target
    if not adjustment:
        return []
    working = {
        "rule": code.value,
        "bound_minor": target if bound is None else bound,
        "before_minor": before,
        "raw_minor": raw,
        "pool_minor": adjustment,
    }
    return [Entry(code, adjustment, desk.sale.currency, working)]


def _floor_so_far(desk: Desk, basis: Basis, floor: int) -> int:
    sale = desk.sale
    whole = sale.commissionable_minor if sale.whole_minor is None else sale.whole_minor
    sold = desk.deal.sold + basis.minor
    return floor if sold >= whole else divided(floor * sold, whole)


def month_cap(desk: Desk, entries: list[Entry]) -> list[Entry]:
    """What each partner has earned above its monthly cap, taken off the latest deal."""
    if desk.rules.period_cap_minor is None:
        return []
    totals: dict[str, int] = {}
    for entry in entries:
        totals[entry.partner] = totals.get(entry.partner, 0) + entry.amount_minor
    cuts = (_cut(desk, partner, total) for partner, total in totals.items() if total)
    return [cut for cut in cuts if cut is not None]


def earned_key(desk: Desk, partner: str) -> str:
    return f"{partner}|{desk.plan.id}|{desk.period}"


def _cut(desk: Desk, partner: str, total: int) -> Entry | None:
    cap = desk.rules.period_cap_minor or 0
    memory = desk.world.state.get(Earned, earned_key(desk, partner))
    gained = desk.in_plan_currency(total)
    over = min(max(memory.minor + gained - cap, 0), max(gained, 0))
    working = {
        "rule": "period_cap",
        "bound_minor": cap,
        "before_minor": memory.minor,
        "raw_minor": total,
        "month": desk.period,
        "tier_currency": desk.plan.currency,
    }
    memory.minor += gained - over
    if not over:
        return None
    amount = -divided(total * over, gained)
    return Entry(Code.CAP, amount, desk.sale.currency, working | {"pool_minor": amount}, partner)
