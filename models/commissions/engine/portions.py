"""The base components: what the whole deal earns, before bounds, splits and bonuses.  Pure.

One function a component; each gives entries that nobody has been named for yet.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from models.commissions.engine.desk import Basis, Desk, Entry
from models.commissions.engine.facts import Code
from models.commissions.engine.numbers import RATE_ONE, divided, scaled
from models.commissions.engine.plan import ByCategory, ByDealType, Flat, Margin, Recurring, Tiered
from models.commissions.engine.tiers import tiered
from models.errors import Refused


def basis_of(desk: Desk) -> Basis:
    """The commissionable share of what was won or paid, exactly."""
    sale = desk.sale
    whole = sale.commissionable_minor
    amount = sale.net_minor if desk.event.amount_minor is None else desk.event.amount_minor
    if amount == sale.net_minor or sale.net_minor == 0:
        return Basis(whole, 1, whole, amount)
    if whole == sale.net_minor:
        return Basis(amount, 1, amount, amount)
    return Basis(whole * amount, sale.net_minor, divided(whole * amount, sale.net_minor), amount)


def portions(desk: Desk, basis: Basis) -> list[Entry]:
    """What the base component earns, one entry a rounding."""
    return COMPONENTS[type(desk.rules.base)](desk, desk.rules.base, basis)


def earned(
    desk: Desk, numerator: int, denominator: int, rate: Decimal, *, code: Code, **working: Any
) -> Entry:
    """`numerator / denominator` minor units times `rate`, rounded once."""
    amount = divided(
        numerator * scaled(rate), denominator * RATE_ONE, half_even=desk.rules.half_even
    )
    basis = divided(numerator, denominator)
    told = {"basis_minor": basis, "rate": format(rate, "f"), "pool_minor": amount, **working}
    return Entry(code, amount, desk.sale.currency, told | part_of(desk, basis))


def part_of(desk: Desk, basis_minor: int) -> dict[str, Any]:
    """How the basis follows from the invoice, when it is not simply all of it."""
    sale, amount = desk.sale, desk.event.amount_minor
    told: dict[str, Any] = {}
    if amount is not None and amount != sale.net_minor:
        told["paid"] = {"amount_minor": amount, "net_minor": sale.net_minor}
    left_out = sale.net_minor - sale.commissionable_minor
    if left_out and basis_minor:
        told["left_out_minor"] = left_out
    return told


def _flat(desk: Desk, base: Flat, basis: Basis) -> list[Entry]:
    return [_on_all(desk, basis, base.rate, rule="flat")]


def _by_deal_type(desk: Desk, base: ByDealType, basis: Basis) -> list[Entry]:
    rate = base.rates.get(desk.sale.kind or "", Decimal(0))
    return [_on_all(desk, basis, rate, rule="by_deal_type", deal_type=desk.sale.kind)]


def _by_category(desk: Desk, base: ByCategory, basis: Basis) -> list[Entry]:
    """One entry for each line of the invoice: each is rounded by itself."""
    if not desk.sale.lines:
        raise Refused("Rates by category need the invoice's lines; add them to the invoice.")
    amount, net = basis.amount_minor, desk.sale.net_minor or 1
    whole = amount == net or desk.sale.net_minor == 0
    return [
        earned(
            desk,
            line.amount_minor if whole else line.amount_minor * amount,
            1 if whole else net,
            base.rates.get(line.category, Decimal(0)),
            code=Code.BASE,
            rule="by_category",
            category=line.category,
            sku=line.sku,
        )
        for line in desk.sale.lines
        if line.commissionable
    ]


def _margin(desk: Desk, base: Margin, basis: Basis) -> list[Entry]:
    """A sale below cost earns nothing; it never costs the partner anything."""
    cost = 0
    for line in desk.sale.lines:
        if line.commissionable and line.cost_minor is None:
            raise Refused(f"A margin plan needs the cost of {line.sku}; add it to the invoice.")
        cost += (line.cost_minor or 0) if line.commissionable else 0
    if not desk.sale.lines:
        raise Refused("A margin plan needs the invoice's lines with their cost; add them.")
    net, amount = desk.sale.net_minor or 1, basis.amount_minor
    margin = max(0, desk.sale.commissionable_minor - cost)
    whole = amount == desk.sale.net_minor or desk.sale.net_minor == 0
    numerator, denominator = (margin, 1) if whole else (margin * amount, net)
    return [
        earned(
            desk, numerator, denominator, base.rate, code=Code.BASE, rule="margin", cost_minor=cost
        )
    ]


def _recurring(desk: Desk, base: Recurring, basis: Basis) -> list[Entry]:
    month = _subscription_month(desk)
    for first, last, rate in base.steps:
        if first <= month and (last is None or month <= last):
            return [_on_all(desk, basis, rate, rule="recurring", month=month)]
    return []


def _subscription_month(desk: Desk) -> int:
    """As the event says; else counted from the first month that earned, which is 1."""
    if desk.event.subscription_month is not None:
        return desk.event.subscription_month
    if desk.deal.first_on is None:
        return 1
    year, month = (int(part) for part in desk.deal.first_on.split("-")[:2])
    return (desk.on.year - year) * 12 + desk.on.month - month + 1


def _on_all(desk: Desk, basis: Basis, rate: Decimal, **working: Any) -> Entry:
    return earned(desk, basis.numerator, basis.denominator, rate, code=Code.BASE, **working)


COMPONENTS: dict[type, Callable[[Desk, Any, Basis], list[Entry]]] = {
    Flat: _flat,
    ByCategory: _by_category,
    ByDealType: _by_deal_type,
    Margin: _margin,
    Recurring: _recurring,
    Tiered: tiered,
}
