"""Reading the base component: exactly one of flat, by category, tier, and so on.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import pairwise

from models.commissions.engine.numbers import RATE_ONE, divided, scaled
from models.commissions.engine.plan import (
    Base,
    ByCategory,
    ByDealType,
    Flat,
    Margin,
    Recurring,
    Tier,
    Tiered,
    TierMode,
    Window,
)
from models.commissions.engine.reading import Node


def read_base(node: Node) -> Base:
    kind = node.at("type").raw
    if not isinstance(kind, str) or kind not in BASES:
        raise node.wrong(
            f"the component base “{kind}” is not known to this engine; "
            f"known are {', '.join(BASES)}."
        )
    return BASES[kind](node)


def _flat(node: Node) -> Flat:
    node.table(("type", "rate"))
    return Flat(node.at("rate").rate())


def _by_category(node: Node) -> ByCategory:
    node.table(("type", "rates"))
    return ByCategory(_rates(node.at("rates")))


def _by_deal_type(node: Node) -> ByDealType:
    node.table(("type", "rates"))
    return ByDealType(_rates(node.at("rates")))


def _margin(node: Node) -> Margin:
    node.table(("type", "rate"))
    return Margin(node.at("rate").rate())


def _rates(node: Node) -> Mapping[str, Decimal]:
    if not node.table():
        raise node.wrong("names no rate; add at least one.")
    return {key: node.at(key).rate() for key in node.table()}


def _recurring(node: Node) -> Recurring:
    node.table(("type", "schedule"))
    steps: list[tuple[int, int | None, Decimal]] = []
    for entry in node.at("schedule").items():
        first, last, rate = entry.row("first month", "last month", "rate")
        ends = None if last.raw is None else last.count(least=1)
        steps.append((first.count(least=1), ends, rate.rate()))
        if ends is not None and ends < steps[-1][0]:
            raise entry.wrong("its last month lies before its first.")
        if len(steps) > 1 and (steps[-2][1] is None or steps[-2][1] >= steps[-1][0]):
            raise entry.wrong("overlaps the step before; let it begin later.")
    return Recurring(tuple(steps))


def _tiered(node: Node) -> Tiered:
    node.table(("type", "mode", "window", "tiers"))
    mode = TierMode(node.at("mode").one_of([mode.value for mode in TierMode]))
    rows = [
        Tier(lower.money(), rate.rate())
        for lower, rate in (entry.row("from amount", "rate") for entry in node.at("tiers").items())
    ]
    return Tiered(mode, None if mode.counts_the_deal_alone else _window(node), _rising(node, rows))


def _accelerator(node: Node) -> Tiered:
    """Marginal tiers whose bounds are shares of a quota and whose rates are multiples."""
    node.table(("type", "base_rate", "quota", "window", "bands"))
    quota, base_rate = node.at("quota").money(), node.at("base_rate").rate()
    if quota == 0:
        raise node.at("quota").wrong("must be more than 0.")
    rows = []
    for entry in node.at("bands").items():
        attainment, multiple = (part.factor() for part in entry.row("attainment", "multiple"))
        rows.append(Tier(divided(quota * scaled(attainment), RATE_ONE), base_rate * multiple))
    tiers = _rising(node, rows)
    return Tiered(TierMode.MARGINAL, _window(node), tiers, quota_minor=quota)


def _window(node: Node) -> Window:
    return Window(node.at("window").one_of([window.value for window in Window]))


def _rising(node: Node, rows: list[Tier]) -> tuple[Tier, ...]:
    if not rows:
        raise node.wrong("has no tier; add at least one that begins at 0.")
    if rows[0].lower_minor != 0:
        raise node.wrong("leaves a gap below its first tier; let the first begin at 0.")
    for below, above in pairwise(rows):
        if above.lower_minor <= below.lower_minor:
            raise node.wrong("has tiers that do not rise; order them by amount, each once.")
    return tuple(rows)


BASES: dict[str, Callable[[Node], Base]] = {
    "flat": _flat,
    "by_category": _by_category,
    "by_deal_type": _by_deal_type,
    "by_type": _by_deal_type,
    "deal_type": _by_deal_type,
    "margin": _margin,
    "recurring": _recurring,
    "tier": _tiered,
    "accelerator": _accelerator,
}
