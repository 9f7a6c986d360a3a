"""The desk an event is rated on: its plan, its sale, what is remembered, what is asked.

Pure: exchange rates, closed months and new ids come in as functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from models.commissions.engine.currency import converted
from models.commissions.engine.facts import Code, Event, Line, Rate, RateOn, Sale
from models.commissions.engine.numbers import last_day, month_of, next_month
from models.commissions.engine.plan import FxPolicy, Plan, Rules, Version
from models.commissions.engine.state import Deal, State

AS_CORRECTED = "as_corrected"
"""Converted at the rates of the lines that it corrects."""


@dataclass(frozen=True, slots=True)
class World:
    """What the engine may ask of the world around it."""

    state: State
    rate_on: RateOn
    is_closed: Callable[[str], bool]
    """Whether a month such as 2026-11 takes no more lines."""
    payout_currency: Callable[[str], str]
    """A partner's own currency, for plans that name none."""
    new_id: Callable[[], str]

    def posting_month(self, day: date, recorded_on: date) -> str:
        """The month of `day`; if that is closed, the one open when it was recorded."""
        month = month_of(day)
        if self.is_closed(month):
            month = max(month, month_of(recorded_on))
        while self.is_closed(month):
            month = next_month(month)
        return month


@dataclass(frozen=True, slots=True)
class Basis:
    """The commissionable part of an event, exactly: numerator / denominator minor units."""

    numerator: int
    denominator: int
    minor: int
    """The same, rounded; what counters and refunds count."""
    amount_minor: int
    """The whole event, commissionable or not."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An amount on its way to becoming a line."""

    code: Code
    amount_minor: int
    currency: str
    working: dict[str, Any]
    partner: str = ""
    """Empty until it is split."""
    of_deal: bool = True


@dataclass(frozen=True, slots=True)
class Desk:
    plan: Plan
    version: Version
    sale: Sale
    event: Event
    world: World

    on: date
    """The local day of the event."""
    won_on: date
    period: str
    """The month its lines are posted to."""

    @classmethod
    def set_up(cls, plan: Plan, sale: Sale, event: Event, world: World) -> Desk:
        """Raises Refused when no version of the plan was in force on the won date."""
        zone = ZoneInfo(plan.time_zone)
        on, won_on = event.at.astimezone(zone).date(), sale.won_at.astimezone(zone).date()
        period = world.posting_month(on, event.recorded_at.astimezone(zone).date())
        return cls(plan, plan.in_force(won_on), sale, event, world, on, won_on, period)

    @property
    def rules(self) -> Rules:
        return self.version.rules

    @property
    def deal(self) -> Deal:
        return self.world.state.get(Deal, self.sale.deal)

    def currency_of(self, partner: str) -> str:
        return self.plan.payout_currency or self.world.payout_currency(partner)

    def rate_day(self, period: str) -> date:
        if self.plan.fx_policy is FxPolicy.WON_DATE:
            return self.won_on
        if self.plan.fx_policy is FxPolicy.PERIOD_END:
            return last_day(period)
        return self.on

    def rate(self, source: str, target: str) -> Rate:
        """The rate that the plan's policy takes for this event.  Raises Refused."""
        return self.world.rate_on(source, target, self.rate_day(self.period))

    def in_plan_currency(self, minor: int) -> int:
        """An amount of the sale in the currency that the plan's own amounts are in."""
        return self._exchanged(minor, self.sale.currency, self.plan.currency)

    def in_deal_currency(self, minor: int) -> int:
        """An amount that the plan names, in the currency of the sale."""
        return self._exchanged(minor, self.plan.currency, self.sale.currency)

    def _exchanged(self, minor: int, source: str, target: str) -> int:
        if source == target or minor == 0:
            return minor
        return converted(minor, source, target, self.rate(source, target).value)

    def line(
        self,
        entry: Entry,
        *,
        corrects: tuple[str, ...] = (),
        as_before: int | None = None,
        on: date | None = None,
    ) -> Line:
        """The entry as a line in the partner's currency, with everything that made it.

        as_before: what it comes to at the rates of the lines that it corrects, so that
        nobody gains or loses by the rate; a period-end policy has its own for each line.
        on: the day that caused it, when that is not the event's.
        """
        on = on or self.on
        period = self.period if on == self.on else self.world.posting_month(on, self.on)
        target = self.currency_of(entry.partner)
        payout, fx = self._payout(entry, target, period, as_before)
        rounding = "half_even" if self.rules.half_even else "half_up"
        return Line(
            id=self.world.new_id(),
            partner=entry.partner,
            deal=self.sale.deal if entry.of_deal else None,
            sale=self.sale.key if entry.of_deal else None,
            code=entry.code,
            amount_minor=entry.amount_minor,
            currency=entry.currency,
            payout_minor=payout,
            payout_currency=target,
            period=period,
            on=on,
            event=self.event.id,
            plan=self.plan.id,
            version=self.version.id,
            working=entry.working | fx | {"rounding": rounding, "plan": self._told_of_plan()},
            corrects=corrects,
        )

    def _told_of_plan(self) -> dict[str, Any]:
        since = self.version.from_on
        return {
            "name": self.plan.name,
            "version": self.version.label,
            "from_on": since.isoformat() if since else None,
        }

    def _payout(
        self, entry: Entry, target: str, period: str, as_before: int | None
    ) -> tuple[int, dict[str, Any]]:
        if entry.currency == target:
            return entry.amount_minor, {}
        policy = self.plan.fx_policy
        if as_before is not None and policy is not FxPolicy.PERIOD_END:
            return as_before, {"fx": {"policy": AS_CORRECTED, "from": entry.currency, "to": target}}
        rate = self.world.rate_on(entry.currency, target, self.rate_day(period))
        payout = converted(
            entry.amount_minor,
            entry.currency,
            target,
            rate.value,
            half_even=self.rules.half_even,
        )
        return payout, {"fx": fx_working(policy, entry.currency, target, rate)}


def fx_working(policy: FxPolicy, source: str, target: str, rate: Rate) -> dict[str, str]:
    return {
        "policy": policy.value,
        "from": source,
        "to": target,
        "rate": format(rate.value, "f"),
        "on": rate.on.isoformat(),
        "source": rate.source,
    }
