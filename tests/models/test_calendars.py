"""Business days and local days: when a clock runs and when it stands still."""

from datetime import UTC, date, datetime

import pytest

from models.calendars import BusinessCalendar, local_day, month_bounds, next_month

BERLIN = BusinessCalendar("Europe/Berlin", "DE")


def berlin(day: int, hour: int, month: int = 11) -> datetime:
    """An instant in winter, given as Berlin's clock shows it."""
    return datetime(2026, month, day, hour - 1, tzinfo=UTC)


def test_two_business_days_keep_the_time_of_day():
    assert BERLIN.add_business_days(berlin(18, 11), 2) == berlin(20, 11)


def test_a_weekend_does_not_count():
    assert BERLIN.add_business_days(berlin(20, 11), 2) == berlin(24, 11)


def test_what_arrives_on_a_sunday_counts_from_monday_morning():
    assert BERLIN.add_business_days(berlin(22, 15), 2) == berlin(24, 24)


def test_a_public_holiday_does_not_count():
    assert not BERLIN.is_business_day(date(2026, 12, 25))
    assert BERLIN.add_business_days(berlin(24, 11, month=12), 1) == berlin(28, 11, month=12)


def test_the_vendor_may_close_further_days():
    closed = BusinessCalendar("Europe/Berlin", "DE", closed=frozenset({date(2026, 11, 19)}))
    assert closed.add_business_days(berlin(18, 11), 1) == berlin(20, 11)


def test_the_time_of_day_survives_the_change_of_the_clocks():
    before = datetime(2026, 10, 23, 9, 0, tzinfo=UTC)  # 11:00 in summer
    assert BERLIN.add_business_days(before, 1) == datetime(2026, 10, 26, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "zone, day", [("UTC", 1), ("America/New_York", 31), ("Pacific/Auckland", 1)]
)
def test_an_instant_falls_on_another_day_elsewhere(zone, day):
    assert local_day(datetime(2026, 11, 1, 3, 30, tzinfo=UTC), zone).day == day


def test_a_month_begins_and_ends_at_local_midnight():
    start, end = month_bounds("2026-10", "Europe/Berlin")
    assert start == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert end == datetime(2026, 10, 31, 23, tzinfo=UTC)


def test_months_run_over_the_end_of_the_year():
    assert next_month("2026-12") == "2027-01"
    assert next_month("2026-01", -1) == "2025-12"
    assert next_month("2026-11", -25) == "2024-10"
