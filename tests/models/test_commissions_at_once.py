"""A month is closed while a payment is recorded: both are done, neither waits for the other."""

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
