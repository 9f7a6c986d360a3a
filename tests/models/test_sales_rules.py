"""What partners earn on of an invoice that is paid in parts, credited, or both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sales.rules import InvoiceStatus, Standing, status_of


class Books:
    """An invoice as it is paid and credited, one event after another."""

    def __init__(self, net_minor, gross_minor):
        self.net_minor, self.gross_minor = net_minor, gross_minor
        self.paid, self.credits, self.earned, self.refunds = [], [], [], []

    @property
    def standing(self):
        return Standing(
            net_minor=self.net_minor,
            gross_minor=self.gross_minor,
            paid_minor=sum(self.paid),
            credited_minor=sum(self.credits),
            earned_minor=sum(self.earned),
            refunded_minor=sum(self.refunds),
        )

    def pay(self, minor):
        part = self.standing.net_part_of(minor)
        self.paid.append(minor)
        self.earned.append(part)
        return part

    def credit(self, minor):
        part = self.standing.refund_part_of(minor)
        self.credits.append(minor)
        self.refunds.append(part)
        return part


def test_a_payment_earns_on_its_net_part_only():
    assert Books(100_00, 119_00).pay(119_00) == 100_00
    assert Books(100_00, 119_00).pay(59_50) == 50_00


def test_the_last_payment_takes_the_rest_so_that_parts_sum_to_the_net():
    books = Books(100_00, 119_00)
    assert [books.pay(39_67), books.pay(39_67), books.pay(39_66)] == [33_34, 33_33, 33_33]


def test_a_credit_note_on_what_was_paid_is_a_refund():
    books = Books(100_00, 119_00)
    books.pay(119_00)
    assert books.credit(25_00) == 25_00
    assert books.standing.open_minor == 0


def test_a_credit_note_on_what_is_still_open_refunds_nothing_and_lowers_what_is_open():
    books = Books(100_00, 119_00)
    books.pay(59_50)
    assert books.credit(50_00) == 0
    assert books.standing.open_minor == 0


def test_a_credit_note_larger_than_what_is_open_refunds_the_difference():
    books = Books(100_00, 119_00)
    books.pay(59_50)
    assert books.credit(70_00) == 20_00


def test_a_payment_after_a_credit_note_settles_at_the_lower_amount():
    books = Books(100_00, 119_00)
    assert books.credit(20_00) == 0
    assert books.standing.open_minor == 95_20
    assert books.pay(95_20) == 80_00


@given(
    net=st.integers(1, 10**9),
    extras=st.integers(0, 10**8),
    shares=st.lists(st.tuples(st.booleans(), st.integers(0, 100)), max_size=12),
)
def test_whatever_is_paid_and_credited_in_whatever_order_no_cent_goes_astray(net, extras, shares):
    books = Books(net, net + extras)
    for is_payment, percent in shares:
        if is_payment and (minor := books.standing.open_minor * percent // 100):
            assert books.pay(minor) >= 0
        elif not is_payment and (minor := books.standing.creditable_minor * percent // 100):
            assert books.credit(minor) >= 0
    if books.standing.open_minor:
        books.pay(books.standing.open_minor)
    kept = sum(books.earned) - sum(books.refunds)
    assert kept == net - sum(books.credits)


@pytest.mark.parametrize(
    ("open_minor", "paid_minor", "credited_minor", "status"),
    [
        (119, 0, 0, InvoiceStatus.OPEN),
        (60, 59, 0, InvoiceStatus.PART_PAID),
        (0, 119, 0, InvoiceStatus.PAID),
        (0, 60, 50, InvoiceStatus.PAID),
        (0, 119, 100, InvoiceStatus.CREDITED),
    ],
)
def test_an_invoice_says_how_it_stands(open_minor, paid_minor, credited_minor, status):
    assert status is status_of(
        net_minor=100, open_minor=open_minor, paid_minor=paid_minor, credited_minor=credited_minor
    )
