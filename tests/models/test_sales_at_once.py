"""Two processes record the same at the same moment: it is recorded once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from models import engine as engines
from models import sales
from models.errors import Refused
from models.money import Money
from models.people import SYSTEM
from models.sales import CreditNote, EarningEvent, Invoice, InvoiceDetails, LineDetails, Payment
from models.scope import Scope, open_session


@pytest.fixture
def both_at_once(engine, session):
    """Run it in two transactions that start together; the two answers."""

    def both_at_once(do):
        session.commit()
        start = Barrier(2)

        def one(_which):
            with open_session(engines.for_writing(engine), Scope.vendor()) as own:
                start.wait(timeout=10)
                try:
                    answer = do(own)
                    own.commit()
                except (Refused, IntegrityError) as refusal:
                    own.rollback()
                    return refusal
                return answer

        with ThreadPoolExecutor(2) as threads:
            return list(threads.map(one, range(2)))

    return both_at_once


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def test_the_same_payment_at_once_is_recorded_once(session, a, now, both_at_once):
    number = a.invoice().number

    def pay(own):
        invoice = sales.invoice_numbered(own, number)
        amount = Money(600_00, "EUR")
        return sales.record_payment(
            own, invoice, reference="bank 1", paid_at=now, amount=amount, by=SYSTEM, now=now
        ).id

    one, other = both_at_once(pay)
    assert one == other
    assert (count(session, Payment), count(session, EarningEvent)) == (1, 1)
    assert session.scalar(select(Invoice.paid_minor)) == 600_00


def test_two_payments_at_once_never_pay_more_than_is_open(session, a, now, both_at_once):
    number = a.invoice().number
    references = iter(["bank 1", "bank 2"])

    def pay(own):
        invoice = sales.invoice_numbered(own, number)
        reference, amount = next(references), Money(600_00, "EUR")
        return sales.record_payment(
            own, invoice, reference=reference, paid_at=now, amount=amount, by=SYSTEM, now=now
        )

    answers = both_at_once(pay)
    assert [type(answer) for answer in answers].count(sales.RefusedSale) == 1
    assert session.scalar(select(Invoice.paid_minor)) == 600_00


def test_the_same_credit_note_at_once_is_recorded_once(session, a, now, both_at_once):
    invoice = a.invoice()
    a.payment(invoice)
    number = invoice.number

    def credit(own):
        return sales.record_credit_note(
            own,
            sales.invoice_numbered(own, number),
            number="CN-1",
            issued_at=now,
            amount=Money(600_00, "EUR"),
            reason="Returned",
            by=SYSTEM,
            now=now,
        ).id

    one, other = both_at_once(credit)
    assert one == other
    assert count(session, CreditNote) == 1
    assert session.scalar(select(Invoice.credited_minor)) == 600_00


def test_the_same_invoice_at_once_is_recorded_once(session, a, now, both_at_once):
    a.programme()
    partner, customer = a.partner().id, a.customer().id

    def record(own):
        lines = [LineDetails("BIKE", 1, 1_000_00)]
        details = InvoiceDetails(number="INV-1", issued_on=now.date(), currency="EUR", lines=lines)
        parties = {"partner_id": partner, "customer_id": customer}
        return sales.record_invoice(own, details, **parties, by=SYSTEM, now=now).id

    one, other = both_at_once(record)
    assert one == other
    assert count(session, Invoice) == 1
