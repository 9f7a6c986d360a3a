"""A new customer's bonus is paid once, also where two records turn out to be one customer."""

from datetime import date

import pytest
from sqlalchemy import select

from models import deals, sales
from models.commissions import Code, CommissionLine
from models.customers import Customer
from models.people import SYSTEM
from models.sales import InvoiceDetails, LineDetails

BONUS = {
    "base": {"type": "flat", "rate": "0.10"},
    "new_logo_bonus": {"amount": "250", "lookback_months": 12},
}


def bonuses(session):
    lines = select(CommissionLine.payout_minor).where(CommissionLine.code == Code.NEW_LOGO)
    return session.scalars(lines).all()


@pytest.fixture
def pay(session, a):
    """pay(customer, day of November): it buys something from a new partner, and pays."""

    def paid(customer_id, day):
        number, on = f"INV-{a.number}", date(2026, 11, day)
        bought = [LineDetails("BIKE", 1, 1_000_00, commissionable=True)]
        details = InvoiceDetails(number=number, issued_on=on, currency="EUR", lines=bought)
        invoice = sales.record_invoice(
            session, details, partner_id=a.partner().id, customer_id=customer_id, by=SYSTEM,
            now=a.now,
        )  # fmt: skip
        a.payment(invoice)

    return paid


@pytest.mark.parametrize("sold_by", ["the one that stays", "the one that goes"])
def test_after_a_merge_no_second_bonus_is_paid_whoever_of_the_two_had_bought(
    session, a, now, pay, sold_by
):
    a.plan(BONUS)
    stays, goes = a.customer("Fabrikam"), a.customer("Fabrikam Works")
    bought = stays if sold_by == "the one that stays" else goes
    pay(bought.id, 2)
    a.rate_all()
    assert bonuses(session) == [250_00]
    by = a.actor()
    merging = {"reason": "One company.", "by": by, "now": now}
    deals.merge_customers(session, stays, goes, **merging)
    session.flush()
    for customer_id in (stays.id, goes.id):
        pay(customer_id, 12)
        a.rate_all()
    assert bonuses(session) == [250_00]
    assert session.get_one(Customer, goes.id).merged_into_id == stays.id
