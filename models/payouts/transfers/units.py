"""Stripe's units: how an amount is written on the wire, and which amounts can be paid at all.

ISO 4217's exponents (models/money.py) and Stripe's rules are two tables: they differ for ISK,
UGX and MGA, and Stripe pays some currencies only in steps.  Pure.
"""

from __future__ import annotations

from fractions import Fraction

from models.money import Money, exponent

WHOLE = frozenset({
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
    "XOF", "XPF",
})  # fmt: skip
"""No decimals on the wire."""
THOUSANDTHS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""Three decimals on the wire; every other currency has two, ISK and UGX too."""

STEPS = {"ISK": 100, "UGX": 100, "HUF": 100, "TWD": 100} | dict.fromkeys(THOUSANDTHS, 10)
"""What is paid is a multiple of so many units on the wire.  UGX as its documentation says."""


def decimals(currency: str) -> int:
    """Of the amounts on the wire."""
    if currency in WHOLE:
        return 0
    return 3 if currency in THOUSANDTHS else 2


def payable_part(amount: Money) -> Money:
    """The largest part that Stripe can pay; the rest stays on the partner's balance."""
    step = STEPS.get(amount.currency, 1) * _minor_of_one(amount.currency)
    return Money(amount.minor - amount.minor % max(int(step), 1), amount.currency)


def on_the_wire(amount: Money) -> int:
    """In Stripe's minor units.  Raises ValueError for what it cannot pay exactly."""
    wire = amount.minor / _minor_of_one(amount.currency)
    if wire % STEPS.get(amount.currency, 1):
        raise ValueError(f"{amount.minor} {amount.currency} cannot be paid by Stripe exactly")
    return int(wire)


def from_the_wire(wire: int, currency: str) -> Money:
    """currency: as Stripe writes it, in small letters or not."""
    minor = wire * _minor_of_one(currency.upper())
    if minor.denominator != 1:
        raise ValueError(f"{wire} {currency} is less than a minor unit")
    return Money(int(minor), currency.upper())


def _minor_of_one(currency: str) -> Fraction:
    """How many of our minor units are one on the wire; a hundredth for ISK."""
    return Fraction(10) ** (exponent(currency) - decimals(currency))
