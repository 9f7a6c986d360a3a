"""Tiers: rates that depend on the deal's size, or on what was sold in a window.  Pure.

Lower bounds are inclusive.  Volume is counted for the registering partner, in the
plan's currency.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from models.commissions.engine.desk import Basis, Desk, Entry, made
from models.commissions.engine.facts import Code
from models.commissions.engine.numbers import RATE_ONE, Points, divided, points, times
from models.commissions.engine.plan import Tier, Tiered, TierMode
from models.commissions.engine.state import Counter, Deal


class Steps:
    """The tiers of a plan, ready to be looked up."""

    __slots__ = ("lowers", "rates")

    def __init__(self, tiers: Sequence[Tier]) -> None:
        self.lowers = [tier.lower_minor for tier in tiers]
        self.rates = [points(tier.rate) for tier in tiers]

    def at(self, volume: int) -> Points:
        """The rate of the highest tier whose lower bound is reached; the first below all."""
        return self.rates[max(bisect_right(self.lowers, volume) - 1, 0)]

    def pieces(self, start: int, volume: int) -> tuple[int, list[list[Any]]]:
        """What of `volume`, counted from `start`, falls into each tier.

        (the sum of amount times scaled rate, [[amount, rate, lower bound of the tier]]).
        """
        lowers, rates = self.lowers, self.rates
        index, last = max(bisect_right(lowers, start) - 1, 0), len(lowers) - 1
        at, end, weighted, found = start, start + volume, 0, []
        while at < end:
            upto = end if index == last or end <= lowers[index + 1] else lowers[index + 1]
            rate = rates[index]
            weighted += (upto - at) * rate.scaled
            found.append([upto - at, rate.text, lowers[index]])
            at, index = upto, index + 1
        return weighted, found


def tiered(base: Tiered) -> Callable[[Desk, Basis], list[Entry]]:
    steps = Steps(base.tiers)
    if base.mode is TierMode.DEAL_SLAB:
        return lambda desk, basis: [_by_size(desk, basis, steps)]
    if base.mode is TierMode.DEAL_MARGINAL:
        return lambda desk, basis: [_marginal_in_deal(desk, basis, steps)]
    return _in_window(base, steps)


def _in_window(base: Tiered, steps: Steps) -> Callable[[Desk, Basis], list[Entry]]:
    assert base.window is not None, "a cumulative tier has a window"
    window_key, rule, quota = base.window.key, base.mode.value, base.quota_minor
    is_marginal = base.mode is TierMode.MARGINAL

    def rated(desk: Desk, basis: Basis) -> list[Entry]:
        volume = desk.in_plan_currency(basis.minor)
        told = window_key(desk.on)
        key = counter_key(desk, told)
        counter = desk.state.get(Counter, key)
        start = counter.volume
        counter.volume += volume
        if volume:
            desk.deal.counted.append([key, volume, 0])
        if is_marginal:
            return [_marginal(desk, basis, steps, rule, start, volume, told, quota)]
        return [_at_one_rate(desk, basis, steps.at(counter.volume), rule, counter.volume, told)]

    return rated


def counter_key(desk: Desk, window: str) -> str:
    """window: such as 2026-11, 2026-Q4 or 2026."""
    return f"{desk.sale.partner}|{desk.plan.id}|{window}"


def _by_size(desk: Desk, basis: Basis, steps: Steps) -> Entry:
    whole = desk.sale.whole_minor
    size = desk.in_plan_currency(desk.part_minor if whole is None else whole)
    return _at_one_rate(desk, basis, steps.at(size), "deal_slab", size, None)


def _marginal_in_deal(desk: Desk, basis: Basis, steps: Steps) -> Entry:
    start, volume = desk.in_plan_currency(desk.deal.sold), desk.in_plan_currency(basis.minor)
    return _marginal(desk, basis, steps, "deal_marginal", start, volume, None, None)


def _at_one_rate(
    desk: Desk, basis: Basis, rate: Points, rule: str, reached: int, window: str | None
) -> Entry:
    amount = times(basis.numerator, rate, basis.denominator, desk.half_even)
    told = (rule, basis.minor, rate.text, amount, reached, window)
    currency = desk.sale.currency
    return Entry(Code.BASE, amount, currency, told, desk.whose, True, desk.beside())


def _marginal(
    desk: Desk,
    basis: Basis,
    steps: Steps,
    rule: str,
    start: int,
    volume: int,
    window: str | None,
    quota: int | None,
) -> Entry:
    """Each piece at its tier's rate; the sum is rounded once."""
    weighted, pieces = steps.pieces(start, volume)
    if volume == basis.numerator and basis.denominator == 1:
        amount = divided(weighted, RATE_ONE, half_even=desk.half_even)
    else:
        amount = divided(
            weighted * basis.numerator,
            basis.denominator * RATE_ONE * (volume or 1),
            half_even=desk.half_even,
        )
    told = (rule, basis.minor, amount, start, window, pieces)
    more = desk.beside()
    if quota is not None:
        more = (more or {}) | {"quota_minor": quota}
    return made(Entry, (Code.BASE, amount, desk.sale.currency, told, desk.whose, True, more))


def give_back_volume(desk: Desk, refunded: int, sold: int) -> None:
    """The counters fall by the share of the deal that was refunded; nothing is re-rated."""
    deal: Deal = desk.deal
    counted = sum(row[1] for row in deal.counted)
    fall = divided(counted * refunded, sold) - sum(row[2] for row in deal.counted)
    for row in reversed(deal.counted):
        taken = min(fall, row[1] - row[2])
        if taken <= 0:
            continue
        row[2] += taken
        fall -= taken
        counter = desk.state.get(Counter, row[0])
        counter.volume -= taken
        _forget(counter, desk.sale.deal, taken)


def _forget(counter: Counter, deal: str, taken: int) -> None:
    for row in reversed(counter.rated):
        if row[0] == deal and taken:
            less = min(taken, row[1])
            row[1] -= less
            taken -= less


def scaled_text(rate: str) -> Points:
    """A rate that was kept as text."""
    return points(Decimal(rate))
