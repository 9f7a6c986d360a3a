"""What is rated, recorded and closed at the same moment: all of it is done, nothing is lost."""

from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from sqlalchemy import select

from models import commissions, sales
from models import engine as engines
from models.commissions import CommissionLine
from models.money import Money
from models.people import SYSTEM
from models.sales import Invoice
from models.scope import Scope, open_session

DECEMBER = datetime(2026, 12, 1, 12, tzinfo=UTC)
TIERED = {
    "type": "tier",
    "mode": "marginal",
    "window": "month",
    "tiers": [["0", "0.05"], ["600", "0.10"]],
}
A_WHILE_SECONDS = 0.5
"""Long enough for the other to reach its first lock; a test that is too quick still passes."""


@pytest.fixture
def own_session(engine):
    return lambda: open_session(engines.for_writing(engine), Scope.vendor())


def pay_the_rest(own, invoice, now):
    amount = Money(600_00, "EUR")
    sales.record_payment(
        own, invoice, reference="the rest", paid_at=now, amount=amount, by=SYSTEM, now=now
    )
    own.flush()


def test_a_close_and_a_payment_of_the_same_invoice_do_not_block_each_other(
    engine, session, a, now, own_session
):
    a.plan()
    invoice = a.invoice(net=1_000_00, partner_id=a.partner().id)
    a.payment(invoice, 400_00)  # not rated yet: the close will write a line about this invoice
    invoice_id = invoice.id
    session.commit()
    recorded, closed, went_wrong = Event(), Event(), []

    def close() -> None:
        try:
            recorded.wait()
            with own_session() as own:
                commissions.close_month(own, "2026-11", by=SYSTEM, now=DECEMBER)
                own.commit()
        except Exception as error:
            went_wrong.append(error)
        finally:
            closed.set()

    closing = Thread(target=close)
    closing.start()
    with own_session() as own:
        pay_the_rest(own, own.get_one(Invoice, invoice_id), now)
        recorded.set()
        closed.wait(A_WHILE_SECONDS)
        commissions.catch_up(own, now=now)
        own.commit()
    closing.join()
    assert went_wrong == []
    lines = session.scalars(select(CommissionLine.payout_minor)).all()
    assert sorted(lines) == [40_00, 60_00]


@pytest.mark.parametrize(
    "rules",
    [
        {"base": TIERED},
        {"base": {"type": "flat", "rate": "0.10"}, "period_cap": "70.00"},
    ],
    ids=["one plan for each partner alone", "a plan that remembers across partners"],
)
def test_who_rates_the_same_deal_at_the_same_moment_waits_and_goes_on(
    engine, session, a, now, own_session, rules
):
    """Neither fails, nothing is rated twice, and the counter has both payments in it."""
    a.plan(rules)
    partner_id = a.partner().id
    invoice = a.invoice(net=1_000_00, partner_id=partner_id)
    a.payment(invoice, 400_00)
    invoice_id = invoice.id
    session.commit()
    went_wrong = []

    def rate_beside() -> None:
        try:
            with own_session() as own:
                commissions.catch_up(own, now=now, partner_id=partner_id)
                own.commit()
        except Exception as error:
            went_wrong.append(error)

    beside = Thread(target=rate_beside)
    with own_session() as own:
        pay_the_rest(own, own.get_one(Invoice, invoice_id), now)
        assert commissions.catch_up(own, now=now, partner_id=partner_id).rated == 2
        beside.start()
        beside.join(A_WHILE_SECONDS)
        own.commit()
    beside.join()
    assert went_wrong == []
    lines = session.scalars(select(CommissionLine.payout_minor)).all()
    assert sum(lines) == 70_00
