"""Between a version's JSON and the designer's form, both ways.  What is not known stays.

Rates are fractions in the JSON ("0.08") and percentages in the form (8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

Rules = dict[str, Any]
COUNTED_ALONE = ("deal_slab", "deal_marginal")


def form_data(rules: Rules) -> dict[str, Any]:
    """What the fields of the form hold."""
    base, override = rules["base"], rules.get("override", [])
    holdback, clawback = rules.get("holdback") or {}, rules.get("clawback") or {}
    logo, draw = rules.get("new_logo_bonus") or {}, rules.get("draw") or {}
    return _base_data(base) | {
        "uplift": percent(rules.get("dealreg_uplift")),
        "deal_floor": rules.get("deal_floor"),
        "deal_cap": rules.get("deal_cap"),
        "period_cap": rules.get("period_cap"),
        "overrides": [
            {"rate": percent(one["rate"]), "basis": _basis(one["basis"])}
            for one in (override if isinstance(override, list) else [override])
        ],
        "override_from": rules.get("override_from", "vendor"),
        "override_pool": percent(rules.get("override_pool")),
        "new_logo_amount": logo.get("amount"),
        "new_logo_months": logo.get("lookback_months"),
        "spiffs": [_spiff_data(one) for one in rules.get("spiffs", [])],
        "holdback_share": percent(holdback.get("pct")),
        "holdback_days": holdback.get("days"),
        "clawback_days": clawback.get("days"),
        "clawback_bonuses": clawback.get("bonuses", "full_refund"),
        "clawback_most": percent(clawback.get("most")),
        "clawback_instalments": clawback.get("instalments"),
        "clawback_derate": "yes" if clawback.get("derate") else "",
        "draw_type": draw.get("type", ""),
        "draw_amount": draw.get("amount"),
        "draw_periods": ", ".join(draw.get("periods") or []),
        "min_payout": rules.get("min_payout", rules.get("minimum_payout")),
        "rounding": "half_even" if "even" in rules.get("rounding", "").lower() else "half_up",
        "rating_date": rules.get("rating_date", "won"),
        "uplift_for": rules.get("uplift_for", "any"),
    }


def rules_from(form: Mapping[str, Any], before: Rules) -> Rules:
    """The JSON that the form says; keys that the form does not know are kept as they were."""
    said = {key: write(form) for key, write in WRITERS.items()}
    kept = {key: value for key, value in before.items() if key not in KNOWN}
    return {key: value for key, value in said.items() if value is not None} | kept


def percent(fraction: Any) -> str | None:
    """ "0.08" is 8; None stays None."""
    return None if fraction is None else format(Decimal(str(fraction)).scaleb(2).normalize(), "f")


def fraction(typed: str | None) -> str | None:
    """8 is "0.08"; what is no number is left for the engine to name."""
    if not typed:
        return None
    try:
        return format(Decimal(typed).scaleb(-2), "f")
    except InvalidOperation:
        return typed


def _base_data(base: Rules) -> dict[str, Any]:
    kind = {"by_type": "by_deal_type", "deal_type": "by_deal_type"}.get(base["type"], base["type"])
    rate = percent(base.get("rate"))
    named = [{"name": name, "rate": percent(one)} for name, one in base.get("rates", {}).items()]
    return {
        "base_type": kind,
        "flat_rate": rate if kind == "flat" else None,
        "margin_rate": rate if kind == "margin" else None,
        "categories": named if kind == "by_category" else [],
        "kinds": named if kind == "by_deal_type" else [],
        "tier_mode": base.get("mode", "deal_marginal"),
        "tier_window": base.get("window", "quarter"),
        "tiers": [
            {"lower": str(lower), "rate": percent(one)} for lower, one in base.get("tiers", [])
        ],
        "quota": base.get("quota"),
        "quota_window": base.get("window", "quarter"),
        "quota_rate": percent(base.get("base_rate")),
        "bands": [
            {"attainment": percent(part), "multiple": str(times)}
            for part, times in base.get("bands", [])
        ],
        "schedule": [
            {"first": first, "last": last, "rate": percent(one)}
            for first, last, one in base.get("schedule", [])
        ],
    }


def _basis(word: str) -> str:
    return "net" if word == "net" else "commission"


def _spiff_data(spiff: Rules) -> dict[str, Any]:
    return {
        "sku": spiff["sku"],
        "per_unit": spiff["per_unit"],
        "from_on": date.fromisoformat(spiff["from"]),
        "to_on": date.fromisoformat(spiff["to"]),
        "max_units": spiff.get("max_units"),
    }


def _base(form: Mapping[str, Any]) -> Rules:
    kind = form["base_type"]
    written: Rules = {"type": kind}
    if kind in ("flat", "margin"):
        written["rate"] = fraction(form[f"{kind}_rate"]) or ""
    elif kind in ("by_category", "by_deal_type"):
        rows = _filled(form["categories" if kind == "by_category" else "kinds"])
        written["rates"] = {row["name"]: fraction(row["rate"]) or "" for row in rows}
    elif kind == "tier":
        written["mode"] = form["tier_mode"]
        if form["tier_mode"] not in COUNTED_ALONE:
            written["window"] = form["tier_window"]
        written["tiers"] = [
            [row["lower"] or "0", fraction(row["rate"]) or ""] for row in _filled(form["tiers"])
        ]
    elif kind == "accelerator":
        written |= {"base_rate": fraction(form["quota_rate"]) or "", "quota": form["quota"]}
        written["window"] = form["quota_window"]
        written["bands"] = [
            [fraction(row["attainment"]) or "0", row["multiple"]] for row in _filled(form["bands"])
        ]
    else:
        written["schedule"] = [
            [_whole(row["first"]), _whole(row["last"]), fraction(row["rate"]) or ""]
            for row in _filled(form["schedule"])
        ]
    return written


def _override(form: Mapping[str, Any]) -> Any:
    rows = [
        {"rate": fraction(row["rate"]) or "", "basis": row["basis"]}
        for row in form["overrides"]
        if row["rate"]
    ]
    return (rows[0] if len(rows) == 1 else rows) or None


def _spiffs(form: Mapping[str, Any]) -> list[Rules] | None:
    return [
        {"sku": row["sku"], "per_unit": row["per_unit"], "from": _day(row["from_on"]),
         "to": _day(row["to_on"])}
        | ({"max_units": _whole(row["max_units"])} if row["max_units"] else {})
        for row in _filled(form["spiffs"])
    ] or None  # fmt: skip


def _holdback(form: Mapping[str, Any]) -> Rules | None:
    if not form["holdback_share"]:
        return None
    return {"pct": fraction(form["holdback_share"]), "days": _whole(form["holdback_days"])}


def _clawback(form: Mapping[str, Any]) -> Rules | None:
    if not form["clawback_days"]:
        return None
    written: Rules = {"days": _whole(form["clawback_days"])}
    if form["clawback_bonuses"] == "pro_rata":
        written["bonuses"] = "pro_rata"
    if form["clawback_most"]:
        written["most"] = fraction(form["clawback_most"])
    if form["clawback_instalments"]:
        written["instalments"] = _whole(form["clawback_instalments"])
    if form["clawback_derate"]:
        written["derate"] = True
    return written


def _new_logo(form: Mapping[str, Any]) -> Rules | None:
    if not form["new_logo_amount"]:
        return None
    return {"amount": form["new_logo_amount"], "lookback_months": _whole(form["new_logo_months"])}


def _draw(form: Mapping[str, Any]) -> Rules | None:
    if not form["draw_type"]:
        return None
    written = {"type": form["draw_type"], "amount": form["draw_amount"]}
    months = [month.strip() for month in (form["draw_periods"] or "").split(",") if month.strip()]
    return written | ({"periods": months} if months else {})


def _unless(field: str, usual: str) -> Callable[[Mapping[str, Any]], str | None]:
    return lambda form: form[field] if form[field] and form[field] != usual else None


def _amount(field: str) -> Callable[[Mapping[str, Any]], str | None]:
    return lambda form: form[field] or None


WRITERS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "base": _base,
    "dealreg_uplift": lambda form: fraction(form["uplift"]),
    "uplift_for": _unless("uplift_for", "any"),
    "deal_floor": _amount("deal_floor"),
    "deal_cap": _amount("deal_cap"),
    "period_cap": _amount("period_cap"),
    "override": _override,
    "override_from": _unless("override_from", "vendor"),
    "override_pool": lambda form: fraction(form["override_pool"]),
    "new_logo_bonus": _new_logo,
    "spiffs": _spiffs,
    "holdback": _holdback,
    "clawback": _clawback,
    "draw": _draw,
    "min_payout": _amount("min_payout"),
    "rounding": _unless("rounding", "half_up"),
    "rating_date": _unless("rating_date", "won"),
}
KNOWN = {*WRITERS, "minimum_payout"}

FIELDS = (
    ("rules.base.tiers", "tiers"), ("rules.base.bands", "bands"),
    ("rules.base.schedule", "schedule"), ("rules.base.quota", "quota"),
    ("rules.base", "base_type"), ("rules.dealreg_uplift", "uplift"),
    ("rules.deal_floor", "deal_floor"), ("rules.deal_cap", "deal_cap"),
    ("rules.period_cap", "period_cap"), ("rules.override_pool", "override_pool"),
    ("rules.override", "overrides"), ("rules.new_logo_bonus", "new_logo_amount"),
    ("rules.spiffs", "spiffs"), ("rules.holdback", "holdback_share"),
    ("rules.clawback", "clawback_days"), ("rules.draw", "draw_amount"),
    ("rules.min_payout", "min_payout"), ("rules", "base_type"),
)  # fmt: skip
"""Which field mends what the engine names by its path."""


def field_of(refusal: str) -> str:
    return next((field for path, field in FIELDS if refusal.startswith(path)), "from_on")


def _filled(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [row for row in rows if any(value for value in row.values())]


def _whole(typed: Any) -> Any:
    """A whole number; None for nothing; what is neither is left for the engine to name."""
    if typed in (None, ""):
        return None
    return int(typed) if str(typed).isdigit() else typed


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
