"""The desk an event is rated on: its plan, its sale, what is remembered, what is asked.

Pure: exchange rates, closed months and new ids come in as functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
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
    """What the engine may ask of the world around it.  Closed months are asked once a run."""

    state: State
    rate_on: RateOn
    is_closed: Callable[[str], bool]
    """Whether a month such as 2026-11 takes no more lines."""
    payout_currency: Callable[[str, date], str]
    """A partner's own currency on the day of an event, for plans that name none."""
    new_id: Callable[[], str]
    counts_customers: bool = True
    """Whether it matters to any plan when a customer bought last."""
    _months: dict[tuple[date, date], str] = field(default_factory=dict)
    _in_force: dict[tuple[str, date], tuple[Version, Any]] = field(default_factory=dict)

    def posting_month(self, day: date, recorded_on: date) -> str:
        """The month of `day`; if that is closed, the one open when it was recorded."""
        asked = (day, recorded_on)
        month = self._months.get(asked)
        if month is None:
            month = month_of(day)
            if self.is_closed(month):
                month = max(month, month_of(recorded_on))
            while self.is_closed(month):
                month = next_month(month)
            self._months[asked] = month
        return month

    def in_force(self, plan: Plan, day: date, compiled: Callable[[Rules], Any]) -> Any:
        """(version, what `compiled` makes of its rules).  Raises Refused without a version."""
        asked = (plan.id, day)
        found = self._in_force.get(asked)
        if found is None:
            version = plan.in_force(day)
            found = self._in_force[asked] = (version, compiled(version.rules))
        return found


class Basis(NamedTuple):
    """The commissionable part of an event, exactly: numerator / denominator minor units."""

    numerator: int
    denominator: int
    minor: int
    """The same, rounded; what counters and refunds count."""
    amount_minor: int
    """The whole event, commissionable or not."""


class Entry(NamedTuple):
    """An amount on its way to becoming a line."""

    code: Code
    amount_minor: int
    currency: str
    told: tuple[Any, ...]
    partner: str
    """Empty until it is split."""
    of_deal: bool = True
    more: dict[str, Any] | None = None
    """What few workings have: see workings.MORE."""


class Desk:
    """works: the version's rules, compiled.  Set up by rating.set_up."""

    __slots__ = (
        "deal", "event", "half_even", "on", "part_minor", "period", "plan", "rules", "sale",
        "state", "version", "whose", "won_on", "works", "world",
    )  # fmt: skip

    def __init__(
        self, plan: Plan, sale: Sale, event: Event, world: World, compiled: Callable[[Rules], Any]
    ) -> None:
        """Raises Refused when no version of the plan was in force on the rating day."""
        self.plan, self.sale, self.event, self.world = plan, sale, event, world
        self.on = event.on or _local(event.at, plan.time_zone)
        """The local day of the event."""
        self.won_on = sale.won_on or _local(sale.won_at, plan.time_zone)
        recorded_on = event.recorded_on or _local(event.recorded_at, plan.time_zone)
        self.period = event.period or world.posting_month(self.on, recorded_on)
        """The month its lines are posted to."""
        self.version, self.works = world.in_force(plan, self.won_on, compiled)
        self.rules: Rules = self.version.rules
        if self.rules.by_registration and sale.registration is not None:
            day = sale.registration.approved_on
            self.version, self.works = world.in_force(plan, day, compiled)
            self.rules = self.version.rules
        self.half_even = self.rules.half_even
        self.state = world.state
        self.whose = "" if sale.splits else sale.partner
        """Whom an entry is for as long as nothing is split."""
        self.part_minor = sale.commissionable_minor
        self.deal: Deal = world.state.get(Deal, sale.deal)

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
        if self.sale.currency == self.plan.currency:
            return minor
        return self._exchanged(minor, self.sale.currency, self.plan.currency)

    def in_deal_currency(self, minor: int) -> int:
        """An amount that the plan names, in the currency of the sale."""
        return self._exchanged(minor, self.plan.currency, self.sale.currency)

    def beside(self) -> dict[str, Any] | None:
        """What a working tells of the plan's currency, where it is not the deal's."""
        if self.sale.currency == self.plan.currency:
            return None
        return {"tier_currency": self.plan.currency}

    def _exchanged(self, minor: int, source: str, target: str) -> int:
        if source == target or minor == 0:
            return minor
        return converted(minor, source, target, self.rate(source, target).value)

    def line(self, entry: Entry, target: str | None = None) -> Line:
        """The entry as a line of the event.  target: the partner's currency, where not that of
        its day."""
        code, amount, currency, told, partner, of_deal, more = entry
        own = target or self.plan.payout_currency
        target = own or self.world.payout_currency(partner, self.on)
        payout = amount
        if currency != target:
            payout, more = self._exchange(amount, currency, target, self.period, more)
        sale = self.sale
        if self.half_even:
            more = (more or {}) | {"rounding": "half_even"}
        return made(
            Line,
            (
                self.world.new_id(),
                partner,
                sale.deal if of_deal else None,
                sale.key if of_deal else None,
                code,
                amount,
                currency,
                payout,
                target,
                self.period,
                self.on,
                self.event.id,
                self.plan.id,
                self.version.id,
                (*told, more) if more else told,
                (),
            ),
        )

    def correction(
        self,
        entry: Entry,
        corrects: tuple[str, ...],
        as_before: int,
        paid_in: str,
        on: date | None = None,
    ) -> Line:
        """The same for what corrects earlier lines, in the currency that those were paid in.

        as_before: what it comes to at the rates of the lines that it corrects, so that
        nobody gains or loses by the rate; a period-end policy has its own for each line.
        on: the day that caused it, when that is not the event's.
        """
        line, on = self.line(entry, paid_in), on or self.on
        period = line.period if on == self.on else self.world.posting_month(on, self.on)
        if line.currency == line.payout_currency:
            return line._replace(corrects=corrects, on=on, period=period)
        more = dict(line.told[-1]) if isinstance(line.told[-1], dict) else {}
        if self.plan.fx_policy is FxPolicy.PERIOD_END:
            as_before, told = self._exchange(
                line.amount_minor, line.currency, line.payout_currency, period, more
            )
        else:
            told = more | {"fx": [AS_CORRECTED, line.currency, line.payout_currency]}
        return line._replace(
            corrects=corrects,
            on=on,
            period=period,
            payout_minor=as_before,
            told=(*entry.told, told),
        )

    def _exchange(
        self, amount: int, source: str, target: str, period: str, more: dict[str, Any] | None
    ) -> tuple[int, dict[str, Any]]:
        policy = self.plan.fx_policy
        rate = self.world.rate_on(source, target, self.rate_day(period))
        payout = converted(amount, source, target, rate.value, half_even=self.half_even)
        fx = [policy.value, source, target, format(rate.value, "f"), str(rate.on), rate.source]
        return payout, (more or {}) | {"fx": fx}


made = tuple.__new__
"""All fields of what is made by the million, at once: by its name it takes three times as long."""


def _local(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()
