"""The data files as rows, and their days moved so that the story ends today."""

from __future__ import annotations

import csv
from calendar import monthrange
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

DATA = Path(__file__).parent / "data"
LAST_ORDERS = date(2011, 1, 1)
"""The month of the last orders; it becomes the one two months before today's."""


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def minor(amount: str) -> int:
    """Cents of "2024.994", half a cent rounding away from zero."""
    return int((Decimal(amount) * 100).quantize(Decimal(1), ROUND_HALF_UP))


class Shift:
    """Moves every day of the data by the same whole number of months."""

    def __init__(self, today: date) -> None:
        self.months = (today.year - LAST_ORDERS.year) * 12 + today.month - LAST_ORDERS.month - 2

    def day(self, text: str) -> date:
        """The 31st becomes the last day of a shorter month."""
        said = date.fromisoformat(text)
        years, zero_based = divmod(said.year * 12 + said.month - 1 + self.months, 12)
        last = monthrange(years, zero_based + 1)[1]
        return date(years, zero_based + 1, min(said.day, last))
