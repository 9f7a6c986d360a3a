"""Forecasts: by category as they stand, kept each week, written to each sales manager."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from models import deals, forecasts
from models.deals import ForecastCategory, Stage
from models.forecasts import ForecastSnapshot
from models.notices import Notice

MONDAY = date(2026, 11, 23)


def at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.fixture
def two(session, a, now):
    """A commitment and a best case of the vendor's sales manager."""
    made = [a.approved(value=100_000_00), a.approved(value=40_000_00, family="Parts")]
    linda = a.seller_of_vendor()
    for deal, category in zip(
        made, (ForecastCategory.COMMIT, ForecastCategory.BEST_CASE), strict=True
    ):
        deals.set_forecast(session, deal, category, by=linda, now=now)
    deals.set_stage(session, made[0], Stage.NEGOTIATION, by=linda, now=now)
    session.flush()
    return made


def test_the_forecast_adds_up_by_category_and_weighs_by_stage(session, a, two):
    found = {each.category: each for each in forecasts.standing(session)}
    commit = found[ForecastCategory.COMMIT]
    assert (commit.count, commit.minor, commit.weighted_minor) == (1, 100_000_00, 75_000_00)
    assert found[ForecastCategory.BEST_CASE].minor == 40_000_00
    assert forecasts.standing(session, a.sales_manager().id) == []


def test_it_is_kept_once_a_week_on_the_vendors_monday_morning(session, a, two):
    assert forecasts.weekly(session, at(MONDAY, 5)) == 0  # six in the morning in Berlin
    assert forecasts.weekly(session, at(MONDAY, 6)) == 2
    assert forecasts.weekly(session, at(MONDAY, 7)) == 0
    assert forecasts.weekly(session, at(MONDAY + timedelta(days=3), 12)) == 0
    assert forecasts.weekly(session, at(MONDAY + timedelta(days=9), 12)) == 2
    past = forecasts.history(session, None, "EUR")
    assert [each.taken_on for each in past] == [MONDAY, MONDAY + timedelta(days=9)]
    assert past[0].minor[ForecastCategory.COMMIT] == 100_000_00


def test_what_was_kept_is_never_changed(session, a, two):
    forecasts.take_snapshot(session, a.now)
    session.scalars(select(ForecastSnapshot)).first().value_minor = 1
    with pytest.raises(DBAPIError, match="never changed"):
        session.flush()


def test_each_sales_manager_gets_one_letter_that_says_what_lies_still(session, a, two):
    forecasts.weekly(session, at(MONDAY + timedelta(days=21), 7))
    letters = session.scalars(select(Notice).where(Notice.kind == "weekly-digest")).all()
    assert [letter.person_id for letter in letters] == [a.seller_of_vendor().id]
    assert "2 open deals" in letters[0].title
    assert "Commit EUR 100,000" in letters[0].body and "Best case EUR 40,000" in letters[0].body
    assert "Nothing happened for 14 days on 2 of them" in letters[0].body


def test_coverage_counts_what_moved_lately(session, a, two, now):
    fresh = forecasts.coverage(session, None, now=now)
    assert (fresh.open_count, fresh.quiet_count, fresh.percent) == (2, 0, 100)
    late = now + timedelta(days=15)
    deals.set_stage(session, two[0], Stage.COMMITTED, by=a.seller_of_vendor(), now=late)
    session.flush()
    stale = forecasts.coverage(session, None, now=late)
    assert (stale.quiet_count, stale.percent) == (1, 50)
    assert [row.id for row in stale.quiet] == [two[1].id]


def test_business_stands_by_partner_and_stage_the_largest_first(session, a, two):
    rows = forecasts.by_partner(session, None, "EUR")
    assert [row.minor for row in rows] == [100_000_00, 40_000_00]
    assert rows[0].by_stage == {Stage.NEGOTIATION: 100_000_00}
