"""Statement arithmetic: draw, minimum, what is paid, what is carried, tax.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from models.commissions.engine.currency import converted
from models.commissions.engine.facts import Code, RateOn
from models.commissions.engine.numbers import RATE_ONE, divided, last_day, scaled
from models.commissions.engine.plan import Clawback, Plan, Rules, Tax

TAKEN_BACK = frozenset(
    {
        Code.CLAWBACK,
        Code.CLAWBACK_DEFERRED,
        Code.CLAWBACK_INSTALMENT,
        Code.HOLDBACK,
        Code.DISPUTE_HOLD,
        Code.DRAW_RECOVERY,
    }
)
"""Lines that lower a statement, and what puts off a part of them."""

EITHER_WAY = frozenset({Code.ADJUSTMENT, Code.TIER_RERATED})
"""Lines that lower it when they are negative."""


@dataclass(frozen=True, slots=True)
class Figures:
    """opening + earned + taken_back = payable + closing; taken_back is 0 or less."""

    opening_minor: int
    earned_minor: int
    taken_back_minor: int
    payable_minor: int
    closing_minor: int
    vat_minor: int | None
    withheld_minor: int | None
    draw_balance_minor: int | None
    """What is still owed of a recoverable draw; None without one."""

    @property
    def net_minor(self) -> int:
        """The sum of the lines."""
        return self.earned_minor + self.taken_back_minor

    @property
    def transfer_minor(self) -> int:
        """What leaves the bank: the payout with value added tax, less what is withheld."""
        return self.payable_minor + (self.vat_minor or 0) - (self.withheld_minor or 0)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The line that a draw adds to a month, and what is owed after it."""

    code: Code | None
    amount_minor: int
    balance_minor: int | None
    told: tuple[object, ...]


def is_taken_back(code: str, amount_minor: int) -> bool:
    return code in TAKEN_BACK or (code in EITHER_WAY and amount_minor < 0)


def drawn(
    plan: Plan, rules: Rules, period: str, net_minor: int, owed: int, currency: str, rate_on: RateOn
) -> Drawn | None:
    """The draw of one partner in one month, `net_minor` being its other lines.

    A guarantee tops up and is never asked back.  A recoverable draw advances, and
    takes back only from what exceeds the draw.
    """
    draw = rules.draw
    if draw is None:
        return None
    amount = in_currency(draw.amount_minor, plan.currency, currency, period, rate_on)
    lacking = max(0, amount - net_minor) if draw.is_paid_in(period) else 0
    told = ("draw", amount, net_minor, owed)
    if not draw.recoverable:
        return Drawn(Code.DRAW_TOPUP if lacking else None, lacking, None, told)
    if lacking:
        return Drawn(Code.DRAW_ADVANCE, lacking, owed + lacking, told)
    recovered = min(owed, max(0, net_minor - amount))
    code = Code.DRAW_RECOVERY if recovered else None
    return Drawn(code, -recovered, owed - recovered, told)


@dataclass(frozen=True, slots=True)
class Spread:
    """How clawbacks are spread: taken + owed before = put off + instalment… = left + now."""

    put_off: int
    """What this month's clawbacks leave for later statements."""
    instalment: int
    """What is taken now of what earlier statements left."""
    owed: int
    """What earlier statements had left."""
    most: int | None
    """The most that this statement takes; None: no limit."""
    left: int
    parts: int


def spread(rule: Clawback | None, earned: int, taken: int, owed: int, parts: int) -> Spread:
    """The oldest is taken first, and never more than the plan's share of what was earned."""
    many = rule.instalments if rule else 1
    due, first = _part(owed, parts), _part(taken, many)
    most = None
    if rule is not None and rule.most_share is not None:
        most = max(0, divided(earned * scaled(rule.most_share), RATE_ONE))
        due = min(due, most)
        first = min(first, most - due)
    put_off = taken - first
    left = owed - due + put_off
    ahead = max(parts - 1, many - 1 if put_off else 0, 0) if left else 0
    return Spread(put_off, due, owed, most, left, ahead)


def _part(minor: int, parts: int) -> int:
    """One of so many parts, the first the largest."""
    return minor if parts <= 1 else -(-minor // parts)


def figures(
    opening: int,
    earned: int,
    taken_back: int,
    *,
    minimum: int,
    tax: Tax | None,
    draw_balance: int | None = None,
    half_even: bool = False,
) -> Figures:
    """Pays all that is available, or nothing when that is below the minimum."""
    available = opening + earned + taken_back
    payable = available if available > 0 and available >= minimum else 0
    return Figures(
        opening_minor=opening,
        earned_minor=earned,
        taken_back_minor=taken_back,
        payable_minor=payable,
        closing_minor=available - payable,
        vat_minor=_share(payable, tax.vat_rate if tax else None, half_even),
        withheld_minor=_share(payable, tax.withholding_rate if tax else None, half_even),
        draw_balance_minor=draw_balance,
    )


def in_currency(minor: int, source: str, target: str, period: str, rate_on: RateOn) -> int:
    """An amount of the plan in the currency of a statement, at the end of its month."""
    if source == target or not minor:
        return minor
    return converted(minor, source, target, rate_on(source, target, last_day(period)).value)


def _share(minor: int, rate: Decimal | None, half_even: bool) -> int | None:
    return None if rate is None else divided(minor * scaled(rate), RATE_ONE, half_even=half_even)
