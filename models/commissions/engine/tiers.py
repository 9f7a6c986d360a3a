"""Tiers: rates that depend on the deal's size, or on what was sold in a window.  Pure.

Lower bounds are inclusive.  Volume is counted for the registering partner, in the
plan's currency.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from models.commissions.engine.desk import Basis, Desk, Entry
from models.commissions.engine.facts import Code
from models.commissions.engine.numbers import RATE_ONE, divided, scaled
from models.commissions.engine.plan import Tier, Tiered, TierMode, Window
from models.commissions.engine.state import Counter


def tiered(desk: Desk, base: Tiered, basis: Basis) -> list[Entry]:
    volume = desk.in_plan_currency(basis.minor)
    if base.mode is TierMode.DEAL_SLAB:
        size = desk.in_plan_currency(_whole(desk))
        return [_at_one_rate(desk, basis, base, reached=size, rate=rate_at(base.tiers, size))]
    if base.mode is TierMode.DEAL_MARGINAL:
        start = desk.in_plan_currency(desk.deal.sold)
        return [_marginal(desk, basis, base, start, volume)]
    counter = desk.world.state.get(Counter, counter_key(desk, base.window))
    start = counter.volume
    _count(desk, counter, base, volume)
    if base.mode is TierMode.MARGINAL:
        return [_marginal(desk, basis, base, start, volume)]
    rate = rate_at(base.tiers, counter.volume)
    return [_at_one_rate(desk, basis, base, reached=counter.volume, rate=rate)]


def counter_key(desk: Desk, window: Window | None) -> str:
    assert window is not None, "a cumulative tier has a window"
    return f"{desk.sale.partner}|{desk.plan.id}|{window.key(desk.on)}"


def rate_at(tiers: Sequence[Tier], volume: int) -> Decimal:
    """The rate of the highest tier whose lower bound is reached; the first below all."""
    return next(
        (tier.rate for tier in reversed(tiers) if tier.lower_minor <= volume), tiers[0].rate
    )


def pieces(tiers: Sequence[Tier], start: int, volume: int) -> Iterator[tuple[int, int, Tier]]:
    """(from, amount, tier): what of `volume`, counted from `start`, falls into each tier."""
    end = start + volume
    for index, tier in enumerate(tiers):
        lower = tier.lower_minor if index else min(start, 0)
        upper = tiers[index + 1].lower_minor if index + 1 < len(tiers) else max(end, lower)
        falls = min(end, upper) - max(start, lower)
        if falls > 0:
            yield max(start, lower), falls, tier


def _whole(desk: Desk) -> int:
    whole = desk.sale.whole_minor
    return desk.sale.commissionable_minor if whole is None else whole


def _count(desk: Desk, counter: Counter, base: Tiered, volume: int) -> None:
    counter.volume += volume
    if volume:
        desk.deal.counted.append([counter_key(desk, base.window), volume, 0])


def _at_one_rate(desk: Desk, basis: Basis, base: Tiered, *, reached: int, rate: Decimal) -> Entry:
    amount = divided(
        basis.numerator * scaled(rate),
        basis.denominator * RATE_ONE,
        half_even=desk.rules.half_even,
    )
    working = _told(desk, base) | {
        "basis_minor": basis.minor,
        "reached_minor": reached,
        "rate": format(rate, "f"),
        "pool_minor": amount,
    }
    return Entry(Code.BASE, amount, desk.sale.currency, working)


def _marginal(desk: Desk, basis: Basis, base: Tiered, start: int, volume: int) -> Entry:
    """Each piece at its tier's rate; the sum is rounded once."""
    listed = list(pieces(base.tiers, start, volume))
    weighted = sum(falls * scaled(tier.rate) for _, falls, tier in listed)
    amount = divided(
        weighted * basis.numerator,
        basis.denominator * RATE_ONE * (volume or 1),
        half_even=desk.rules.half_even,
    )
    working = _told(desk, base) | {
        "basis_minor": basis.minor,
        "start_minor": start,
        "pieces": [
            {
                "from_minor": begins,
                "amount_minor": falls,
                "rate": format(tier.rate, "f"),
                "lower_minor": tier.lower_minor,
            }
            for begins, falls, tier in listed
        ],
        "pool_minor": amount,
    }
    return Entry(Code.BASE, amount, desk.sale.currency, working)


def _told(desk: Desk, base: Tiered) -> dict[str, Any]:
    told: dict[str, Any] = {"rule": base.mode.value, "tier_currency": desk.plan.currency}
    if base.window is not None:
        told["window"] = base.window.key(desk.on)
    if base.quota_minor is not None:
        told["quota_minor"] = base.quota_minor
    return told


def give_back_volume(desk: Desk, refunded: int, sold: int) -> None:
    """The counters fall by the share of the deal that was refunded; nothing is re-rated."""
    deal = desk.deal
    counted = sum(row[1] for row in deal.counted)
    fall = divided(counted * refunded, sold) - sum(row[2] for row in deal.counted)
    for row in reversed(deal.counted):
        taken = min(fall, row[1] - row[2])
        if taken <= 0:
            continue
        row[2] += taken
        fall -= taken
        counter = desk.world.state.get(Counter, row[0])
        counter.volume -= taken
        _forget(counter, desk.sale.deal, taken)


def _forget(counter: Counter, deal: str, taken: int) -> None:
    for row in reversed(counter.rated):
        if row[0] == deal and taken:
            less = min(taken, row[1])
            row[1] -= less
            taken -= less
