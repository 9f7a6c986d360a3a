"""What is recorded earns in the same moment, once, on its net part."""

import pytest
from sqlalchemy import select

from models import commissions
from models.commissions import CommissionLine, Trigger
from models.people import SYSTEM


@pytest.fixture
def ten_percent(session, a, now):
    a.programme()
    plan = commissions.make_plan(
        session, name="Ten", currency="EUR", time_zone="Europe/Berlin", by=SYSTEM, now=now,
        earning_event=Trigger.PAID,
    )  # fmt: skip
    rules = {"base": {"type": "flat", "rate": "0.10"}, "clawback": {"days": 90}}
    first = now.date().replace(year=2020)
    commissions.add_version(session, plan, rules=rules, from_on=first, by=SYSTEM, now=now)
    commissions.assign(session, plan, from_on=first, by=SYSTEM, now=now)


def earned(session, now):
    for _ in range(2):  # a second look finds nothing new
        commissions.catch_up(session, now=now)
    rows = select(CommissionLine.code, CommissionLine.amount_minor).order_by(CommissionLine.id)
    return [(code.value, minor) for code, minor in session.execute(rows)]


def test_payments_in_parts_earn_in_parts_that_sum_to_the_whole(session, a, now, ten_percent):
    invoice = a.invoice(deal=a.won(), net=1_000_00, tax_minor=190_00)
    a.payment(invoice, 396_67)
    assert earned(session, now) == [("base", 33_33)]
    a.payment(invoice)
    assert sum(minor for _, minor in earned(session, now)) == 100_00


def test_a_credit_note_takes_back_what_was_earned_on_it(session, a, now, ten_percent):
    invoice = a.invoice(deal=a.won(), net=1_000_00)
    a.payment(invoice)
    a.credit_note(invoice, 250_00)
    assert earned(session, now) == [("base", 100_00), ("clawback", -25_00)]


def test_a_credit_note_of_what_nobody_paid_takes_back_nothing(session, a, now, ten_percent):
    invoice = a.invoice(deal=a.won(), net=1_000_00)
    a.payment(invoice, 500_00)
    a.credit_note(invoice, 500_00)
    assert earned(session, now) == [("base", 50_00)]


def test_what_is_not_commissionable_earns_nothing(session, a, now, ten_percent):
    invoice = a.invoice(
        deal=a.won(),
        lines=[a.line("BIKE", 750_00, commissionable=True), a.line("INSTALL", 250_00)],
    )
    a.payment(invoice)
    assert earned(session, now) == [("base", 75_00)]


def test_a_partly_paid_then_credited_invoice_keeps_commission_on_what_was_kept(
    session, a, now, ten_percent
):
    invoice = a.invoice(deal=a.won(), net=1_000_00)
    a.payment(invoice, 500_00)
    a.credit_note(invoice, 700_00)  # 500 was never paid; 200 of what was paid goes back
    assert sum(minor for _, minor in earned(session, now)) == 30_00
