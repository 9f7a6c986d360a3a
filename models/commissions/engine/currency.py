"""Turning an amount of one currency into another, rounded once.  Pure."""

from decimal import Decimal

from models.commissions.engine.numbers import divided
from models.money import exponent


def converted(
    minor: int, source: str, target: str, rate: Decimal, *, half_even: bool = False
) -> int:
    """`minor` of `source` in minor units of `target`, at so many `target` for one `source`."""
    numerator, denominator = rate.as_integer_ratio()
    decimals = exponent(target) - exponent(source)
    if decimals >= 0:
        numerator *= 10**decimals
    else:
        denominator *= 10**-decimals
    return divided(minor * numerator, denominator, half_even=half_even)
