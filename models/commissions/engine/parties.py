"""Who gets it: splits between partners, and overrides for the distributors above.  Pure."""

from __future__ import annotations

from models.commissions.engine.desk import Basis, Desk, Entry
from models.commissions.engine.facts import Code
from models.commissions.engine.numbers import RATE_ONE, divided, scaled, weights
from models.money import split_minor


def split(desk: Desk, entry: Entry) -> list[Entry]:
    """The entry's amount among the deal's partners; the parts sum to the whole.

    By largest remainder; a tie goes to the partner listed earlier.
    """
    shares = desk.sale.shares
    whole_numbers = weights(weight for _, weight in shares)
    parts = split_minor(entry.amount_minor, whole_numbers)
    named = []
    for (partner, weight), part in zip(shares, parts, strict=True):
        told = dict(entry.working)
        if len(shares) > 1:
            told["split"] = {
                "weight": format(weight, "f"),
                "of": format(sum(share for _, share in shares), "f"),
            }
        named.append(Entry(entry.code, part, entry.currency, told, partner))
    return [entry for entry in named if entry.amount_minor]


def overrides(desk: Desk, basis: Basis, commissions: list[Entry]) -> list[Entry]:
    """What each distributor earns on top, the nearest first."""
    pool = sum(entry.amount_minor for entry in commissions)
    entries = []
    for distributor, rule in zip(desk.sale.distributors, desk.rules.overrides, strict=False):
        numerator, denominator = (
            (pool, 1) if rule.of_commission else (basis.numerator, basis.denominator)
        )
        amount = divided(
            numerator * scaled(rule.rate),
            denominator * RATE_ONE,
            half_even=desk.rules.half_even,
        )
        working = {
            "rule": "override_of_commission" if rule.of_commission else "override_of_net",
            "basis_minor": divided(numerator, denominator),
            "rate": format(rule.rate, "f"),
            "pool_minor": amount,
        }
        if amount:
            entries.append(Entry(Code.OVERRIDE, amount, desk.sale.currency, working, distributor))
    return entries
