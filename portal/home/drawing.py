"""The charts of the start pages, from what was asked to what is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from models.calendars import month_of, next_month
from models.deals import Stage
from models.deals.lists import Slice
from models.money import Money
from portal import charts
from portal.formats import money, short_month

MONTHS_AHEAD = 6


def commission_chart(months: Sequence[tuple[str, int]], currency: str) -> charts.Chart | None:
    """None when there is nothing to draw."""
    if not any(minor for _, minor in months):
        return None
    return charts.bars(
        [(short_month(month), minor, money(Money(minor, currency))) for month, minor in months]
    )


def pipeline_chart(slices: Sequence[Slice], currency: str, today: date) -> charts.Chart | None:
    """Value by stage and month of expected close; what closes later counts in the last month."""
    first = month_of(today)
    months = [next_month(first, ahead) for ahead in range(MONTHS_AHEAD)]
    sums: dict[tuple[str, Stage], int] = {}
    for part in slices:
        if part.currency == currency:
            key = (min(part.month, months[-1]), part.stage)
            sums[key] = sums.get(key, 0) + part.minor
    if not sums:
        return None
    return charts.stacks(
        [stage.words for stage in Stage],
        [
            (
                _column(month, months),
                [_part(sums.get((month, stage), 0), currency) for stage in Stage],
            )
            for month in months
        ],
    )


def _column(month: str, months: Sequence[str]) -> str:
    return f"{short_month(month)} +" if month == months[-1] else short_month(month)


def _part(minor: int, currency: str) -> tuple[int, str]:
    return minor, money(Money(minor, currency))
