"""A line's working in words: the sum that a seller can follow.  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from models.commissions.engine import Code
from models.commissions.engine.numbers import percent
from models.commissions.telling import VersionName
from models.commissions.writers import WRITERS, Shown, Step, day, exchange, plain
from models.money import Money

NAMES = {
    Code.BASE: "Commission",
    Code.UPLIFT: "Registration uplift",
    Code.FLOOR: "Lifted to the floor",
    Code.CAP: "Cut to the cap",
    Code.TRUE_UP: "Tier reached: earlier sales lifted",
    Code.TIER_RERATED: "Rated again after a refund",
    Code.OVERRIDE: "Distributor's override",
    Code.NEW_LOGO: "New customer bonus",
    Code.SPIFF: "SPIFF",
    Code.HOLDBACK: "Held back",
    Code.HOLDBACK_RELEASE: "Holdback released",
    Code.CLAWBACK: "Taken back",
    Code.DRAW_TOPUP: "Guarantee topped up",
    Code.DRAW_ADVANCE: "Draw advanced",
    Code.DRAW_RECOVERY: "Draw recovered",
    Code.DISPUTE_HOLD: "Held in dispute",
    Code.DISPUTE_RELEASE: "Dispute released",
    Code.ADJUSTMENT: "Adjustment",
    Code.OVERRIDE_SHARE: "The distributor's part",
    Code.CLAWBACK_DEFERRED: "Taken back later",
    Code.CLAWBACK_INSTALMENT: "Taken back for earlier months",
}

ROUNDING = {"half_up": "Half a unit is rounded up.", "half_even": "Half a unit rounds to even."}


def name_of(code: str) -> str:
    return NAMES[Code(code)]


def rule_of(code: str, working: Mapping[str, Any], currency: str, shown: Shown) -> str:
    """The rule in a few words, such as "10%" or "8% then 10%"."""
    pieces = working.get("pieces")
    if pieces:
        return ", then ".join(percent(Decimal(piece["rate"])) for piece in pieces)
    if "rate" in working:
        what = f" on {working['category']}" if working.get("category") else ""
        return f"{percent(Decimal(working['rate']))}{what}"
    if working.get("rule") == "spiff":
        per_unit = shown(Money(working["per_unit_minor"], currency))
        return f"{working['units']} × {per_unit}"
    if working.get("rule") == "clawback":
        share = Decimal(working["refunded_minor"]) / Decimal(working["sold_minor"])
        return f"{percent(share.quantize(Decimal('0.0001')))} refunded on day {working['day']}"
    return ""


def steps(
    code: str,
    working: Mapping[str, Any],
    amount: Money,
    payout: Money,
    shown: Shown,
) -> list[Step]:
    """The working, step by step, from the source to what is paid."""
    told: list[Step] = []
    writer = WRITERS.get(working.get("rule", ""), plain)
    told += _source(working, amount.currency, shown)
    told += writer(working, amount, shown)
    split = working.get("split")
    if split and "pool_minor" in working:
        share = percent((Decimal(split["weight"]) / Decimal(split["of"])).quantize(Decimal("1e-6")))
        pool = Money(working["pool_minor"], amount.currency)
        told.append(Step(f"Partner's share, {share} of {shown(pool)}", amount))
    fx = working.get("fx")
    if fx:
        told.append(Step(exchange(fx, amount, shown), payout))
    return told


def footnote(working: Mapping[str, Any], version: VersionName | None) -> str:
    """Plan, version, since when, and how it was rounded; version: None to leave the plan out."""
    said = ROUNDING.get(working.get("rounding", "half_up"), "")
    if version is None:
        return said
    plan = f"Plan “{version.plan}”, version {version.number}"
    return f"{plan}, in force since {day(version.from_on.isoformat())}. {said}".strip()


def only_the_share(working: Mapping[str, Any]) -> dict[str, Any]:
    """What a partner may know of a sale that is not its own: its share, and the exchange rate."""
    return {"rule": "share_of_others"} | {
        name: working[name] for name in ("split", "fx", "rounding") if name in working
    }


def _source(working: Mapping[str, Any], currency: str, shown: Shown) -> list[Step]:
    told = []
    paid = working.get("paid")
    if paid:
        net = shown(Money(paid["net_minor"], currency))
        part = Money(paid["amount_minor"], currency)
        told.append(Step(f"Paid {shown(part)} of the net value {net}", None))
    if working.get("left_out_minor"):
        left_out = shown(Money(working["left_out_minor"], currency))
        told.append(Step(f"Without {left_out} that earns no commission", None))
    return told
