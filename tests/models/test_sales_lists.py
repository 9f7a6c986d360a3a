"""What the list of invoices finds, and what its totals say."""

from datetime import date

from sqlalchemy import select

from models import sales
from models.money import Money
from models.sales import Invoice, InvoiceFilter, InvoiceStatus


def listed(session, **wanted):
    return {row.number for row in session.execute(sales.invoices(InvoiceFilter(**wanted)))}


def test_the_list_finds_by_words_state_day_partner_and_currency(session, a):
    deal = a.won()
    a.invoice(number="OPEN", deal=deal)
    paid = a.invoice(number="PAID-100%", issued_on=date(2026, 10, 1))
    a.payment(paid)
    partly = a.invoice(number="PARTLY", currency="USD")
    a.payment(partly, 1)
    credited = a.invoice(number="CREDITED", partner_id=paid.partner_id)
    a.credit_note(credited, 1_000_00)
    for invoice in session.scalars(select(Invoice)).all():
        assert invoice.number in listed(session, status=invoice.status)
    assert [len(listed(session, status=status)) for status in InvoiceStatus] == [1, 1, 1, 1]
    assert listed(session, words=deal.number) == {"OPEN"}
    assert listed(session, words="paid-100%") == {"PAID-100%"}
    assert listed(session, words="%") == {"PAID-100%"}
    assert listed(session, partner_id=paid.partner_id) == {"PAID-100%", "CREDITED"}
    assert listed(session, currency="USD") == {"PARTLY"}
    assert listed(session, from_on=date(2026, 10, 1), to_on=date(2026, 10, 1)) == {"PAID-100%"}


def test_totals_are_by_currency_and_follow_the_filter(session, a):
    a.invoice(net=100_00, tax_minor=19_00)
    a.invoice(net=50_00)
    a.payment(a.invoice(net=5_000, currency="JPY"), 2_000)
    yen, euro = sorted(sales.totals(session, InvoiceFilter()), key=lambda total: -total.net.minor)[
        ::-1
    ]
    assert (yen.count, yen.net, yen.open) == (1, Money(5_000, "JPY"), Money(3_000, "JPY"))
    assert (euro.count, euro.net, euro.gross) == (2, Money(150_00, "EUR"), Money(169_00, "EUR"))
    assert [t.count for t in sales.totals(session, InvoiceFilter(currency="JPY"))] == [1]
