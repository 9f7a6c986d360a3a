"""The base components: what the whole deal earns, before bounds, splits and bonuses.  Pure.

One function a component: given the plan's rules once, it answers the function that rates.
Each gives entries that nobody has been named for yet where the deal is split.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from models.commissions.engine.desk import Basis, Desk, Entry, made
from models.commissions.engine.facts import Code
from models.commissions.engine.numbers import Points, divided, points, times
from models.commissions.engine.plan import ByCategory, ByDealType, Flat, Margin, Recurring, Tiered
from models.commissions.engine.tiers import tiered
from models.errors import Refused

Base = Callable[[Desk, Basis], list[Entry]]


def basis_of(desk: Desk) -> Basis:
    """The commissionable share of what was won or paid, exactly."""
    whole, net, amount = desk.part_minor, desk.sale.net_minor, desk.event.amount_minor
    if amount is None or amount == net or net == 0:
        return Basis(whole, 1, whole, net if amount is None else amount)
    if whole == net:
        return Basis(amount, 1, amount, amount)
    return Basis(whole * amount, net, divided(whole * amount, net), amount)


def earned(
    desk: Desk, code: Code, numerator: int, denominator: int, rate: Points, rule: str, *more: Any
) -> Entry:
    """`numerator / denominator` minor units times `rate`, rounded once."""
    amount = times(numerator, rate, denominator, desk.half_even)
    basis = numerator if denominator == 1 else divided(numerator, denominator)
    told = (rule, basis, rate.text, amount, *more)
    beside = part_of(desk, basis)
    return made(Entry, (code, amount, desk.sale.currency, told, desk.whose, True, beside))


def part_of(desk: Desk, basis_minor: int) -> dict[str, Any] | None:
    """How the basis follows from the invoice, when it is not simply all of it."""
    net, amount, part = desk.sale.net_minor, desk.event.amount_minor, desk.part_minor
    told: dict[str, Any] = {}
    if amount is not None and amount != net:
        told["paid"] = [amount, net]
    if part != net and basis_minor:
        told["left_out_minor"] = net - part
    return told or None


def flat(base: Flat) -> Base:
    rate = points(base.rate)
    return lambda desk, basis: [_on_all(desk, basis, rate, "flat")]


def by_deal_type(base: ByDealType) -> Base:
    rates = {kind: points(rate) for kind, rate in base.rates.items()}
    none = points(Decimal(0))

    def rated(desk: Desk, basis: Basis) -> list[Entry]:
        rate = rates.get(desk.sale.kind or "", none)
        return [_on_all(desk, basis, rate, "by_deal_type", desk.sale.kind)]

    return rated


def by_category(base: ByCategory) -> Base:
    """One entry for each line of the invoice: each is rounded by itself."""
    rates = {category: points(rate) for category, rate in base.rates.items()}
    none = points(Decimal(0))

    def rated(desk: Desk, basis: Basis) -> list[Entry]:
        if not desk.sale.lines:
            raise Refused("Rates by category need the invoice's lines; add them to the invoice.")
        amount, net = basis.amount_minor, desk.sale.net_minor
        over, under = (1, 1) if amount == net or net == 0 else (amount, net)
        return [
            earned(
                desk, Code.BASE, line.amount_minor * over, under, rates.get(line.category, none),
                "by_category", line.category, line.sku,
            )
            for line in desk.sale.lines
            if line.commissionable
        ]  # fmt: skip

    return rated


def margin(base: Margin) -> Base:
    """A sale below cost earns nothing; it never costs the partner anything."""
    rate = points(base.rate)

    def rated(desk: Desk, basis: Basis) -> list[Entry]:
        cost, net, amount = _cost(desk), desk.sale.net_minor, basis.amount_minor
        left = max(0, desk.part_minor - cost)
        over, under = (1, 1) if amount == net or net == 0 else (amount, net)
        return [earned(desk, Code.BASE, left * over, under, rate, "margin", cost)]

    return rated


def _cost(desk: Desk) -> int:
    if not desk.sale.lines:
        raise Refused("A margin plan needs the invoice's lines with their cost; add them.")
    cost = 0
    for line in desk.sale.lines:
        if line.commissionable and line.cost_minor is None:
            raise Refused(f"A margin plan needs the cost of {line.sku}; add it to the invoice.")
        cost += (line.cost_minor or 0) if line.commissionable else 0
    return cost


def recurring(base: Recurring) -> Base:
    steps = [(first, last, points(rate)) for first, last, rate in base.steps]

    def rated(desk: Desk, basis: Basis) -> list[Entry]:
        month = _subscription_month(desk)
        for first, last, rate in steps:
            if first <= month and (last is None or month <= last):
                return [_on_all(desk, basis, rate, "recurring", month)]
        return []

    return rated


def _subscription_month(desk: Desk) -> int:
    """As the event says; else counted from the first month that earned, which is 1."""
    if desk.event.subscription_month is not None:
        return desk.event.subscription_month
    if desk.deal.first_on is None:
        return 1
    year, month = (int(part) for part in desk.deal.first_on.split("-")[:2])
    return (desk.on.year - year) * 12 + desk.on.month - month + 1


def _on_all(desk: Desk, basis: Basis, rate: Points, rule: str, *more: Any) -> Entry:
    return earned(desk, Code.BASE, basis.numerator, basis.denominator, rate, rule, *more)


COMPONENTS: dict[type, Callable[[Any], Base]] = {
    Flat: flat,
    ByCategory: by_category,
    ByDealType: by_deal_type,
    Margin: margin,
    Recurring: recurring,
    Tiered: tiered,
}
