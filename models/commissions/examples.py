"""What a version would pay on a few made-up deals, worked out by the engine itself.  Pure.

Nothing is looked up and nothing is kept: every deal is told here.  Amounts are in the plan's
currency, whatever the partner is paid in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from models.commissions import engine, words
from models.commissions.engine import (
    Code,
    Event,
    EventKind,
    Line,
    Plan,
    Registration,
    Rules,
    Sale,
    SaleLine,
)
from models.commissions.engine.numbers import percent
from models.commissions.engine.plan import ByCategory, ByDealType, Margin, Recurring, Tiered
from models.errors import Refused
from models.money import Money

Shown = Callable[[Money], str]
USUAL = (1_000, 10_000, 60_000)
"""Deals in major units."""
SELLER, PARTNER_BESIDE = "seller", "second partner"


@dataclass(frozen=True, slots=True)
class Example:
    """text: what happens; parts: (what for, amount); total: what it comes to."""

    text: str
    parts: tuple[tuple[str, Money], ...]
    total: Money
    why: str = ""
    """Instead of amounts, why it cannot be said."""


def examples(plan: Plan, shown: Shown, *, today: date, tried: int | None = None) -> list[Example]:
    """tried: a deal somebody wants to see, in minor units; it stands first."""
    rules = plan.versions[0].rules
    told = []
    for writer in (_deals, _window, _on_top, _bonuses, _later):
        told += list(writer(Trial(plan, today), rules, shown, tried))
    return told


class Trial:
    """A day on which partners sell, and the memory of what they have sold."""

    def __init__(self, plan: Plan, today: date) -> None:
        self.plan, self.today = plan, today
        self._ids = count(1)
        self.forget()

    def forget(self) -> None:
        self._world = engine.World(
            state=engine.State(),
            rate_on=lambda _source, _target, on: engine.Rate(Decimal(1), on, "example"),
            is_closed=lambda _month: False,
            payout_currency=lambda _partner, _on: self.plan.currency,
            new_id=lambda: str(next(self._ids)),
        )

    def major(self, amount: int) -> int:
        """Whole units of the plan's currency as minor units."""
        return Money.of(Decimal(amount), self.plan.currency).minor

    def money(self, minor: int) -> Money:
        return Money(minor, self.plan.currency)

    def sell(
        self, minor: int, *, on: date | None = None, month: int | None = None, **said: Any
    ) -> tuple[Sale, list[Line]]:
        """A deal that is won and paid on that day, and its lines.  Raises Refused."""
        at = self._at(on or self.today)
        key = f"deal {next(self._ids)}"
        usual: dict[str, Any] = {
            "partner": SELLER,
            "currency": self.plan.currency,
            "net_minor": minor,
        }
        sale = Sale(deal=key, key=key, won_at=at, **(usual | said))
        kind = EventKind(self.plan.trigger.value)
        event = Event(str(next(self._ids)), kind, at, at, minor, subscription_month=month)
        return sale, engine.rate(self.plan, sale, event, self._world)

    def refund(self, sale: Sale, minor: int, on: date) -> list[Line]:
        at = self._at(on)
        event = Event(str(next(self._ids)), EventKind.REFUND, at, at, minor)
        return engine.rate(self.plan, sale, event, self._world)

    def told(self, text: str, lines: list[Line], *, partner: str = "") -> Example:
        wanted = [line for line in lines if not partner or line.partner == partner]
        parts = tuple((words.name_of(line.code), self.money(line.amount_minor)) for line in wanted)
        return Example(text, parts, self.money(sum(line.amount_minor for line in wanted)))

    def _at(self, on: date) -> datetime:
        noon = datetime(on.year, on.month, on.day, 12, tzinfo=ZoneInfo(self.plan.time_zone))
        return noon.astimezone(UTC)


Told = Iterator[Example]


def _deals(trial: Trial, rules: Rules, shown: Shown, tried: int | None) -> Told:
    sizes = [trial.major(size) for size in USUAL]
    for minor in dict.fromkeys(([tried] if tried else []) + sizes):
        trial.forget()
        yield from _base(trial, rules, shown, minor)


