"""What people type as a number is read as what their own pages show, or refused."""

from decimal import Decimal

import pytest
from babel import numbers
from hypothesis import given
from hypothesis import strategies as st

from models.commissions import PlanDraft
from models.money import Money, exponent
from portal.places import LOCALES
from portal.typed_numbers import Unreadable, number_of
from tests.portal.test_designer import SENT, draft, finance  # noqa: F401

MEANT = {
    "1250": "1250",
    "1250.00": "1250",
    "1,250.00": "1250",
    "1.250,00": "1250",
    "12,50": "12.5",
    "0,99": "0.99",
    "1250,00": "1250",
    "-12,50": "-12.5",
    "\N{MINUS SIGN}12,50": "-12.5",
    "1 250,00": "1250",
    "1\u202f250,00": "1250",
    "1'250.50": "1250.5",
    "1,250,000": "1250000",
    "1.250.000": "1250000",
    "1,250": "1250",
    "0.125": "0.125",
    "12.": "12",
}
NEITHER = ["", "twelve", "1,25,00", "1.250.00", "1,250,5", "1.250,000.5", ".50", "12 50", "1e9",
           "0x10", "Infinity", "NaN", "1_000", "--1", "1 250 00", "9" * 31]  # fmt: skip


@pytest.mark.parametrize(("typed", "meant"), MEANT.items())
def test_a_point_or_a_comma_before_the_decimals(typed, meant):
    assert number_of(typed, places=2) == Decimal(meant)


@pytest.mark.parametrize("typed", NEITHER)
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(Unreadable):
        number_of(typed, places=2)


@pytest.mark.parametrize(
    ("typed", "places", "is_comma"),
    [("1.250", 2, False), ("1,250", 2, True), ("1.250", 0, False), ("1,250", 3, False)],
)
def test_what_reads_as_two_numbers_is_refused_with_the_way_out(typed, places, is_comma):
    with pytest.raises(Unreadable, match="write 1250"):
        number_of(typed, places=places, is_comma=is_comma)
    assert number_of("1250", places=places, is_comma=is_comma) == 1250


def test_thousands_of_the_readers_own_pages_and_dinars_of_a_form_are_read():
    assert number_of("1.250", places=2, is_comma=True) == 1250
    assert number_of("1.250", places=3) == Decimal("1.250")
    assert number_of("1,125", places=None) == number_of("1.125", places=None) == Decimal("1.125")


@given(
    st.integers(-(10**12), 10**12),
    st.sampled_from(["EUR", "USD", "JPY", "KWD"]),
    st.sampled_from(sorted(LOCALES)),
)
def test_what_a_page_shows_is_read_back_as_the_same_amount_or_refused(minor, currency, locale):
    amount, places = Money(minor, currency), exponent(currency)
    pattern = f"#,##0{'.' if places else ''}{'0' * places}"
    shown = numbers.format_decimal(amount.major, pattern, locale=locale)
    is_comma = numbers.get_decimal_symbol(locale) == ","
    try:
        read = number_of(shown, places=places, is_comma=is_comma)
    except Unreadable:
        assert places == 3 and abs(minor) < 10**6, f"{shown} is refused"
        return
    assert read == amount.major


def test_a_rate_with_a_comma_is_no_ten_times_as_much(session, finance, draft):  # noqa: F811
    typed = {"tiers-1-rate": "8,5", "uplift": "0,5", "tiers-2-lower": "50.000,50"}
    sent = SENT | {"tiers-3-lower": "", "tiers-3-rate": ""} | typed
    assert finance.post(f"/plans/drafts/{draft.id}/edit", data=sent).status_code == 303
    rules = session.get_one(PlanDraft, draft.id).rules
    assert rules["base"]["tiers"][1:] == [["10000", "0.085"], ["50000.50", "0.10"]]
    assert rules["dealreg_uplift"] == "0.005"


def test_thousands_or_decimals_are_asked_for_and_what_was_typed_stays(finance, draft):  # noqa: F811
    answer = finance.post(f"/plans/drafts/{draft.id}/edit", data=SENT | {"tiers-1-lower": "1.250"})
    assert answer.status_code == 422
    assert "For thousands write 1250" in answer.text and 'value="1.250"' in answer.text
