"""How values read: money, times and states, for people."""

from datetime import timedelta
from decimal import Decimal

import pytest

from models.money import Money
from portal import formats


@pytest.fixture(autouse=True)
def around(app):
    with app.app_context():
        yield


@pytest.mark.parametrize(
    "minor, currency, text",
    [
        (125000, "USD", "$1,250.00"),
        (-5, "EUR", "\N{MINUS SIGN}€0.05"),
        (1250, "JPY", "¥1,250"),
        (1250, "KWD", "KWD\N{NO-BREAK SPACE}1.250"),
    ],
)
def test_money_has_its_currencys_own_decimals(minor, currency, text):
    assert formats.money(Money(minor, currency)) == text
    assert formats.money(minor, currency) == text


def test_a_percentage_shows_all_its_digits():
    assert formats.percent(Decimal("0.125")) == "12.5%"
    assert formats.percent(Decimal("0.08")) == "8%"


@pytest.mark.parametrize(
    "before, text",
    [
        (timedelta(), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(hours=9), "9 hours ago"),
    ],
)
def test_the_past_is_told_in_words(now, before, text):
    assert formats.ago(now - before) == text


@pytest.mark.parametrize(
    "after, text",
    [
        (timedelta(hours=15), "in 15 h"),
        (timedelta(minutes=-30), "30 min overdue"),
        (timedelta(days=-4), "4 days overdue"),
    ],
)
def test_a_clock_says_what_is_left_or_how_late_it_is(now, after, text):
    assert formats.left(now + after) == text


def test_nothing_reads_as_nothing():
    shown = (formats.money(None), formats.day(None), formats.ago(None), formats.percent(None))
    assert shown == ("", "", "", "")


def test_a_state_reads_as_words():
    assert formats.words("info_requested") == "Info requested"
    assert formats.month("2026-10") == "October 2026"
