"""What the engine is told, and what it answers: a sale, an event, a line.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from models.commissions.engine.workings import expanded


class Code(StrEnum):
    """What a commission line is for."""

    BASE = "base"
    UPLIFT = "dealreg_uplift"
    FLOOR = "floor_adjustment"
    CAP = "cap_adjustment"
    TRUE_UP = "tier_trueup"
    TIER_RERATED = "tier_rerated"
    OVERRIDE = "override"
    NEW_LOGO = "new_logo_bonus"
    SPIFF = "spiff"
    HOLDBACK = "holdback"
    HOLDBACK_RELEASE = "holdback_release"
    CLAWBACK = "clawback"
    DRAW_TOPUP = "draw_topup"
    DRAW_ADVANCE = "draw_advance"
    DRAW_RECOVERY = "draw_recovery"
    DISPUTE_HOLD = "dispute_hold"
    DISPUTE_RELEASE = "dispute_release"
    ADJUSTMENT = "adjustment"
    OVERRIDE_SHARE = "override_share"
    CLAWBACK_DEFERRED = "clawback_deferred"
    CLAWBACK_INSTALMENT = "clawback_instalment"


PERCENT_CODES = frozenset(
    {Code.BASE, Code.UPLIFT, Code.FLOOR, Code.CAP, Code.OVERRIDE, Code.OVERRIDE_SHARE}
)
"""What holdbacks are taken from.  Bonuses stay outside."""

BONUS_CODES = frozenset({Code.NEW_LOGO, Code.SPIFF})


class EventKind(StrEnum):
    WON = "won"
    PAID = "paid"
    REFUND = "refund"


class SaleLine(NamedTuple):
    sku: str
    category: str
    quantity: int
    amount_minor: int
    cost_minor: int | None
    """None: nobody told; a margin plan then refuses."""
    commissionable: bool = True


class Registration(NamedTuple):
    approved_on: date
    protection_days: int
    extension_days: int = 0


class Sale(NamedTuple):
    """The deal, or the invoice of a deal, that an event is about."""

    deal: str
    """What caps, refunds and tiers per deal are counted for."""
    key: str
    """The invoice; the same as `deal` where there is one for the whole deal."""
    partner: str
    currency: str
    net_minor: int
    won_at: datetime
    customer: str | None = None
    kind: str | None = None
    lines: tuple[SaleLine, ...] = ()
    """Empty: everything is commissionable and of no category."""
    registration: Registration | None = None
    distributors: tuple[str, ...] = ()
    """The nearest first."""
    splits: tuple[tuple[str, Decimal], ...] = ()
    """Empty: all to `partner`."""
    whole_minor: int | None = None
    """Commissionable net of the whole deal; None: this sale is all of it."""
    part_minor: int | None = None
    """Its commissionable part, where it was summed already; None: `lines` tell."""
    won_on: date | None = None
    """The local day of `won_at`, where whoever tells it knows; None: the plan's zone says."""

    @property
    def commissionable_minor(self) -> int:
        if self.part_minor is not None:
            return self.part_minor
        if not self.lines:
            return self.net_minor
        return sum(line.amount_minor for line in self.lines if line.commissionable)

    @property
    def shares(self) -> tuple[tuple[str, Decimal], ...]:
        return self.splits or ((self.partner, Decimal(1)),)


class Event(NamedTuple):
    id: str
    kind: EventKind
    at: datetime
    recorded_at: datetime
    amount_minor: int | None = None
    """In the sale's currency, without tax; None: all of it."""
    subscription_month: int | None = None
    units: Mapping[str, int] = {}
    """Of a refund: what came back, by SKU."""
    on: date | None = None
    """The local day of `at`, where whoever tells it knows; None: the plan's zone says."""
    recorded_on: date | None = None
    """The same of `recorded_at`."""
    period: str | None = None
    """The month it was posted to, when it is rated once more; None: the calendar says."""


class Rate(NamedTuple):
    """How many units of one currency one unit of another buys."""

    value: Decimal
    on: date
    source: str


RateOn = Callable[[str, str, date], Rate]
"""(from, to, day): the last rate published on or before that day.  Raises Refused."""


class Line(NamedTuple):
    """One commission line, as it is kept for ever."""

    id: str
    partner: str
    deal: str | None
    """None for what concerns no single deal."""
    sale: str | None
    code: Code
    amount_minor: int
    currency: str
    payout_minor: int
    payout_currency: str
    period: str
    on: date
    """The local day of what caused it."""
    event: str | None
    plan: str
    version: str
    told: tuple[Any, ...]
    """How it was worked out, as workings.py tells it."""
    corrects: tuple[str, ...] = ()
    """The earlier lines that it takes back, pays out or corrects."""

    @property
    def working(self) -> dict[str, Any]:
        return expanded(self.told)
