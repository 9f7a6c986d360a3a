"""Invoices, payments and credit notes: what is recorded, what it earns, what is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from models import sales
from models.customers import CustomerLink
from models.deals import Line
from models.errors import Refused
from models.money import Money
from models.people import SYSTEM
from models.sales import (
    CreditNote,
    EarningEvent,
    EarningKind,
    Invoice,
    InvoiceDetails,
    InvoiceLine,
    InvoiceStatus,
    LineDetails,
)


def rows(session, table):
    return session.scalars(select(table).order_by(table.id)).all()


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def events(session):
    return [(event.kind, event.amount_minor) for event in rows(session, EarningEvent)]


@pytest.fixture
def record(session, a, now):
    """Record an invoice of this deal, with the details that a test says."""

    def record(deal=None, **said):
        usual = {
            "number": "INV-1",
            "issued_on": now.date(),
            "currency": "EUR",
            "lines": [LineDetails("BIKE", 2, 1_000_00, commissionable=True)],
        }
        parties = {name: said.pop(name) for name in ("partner_id", "customer_id") if name in said}
        details = InvoiceDetails(**(usual | said))
        return sales.record_invoice(session, details, deal=deal, **parties, by=SYSTEM, now=now)

    return record


def test_an_invoice_of_a_won_deal_takes_partner_customer_and_lines_from_it(session, a, now):
    bike, helmet = a.sold(), a.sold("Helmets")
    deal = a.won(lines=(Line(bike.id, 2, 5_000_00), Line(helmet.id, 10, 200_00)))
    details = sales.invoice_of_deal(
        session, deal, number="INV-1", issued_on=now.date(), tax_minor=228_00, freight_minor=50_00
    )
    invoice = sales.record_invoice(session, details, deal=deal, by=SYSTEM, now=now)
    assert (invoice.partner_id, invoice.customer_id) == (deal.partner_id, deal.customer_id)
    assert (invoice.net_minor, invoice.gross_minor, invoice.open_minor) == (
        12_000_00,
        12_278_00,
        12_278_00,
    )
    assert [
        (line.sku, line.quantity, line.amount_minor) for line in rows(session, InvoiceLine)
    ] == [
        (bike.sku, 2, 10_000_00),
        (helmet.sku, 10, 2_000_00),
    ]


def test_a_line_knows_from_the_catalogue_what_it_is_costs_and_whether_it_earns(session, a):
    bike = a.product(category="bikes", standard_cost=Money(300_00, "EUR"))
    service = a.product(commissionable=False, standard_cost=Money(1_00, "USD"))
    a.invoice(
        lines=[
            LineDetails(bike.sku, 2, 10_000_00),
            LineDetails(service.sku, 1, 50_00),
            LineDetails("FREE TEXT", 1, 50_00),
            LineDetails(bike.sku, 1, 10_00, "gifts", 5_00, False),
        ]
    )
    lines = [
        (line.product_id, line.category, line.cost_minor, line.commissionable)
        for line in rows(session, InvoiceLine)
    ]
    assert lines == [
        (bike.id, "bikes", 600_00, True),
        (service.id, "", None, False),  # its cost is known in another currency only
        (None, "", None, False),
        (bike.id, "gifts", 5_00, False),
    ]


def test_the_partner_sees_the_customer_of_its_invoice(session, a):
    invoice = a.invoice()
    links = select(CustomerLink.customer_id).where(CustomerLink.partner_id == invoice.partner_id)
    assert invoice.customer_id in session.scalars(links).all()


def test_the_same_invoice_twice_is_recorded_once(session, a, record):
    deal = a.won()
    assert record(deal) is record(deal)
    assert (count(session, Invoice), count(session, InvoiceLine)) == (1, 1)


@pytest.mark.parametrize(
    ("said", "differs"),
    [
        ({"issued_on": date(2026, 11, 1)}, "differs in: day."),
        ({"tax_minor": 1}, "differs in: tax."),
        ({"lines": [LineDetails("BIKE", 1, 1_000_00)]}, "differs in: lines."),
    ],
)
def test_another_invoice_under_a_known_number_is_refused(a, record, said, differs):
    deal = a.won()
    record(deal)
    with pytest.raises(Refused, match=differs):
        record(deal, **said)


def test_only_a_won_deal_is_invoiced(a, record):
    with pytest.raises(Refused, match="is not won"):
        record(a.approved())


def test_an_invoice_in_another_currency_than_its_deal_is_refused(a, record):
    with pytest.raises(Refused, match="is in EUR, the invoice in USD"):
        record(a.won(), currency="USD")


def test_an_invoice_that_names_another_partner_than_its_deal_is_refused(a, record):
    with pytest.raises(Refused, match="belongs to another partner"):
        record(a.won(), partner_id=a.partner().id)


def test_an_invoice_without_a_deal_names_partner_and_customer(a, record):
    a.programme()
    with pytest.raises(Refused, match="Name the deal"):
        record(partner_id=a.partner().id)
    partner, customer = a.partner(), a.customer()
    assert record(partner_id=partner.id, customer_id=customer.id).partner_id == partner.id


@pytest.mark.parametrize("minor", [0, -5])
def test_an_invoice_of_nothing_is_refused(a, record, minor):
    with pytest.raises(Refused, match="no net amount above zero"):
        record(a.won(), lines=[LineDetails("BIKE", 1, minor)])


def test_an_invoice_without_lines_or_with_negative_tax_is_refused(a, record):
    deal = a.won()
    with pytest.raises(Refused, match="no net amount above zero"):
        record(deal, lines=[])
    with pytest.raises(Refused, match="cannot be negative"):
        record(deal, tax_minor=-1)


def test_what_is_dated_in_the_future_is_refused(a, record, now):
    tomorrow = now + timedelta(days=1)
    with pytest.raises(Refused, match="still to come"):
        record(a.won(), issued_on=tomorrow.date())
    invoice = a.invoice()
    with pytest.raises(Refused, match="still to come"):
        a.payment(invoice, paid_at=tomorrow)
    with pytest.raises(Refused, match="still to come"):
        a.credit_note(invoice, 100, issued_at=tomorrow)


def test_today_is_the_day_in_the_vendors_time_zone(a):
    late = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)  # it is the 19th in Berlin already
    a.now = late
    assert a.invoice(issued_on=date(2026, 11, 19)).issued_on == date(2026, 11, 19)


def test_a_payment_earns_its_net_part_and_lowers_what_is_open(session, a, now):
    deal = a.won()
    invoice = a.invoice(deal=deal, net=1_000_00, tax_minor=190_00)
    a.payment(invoice, 595_00)
    assert (invoice.paid_minor, invoice.open_minor) == (595_00, 595_00)
    assert invoice.status is InvoiceStatus.PART_PAID
    (event,) = rows(session, EarningEvent)
    assert (event.kind, event.amount_minor, event.currency) == (EarningKind.PAID, 500_00, "EUR")
    assert (event.partner_id, event.deal_id, event.at) == (deal.partner_id, deal.id, now)


def test_the_net_parts_of_all_payments_sum_to_the_net(session, a):
    invoice = a.invoice(net=1_000_00, tax_minor=190_00)
    for minor in (396_67, 396_67, 396_66):
        a.payment(invoice, minor)
    assert invoice.status is InvoiceStatus.PAID
    assert [part for _, part in events(session)] == [333_34, 333_33, 333_33]


def test_the_same_payment_twice_is_recorded_once(session, a):
    invoice = a.invoice()
    one = a.payment(invoice, 500_00, reference="bank 1")
    assert a.payment(invoice, 500_00, reference="bank 1") is one
    assert (invoice.paid_minor, len(events(session))) == (500_00, 1)


def test_a_payment_that_settles_is_still_the_same_when_it_comes_again(a):
    invoice = a.invoice()
    one = a.payment(invoice, 1_000_00, reference="bank 1")
    assert a.payment(invoice, 1_000_00, reference="bank 1") is one


def test_another_payment_under_a_known_reference_is_refused(a):
    invoice = a.invoice()
    a.payment(invoice, 500_00, reference="bank 1")
    with pytest.raises(Refused, match="already has a payment bank 1, of another amount"):
        a.payment(invoice, 400_00, reference="bank 1")


def test_a_payment_of_more_than_is_open_is_refused(a):
    invoice = a.invoice()
    with pytest.raises(Refused, match=r"has 1,000.00 EUR open; a payment of 1,000.01 EUR is more"):
        a.payment(invoice, 1_000_01)


@pytest.mark.parametrize("amount", [Money(0, "EUR"), Money(-1, "EUR"), Money(5, "USD")])
def test_a_payment_of_nothing_or_in_another_currency_is_refused(a, amount):
    invoice = a.invoice()
    with pytest.raises(Refused):
        a.payment(invoice, amount=amount)


def test_a_credit_note_of_something_paid_is_a_refund(session, a):
    invoice = a.invoice(net=1_000_00, tax_minor=190_00)
    a.payment(invoice)
    a.credit_note(invoice, 250_00)
    assert events(session) == [(EarningKind.PAID, 1_000_00), (EarningKind.REFUND, 250_00)]
    assert (invoice.credited_minor, invoice.open_minor) == (250_00, 0)


def test_a_credit_note_of_something_unpaid_only_lowers_what_is_open(session, a):
    invoice = a.invoice(net=1_000_00, tax_minor=190_00)
    a.credit_note(invoice, 250_00)
    assert events(session) == []
    assert invoice.open_minor == 892_50
    a.payment(invoice)
    assert events(session) == [(EarningKind.PAID, 750_00)]


def test_an_invoice_credited_in_full_says_so_and_takes_no_payment(a):
    invoice = a.invoice()
    a.credit_note(invoice, 1_000_00)
    assert invoice.status is InvoiceStatus.CREDITED
    with pytest.raises(Refused, match=r"has 0.00 EUR open"):
        a.payment(invoice, 1)


def test_more_than_was_invoiced_is_never_credited(a):
    invoice = a.invoice()
    a.credit_note(invoice, 600_00)
    with pytest.raises(Refused, match=r"has 400.00 EUR net left to credit; 400.01 EUR is more"):
        a.credit_note(invoice, 400_01)


def test_the_same_credit_note_twice_is_recorded_once(session, a):
    invoice = a.invoice()
    one = a.credit_note(invoice, 100_00, number="CN-1")
    assert a.credit_note(invoice, 100_00, number="CN-1") is one
    assert (invoice.credited_minor, count(session, CreditNote)) == (100_00, 1)
    with pytest.raises(Refused, match="CN-1 is already recorded with another"):
        a.credit_note(a.invoice(), 100_00, number="CN-1")
