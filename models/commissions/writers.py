"""The working of each kind of line as rows of a sum.  Pure; words.py puts them together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from models.commissions.engine.numbers import percent
from models.money import Money


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the sum; the last row is the line's own amount."""

    label: str
    amount: Money | None
    """None where the row only says something."""


Shown = Callable[[Money], str]


def _rated(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    basis = shown(Money(working["basis_minor"], amount.currency))
    label = f"{basis} at {percent(Decimal(working['rate']))}"
    if working.get("category"):
        label += f" for {working['category']}"
    if working.get("month"):
        label += f" in month {working['month']} of the subscription"
    if working.get("reached_minor") is not None:
        reached = shown(
            Money(working["reached_minor"], working.get("tier_currency", amount.currency))
        )
        label += f", the tier reached with {reached}{_window(working)}"
    if working.get("protected_through"):
        label += f", won on {day(working['won_on'])} while registered"
        label += f" (protected through {day(working['protected_through'])})"
    return [Step(label, Money(working["pool_minor"], amount.currency))]


def _pieces(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    told = []
    unit = working.get("tier_currency", amount.currency)
    start = working.get("start_minor")
    if start:
        told.append(Step(f"Counted from {shown(Money(start, unit))}{_window(working)}", None))
    whole = sum(piece["amount_minor"] for piece in working["pieces"])
    for index, piece in enumerate(working["pieces"]):
        first = "First" if index == 0 and not start else "Next"
        part = Money(piece["amount_minor"], unit)
        worth = Decimal(piece["amount_minor"]) * Decimal(piece["rate"])
        same = unit == amount.currency and whole == working["basis_minor"]
        exact = worth == worth.to_integral_value() and same
        told.append(
            Step(
                f"{first} {shown(part)} at {percent(Decimal(piece['rate']))}",
                Money(int(worth), unit) if exact else None,
            )
        )
    if working.get("split") or len(told) > 1:
        told.append(Step("Together", Money(working["pool_minor"], amount.currency)))
    return told


def _window(working: Mapping[str, Any]) -> str:
    return f" in {working['window']}" if working.get("window") else ""


def _bounded(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    bound = shown(Money(working["bound_minor"], working.get("tier_currency", amount.currency)))
    before = shown(Money(working["before_minor"], working.get("tier_currency", amount.currency)))
    raw = shown(Money(working["raw_minor"], amount.currency))
    what = {
        "floor_adjustment": f"The deal earns at least {bound}",
        "cap_adjustment": f"The deal earns at most {bound}",
        "period_cap": f"At most {bound} in {working.get('month', 'a month')}",
    }[working["rule"]]
    label = f"{what}; {before} before, {raw} now"
    return [Step(label, Money(working["pool_minor"], amount.currency))]


def _override(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    basis = shown(Money(working["basis_minor"], amount.currency))
    of = "net value" if working["rule"] == "override_of_net" else "the reseller's commission"
    return [Step(f"{percent(Decimal(working['rate']))} of {of}, {basis}", amount)]


def _pool(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    """What all tiers of distribution get together never exceeds the plan's pool."""
    most, raw, basis = (
        shown(Money(working[name], amount.currency))
        for name in ("bound_minor", "raw_minor", "basis_minor")
    )
    share = percent(Decimal(working["rate"]))
    told = Step(f"All tiers get at most {share} of {basis}, {most}; together {raw}", None)
    return [told, Step("Above it", amount)]


def _share_of_overrides(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    total = shown(Money(working["overrides_minor"], amount.currency))
    pool = Money(working["pool_minor"], amount.currency)
    return [Step(f"Distributors get {total} out of the commission", pool)]


def _put_off(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    taken = shown(Money(working["taken_minor"], amount.currency))
    told = [Step(f"Taken back this month: {taken}", None)]
    if working.get("most_minor") is not None:
        most = shown(Money(working["most_minor"], amount.currency))
        told.append(Step(f"This statement takes at most {most}", None))
    if working["instalments"] > 1:
        told.append(Step(f"In {working['instalments']} instalments", None))
    return [*told, Step("Left for later statements", amount)]


def _instalment(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    owed = shown(Money(working["owed_minor"], amount.currency))
    return [Step(f"Left by earlier statements: {owed}", None), Step("Taken now", amount)]


def _new_logo(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    last = working.get("last_bought_on")
    if last is None:
        return [Step("The customer's first purchase", amount)]
    months = working["lookback_months"]
    return [Step(f"No purchase for {months} months; the last was on {day(last)}", amount)]


def _spiff(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    per_unit = shown(Money(working["per_unit_minor"], amount.currency))
    label = f"{working['units']} × {per_unit} for {working['sku']}"
    if working["units"] < working["units_due"]:
        label += f" ({working['units_due']} sold; at most {working['max_units']} a partner)"
    return [Step(label, amount)]


def _holdback(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    basis = shown(Money(working["basis_minor"], amount.currency))
    share = percent(Decimal(working["rate"]))
    return [Step(f"{share} of {basis} held until {day(working['release_on'])}", amount)]


def _released(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    if working["rule"] == "holdback_freed":
        return [Step("Held back for what was refunded; no longer needed", amount)]
    return [Step(f"Held back until {day(working['release_on'])}", amount)]


def _clawback(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    def money(minor: int) -> str:
        return shown(Money(minor, amount.currency))

    refunded, sold = working["refunded_minor"], working["sold_minor"]
    told = [
        Step(f"Refunded {money(refunded)} of {money(sold)} on day {working['day']}", None),
        Step(f"The same share of {money(working['earned_minor'])} that the deal earned", None),
    ]
    if working["before_minor"]:
        told.append(Step(f"Less {money(working['before_minor'])} taken back before", None))
    if working["bonus_minor"]:
        told.append(Step(f"With the bonus of {money(working['bonus_minor'])}", None))
    return [*told, Step("Taken back", amount)]


def _true_up(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    told = []
    for row in working["lifted"]:
        basis = shown(Money(row["basis_minor"], amount.currency))
        points = percent(Decimal(working["to"]) - Decimal(row["from"]))
        worth = Money(row["amount_minor"], amount.currency)
        told.append(
            Step(
                f"{basis} rated before at {percent(Decimal(row['from']))}: +{points}"
                f"{_part_of(row, amount, shown)}",
                worth,
            )
        )
    if len(told) > 1 or working["pool_minor"] != amount.minor:
        told.append(Step("Together", amount))
    return told


def _rated_again(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    told = []
    for row in working["rerated"]:
        basis = shown(Money(row["basis_minor"], amount.currency))
        before, now = (percent(Decimal(row[name])) for name in ("from", "to"))
        worth = Money(row["amount_minor"], amount.currency)
        label = f"{basis} at {now} without what came back, {before} before"
        told.append(Step(f"{label}{_part_of(row, amount, shown)}", worth))
    if len(told) > 1 or working["pool_minor"] != amount.minor:
        told.append(Step("Together", amount))
    return told


def _part_of(row: Mapping[str, Any], amount: Money, shown: Shown) -> str:
    """Where others have a share of the sale."""
    if row.get("whole_minor") is None:
        return ""
    return f", your part of {shown(Money(row['whole_minor'], amount.currency))}"


def _draw(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    draw = shown(Money(working["draw_minor"], amount.currency))
    net = shown(Money(working["net_minor"], amount.currency))
    told = [Step(f"The draw is {draw}; earned {net}", amount)]
    if working["before_minor"]:
        owed = shown(Money(working["before_minor"], amount.currency))
        told.insert(0, Step(f"Advanced before: {owed}", None))
    return told


def _share_of_others(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    split = working.get("split")
    if not split:
        return [Step("Your part of a sale that another partner has registered", amount)]
    share = (Decimal(split["weight"]) / Decimal(split["of"])).quantize(Decimal("1e-6"))
    return [Step(f"Your share, {percent(share)} of what the sale earns", amount)]


def plain(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    of, dispute = working.get("of"), working.get("dispute")
    about = f"about line {of}" if of else "as decided"
    label = f"Dispute {dispute}, {about}" if dispute else f"{about[:1].upper()}{about[1:]}"
    return [Step(label, amount)]


def exchange(fx: Mapping[str, Any], amount: Money, shown: Shown) -> str:
    if fx["policy"] == "as_corrected":
        return f"{shown(amount)} at the rates of the lines it corrects"
    return (
        f"{shown(amount)} at {fx['rate']} {fx['to']} for 1 {fx['from']} "
        f"({fx['source']}, {day(fx['on'])})"
    )


def day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"


def _by_hand(working: Mapping[str, Any], amount: Money, shown: Shown) -> list[Step]:
    """What a person gave or took, in that person's words."""
    return [Step(f"Adjustment {working['number']}: {working['why']}", amount)]


WRITERS: dict[str, Callable[[Mapping[str, Any], Money, Shown], list[Step]]] = {
    "share_of_others": _share_of_others,
    "flat": _rated,
    "by_category": _rated,
    "by_deal_type": _rated,
    "margin": _rated,
    "recurring": _rated,
    "dealreg_uplift": _rated,
    "deal_slab": _rated,
    "slab_step": _rated,
    "slab_retro": _rated,
    "deal_marginal": _pieces,
    "marginal": _pieces,
    "tier_trueup": _true_up,
    "tier_rerated": _rated_again,
    "floor_adjustment": _bounded,
    "cap_adjustment": _bounded,
    "period_cap": _bounded,
    "override_of_net": _override,
    "override_of_commission": _override,
    "new_logo_bonus": _new_logo,
    "spiff": _spiff,
    "holdback": _holdback,
    "holdback_release": _released,
    "holdback_freed": _released,
    "clawback": _clawback,
    "draw": _draw,
    "pool_cap": _pool,
    "override_share": _share_of_overrides,
    "clawback_deferred": _put_off,
    "clawback_instalment": _instalment,
    "by_hand": _by_hand,
}
