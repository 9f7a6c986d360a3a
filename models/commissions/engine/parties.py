"""Who gets it: splits between partners, and overrides for the distributors above.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from models.commissions.engine.desk import Basis, Desk, Entry, made
from models.commissions.engine.facts import Code
from models.commissions.engine.numbers import Points, divided, points, times, weights
from models.commissions.engine.plan import Rules
from models.money import split_minor


def split(desk: Desk, entries: list[Entry]) -> list[Entry]:
    """Each entry's amount among the deal's partners; the parts sum to the whole.

    By largest remainder; a tie goes to the partner listed earlier.
    """
    shares = desk.sale.shares
    whole_numbers = weights(weight for _, weight in shares)
    of = format(sum(weight for _, weight in shares), "f")
    found = []
    for entry in entries:
        parts = split_minor(entry.amount_minor, whole_numbers)
        for (partner, weight), part in zip(shares, parts, strict=True):
            more = entry.more
            if len(shares) > 1:
                more = (more or {}) | {"split": [format(weight, "f"), of]}
            if part:
                found.append(entry._replace(amount_minor=part, partner=partner, more=more))
    return found


def overrides(
    rules: Rules,
) -> Callable[[Desk, Basis, list[Entry]], list[Entry]] | None:
    """What each distributor earns, the nearest first; on top, or out of the commission."""
    if not rules.overrides and rules.pool is None:
        return None
    rated = [(points(rule.rate), rule.of_commission) for rule in rules.overrides]
    pool = None if rules.pool is None else points(rules.pool)

    def found(desk: Desk, basis: Basis, commissions: list[Entry]) -> list[Entry]:
        entries = []
        for distributor, (rate, of_commission) in zip(desk.sale.distributors, rated, strict=False):
            entry = _override(desk, basis, commissions, distributor, rate, of_commission)
            if entry.amount_minor:
                entries.append(entry)
        if rules.overrides_inside and entries:
            whole = sum(entry.amount_minor for entry in commissions)
            entries += _out_of(desk, whole, sum(entry.amount_minor for entry in entries))
            entries += _held_to(desk, basis, (*commissions, *entries), max(whole, 0), EVERYTHING)
        if pool is not None:
            most = times(max(basis.numerator, 0), pool, basis.denominator, desk.half_even)
            entries += _held_to(desk, basis, (*commissions, *entries), most, pool)
        return entries

    return found


def _override(
    desk: Desk,
    basis: Basis,
    commissions: list[Entry],
    distributor: str,
    rate: Points,
    of_commission: bool,
) -> Entry:
    numerator, denominator, rule = basis.numerator, basis.denominator, "override_of_net"
    if of_commission:
        numerator = sum(entry.amount_minor for entry in commissions)
        denominator, rule = 1, "override_of_commission"
    amount = times(numerator, rate, denominator, desk.half_even)
    of = numerator if denominator == 1 else divided(numerator, denominator)
    told, currency = (rule, of, rate.text, amount), desk.sale.currency
    return made(Entry, (Code.OVERRIDE, amount, currency, told, distributor, True, None))


def _out_of(desk: Desk, whole: int, overrides: int) -> list[Entry]:
    """An override inside the pool is paid by those who earned the commission, `whole`."""
    part = -min(overrides, whole)
    if part >= 0:
        return []
    told = ("override_share", overrides, part)
    return split(desk, [Entry(Code.OVERRIDE_SHARE, part, desk.sale.currency, told, "")])


EVERYTHING = points(Decimal(1))


def _held_to(
    desk: Desk, basis: Basis, entries: Sequence[Entry], most: int, rate: Points
) -> list[Entry]:
    """What all tiers get never exceeds `most`: cut from the farthest distributor inwards."""
    raw = sum(entry.amount_minor for entry in entries)
    totals: dict[str, int] = {}
    for entry in entries:
        totals[entry.partner] = totals.get(entry.partner, 0) + entry.amount_minor
    over, cuts = raw - most, []
    for partner, total in reversed(totals.items()):
        cut = min(over, max(total, 0))
        if cut > 0:
            told = ("pool_cap", most, raw, rate.text, basis.minor, -cut)
            cuts.append(Entry(Code.CAP, -cut, desk.sale.currency, told, partner))
            over -= cut
    return cuts
