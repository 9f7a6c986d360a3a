"""What the database itself refuses about sales, whoever asks."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from models.sales import CreditNote, EarningEvent, Invoice, InvoiceLine, Payment


@pytest.mark.parametrize("table", [Payment, CreditNote, EarningEvent, InvoiceLine])
def test_what_was_recorded_is_never_changed_nor_deleted(session, a, table):
    invoice = a.invoice()
    a.payment(invoice)
    a.credit_note(invoice, 1_00)
    session.flush()
    with pytest.raises(DatabaseError, match="never changed"), session.begin_nested():
        session.execute(update(table).values(amount_minor=1))
    with pytest.raises(DatabaseError, match="never changed"), session.begin_nested():
        session.delete(session.scalars(select(table)).first())
        session.flush()


@pytest.mark.parametrize(
    "wrong", [{"open_minor": -1}, {"paid_minor": 1_000_01}, {"credited_minor": 1_000_01}]
)
def test_the_database_has_the_last_word_about_paying_and_crediting_too_much(session, a, wrong):
    invoice = a.invoice()
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(Invoice).where(Invoice.id == invoice.id).values(**wrong))


def test_an_invoice_cannot_belong_to_another_partner_than_its_deal(session, a):
    invoice = a.invoice(deal=a.won())
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            update(Invoice).where(Invoice.id == invoice.id).values(partner_id=a.partner().id)
        )
