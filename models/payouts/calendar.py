"""The calendar of payouts: when a month is cut off, reviewed and paid.  Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from models.calendars import BusinessCalendar, first_day, month_of, next_month
from models.errors import Refused

EARLIEST, LATEST = 1, 20
"""Business days that can be named; in a month of many holidays the last fall into the next."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When the months are paid, counted in business days of the month after."""

    cut_off_business_day: int = 3
    """On this day the run is prepared: what is stated by then is in it."""
    review_business_days: int = 2
    """After the cut-off, for finance to look and to release."""
    pay_business_day: int = 8
    """On this day the money is sent."""


@dataclass(frozen=True, slots=True)
class PayoutDays:
    """The days of one month's payout, all of them business days, in this order."""

    month: str
    cut_off: date
    release_by: date
    pay_on: date


def must_be_in_order(rhythm: Rhythm) -> None:
    """Raises Refused when the money would leave before the review is over."""
    first = rhythm.cut_off_business_day + rhythm.review_business_days + 1
    if rhythm.pay_business_day < first:
        raise Refused(
            f"The review ends on business day {first - 1}; "
            f"choose business day {first} or a later one as the pay day."
        )


def days_of(month: str, rhythm: Rhythm, calendar: BusinessCalendar) -> PayoutDays:
    """month: "YYYY-MM", the one whose statements are paid."""
    days = _business_days(next_month(month), calendar)
    counted = dict(zip(range(1, LATEST + 21), days, strict=False))
    reviewed = rhythm.cut_off_business_day + rhythm.review_business_days
    return PayoutDays(
        month,
        cut_off=counted[rhythm.cut_off_business_day],
        release_by=counted[reviewed],
        pay_on=counted[rhythm.pay_business_day],
    )


def due_on(day: date, rhythm: Rhythm, calendar: BusinessCalendar) -> PayoutDays:
    """Of the latest month whose cut-off has come by that day."""
    month = next_month(month_of(day), -1)
    days = days_of(month, rhythm, calendar)
    return days if days.cut_off <= day else days_of(next_month(month, -1), rhythm, calendar)


def coming(day: date, rhythm: Rhythm, calendar: BusinessCalendar) -> PayoutDays:
    """Of the first month that is not paid before that day."""
    days = due_on(day, rhythm, calendar)
    while days.pay_on < day:
        days = days_of(next_month(days.month), rhythm, calendar)
    return days


def _business_days(month: str, calendar: BusinessCalendar) -> Iterator[date]:
    """All business days from the month's first day on; it does not end."""
    day = first_day(month) - timedelta(days=1)
    while True:
        day = calendar.next_business_day(day)
        yield day
