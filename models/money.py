"""Money: whole minor units of one currency.  Pure: imports nothing of ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from iso4217 import Currency


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount, such as Money(1250, "EUR") for twelve euros fifty.

    minor: whole minor units (cents for EUR, yen for JPY); may be negative.
    currency: ISO 4217 code, upper case.
    """

    minor: int
    currency: str

    @classmethod
    def of(cls, major: Decimal | str, currency: str) -> Money:
        """From an amount in major units.  Raises ValueError for a part of a minor unit."""
        scaled = Decimal(major).scaleb(exponent(currency))
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{major} has more decimals than {currency} has")
        return cls(int(scaled), currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str) -> Money:
        return sum(amounts, start=cls(0, currency))

    @property
    def major(self) -> Decimal:
        """In major units, with the currency's own number of decimals."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __composite_values__(self) -> tuple[int, str]:
        """The two columns that keep it."""
        return self.minor, self.currency

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same_currency(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + -other

    def __mul__(self, count: int) -> Money:
        return Money(self.minor * count, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same_currency(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same_currency(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def at_rate(self, rate: Decimal) -> Money:
        """This amount times `rate` (0.10 for ten per cent), rounded as `rounded` does."""
        return Money(rounded(self.minor * rate), self.currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Parts proportional to `weights`; they always sum to the whole."""
        return [Money(part, self.currency) for part in split_minor(self.minor, weights)]

    def _same_currency(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} with {other.currency}")
        return other


def rounded(minor: Decimal) -> int:
    """Whole minor units, half a unit away from zero, so that a reversal mirrors exactly."""
    return int(minor.to_integral_value(rounding=ROUND_HALF_UP))


def split_minor(minor: int, weights: Sequence[int]) -> list[int]:
    """`minor` in parts proportional to `weights`, by largest remainder.

    The units lost to rounding go, one each, to the largest remainders
    (earlier first), so the result never depends on dictionary order.
    Raises ValueError when no weight is positive or one is negative.
    """
    if any(weight < 0 for weight in weights) or sum(weights) <= 0:
        raise ValueError(f"cannot split by weights {list(weights)}")
    total, whole = sum(weights), abs(minor)
    parts = [whole * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(whole * weights[i] % total), i))
    for i in by_remainder[: whole - sum(parts)]:
        parts[i] += 1
    return parts if minor == whole else [-part for part in parts]


@cache
def exponent(currency: str) -> int:
    """Decimals of an ISO 4217 currency: 2 for USD, 0 for JPY, 3 for KWD.

    Not from Babel, whose CLDR data says 0 for LBP and IQD.
    Raises ValueError for a code that ISO 4217 does not know.
    """
    return Currency(currency).exponent or 0


@cache
def is_currency(code: str) -> bool:
    try:
        exponent(code)
    except ValueError:
        return False
    return True
