"""Calendars: business days, local days, and how much time is left.  Pure."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

WEEKEND = (5, 6)  # Saturday, Sunday, as date.weekday() counts


@dataclass(frozen=True)
class BusinessCalendar:
    """The days on which the vendor works.

    time_zone: IANA name in which its days begin and end.
    country: ISO 3166 code whose public holidays are free; subdivision optional.
    """

    time_zone: str
    country: str
    subdivision: str | None = None
    closed: Container[date] = field(default=frozenset())
    """Further days on which nobody decides, such as the days between the years."""

    def is_business_day(self, day: date) -> bool:
        if day.weekday() in WEEKEND or day in self.closed:
            return False
        return day not in _holidays(self.country, self.subdivision, day.year)

    def add_business_days(self, start: datetime, days: int) -> datetime:
        """The instant `days` business days after `start`, at the same local time of day.

        What arrives on a free day counts from the start of the next business day.
        """
        local = start.astimezone(ZoneInfo(self.time_zone))
        day, clock = local.date(), local.time()
        if not self.is_business_day(day):
            day, clock = self.next_business_day(day), time()
        for _ in range(days):
            day = self.next_business_day(day)
        return datetime.combine(day, clock, ZoneInfo(self.time_zone)).astimezone(UTC)

    def next_business_day(self, day: date) -> date:
        """The first business day after `day`."""
        day += timedelta(days=1)
        while not self.is_business_day(day):
            day += timedelta(days=1)
        return day

    def day_of(self, instant: datetime) -> date:
        return local_day(instant, self.time_zone)


@lru_cache(maxsize=200)
def _holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    return frozenset(country_holidays(country, subdiv=subdivision, years=year))


def local_day(instant: datetime, time_zone: str) -> date:
    """The calendar day that `instant` falls on in that time zone."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


def start_of_day(day: date, time_zone: str) -> datetime:
    """The first instant of a local day, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)


def month_of(day: date) -> str:
    """Such as "2026-11"."""
    return f"{day:%Y-%m}"


def month_bounds(month: str, time_zone: str) -> tuple[datetime, datetime]:
    """First instant of the month, and the first that is no longer in it, in UTC."""
    first = first_day(month)
    return start_of_day(first, time_zone), start_of_day(first_day(next_month(month)), time_zone)


def first_day(month: str) -> date:
    """The first day of "2026-11".  Raises ValueError for anything else."""
    return date.fromisoformat(f"{month}-01")


def next_month(month: str, by: int = 1) -> str:
    """The month `by` months later; earlier when negative."""
    day = first_day(month)
    years, zero_based = divmod(day.year * 12 + day.month - 1 + by, 12)
    return f"{years:04}-{zero_based + 1:02}"
