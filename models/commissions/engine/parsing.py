"""From a plan's JSON `rules` to Rules: each component is read by one function here.  Pure.

The format is the format of tests/golden/commissions.json.  A component that is
not known is refused by its name: no plan is ever rated with a part left out.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from models.commissions.engine.bases import read_base
from models.commissions.engine.plan import (
    Clawback,
    Draw,
    Holdback,
    NewLogo,
    Override,
    Rules,
    Spiff,
    Tax,
)
from models.commissions.engine.pool import hold_to_pool
from models.commissions.engine.reading import MOST_UNITS, Node

COMMISSION_BASES = ("commission", "reseller_commission")


def parse_rules(raw: Any, currency: str, path: str = "rules") -> Rules:
    """Raises Refused naming the path of what is wrong and how to mend it."""
    node = Node(raw, path, currency)
    for key in node.table():
        if key not in COMPONENTS:
            raise node.wrong(
                f"the component “{key}” is not known to this engine; "
                f"known are {', '.join(COMPONENTS)}."
            )
    node.at("base")
    read = {COMPONENTS[key][0]: COMPONENTS[key][1](node.at(key)) for key in node.table()}
    rules = Rules(**read)
    hold_to_pool(node, rules)
    floor, cap = rules.deal_floor_minor, rules.deal_cap_minor
    if floor is not None and cap is not None and floor > cap:
        raise node.wrong("deal_floor is above deal_cap; lower the one or lift the other.")
    return rules


def _overrides(node: Node) -> tuple[Override, ...]:
    """One for the nearest distributor, or a list with one for each tier of distribution."""
    if isinstance(node.raw, list):
        return tuple(_override(entry) for entry in node.items())
    return (_override(node),)


def _override(node: Node) -> Override:
    node.table(("rate", "basis"))
    basis = node.at("basis").one_of(("net", *COMMISSION_BASES))
    return Override(rate=node.at("rate").rate(), of_commission=basis in COMMISSION_BASES)


def _new_logo(node: Node) -> NewLogo:
    node.table(("amount", "lookback_months"))
    return NewLogo(node.at("amount").money(), node.at("lookback_months").count(least=1))


def _spiffs(node: Node) -> tuple[Spiff, ...]:
    return tuple(_spiff(entry) for entry in node.items())


def _spiff(node: Node) -> Spiff:
    node.table(("sku", "per_unit", "from", "to", "max_units"))
    spiff = Spiff(
        sku=node.at("sku").text(),
        per_unit_minor=node.at("per_unit").money(),
        from_on=node.at("from").day(),
        to_on=node.at("to").day(),
        max_units=node.optional("max_units", lambda units: units.count(least=1, most=MOST_UNITS)),
    )
    if spiff.to_on < spiff.from_on:
        raise node.wrong("ends before it begins; swap “from” and “to”.")
    return spiff


def _holdback(node: Node) -> Holdback:
    node.table(("pct", "days"))
    return Holdback(node.at("pct").rate(), node.at("days").count())


def _clawback(node: Node) -> Clawback:
    node.table(("days", "bonuses", "most", "instalments", "derate"))
    bonuses = node.optional("bonuses", lambda how: how.one_of(("full_refund", "pro_rata")))
    return Clawback(
        days=node.at("days").count(),
        bonuses_pro_rata=bonuses == "pro_rata",
        most_share=node.optional("most", Node.rate),
        instalments=node.optional("instalments", lambda parts: parts.count(least=1)) or 1,
        derates=bool(node.optional("derate", Node.true_or_false)),
    )


def _draw(node: Node) -> Draw:
    node.table(("type", "amount", "periods"))
    months = node.optional("periods", lambda periods: [one.month() for one in periods.items()])
    return Draw(
        recoverable=node.at("type").one_of(("guarantee", "recoverable")) == "recoverable",
        amount_minor=node.at("amount").money(),
        periods=None if months is None else frozenset(months),
    )


def _tax(node: Node) -> Tax:
    node.table(("vat_rate", "withholding_rate"))
    return Tax(
        vat_rate=node.optional("vat_rate", Node.rate),
        withholding_rate=node.optional("withholding_rate", Node.rate),
    )


def _rounds_half_even(node: Node) -> bool:
    """half_up is the default; half_even is what some accountants want."""
    return node.one_of(("half_up", "half_even", "ROUND_HALF_UP", "ROUND_HALF_EVEN")).lower() in (
        "half_even",
        "round_half_even",
    )


def _uplift(node: Node) -> Decimal:
    return node.rate()


def _or_else(usual: str, other: str) -> Callable[[Node], bool]:
    """A choice of two words; True for the other."""
    return lambda node: node.one_of((usual, other)) == other


COMPONENTS: dict[str, tuple[str, Callable[[Node], Any]]] = {
    "base": ("base", read_base),
    "dealreg_uplift": ("uplift", _uplift),
    "deal_floor": ("deal_floor_minor", Node.money),
    "deal_cap": ("deal_cap_minor", Node.money),
    "period_cap": ("period_cap_minor", Node.money),
    "override": ("overrides", _overrides),
    "new_logo_bonus": ("new_logo", _new_logo),
    "spiffs": ("spiffs", _spiffs),
    "holdback": ("holdback", _holdback),
    "clawback": ("clawback", _clawback),
    "draw": ("draw", _draw),
    "min_payout": ("minimum_minor", Node.money),
    "minimum_payout": ("minimum_minor", Node.money),
    "tax": ("tax", _tax),
    "rounding": ("half_even", _rounds_half_even),
    "rating_date": ("by_registration", _or_else("won", "registered")),
    "uplift_for": ("uplift_only_fulfilled", _or_else("any", "fulfilling")),
    "override_from": ("overrides_inside", _or_else("vendor", "commission")),
    "override_pool": ("pool", Node.rate),
}
"""The key in the JSON, the field of Rules, and what reads it."""
