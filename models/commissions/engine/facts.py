"""What the engine is told, and what it answers: a sale, an event, a line.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """What a commission line is for."""

    BASE = "base"
    UPLIFT = "dealreg_uplift"
    FLOOR = "floor_adjustment"
    CAP = "cap_adjustment"
    TRUE_UP = "tier_trueup"
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


PERCENT_CODES = frozenset({Code.BASE, Code.UPLIFT, Code.FLOOR, Code.CAP, Code.OVERRIDE})
"""What holdbacks are taken from.  Bonuses stay outside."""

BONUS_CODES = frozenset({Code.NEW_LOGO, Code.SPIFF})


class EventKind(StrEnum):
    WON = "won"
    PAID = "paid"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class SaleLine:
    sku: str
    category: str
    quantity: int
    amount_minor: int
    cost_minor: int | None
    """None: nobody told; a margin plan then refuses."""
    commissionable: bool = True


@dataclass(frozen=True, slots=True)
class Registration:
    approved_on: date
    protection_days: int
    extension_days: int = 0


@dataclass(frozen=True, slots=True)
class Sale:
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

    @property
    def commissionable_minor(self) -> int:
        if not self.lines:
            return self.net_minor
        return sum(line.amount_minor for line in self.lines if line.commissionable)

    @property
    def shares(self) -> tuple[tuple[str, Decimal], ...]:
        return self.splits or ((self.partner, Decimal(1)),)


@dataclass(frozen=True, slots=True)
class Event:
    id: str
    kind: EventKind
    at: datetime
    recorded_at: datetime
    amount_minor: int | None = None
    """In the sale's currency, without tax; None: all of it."""
    subscription_month: int | None = None
    units: Mapping[str, int] = field(default_factory=dict)
    """Of a refund: what came back, by SKU."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many units of one currency one unit of another buys."""

    value: Decimal
    on: date
    source: str


RateOn = Callable[[str, str, date], Rate]
"""(from, to, day): the last rate published on or before that day.  Raises Refused."""


@dataclass(frozen=True, slots=True)
class Line:
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
    working: dict[str, Any]
    corrects: tuple[str, ...] = ()
    """The earlier lines that it takes back, pays out or corrects."""
