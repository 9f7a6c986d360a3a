"""Territories begin and end at midnight where the vendor is, whatever the clocks do there."""

from datetime import UTC, date, datetime

import pytest

CLOCKS_GO_BACK, DAY_AFTER = date(2026, 10, 25), date(2026, 10, 26)
CLOCKS_GO_FORWARD = date(2027, 3, 28)
LEAP_DAY = date(2028, 2, 29)


@pytest.fixture
def registered_in(a, session):
    """registered_in(territory, instant): whether a deal submitted then goes there."""
    a.programme(time_zone="Europe/Berlin")

    def registered_in(territory, *instant):
        a.now = datetime(*instant, tzinfo=UTC)
        return a.submitted().territory_id == territory.id

    return registered_in


@pytest.mark.parametrize(
    ("first", "before", "midnight"),
    [
        (CLOCKS_GO_BACK, (2026, 10, 24, 21, 59), (2026, 10, 24, 22, 0)),
        (DAY_AFTER, (2026, 10, 25, 22, 59), (2026, 10, 25, 23, 0)),
        (CLOCKS_GO_FORWARD, (2027, 3, 27, 22, 59), (2027, 3, 27, 23, 0)),
        (LEAP_DAY, (2028, 2, 28, 22, 59), (2028, 2, 28, 23, 0)),
    ],
)
def test_a_territory_begins_at_midnight_of_its_first_day(a, registered_in, first, before, midnight):
    territory = a.territory(("country", "DE"), from_on=first)
    assert not registered_in(territory, *before)
    assert registered_in(territory, *midnight)


@pytest.mark.parametrize(
    ("over", "last_minute", "midnight"),
    [
        (DAY_AFTER, (2026, 10, 25, 22, 59), (2026, 10, 25, 23, 0)),
        (date(2027, 3, 29), (2027, 3, 28, 21, 59), (2027, 3, 28, 22, 0)),
        (date(2028, 3, 1), (2028, 2, 29, 22, 59), (2028, 2, 29, 23, 0)),
    ],
)
def test_a_territory_ends_before_its_end_day_begins(a, registered_in, over, last_minute, midnight):
    territory = a.territory(("country", "DE"), to_on=over)
    assert registered_in(territory, *last_minute)
    assert not registered_in(territory, *midnight)


def test_a_territory_that_ended_yesterday_holds_nothing_today(a, registered_in):
    territory = a.territory(("country", "DE"), to_on=date(2026, 11, 18))
    assert registered_in(territory, 2026, 11, 17, 12, 0)
    assert not registered_in(territory, 2026, 11, 18, 12, 0)
