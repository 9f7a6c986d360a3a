"""How a line was worked out, kept as a short list of values and told with their names.  Pure.

A working is (rule, value, value, …), in the order of FIELDS, and last perhaps a dict of what
few lines have: a part payment, a split, an exchange rate.  Plan and version are the line's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

FIELDS: dict[str, tuple[str, ...]] = {
    "flat": ("basis_minor", "rate", "pool_minor"),
    "by_deal_type": ("basis_minor", "rate", "pool_minor", "deal_type"),
    "by_category": ("basis_minor", "rate", "pool_minor", "category", "sku"),
    "margin": ("basis_minor", "rate", "pool_minor", "cost_minor"),
    "recurring": ("basis_minor", "rate", "pool_minor", "month"),
    "dealreg_uplift": (
        "basis_minor", "rate", "pool_minor", "approved_on", "protected_through", "won_on",
    ),
    "deal_slab": ("basis_minor", "rate", "pool_minor", "reached_minor", "window"),
    "slab_step": ("basis_minor", "rate", "pool_minor", "reached_minor", "window"),
    "slab_retro": ("basis_minor", "rate", "pool_minor", "reached_minor", "window"),
    "deal_marginal": ("basis_minor", "pool_minor", "start_minor", "window", "pieces"),
    "marginal": ("basis_minor", "pool_minor", "start_minor", "window", "pieces"),
    "share_of_others": (),
    "tier_trueup": ("to", "pool_minor", "lifted"),
    "tier_rerated": ("pool_minor", "rerated"),
    "floor_adjustment": ("bound_minor", "before_minor", "raw_minor", "pool_minor"),
    "cap_adjustment": ("bound_minor", "before_minor", "raw_minor", "pool_minor"),
    "period_cap": ("bound_minor", "before_minor", "raw_minor", "month", "pool_minor"),
    "pool_cap": ("bound_minor", "raw_minor", "rate", "basis_minor", "pool_minor"),
    "override_of_net": ("basis_minor", "rate", "pool_minor"),
    "override_of_commission": ("basis_minor", "rate", "pool_minor"),
    "override_share": ("overrides_minor", "pool_minor"),
    "new_logo_bonus": ("lookback_months", "last_bought_on", "pool_minor"),
    "spiff": (
        "sku", "units", "units_due", "per_unit_minor", "used_units", "max_units", "pool_minor",
    ),
    "holdback": ("basis_minor", "rate", "release_on", "pool_minor"),
    "holdback_release": ("release_on", "pool_minor"),
    "holdback_freed": ("release_on", "pool_minor"),
    "clawback": (
        "earned_minor", "refunded_minor", "sold_minor", "before_minor", "bonus_minor", "day",
        "days", "pool_minor",
    ),
    "draw": ("draw_minor", "net_minor", "before_minor"),
    "clawback_deferred": ("taken_minor", "most_minor", "instalments", "pool_minor"),
    "clawback_instalment": ("owed_minor", "pool_minor"),
    "by_hand": ("number", "why", "pool_minor"),
}  # fmt: skip
"""What the values after each rule are called."""

ROWS: dict[str, tuple[str, ...]] = {
    "pieces": ("amount_minor", "rate", "lower_minor"),
    "lifted": ("basis_minor", "from", "amount_minor", "whole_minor"),
    "rerated": ("basis_minor", "from", "to", "amount_minor", "whole_minor"),
}
"""The same for values that are lists of lists; the last may be left out."""

MORE: dict[str, tuple[str, ...]] = {
    "paid": ("amount_minor", "net_minor"),
    "split": ("weight", "of"),
    "fx": ("policy", "from", "to", "rate", "on", "source"),
}
"""The same for what few lines have."""


def expanded(told: Sequence[Any]) -> dict[str, Any]:
    """By name: {"rule": "flat", "basis_minor": 100000, "rate": "0.10", …}."""
    rule = told[0]
    more = told[-1] if isinstance(told[-1], Mapping) else {}
    named: dict[str, Any] = {
        "rule": rule,
        **dict(zip(FIELDS.get(rule, ()), told[1:], strict=False)),
    }
    for name in ROWS:
        if name in named:
            named[name] = [dict(zip(ROWS[name], row, strict=False)) for row in named[name]]
    for name, value in more.items():
        named[name] = _named(MORE[name], value) if name in MORE else value
    return {key: value for key, value in named.items() if value is not None or key in KEPT} | {
        "rounding": named.get("rounding", "half_up")
    }


KEPT = frozenset({"last_bought_on", "max_units", "deal_type"})
"""Of which None says something."""


def shortened(working: Mapping[str, Any]) -> tuple[Any, ...]:
    """The way back from `expanded`."""
    rule = working["rule"]
    names = FIELDS.get(rule, ())
    values = [_values(name, working.get(name)) for name in names]
    beside = {
        name: list(value.values()) if name in MORE else value
        for name, value in working.items()
        if name not in names and name != "rule" and (name, value) != ("rounding", "half_up")
    }
    return (rule, *values, beside) if beside else (rule, *values)


def _values(name: str, value: Any) -> Any:
    return [list(row.values()) for row in value] if name in ROWS and value else value


def _named(names: Iterable[str], values: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(names, values, strict=False))
