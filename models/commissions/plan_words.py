"""What a plan version pays, in words: one row for each component.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from models.commissions.engine.numbers import percent
from models.commissions.engine.plan import (
    Base,
    ByCategory,
    ByDealType,
    Clawback,
    Flat,
    Margin,
    Recurring,
    Rules,
    TierMode,
)
from models.money import Money

Shown = Callable[[Money], str]

MODES = {
    TierMode.DEAL_SLAB: "By the size of each deal, all of it at one rate",
    TierMode.DEAL_MARGINAL: "By the size of each deal, each part at its own rate",
    TierMode.MARGINAL: "By what is sold in a {window}, each part at its own rate",
    TierMode.SLAB_STEP: "By what is sold in a {window}, each sale at the rate reached",
    TierMode.SLAB_RETRO: "By what is sold in a {window}, earlier sales lifted to the rate reached",
}


def components(rules: Rules, currency: str, shown: Shown) -> list[tuple[str, str]]:
    """(name, what it pays), the base first."""
    money = lambda minor: shown(Money(minor, currency))  # noqa: E731  one word, used twenty times
    return [
        ("Base", base(rules.base, money)),
        *_on_top(rules, money),
        *_bounds(rules, money),
        *_bonuses(rules, money),
        *_later(rules, money),
        *_settling(rules, money),
    ]


def changes(
    before: Rules | None, after: Rules, currency: str, shown: Shown
) -> list[tuple[str, str, str]]:
    """(name, before, after) of the components that differ; all of them without a before."""
    old = _together(components(before, currency, shown)) if before else {}
    new = _together(components(after, currency, shown))
    named = dict.fromkeys([*new, *old])
    return [
        (name, old.get(name, "–"), new.get(name, "–"))
        for name in named
        if old.get(name) != new.get(name)
    ]


def base(rule: Base, money: Callable[[int], str]) -> str:
    if isinstance(rule, Flat):
        return f"{percent(rule.rate)} of the net value"
    if isinstance(rule, Margin):
        return f"{percent(rule.rate)} of the margin (net value less cost)"
    if isinstance(rule, ByCategory | ByDealType):
        return _named(rule.rates, "category" if isinstance(rule, ByCategory) else "type of deal")
    if isinstance(rule, Recurring):
        return "; ".join(_step(first, last, percent(rate)) for first, last, rate in rule.steps)
    window = rule.window.value if rule.window else ""
    told = MODES[rule.mode].format(window=window)
    if rule.quota_minor is not None:
        told = f"By attainment of the {window}'s quota of {money(rule.quota_minor)}"
    tiers = ", ".join(f"{percent(one.rate)} from {money(one.lower_minor)}" for one in rule.tiers)
    return f"{told}: {tiers}"


def _named(rates: Mapping[str, Any], what: str) -> str:
    listed = ", ".join(f"{name} {percent(rate)}" for name, rate in rates.items())
    return f"By {what}: {listed}; others earn nothing"


def _step(first: int, last: int | None, rate: str) -> str:
    if last is None:
        return f"{rate} from month {first} on"
    return f"{rate} in month {first}" if first == last else f"{rate} in months {first} to {last}"


def _on_top(rules: Rules, money: Callable[[int], str]) -> Iterator[tuple[str, str]]:
    if rules.uplift is not None:
        yield "Registration uplift", f"{percent(rules.uplift)} on registered deals won in time"
    for tier, override in enumerate(rules.overrides, start=1):
        basis = "the reseller's commission" if override.of_commission else "the net value"
        above = "the distributor" if tier == 1 else f"distributor {tier} tiers up"
        yield "Override", f"{percent(override.rate)} of {basis} to {above}"


def _bounds(rules: Rules, money: Callable[[int], str]) -> Iterator[tuple[str, str]]:
    if rules.deal_floor_minor is not None:
        yield "Floor of a deal", f"at least {money(rules.deal_floor_minor)}"
    if rules.deal_cap_minor is not None:
        yield "Cap of a deal", f"at most {money(rules.deal_cap_minor)}"
    if rules.period_cap_minor is not None:
        yield "Cap of a month", f"at most {money(rules.period_cap_minor)} a partner"


def _bonuses(rules: Rules, money: Callable[[int], str]) -> Iterator[tuple[str, str]]:
    if rules.new_logo is not None:
        again = f"new again after {rules.new_logo.lookback_months} months without a purchase"
        yield "New customer", f"{money(rules.new_logo.amount_minor)} once; {again}"
    for spiff in rules.spiffs:
        most = f", at most {spiff.max_units} units a partner" if spiff.max_units else ""
        days = f"{spiff.from_on:%d %b %Y} through {spiff.to_on:%d %b %Y}"
        yield "SPIFF", f"{money(spiff.per_unit_minor)} a unit of {spiff.sku}, {days}{most}"


def _later(rules: Rules, money: Callable[[int], str]) -> Iterator[tuple[str, str]]:
    if rules.holdback is not None:
        held = rules.holdback
        yield "Held back", f"{percent(held.share)} for {held.days} days"
    if rules.clawback is not None:
        yield "Taken back", "; ".join(_taken_back(rules.clawback))
    if rules.draw is not None:
        kind = "recoverable advance" if rules.draw.recoverable else "guarantee"
        months = ", ".join(sorted(rules.draw.periods)) if rules.draw.periods else "every month"
        yield "Draw", f"{kind} of {money(rules.draw.amount_minor)}, {months}"


def _taken_back(clawback: Clawback) -> Iterator[str]:
    yield f"on refunds within {clawback.days} days"
    yield f"bonuses {'with any refund' if clawback.bonuses_pro_rata else 'only with a full one'}"
    if clawback.most_share is not None:
        yield f"at most {percent(clawback.most_share)} of what a month earned, the rest later"
    if clawback.instalments > 1:
        yield f"in {clawback.instalments} instalments"
    if clawback.derates:
        yield "what is left in a tier's window is rated again"


def _settling(rules: Rules, money: Callable[[int], str]) -> Iterator[tuple[str, str]]:
    if rules.minimum_minor is not None:
        yield "Smallest payout", money(rules.minimum_minor)
    if rules.tax is not None and rules.tax.vat_rate is not None:
        yield "Value added tax", f"{percent(rules.tax.vat_rate)} on top, in replays only"
    if rules.tax is not None and rules.tax.withholding_rate is not None:
        yield "Withholding tax", f"{percent(rules.tax.withholding_rate)} kept, in replays only"
    if rules.half_even:
        yield "Rounding", "half a unit rounds to even"


def _together(listed: list[tuple[str, str]]) -> dict[str, str]:
    """Several overrides, or SPIFFs, as one row."""
    found: dict[str, str] = {}
    for name, text in listed:
        found[name] = f"{found[name]}; {text}" if name in found else text
    return found
