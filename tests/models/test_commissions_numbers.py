"""The engine's arithmetic, against exact fractions and the calendar."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from models.commissions.engine.currency import converted
from models.commissions.engine.numbers import (
    add_months,
    divided,
    iso,
    last_day,
    month_of,
    next_month,
    percent,
    points,
    times,
    weights,
)

NUMERATORS = [*range(-40, 41), 10**30 + 5, -(10**30) - 5]
DENOMINATORS = [*range(1, 13), 10**30]


def exactly(value: Fraction, *, half_even: bool) -> int:
    """Python's round is half-even; a half away from zero is put together from it."""
    is_half = value.denominator == 2 and not half_even
    return int(value + Fraction(1, 2) * (1 if value > 0 else -1)) if is_half else round(value)


@pytest.mark.parametrize("half_even", [False, True])
def test_the_nearest_whole_number_and_halves_as_the_plan_says(half_even):
    for numerator in NUMERATORS:
        for denominator in DENOMINATORS:
            expected = exactly(Fraction(numerator, denominator), half_even=half_even)
            assert divided(numerator, denominator, half_even=half_even) == expected
    assert [divided(5, 2), divided(-5, 2)] == [3, -3]


def test_a_rate_is_multiplied_exactly_and_rounded_once():
    tenth = points(Decimal("1E-1"))
    assert points(Decimal("1E-7")).text == "0.0000001"
    assert tenth == (10**11, "0.1") and points(Decimal("0.000000000001")).scaled == 1
    assert times(125, tenth, 1, False) == 13 and times(125, tenth, 1, True) == 12
    assert times(-125, tenth, 1, False) == -13
    assert times(10_000, tenth, 3, False) == 333
    assert times(10**24, points(Decimal("0.123456789012")), 10**12, False) == 123_456_789_012


@pytest.mark.parametrize(
    "shares, expected",
    [
        (["33.5", "66.5"], [335, 665]),
        (["1", "2"], [1, 2]),
        (["0.25", "1"], [25, 100]),
        (["1E+1", "5"], [10, 5]),
        (["1E+1"], [10]),
        ([], []),
    ],
)
def test_shares_become_whole_numbers_of_the_same_proportion(shares, expected):
    assert weights(Decimal(share) for share in shares) == expected


def test_months_follow_each_other_as_in_the_calendar():
    day = date(1999, 12, 1)
    while day < date(2029, 2, 1):
        after = day + timedelta(days=31)
        after = after.replace(day=1)
        assert next_month(month_of(day)) == month_of(after) == after.isoformat()[:7]
        assert last_day(month_of(day)) == after - timedelta(days=1)
        day = after
    assert iso(date(2026, 3, 9)) == "2026-03-09"
    assert month_of(date(987, 3, 9)) == "0987-03" and next_month("0987-12") == "0988-01"


@pytest.mark.parametrize(
    "day, months, expected",
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-01-15", 1, "2026-02-15"),
        ("2026-11-30", 1, "2026-12-30"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2026-03-31", -1, "2026-02-28"),
        ("0987-06-30", 3, "0987-09-30"),
    ],
)
def test_months_later_is_the_same_day_or_the_months_last(day, months, expected):
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@pytest.mark.parametrize("rate, said", [("0.125", "12.5%"), ("0.10", "10%"), ("1", "100%")])
def test_a_rate_is_told_in_per_cent(rate, said):
    assert percent(Decimal(rate)) == said


@pytest.mark.parametrize(
    "minor, source, target, rate, expected",
    [
        (100_00, "EUR", "USD", "1.0825", 108_25),
        (100_00, "EUR", "JPY", "162.5", 16_250),
        (16_250, "JPY", "EUR", "0.0061", 99_13),
        (100_00, "EUR", "KWD", "0.33335", 33_335),
        (5, "EUR", "USD", "0.5", 3),
        (-5, "EUR", "USD", "0.5", -3),
    ],
)
def test_an_amount_in_another_currency_is_rounded_once(minor, source, target, rate, expected):
    assert converted(minor, source, target, Decimal(rate)) == expected


def test_halves_in_another_currency_go_to_even_where_the_plan_says_so():
    assert converted(5, "EUR", "USD", Decimal("0.5"), half_even=True) == 2
