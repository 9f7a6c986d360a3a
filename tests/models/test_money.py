"""Money is exact: nothing is made or lost by rates and splits."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from models.money import Money, exponent, is_currency


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@pytest.mark.parametrize(
    "minor, rate, expected",
    [
        (10_000, "0.08", 800),
        (125, "0.1", 13),
        (124, "0.1", 12),
        (-125, "0.1", -13),
        (10_050, "0.05", 503),
        (0, "0.08", 0),
    ],
)
def test_a_rate_rounds_half_a_cent_away_from_zero(minor, rate, expected):
    assert eur(minor).at_rate(Decimal(rate)) == eur(expected)


def test_a_split_gives_the_lost_cent_to_the_largest_remainder():
    assert eur(1000).split([1, 2]) == [eur(333), eur(667)]

    assert eur(100).split([4, 3]) == [eur(57), eur(43)]  # not to the largest part
    assert eur(-100).split([4, 3]) == [eur(-57), eur(-43)]


def test_a_tie_goes_to_the_party_listed_first():
    assert eur(1).split([1, 1]) == [eur(1), eur(0)]
    assert eur(7).split([1]) == [eur(7)]


@pytest.mark.parametrize("weights", [[], [0, 0], [-1, 2], [2, -3]])
def test_weights_that_share_nothing_are_refused(weights):
    with pytest.raises(ValueError, match=re.escape(f"cannot split by weights {weights}")):
        eur(10).split(weights)


def test_amounts_are_counted_and_compared():
    assert eur(3) - eur(5) == -eur(2) == eur(-2)
    assert eur(3) * 2 == eur(6)
    assert eur(2) < eur(3) and not eur(3) < eur(3) and not eur(4) < eur(3)
    assert eur(2) <= eur(3) and eur(3) <= eur(3) and not eur(4) <= eur(3)
    assert eur(1) and eur(-1) and not eur(0)


@given(some.integers(-(10**12), 10**12), some.lists(some.integers(0, 1000), min_size=1))
def test_the_parts_always_sum_to_the_whole(minor, weights):
    if sum(weights) == 0:
        with pytest.raises(ValueError, match="cannot split"):
            eur(minor).split(weights)
    else:
        assert Money.total(eur(minor).split(weights), "EUR") == eur(minor)


def test_currencies_never_mix():
    with pytest.raises(ValueError, match="cannot mix EUR with USD"):
        eur(1) + Money(1, "USD")
    with pytest.raises(ValueError, match="cannot mix"):
        assert eur(1) < Money(2, "USD")


def test_minor_units_are_those_of_iso_4217_not_of_cldr():
    assert [exponent(code) for code in ("USD", "JPY", "KWD", "LBP", "IQD")] == [2, 0, 3, 2, 3]


def test_an_amount_with_too_many_decimals_is_refused():
    assert Money.of("12.50", "EUR") == eur(1250)
    assert Money.of("7", "JPY") == Money(7, "JPY")
    with pytest.raises(ValueError, match=r"0\.5 has more decimals than JPY"):
        Money.of("0.5", "JPY")


def test_the_amount_in_major_units_keeps_every_decimal():
    assert str(eur(5).major) == "0.05"
    assert str(Money(1250, "KWD").major) == "1.250"


def test_a_code_that_iso_does_not_know_is_no_currency():
    assert is_currency("EUR") and not is_currency("XXQ")
