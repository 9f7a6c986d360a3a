"""The pool of an override: what all tiers of distribution can get together, at the most.  Pure."""

from __future__ import annotations

from decimal import Decimal

from models.commissions.engine.numbers import percent
from models.commissions.engine.plan import (
    Base,
    ByCategory,
    ByDealType,
    Flat,
    Margin,
    Recurring,
    Rules,
)
from models.commissions.engine.reading import Node


def hold_to_pool(node: Node, rules: Rules) -> None:
    """Raises Refused when the rates of a plan can come to more than its pool."""
    if rules.pool is None:
        return
    most = most_of_all(rules)
    if most > rules.pool:
        raise node.at("override_pool").wrong(
            f"reseller and distributors together could get {percent(most)}, more than the pool "
            f"of {percent(rules.pool)}; lower a rate or raise the pool."
        )


def most_of_all(rules: Rules) -> Decimal:
    """The largest share of the net value that reseller and distributors can get together.

    Without floors, which no rate bounds: rating holds those to the pool.
    """
    own = most_of(rules.base) + (rules.uplift or 0)
    above = sum(
        (rule.rate * own if rule.of_commission else rule.rate for rule in rules.overrides),
        Decimal(0),
    )
    return own if rules.overrides_inside else own + above


def most_of(base: Base) -> Decimal:
    """The largest rate of a base component."""
    if isinstance(base, Flat | Margin):
        return base.rate
    if isinstance(base, ByCategory | ByDealType):
        return max(base.rates.values())
    if isinstance(base, Recurring):
        return max((rate for _, _, rate in base.steps), default=Decimal(0))
    return max(tier.rate for tier in base.tiers)
