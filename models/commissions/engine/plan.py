"""What a commission plan says, once it has been read and found sound.  Pure.

Amounts are whole minor units of the plan's currency, rates are Decimals (0.10 is
ten per cent), days are dates; every range says whether its end is included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache

from models.commissions.engine.numbers import month_of
from models.errors import Refused


class Trigger(StrEnum):
    """What makes a commission earned."""

    WON = "won"
    PAID = "paid"


class FxPolicy(StrEnum):
    """Which day's exchange rate turns a line into the partner's currency."""

    WON_DATE = "won_date"
    PAID_DATE = "paid_date"
    PERIOD_END = "period_end"


class TierMode(StrEnum):
    DEAL_SLAB = "deal_slab"
    DEAL_MARGINAL = "deal_marginal"
    MARGINAL = "marginal"
    SLAB_STEP = "slab_step"
    SLAB_RETRO = "slab_retro"

    @property
    def counts_the_deal_alone(self) -> bool:
        return self in (TierMode.DEAL_SLAB, TierMode.DEAL_MARGINAL)


class Window(StrEnum):
    """Over which time a volume is counted."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def key(self, day: date) -> str:
        """Such as 2026-11, 2026-Q4 or 2026."""
        return _key(self, day)


@cache
def _key(window: Window, day: date) -> str:
    if window is Window.MONTH:
        return month_of(day)
    if window is Window.QUARTER:
        return f"{day.year:04}-Q{(day.month + 2) // 3}"
    return f"{day.year:04}"


@dataclass(frozen=True, slots=True)
class Flat:
    rate: Decimal


@dataclass(frozen=True, slots=True)
class ByCategory:
    """A rate for each product category; a category without one earns nothing."""

    rates: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class ByDealType:
    """A rate for each type of deal; a type without one earns nothing."""

    rates: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Margin:
    """A rate on net less cost."""

    rate: Decimal


@dataclass(frozen=True, slots=True)
class Recurring:
    """Rates by month of the subscription, 1 being the first; None: for ever."""

    steps: tuple[tuple[int, int | None, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Tier:
    lower_minor: int
    """The first minor unit that earns this rate."""
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Tiered:
    """Rates that depend on volume; an accelerator is one whose tiers are shares of a quota."""

    mode: TierMode
    window: Window | None
    tiers: tuple[Tier, ...]
    quota_minor: int | None = None


Base = Flat | ByCategory | ByDealType | Margin | Recurring | Tiered


@dataclass(frozen=True, slots=True)
class Override:
    """What a distributor earns on top when its reseller sells."""

    rate: Decimal
    of_commission: bool
    """On the reseller's commission after caps; False: on the net value."""


@dataclass(frozen=True, slots=True)
class NewLogo:
    amount_minor: int
    lookback_months: int
    """So many full months without a purchase make a customer new again."""


@dataclass(frozen=True, slots=True)
class Spiff:
    sku: str
    per_unit_minor: int
    from_on: date
    to_on: date
    """The last day, inclusive."""
    max_units: int | None
    """For each partner; None: no limit."""


@dataclass(frozen=True, slots=True)
class Holdback:
    share: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class Clawback:
    days: int
    """From the first earning date, the last day inclusive."""
    bonuses_pro_rata: bool = False
    """Bonuses go back with any refund; False: only with a full one."""
    most_share: Decimal | None = None
    """The most that is taken of what a month earned; None: all of it."""
    instalments: int = 1
    """Over so many statements what is taken back is spread."""
    derates: bool = False
    """What is left in a window is rated again without what came back; False: stays as it was."""


@dataclass(frozen=True, slots=True)
class Draw:
    recoverable: bool
    amount_minor: int
    periods: frozenset[str] | None
    """The months it is paid in; None: every month."""

    def is_paid_in(self, period: str) -> bool:
        return self.periods is None or period in self.periods


@dataclass(frozen=True, slots=True)
class Tax:
    """What happens to a payout after the commission is known."""

    vat_rate: Decimal | None = None
    withholding_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    base: Base
    uplift: Decimal | None = None
    uplift_only_fulfilled: bool = False
    """Only when whoever registered the deal is who sells it."""
    by_registration: bool = False
    """The version in force when the registration was approved rates; False: on the won date."""
    deal_floor_minor: int | None = None
    deal_cap_minor: int | None = None
    period_cap_minor: int | None = None
    overrides: tuple[Override, ...] = ()
    """The nearest distributor first."""
    overrides_inside: bool = False
    """Paid out of the reseller's commission; False: on top of it."""
    pool: Decimal | None = None
    """The most that all tiers together get, as a share of the net value."""
    new_logo: NewLogo | None = None
    spiffs: tuple[Spiff, ...] = ()
    holdback: Holdback | None = None
    clawback: Clawback | None = None
    draw: Draw | None = None
    minimum_minor: int | None = None
    tax: Tax | None = None
    half_even: bool = False

    @property
    def needs_lines(self) -> bool:
        """Whether it asks what was on the invoice, position by position."""
        return isinstance(self.base, ByCategory | Margin) or bool(self.spiffs)

    @property
    def needs_whole(self) -> bool:
        """Whether it asks what the whole deal comes to."""
        by_size = isinstance(self.base, Tiered) and self.base.mode is TierMode.DEAL_SLAB
        return by_size or self.deal_floor_minor is not None


@dataclass(frozen=True, slots=True)
class Version:
    id: str
    from_on: date | None
    """None: since ever."""
    to_on: date | None
    """The first day on which it is no longer in force; None: still in force."""
    rules: Rules
    label: str = "version 1"

    def covers(self, day: date) -> bool:
        return (self.from_on is None or self.from_on <= day) and (
            self.to_on is None or day < self.to_on
        )


@dataclass(frozen=True, slots=True)
class Plan:
    id: str
    name: str
    currency: str
    payout_currency: str | None
    """None: each partner's own."""
    time_zone: str
    trigger: Trigger
    fx_policy: FxPolicy
    versions: tuple[Version, ...]

    def in_force(self, day: date) -> Version:
        for version in self.versions:
            if version.covers(day):
                return version
        raise Refused(
            f"Plan “{self.name}” has no version in force on {day:%d %B %Y}; add one that covers it."
        )
