"""Amounts on the wire: Stripe's units are not ISO's, and some are paid in steps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.money import Money
from models.payouts.transfers.units import (
    STEPS,
    THOUSANDTHS,
    WHOLE,
    decimals,
    from_the_wire,
    on_the_wire,
    payable_part,
)

ODD = sorted({*STEPS, *WHOLE, *THOUSANDTHS, "EUR", "USD"})


@pytest.mark.parametrize(
    "currency, minor, paid, wire",
    [
        ("EUR", 12_35, 12_35, 1235),
        ("JPY", 500, 500, 500),
        ("ISK", 500, 500, 50000),
        ("UGX", 7, 7, 700),
        ("HUF", 1_234_56, 1_234_00, 123400),
        ("TWD", 99, 0, 0),
        ("KWD", 1_239, 1_230, 1230),
        ("MGA", 1_234_56, 1_234_00, 1234),
    ],
)
def test_what_can_be_paid_and_how_it_is_written(currency, minor, paid, wire):
    part = payable_part(Money(minor, currency))
    assert part == Money(paid, currency)
    assert on_the_wire(part) == wire
    assert from_the_wire(wire, currency.lower()) == part


@given(st.sampled_from(ODD), st.integers(0, 10**12))
def test_what_is_paid_is_never_more_and_leaves_less_than_a_step(currency, minor):
    part = payable_part(Money(minor, currency))
    wire = on_the_wire(part)
    assert 0 <= part.minor <= minor
    assert wire % STEPS.get(currency, 1) == 0
    assert from_the_wire(wire, currency) == part
    assert minor - part.minor < 100 * max(STEPS.get(currency, 1), 1)


@pytest.mark.parametrize("currency", ["HUF", "KWD", "MGA"])
def test_an_amount_that_cannot_be_paid_exactly_is_never_written(currency):
    with pytest.raises(ValueError, match="exactly"):
        on_the_wire(Money(1, currency))


def test_less_than_a_minor_unit_is_no_amount():
    with pytest.raises(ValueError, match="5 isk is less than a minor unit"):
        from_the_wire(5, "isk")
    assert payable_part(Money(7, "UYI")) == Money(7, "UYI")


def test_the_three_lists_do_not_overlap():
    assert not WHOLE & THOUSANDTHS
    assert {decimals(code) for code in WHOLE} == {0}