def _base(trial: Trial, rules: Rules, shown: Shown, minor: int) -> Told:
    amount, base = shown(trial.money(minor)), rules.base
    if isinstance(base, ByCategory):
        for name in base.rates:
            line = SaleLine("EXAMPLE", name, 1, minor, None)
            yield _sold(trial, f"{amount} of {name} earn", minor, lines=(line,))
    elif isinstance(base, ByDealType):
        for name in base.rates:
            yield _sold(trial, f"A deal of {amount}, {name}, earns", minor, kind=name)
    elif isinstance(base, Margin):
        line = SaleLine("EXAMPLE", "", 1, minor, minor * 7 // 10)
        text = f"A deal of {amount} that costs {shown(trial.money(minor * 7 // 10))} earns"
        yield _sold(trial, text, minor, lines=(line,))
    elif isinstance(base, Recurring):
        for first, _last, _rate in base.steps:
            text = f"{amount} for month {first} of a subscription earn"
            yield _sold(trial, text, minor, month=first)
    else:
        yield _sold(trial, f"A deal of {amount} earns", minor)


def _sold(trial: Trial, text: str, minor: int, **said: Any) -> Example:
    try:
        _, lines = trial.sell(minor, **said)
    except Refused as refusal:
        return Example(text, (), trial.money(0), str(refusal))
    wanted = [line for line in lines if line.code not in (Code.HOLDBACK,)]
    return trial.told(text, wanted, partner=SELLER)


def _window(trial: Trial, rules: Rules, shown: Shown, _tried: int | None) -> Told:
    """Three sales in one window: each begins where the one before has ended."""
    base = rules.base
    if not isinstance(base, Tiered) or base.window is None:
        return
    size = max(base.tiers[-1].lower_minor // 2, trial.major(1_000))
    for place in ("first", "second", "third"):
        text = f"The {place} sale of {shown(trial.money(size))} in one {base.window.value} earns"
        yield _sold(trial, text, size)


def _on_top(trial: Trial, rules: Rules, shown: Shown, _tried: int | None) -> Told:
    minor = trial.major(10_000)
    amount = shown(trial.money(minor))
    said = _kind_of(rules, minor)
    if rules.uplift is not None:
        registration = Registration(trial.today - timedelta(days=10), 90)
        text = f"A registered deal of {amount} earns"
        yield _sold(trial, text, minor, registration=registration, **said)
    trial.forget()
    if rules.overrides:
        above = tuple(f"distributor {tier}" for tier in range(1, len(rules.overrides) + 1))
        _, lines = trial.sell(minor, distributors=above, **said)
        lines = [line for line in lines if line.code is not Code.HOLDBACK]
        for name in above:
            yield trial.told(f"When its reseller sells {amount}, {name} earns", lines, partner=name)
    trial.forget()
    shares = ((SELLER, Decimal("0.6")), (PARTNER_BESIDE, Decimal("0.4")))
    _, lines = trial.sell(minor, splits=shares, **said)
    for name, share in shares:
        text = f"Of a deal of {amount} shared 60 to 40, the one with {percent(share)} earns"
        earned = [line for line in lines if line.code is not Code.HOLDBACK]
        yield trial.told(text, earned, partner=name)


def _bonuses(trial: Trial, rules: Rules, shown: Shown, _tried: int | None) -> Told:
    minor = trial.major(10_000)
    amount, said = shown(trial.money(minor)), _kind_of(rules, minor)
    if rules.new_logo is not None:
        text = f"The first {amount} of a new customer earn"
        yield _sold(trial, text, minor, customer="new", **said)
    for spiff in rules.spiffs:
        trial.forget()
        line = SaleLine(spiff.sku, _first_category(rules), 3, minor, minor // 2)
        text = f"3 units of {spiff.sku} for {amount} on {spiff.from_on:%d %B %Y} earn"
        yield _sold(trial, text, minor, on=spiff.from_on, **(said | {"lines": (line,)}))


def _later(trial: Trial, rules: Rules, shown: Shown, _tried: int | None) -> Told:
    minor = trial.major(10_000)
    amount, said = shown(trial.money(minor)), _kind_of(rules, minor)
    sale, lines = trial.sell(minor, **said)
    if rules.holdback is not None:
        held = [line for line in lines if line.code is Code.HOLDBACK]
        text = f"Of {amount}, so much waits {rules.holdback.days} days"
        yield trial.told(text, held)
    if rules.clawback is not None and lines:
        on = trial.today + timedelta(days=min(10, rules.clawback.days))
        back = trial.refund(sale, minor // 4, on)
        yield trial.told(f"When a quarter of {amount} is refunded after 10 days", back)
    if rules.draw is not None:
        kind = "an advance" if rules.draw.recoverable else "a guarantee"
        drawn = trial.money(rules.draw.amount_minor)
        yield Example(f"A month in which nothing is sold: {kind}", (), drawn)


def _kind_of(rules: Rules, minor: int) -> dict[str, Any]:
    """What a deal must be so that the base pays something on it."""
    base = rules.base
    if isinstance(base, ByDealType):
        return {"kind": next(iter(base.rates))}
    if isinstance(base, ByCategory | Margin):
        line = SaleLine("EXAMPLE", _first_category(rules), 1, minor, minor * 7 // 10)
        return {"lines": (line,)}
    return {"month": base.steps[0][0]} if isinstance(base, Recurring) and base.steps else {}


def _first_category(rules: Rules) -> str:
    return next(iter(rules.base.rates)) if isinstance(rules.base, ByCategory) else ""
