"""After a refund: what is left in a window is rated again, as if what came back was never sold.

An option of the plan.  Each deal's part of the line lowers what that deal has earned (or lifts
it, where higher tiers pay less), so that a full refund of a deal leaves nothing behind.  Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

from models.commissions.engine.desk import Basis, Desk
from models.commissions.engine.facts import Code, Line
from models.commissions.engine.numbers import MOST_DECIMALS, RATE_ONE, divided, weights
from models.commissions.engine.plan import TierMode
from models.commissions.engine.state import Counter, Deal
from models.commissions.engine.tiers import Steps, counter_key
from models.commissions.engine.trueups import TrueUp, book_true_up, looking_back, part_of
from models.money import split_minor

Rated = tuple[list[Any], Fraction]
"""A row of the counter, and the rate that it has without what came back."""


class Fall(NamedTuple):
    """What one sale of a window loses, exactly, in minor units of the plan's currency."""

    row: list[Any]
    rate: Fraction
    amount: Fraction


def remember(desk: Desk, basis: Basis) -> None:
    """At which rate the sale was rated; tiers that look back have said it already."""
    steps, mode = desk.works.derates, desk.works.mode
    volume = desk.in_plan_currency(basis.minor)
    if not volume:
        return
    counter = desk.state.get(Counter, counter_key(desk, desk.works.window.key(desk.on)))
    if mode is TierMode.SLAB_RETRO:
        counter.rated[-1].append(desk.version.id)
        return
    rate = _rate(steps, mode, counter.volume - volume, volume)
    counter.rated.append([desk.sale.deal, volume, _kept(rate, mode), desk.version.id])


def rated_again(desk: Desk) -> Iterator[Line]:
    """The lines of the partners whose sales are in another tier now."""
    mode = desk.works.mode
    for key in dict.fromkeys(row[0] for row in desk.deal.counted if row[2]):
        falls = _falls(desk, desk.state.get(Counter, key))
        yield from _lines(desk, [fall for fall in falls if fall.amount > 0])
        yield from _lines(desk, [fall for fall in falls if fall.amount < 0])
        for fall in falls:
            fall.row[2] = _kept(fall.rate, mode)


def _falls(desk: Desk, counter: Counter) -> list[Fall]:
    """Of the sales that this version has rated; others only count."""
    steps, mode = desk.works.derates, desk.works.mode
    at = counter.volume - sum(row[1] for row in counter.rated)
    found: list[Rated] = []
    for row in counter.rated:
        if row[1]:
            found.append((row, _rate(steps, mode, at, row[1])))
        at += row[1]
    if mode is TierMode.SLAB_RETRO:
        found = _looking_back(found)
    return [
        Fall(row, rate, row[1] * (Fraction(row[2]) - rate))
        for row, rate in found
        if row[3:] == [desk.version.id] and Fraction(row[2]) != rate
    ]


def _looking_back(found: Sequence[Rated]) -> list[Rated]:
    """Each at the highest rate that was reached from it on."""
    best, told = Fraction(0), []
    for row, rate in reversed(found):
        best = max(best, rate)
        told.append((row, best))
    return told[::-1]


def _rate(steps: Steps, mode: TierMode, start: int, volume: int) -> Fraction:
    """Of a sale of `volume` before which the counter stood at `start`."""
    if mode is TierMode.MARGINAL:
        return Fraction(steps.pieces(start, volume)[0], volume * RATE_ONE)
    return Fraction(steps.at(start + volume).scaled, RATE_ONE)


def _kept(rate: Fraction, mode: TierMode) -> str:
    """Of tiers that look back as they write it themselves."""
    if mode is TierMode.MARGINAL:
        return str(rate)
    return format(Decimal(int(rate * RATE_ONE)).scaleb(-MOST_DECIMALS).normalize(), "f")


def _lines(desk: Desk, group: Sequence[Fall]) -> Iterator[Line]:
    """Rounded once together, shared by largest remainder; one line for each partner."""
    exact = sum((fall.amount for fall in group), Fraction(0))
    pool = divided(exact.numerator, exact.denominator, half_even=desk.half_even)
    if not pool:
        return
    whole = lcm(*(fall.amount.denominator for fall in group))
    sizes = [abs(int(fall.amount * whole)) for fall in group]
    by_partner: dict[str, list[tuple[str, int]]] = {}
    told: dict[str, list[list[Any]]] = {}
    left: dict[tuple[str, str], int] = {}
    for fall, amount in zip(group, split_minor(pool, sizes), strict=True):
        sale = [fall.row[1], _shown(Fraction(fall.row[2])), _shown(fall.rate)]
        for partner, part in _parts(desk, fall.row[0], amount, left):
            by_partner.setdefault(partner, []).append((fall.row[0], -part))
            told.setdefault(partner, []).append([*sale, *part_of(-amount, -part)])
    for partner, parts in by_partner.items():
        yield _line(desk, partner, parts, told[partner])


def _parts(
    desk: Desk, deal: str, amount: int, left: dict[tuple[str, str], int]
) -> Iterator[tuple[str, int]]:
    """By the deal's own split, and never more than a cap has left of what it earned.

    left: what each partner of a deal has of it after the sales before.
    """
    memory = desk.state.get(Deal, deal)
    splits = memory.splits or [[desk.sale.partner, "1"]]
    parts = split_minor(amount, weights(Decimal(weight) for _, weight in splits))
    for (partner, _), part in zip(splits, parts, strict=True):
        theirs = [share for share in memory.shares if share.partner == partner]
        if not any(share.currency != desk.plan.currency for share in theirs):
            earned = sum(share.earned - share.clawed for share in theirs)
            part = min(part, max(left.get((deal, partner), earned), 0))
            left[deal, partner] = left.get((deal, partner), earned) - part
        if part:
            yield partner, part


def _line(desk: Desk, partner: str, parts: list[tuple[str, int]], told: list[list[Any]]) -> Line:
    total = sum(part for _, part in parts)
    working = ("tier_rerated", total, told)
    entry = looking_back(desk, Code.TIER_RERATED, partner, total, working)
    line = desk.line(entry)
    book_true_up(desk, TrueUp(entry, tuple(parts)), line)
    return line


def _shown(rate: Fraction) -> str:
    """Six places are enough to follow it."""
    return format(Decimal(divided(rate.numerator * 10**6, rate.denominator)).scaleb(-6), "f")
