"""Bonuses: new customers and SPIFFs, outside caps, splits and holdbacks.  Pure."""

from __future__ import annotations

from models.commissions.engine.desk import Basis, Desk, Entry
from models.commissions.engine.facts import Code
from models.commissions.engine.numbers import add_months
from models.commissions.engine.plan import Spiff
from models.commissions.engine.state import Bought, Customer, Units


def new_logo(desk: Desk, basis: Basis) -> list[Entry]:
    """Once for a customer; again when it has not bought for so many full months."""
    rule, customer = desk.rules.new_logo, desk.sale.customer
    if customer is None or not basis.amount_minor:
        return []
    memory = desk.state.get(Customer, customer)
    last = memory.bought_last
    if last is None or last < desk.on:
        memory.last_on = desk.on.isoformat()
    if rule is None or not basis.numerator or desk.deal.first_on is not None:
        return []
    if last is not None and add_months(last, rule.lookback_months) > desk.on:
        return []
    bought = last.isoformat() if last else None
    told = ("new_logo_bonus", rule.lookback_months, bought, rule.amount_minor)
    return [Entry(Code.NEW_LOGO, rule.amount_minor, desk.plan.currency, told, desk.sale.partner)]


def spiffs(desk: Desk, basis: Basis) -> list[Entry]:
    """An amount for each unit whose price has been paid, up to the partner's limit."""
    deal, key = desk.deal, desk.sale.key
    paid = deal.paid[key] = deal.paid.get(key, 0) + basis.amount_minor
    found = (_spiff(desk, rule, paid) for rule in desk.rules.spiffs)
    return [entry for entry in found if entry is not None]


def units_key(desk: Desk, rule: Spiff) -> str:
    return f"{desk.sale.partner}|{desk.plan.id}|{rule.sku}|{rule.from_on.isoformat()}"


def _spiff(desk: Desk, rule: Spiff, paid: int) -> Entry | None:
    """paid: minor units of this sale that were paid, this event included."""
    due = _units_due(desk, rule, paid)
    if due <= 0 or not rule.from_on <= desk.on <= rule.to_on:
        return None
    key = units_key(desk, rule)
    used = desk.state.get(Units, key)
    count = due if rule.max_units is None else min(due, rule.max_units - used.value)
    amount = count * rule.per_unit_minor
    told = (
        "spiff", rule.sku, count, due, rule.per_unit_minor, used.value, rule.max_units, amount,
    )  # fmt: skip
    if count <= 0 or not rule.per_unit_minor:
        return None
    used.value += count
    spiff = rule.from_on.isoformat()
    desk.deal.bought.append(Bought(spiff, rule.sku, rule.per_unit_minor, count, key))
    return Entry(Code.SPIFF, amount, desk.plan.currency, told, desk.sale.partner)


def _units_due(desk: Desk, rule: Spiff, paid: int) -> int:
    """Whole units that this event completes the payment of."""
    sale, deal = desk.sale, desk.deal
    sold = sum(line.quantity for line in sale.lines if line.sku == rule.sku)
    if not sold:
        return 0
    net = sale.net_minor
    complete = sold if paid >= net else sold * paid // net
    place = f"{sale.key}|{rule.sku}|{rule.from_on.isoformat()}"
    due = complete - deal.units_paid.get(place, 0)
    deal.units_paid[place] = max(complete, deal.units_paid.get(place, 0))
    return due
