"""Exact arithmetic: whole minor units times exact rates, rounded once a line.  Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple

RATE_ONE = 10**12
"""A rate of 1 (100 %) as a whole number, so that no float and no context can round it."""

MOST_DECIMALS = 12


class Points(NamedTuple):
    """A rate as the engine multiplies it and as a line tells it."""

    scaled: int
    """In parts of RATE_ONE."""
    text: str


def points(rate: Decimal) -> Points:
    return Points(scaled(rate), format(rate, "f"))


@cache
def scaled(rate: Decimal) -> int:
    """`rate` in parts of RATE_ONE.  Plans are refused earlier when a rate has more decimals."""
    return int(rate.scaleb(MOST_DECIMALS))


def divided(numerator: int, denominator: int, *, half_even: bool = False) -> int:
    """The nearest whole number; a half goes away from zero, so that a reversal mirrors.

    denominator: greater than 0.
    """
    if numerator >= 0 and not half_even:  # nearly always
        return (2 * numerator + denominator) // (2 * denominator)
    if numerator < 0:
        return -divided(-numerator, denominator, half_even=half_even)
    whole, rest = divmod(2 * numerator + denominator, 2 * denominator)
    if half_even and rest == 0 and whole % 2:
        return whole - 1
    return whole


def times(numerator: int, rate: Points, denominator: int, half_even: bool) -> int:
    """`numerator / denominator` at this rate, rounded once."""
    return divided(numerator * rate.scaled, denominator * RATE_ONE, half_even=half_even)


def weights(shares: Iterable[Decimal]) -> list[int]:
    """The same proportions in whole numbers: 33.5 and 66.5 become 335 and 665."""
    listed = list(shares)
    decimals = max((-int(share.as_tuple().exponent) for share in listed), default=0)
    return [int(share.scaleb(max(decimals, 0))) for share in listed]


@cache
def month_of(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


@cache
def iso(day: date) -> str:
    return day.isoformat()


def next_month(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


@cache
def last_day(month: str) -> date:
    following = next_month(month)
    return date.fromordinal(date(int(following[:4]), int(following[5:]), 1).toordinal() - 1)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day when it has no such day."""
    years, zero_based = divmod(day.year * 12 + day.month - 1 + months, 12)
    month = f"{years:04}-{zero_based + 1:02}"
    return date(years, zero_based + 1, min(day.day, last_day(month).day))


def percent(rate: Decimal) -> str:
    """For people: 0.125 is "12.5%"."""
    shown = format((rate * 100).normalize(), "f")
    return f"{shown}%"
