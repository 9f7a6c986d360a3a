"""Looking back: a tier that is reached lifts what its window had rated lower.  Pure.

The partner sees one line a crossing; the engine knows which deal each part of it
belongs to, so that a full refund of a deal leaves nothing behind.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from models.commissions.engine.desk import Basis, Desk, Entry
from models.commissions.engine.facts import Code, Line
from models.commissions.engine.numbers import RATE_ONE, Points, divided, weights
from models.commissions.engine.plan import Window
from models.commissions.engine.state import Counter, Deal
from models.commissions.engine.tiers import Steps, counter_key, scaled_text
from models.money import split_minor

SHARE_OF_OTHERS = ("share_of_others",)
"""The working for who has a share of another's sales: how they are rated is not its to know."""


class TrueUp(NamedTuple):
    entry: Entry
    parts: tuple[tuple[str, int], ...]
    """(deal, minor units of the entry that belong to it)."""


def true_ups(desk: Desk, basis: Basis, steps: Steps, window: Window) -> list[TrueUp]:
    """One for each partner of the deals that are lifted; remembers what is rated how."""
    if not basis.minor:
        return []
    counter = desk.state.get(Counter, counter_key(desk, window.key(desk.on)))
    rate = steps.at(counter.volume)
    lower = [
        row for row in counter.rated if row[1] > 0 and scaled_text(row[2]).scaled < rate.scaled
    ]
    lifted = _shared(desk, lower, rate)
    for row in lower:
        row[2] = rate.text
    volume = desk.in_plan_currency(basis.minor)
    counter.rated.append([desk.sale.deal, volume, rate.text])
    return lifted


def book_true_up(desk: Desk, true_up: TrueUp, line: Line) -> None:
    """Each deal's share of the line is what that deal earned."""
    sizes = [abs(part) for _, part in true_up.parts]
    payouts = split_minor(line.payout_minor, sizes)
    for (deal, part), payout in zip(true_up.parts, payouts, strict=True):
        memory = desk.state.get(Deal, deal)
        share = memory.share(line.partner, line.currency, line.payout_currency)
        share.earned += part
        share.earned_payout += payout
        share.lines.append(line.id)


def _shared(desk: Desk, lower: list[list[Any]], rate: Points) -> list[TrueUp]:
    sizes = [row[1] * (rate.scaled - scaled_text(row[2]).scaled) for row in lower]
    pool = divided(sum(sizes), RATE_ONE, half_even=desk.half_even)
    if not pool:
        return []
    by_partner: dict[str, list[tuple[str, int]]] = {}
    told: dict[str, list[list[Any]]] = {}
    for row, amount in zip(lower, split_minor(pool, sizes), strict=True):
        splits = desk.state.get(Deal, row[0]).splits or [[desk.sale.partner, "1"]]
        parts = split_minor(amount, weights(Decimal(weight) for _, weight in splits))
        for (partner, _), part in zip(splits, parts, strict=True):
            if part:
                by_partner.setdefault(partner, []).append((row[0], part))
                told.setdefault(partner, []).append([row[1], row[2], *part_of(amount, part)])
    return [
        _for_one(desk, partner, parts, ("tier_trueup", rate.text), told[partner])
        for partner, parts in by_partner.items()
    ]


def _for_one(
    desk: Desk,
    partner: str,
    parts: list[tuple[str, int]],
    rule: tuple[Any, ...],
    told: list[list[Any]],
) -> TrueUp:
    total = sum(part for _, part in parts)
    return TrueUp(
        looking_back(desk, Code.TRUE_UP, partner, total, (*rule, total, told)), tuple(parts)
    )


def part_of(amount: int, part: int) -> tuple[int, ...]:
    """What a sale gives its partner, and beside it the whole where that is more."""
    return (part,) if part == amount else (part, amount)


def looking_back(
    desk: Desk, code: Code, partner: str, total: int, working: tuple[Any, ...]
) -> Entry:
    """About several sales of who has registered them; another with a share learns only its sum."""
    told = working if partner == desk.sale.partner else SHARE_OF_OTHERS
    return Entry(code, total, desk.plan.currency, told, partner, False, desk.beside())
