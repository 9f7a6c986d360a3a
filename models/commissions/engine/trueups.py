"""Looking back: a tier that is reached lifts what its window had rated lower.  Pure.

The partner sees one line a crossing; the engine knows which deal each part of it
belongs to, so that a full refund of a deal leaves nothing behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.commissions.engine.desk import Basis, Desk, Entry
from models.commissions.engine.facts import Code, Line
from models.commissions.engine.numbers import RATE_ONE, divided, scaled, weights
from models.commissions.engine.plan import Tiered, TierMode
from models.commissions.engine.state import Counter, Deal
from models.commissions.engine.tiers import counter_key, rate_at
from models.money import split_minor


@dataclass(frozen=True, slots=True)
class TrueUp:
    entry: Entry
    parts: tuple[tuple[str, int], ...]
    """(deal, minor units of the entry that belong to it)."""


def true_ups(desk: Desk, basis: Basis) -> list[TrueUp]:
    """One for each partner of the deals that are lifted; remembers what is rated how."""
    base = desk.rules.base
    if not isinstance(base, Tiered) or base.mode is not TierMode.SLAB_RETRO or not basis.minor:
        return []
    counter = desk.world.state.get(Counter, counter_key(desk, base.window))
    rate = rate_at(base.tiers, counter.volume)
    lower = [row for row in counter.rated if row[1] > 0 and Decimal(row[2]) < rate]
    lifted = _shared(desk, lower, rate)
    for row in lower:
        row[2] = format(rate, "f")
    volume = desk.in_plan_currency(basis.minor)
    counter.rated.append([desk.sale.deal, volume, format(rate, "f")])
    return lifted


def book_true_up(desk: Desk, true_up: TrueUp, line: Line) -> None:
    """Each deal's share of the line is what that deal earned."""
    sizes = [abs(part) for _, part in true_up.parts]
    payouts = split_minor(line.payout_minor, sizes)
    for (deal, part), payout in zip(true_up.parts, payouts, strict=True):
        memory = desk.world.state.get(Deal, deal)
        share = memory.share(line.partner, line.currency, line.payout_currency)
        share.earned += part
        share.earned_payout += payout
        share.lines.append(line.id)


def _shared(desk: Desk, lower: list[list[Any]], rate: Decimal) -> list[TrueUp]:
    sizes = [row[1] * scaled(rate - Decimal(row[2])) for row in lower]
    pool = divided(sum(sizes), RATE_ONE, half_even=desk.rules.half_even)
    if not pool:
        return []
    by_partner: dict[str, list[tuple[str, int]]] = {}
    told = []
    for row, amount in zip(lower, split_minor(pool, sizes), strict=True):
        told.append({"basis_minor": row[1], "from": row[2], "amount_minor": amount})
        splits = desk.world.state.get(Deal, row[0]).splits
        parts = split_minor(amount, weights(Decimal(weight) for _, weight in splits))
        for (partner, _), part in zip(splits, parts, strict=True):
            if part:
                by_partner.setdefault(partner, []).append((row[0], part))
    working = {
        "rule": "tier_trueup",
        "to": format(rate, "f"),
        "lifted": told,
        "pool_minor": pool,
        "tier_currency": desk.plan.currency,
    }
    return [_for_one(desk, partner, parts, working) for partner, parts in by_partner.items()]


def _for_one(
    desk: Desk, partner: str, parts: list[tuple[str, int]], working: dict[str, Any]
) -> TrueUp:
    total = sum(part for _, part in parts)
    entry = Entry(Code.TRUE_UP, total, desk.plan.currency, working, partner, of_deal=False)
    return TrueUp(entry, tuple(parts))
