"""What is true of prices and rates.  Pure: no session, no clock."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

RATE_DIGITS = Decimal("0.0000000001")
"""Rates that we work out ourselves keep ten decimals."""


class Rate(NamedTuple):
    """One unit of the base currency is `rate` units of the quoted one."""

    rate: Decimal
    on: date
    """The day the rate is of: the last on or before the day asked for."""
    source: str


def turned(rate: Rate) -> Rate:
    """The same rate seen from the other currency."""
    return Rate((1 / rate.rate).quantize(RATE_DIGITS), rate.on, f"{rate.source}, inverted")


def through(first: Rate, second: Rate, currency: str) -> Rate:
    """From one currency to another by way of a third; as old as the older of the two."""
    return Rate(
        (first.rate * second.rate).quantize(RATE_DIGITS),
        min(first.on, second.on),
        f"{first.source} through {currency}",
    )


def overlap(a_from: date, a_to: date | None, b_from: date, b_to: date | None) -> bool:
    """Whether two spans share a day; the end is exclusive, None goes on."""
    return (b_to is None or a_from < b_to) and (a_to is None or b_from < a_to)
