"""A replay file's case: its plan, deals and events, read with the path of what is wrong.  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from models.commissions.engine import (
    Event,
    EventKind,
    FxPolicy,
    Registration,
    Sale,
    SaleLine,
    Trigger,
)
from models.errors import Refused
from models.money import Money

SINCE_EVER = date(1970, 1, 1)

PLAN_KEYS = (
    "id",
    "name",
    "currency",
    "timezone",
    "earning_event",
    "rules",
    "versions",
    "payout_currency",
    "fx",
    "min_payout",
    "minimum_payout",
)

EVENT_KINDS = ("won", "paid", "refund", "dispute_open", "dispute_close")


@dataclass(frozen=True, slots=True)
class VersionCase:
    from_on: date
    to_on: date | None
    rules: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlanCase:
    name: str
    currency: str
    payout_currency: str
    time_zone: str
    trigger: Trigger
    fx_policy: FxPolicy
    versions: tuple[VersionCase, ...]
    rates: Mapping[str, Mapping[str, str]]
    """{"EUR/USD": {"2026-11-13": "1.0712"}}."""


def plan_case(case: Mapping[str, Any]) -> PlanCase:
    plan = need(case, "plan", "the file")
    for key in plan:
        if key not in PLAN_KEYS:
            raise Refused(f"plan.{key}: this is not known; known are {', '.join(PLAN_KEYS)}.")
    currency = need(plan, "currency", "plan")
    fx = plan.get("fx", {})
    return PlanCase(
        name=str(plan.get("name") or plan.get("id") or "Plan"),
        currency=currency,
        payout_currency=plan.get("payout_currency") or currency,
        time_zone=plan.get("timezone", "UTC"),
        trigger=one_of(Trigger, plan.get("earning_event", "paid"), "plan.earning_event"),
        fx_policy=one_of(FxPolicy, fx.get("policy", "paid_date"), "plan.fx.policy"),
        versions=tuple(_versions(plan)),
        rates=fx.get("rates", {}),
    )


def sale_of(key: str, deal: Mapping[str, Any], currency: str) -> Sale:
    """A deal of the file, with the file's own names for partners and customers."""
    where = f"deals.{key}"
    unit = deal.get("currency", currency)
    registration = deal.get("registration")
    return Sale(
        deal=key,
        key=key,
        partner=need(deal, "partner", where),
        customer=deal.get("customer"),
        currency=unit,
        net_minor=money(need(deal, "net", where), unit, f"{where}.net"),
        won_at=instant(need(deal, "won_at", where), f"{where}.won_at"),
        kind=deal.get("type") or deal.get("deal_type") or deal.get("kind"),
        lines=_lines(deal, unit, where),
        registration=registration and _registration(registration, where),
        distributors=distributors(deal),
        splits=tuple((partner, Decimal(str(weight))) for partner, weight in deal.get("splits", [])),
    )


def event_of(index: int, raw: Mapping[str, Any], currency: str) -> Event:
    where = f"events[{index}]"
    at = instant(need(raw, "at", where), f"{where}.at")
    amount = raw.get("amount")
    return Event(
        id=where,
        kind=EventKind(raw["type"]),
        at=at,
        recorded_at=recorded_at(raw, where),
        amount_minor=None if amount is None else money(amount, currency, f"{where}.amount"),
        subscription_month=raw.get("subscription_month"),
        units=_units(raw),
    )


def recorded_at(raw: Mapping[str, Any], where: str) -> datetime:
    return instant(raw.get("recorded_at") or need(raw, "at", where), f"{where}.recorded_at")


def distributors(deal: Mapping[str, Any]) -> tuple[str, ...]:
    """The nearest first; one name, or a list of them."""
    above = deal.get("distributors", deal.get("distributor"))
    if above is None:
        return ()
    return (above,) if isinstance(above, str) else tuple(above)


def need(raw: Mapping[str, Any], key: str, where: str) -> Any:
    if raw.get(key) is None:
        raise Refused(f"{where}: “{key}” is missing; add it.")
    return raw[key]


def money(text: Any, currency: str, where: str) -> int:
    """Minor units."""
    try:
        return Money.of(Decimal(str(text)), currency).minor
    except (ValueError, InvalidOperation):
        raise Refused(f"{where}: “{text}” is not an amount in {currency}.") from None


def instant(text: str, where: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise Refused(
            f"{where}: “{text}” is not an instant such as 2026-11-03T10:00:00Z."
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def one_of(choices: Any, word: str, where: str) -> Any:
    try:
        return choices(word)
    except ValueError:
        known = ", ".join(choices)
        raise Refused(f"{where}: “{word}” is not known; known are {known}.") from None


def _versions(plan: Mapping[str, Any]) -> list[VersionCase]:
    listed = plan.get("versions") or [{"rules": need(plan, "rules", "plan")}]
    minimum = plan.get("min_payout", plan.get("minimum_payout"))
    return [
        VersionCase(
            from_on=day(version.get("from")) or SINCE_EVER,
            to_on=day(version.get("to")),
            rules=version["rules"] | ({"min_payout": minimum} if minimum is not None else {}),
        )
        for version in listed
    ]


def _lines(deal: Mapping[str, Any], currency: str, where: str) -> tuple[SaleLine, ...]:
    lines = deal.get("lines")
    if not lines and deal.get("cost") is not None:
        lines = [{"sku": "", "category": "", "qty": 1, "amount": deal["net"], "cost": deal["cost"]}]
    return tuple(
        SaleLine(
            sku=line.get("sku", ""),
            category=line.get("category", ""),
            quantity=line.get("qty", 1),
            amount_minor=money(line["amount"], currency, f"{where}.lines"),
            cost_minor=None
            if line.get("cost") is None
            else money(line["cost"], currency, f"{where}.lines"),
            commissionable=line.get("commissionable", True),
        )
        for line in lines or ()
    )


def _registration(raw: Mapping[str, Any], where: str) -> Registration:
    extension = raw.get("extension_days", raw.get("extensions", 0))
    return Registration(
        approved_on=date.fromisoformat(need(raw, "approved_on", where)),
        protection_days=int(raw.get("protection_days", 0)),
        extension_days=sum(extension) if isinstance(extension, list) else int(extension),
    )


def _units(raw: Mapping[str, Any]) -> dict[str, int]:
    """What came back: {"units": {"FW-100": 2}} or lines with sku and qty."""
    units = raw.get("units")
    if isinstance(units, Mapping):
        return {sku: int(count) for sku, count in units.items()}
    if raw.get("sku"):
        return {raw["sku"]: int(units or raw.get("qty") or 0)}
    return {line["sku"]: int(line["qty"]) for line in raw.get("lines", ())}
