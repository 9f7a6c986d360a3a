"""Claims without a database: places on a line, terms, quarters, bands."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.claims.rules import (
    count_band,
    longer,
    quarter_of,
    quarters,
    sum_band,
    target,
)
from models.claims.terms import Terms, read_places
from models.territories import Area, lines
from models.territories.places import PostalPattern

DE, BAVARIA, MUNICH = ("country", "DE"), ("subdivision", "DE-BY"), ("postal", "80*", "DE")


def spans(*places, cut_out=()):
    return lines.places([Area.read(*p) for p in places], [Area.read(*p) for p in cut_out])


@pytest.mark.parametrize(
    ("one", "other", "is_met"),
    [
        (DE, BAVARIA, True),
        (DE, MUNICH, True),
        (DE, ("country", "FR"), False),
        (("region", "DACH"), ("postal", "1010", "AT"), True),
        (("global",), MUNICH, True),
        (MUNICH, ("postal", "80331", "DE"), True),
        (MUNICH, ("postal", "81*", "DE"), False),
        (("postal", "80-81", "DE"), ("postal", "81675", "DE"), True),
        (("postal", "80-81", "DE"), ("postal", "82*", "DE"), False),
        (MUNICH, ("postal", "80*", "FR"), False),
        (("subdivision", "FR-IDF"), ("subdivision", "FR-75C"), True),
        (("subdivision", "FR-IDF"), ("subdivision", "FR-69"), False),
        (("subdivision", "US-WA"), ("postal", "98101", "US"), True),
        (("subdivision", "US-WA"), ("postal", "941*", "US"), False),
        (("subdivision", "US-WA"), ("subdivision", "US-OR"), False),
        (("postal", "SW1A", "GB"), ("postal", "SW*", "GB"), True),
        (("account", "acme.com"), ("global",), False),
        (("account", "acme.com"), ("account", "www.acme.com"), True),
        (("subdivision", "US-NY"), ("postal", "06390", "US"), True),
        (("subdivision", "US-CT"), ("postal", "06390", "US"), False),
        (("subdivision", "US-CT"), ("postal", "06391", "US"), True),
    ],
)
def test_two_areas_meet_where_some_address_lies_in_both(one, other, is_met):
    assert lines.meet(spans(one), spans(other)) is is_met
    assert lines.meet(spans(other), spans(one)) is is_met


def test_what_is_cut_out_meets_nobody_any_more():
    without = spans(("subdivision", "US-WA"), cut_out=[("postal", "981*", "US")])
    assert not lines.meet(without, spans(("postal", "98101", "US")))
    assert lines.meet(without, spans(("postal", "98201", "US")))
    assert not lines.meet(spans(DE, cut_out=[BAVARIA]), spans(BAVARIA))
    assert spans(MUNICH, cut_out=[DE]) == []


code = st.text("0189", min_size=1, max_size=4)
pattern = st.one_of(code, code.map("{}*".format), st.tuples(code, code).map(sorted).map("-".join))


@given(pattern, pattern, st.text("0189", min_size=4, max_size=4))
def test_an_address_in_both_means_that_they_meet(one, other, address):
    """The line never misses a meeting; that two codes of other lengths meet may be too careful."""
    try:
        both = [PostalPattern.read(text, "XX") for text in (one, other)]
    except ValueError:
        return
    if all(each.holds(address) for each in both):
        assert lines.meet(spans(("postal", one, "DE")), spans(("postal", other, "DE")))


@pytest.mark.parametrize(
    ("changes", "is_less"),
    [
        ({"places": (Area.read(*MUNICH),)}, True),
        ({"is_exclusive": False}, True),
        ({"to_on": date(2027, 6, 1)}, True),
        ({"products": ("bikes",)}, True),
        ({"naics": ("52",)}, True),
        ({"employees_from": 50}, True),
        ({"minimum_minor": 100}, True),
        ({"minimum_minor": 100_001}, False),
        ({"places": (Area.read("country", "FR"),)}, False),
        ({"to_on": date(2028, 6, 1)}, False),
    ],
)
def test_less_than_was_asked_is_a_limit_anything_else_a_counter_offer(changes, is_less):
    asked = Terms(
        places=(Area.read(*DE),), is_exclusive=True, minimum_minor=100_000,
        from_on=date(2027, 1, 1), to_on=date(2028, 1, 1),
    )  # fmt: skip
    assert replace(asked, **changes).is_within(asked) is is_less


def test_families_are_given_only_among_those_that_were_asked():
    days = {"from_on": date(2027, 1, 1), "to_on": date(2028, 1, 1)}
    asked = Terms(places=(Area.read(*DE),), products=("bikes", "parts"), **days)
    assert Terms(places=asked.places, products=("bikes",), **days).is_within(asked)
    assert not Terms(places=asked.places, products=(), **days).is_within(asked)
    assert not Terms(places=asked.places, products=("tyres",), **days).is_within(asked)


def test_a_pasted_list_is_read_and_what_cannot_be_is_said():
    found, faults = read_places("80331, 81*;82-83\nus-wa fr 80331 US-XX 9-8", "DE")
    assert [area.value for area in found] == ["80331", "81*", "82-83", "US-WA", "FR"]
    assert len(faults) == 2 and "US-XX" in faults[0] and "lower code first" in faults[1]


def test_quarters_of_a_year_that_is_held_in_part_have_their_share():
    begin, end = date(2026, 11, 18), date(2027, 11, 18)
    assert quarters(begin, end) == ["2026-Q4", "2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4"]
    assert target(92_000, "2026-Q4", begin, end) == 44_000  # 44 of 92 days
    assert target(92_000, "2027-Q1", begin, end) == 92_000
    assert target(92_000, "2027-Q4", begin, end) == 48_000
    assert target(92_000, "2028-Q1", begin, end) == 0
    assert quarter_of(date(2027, 12, 31)) == "2027-Q4"


def test_a_renewal_is_as_long_again_also_over_a_leap_day():
    assert longer(date(2026, 3, 1), date(2027, 3, 1)) == date(2028, 3, 1)
    assert longer(date(2024, 2, 29), date(2028, 2, 29)) == date(2032, 2, 29)
    assert longer(date(2027, 1, 1), date(2027, 4, 1)) == date(2027, 6, 30)


def test_bands_hide_small_numbers():
    assert count_band(0) == count_band(9) == "fewer than 10"
    assert count_band(10) == "10 to 49" and count_band(10**6) == "1,000 or more"
    assert sum_band(0) == sum_band(49_999) == "less than 50,000"
