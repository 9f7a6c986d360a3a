"""Pages about invoices: what finance records, what partners see."""

import csv
import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from models.deals import Line
from models.people import Role
from models.sales import CreditNote, EarningEvent, Invoice, InvoiceLine, Payment


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


@pytest.fixture
def finance(a, sign_in):
    a.programme()
    return sign_in(a.finance())


def as_csv(answer):
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def test_the_form_of_a_won_deal_is_filled_with_its_lines_and_sent_as_it_is(session, a, finance):
    bike = a.sold()
    deal = a.won(lines=(Line(bike.id, 2, 5_000_00),))
    assert deal.number in finance.get("/invoices/new").text
    page = finance.get(f"/deals/{deal.id}/invoices/new").text
    assert f'value="{bike.sku}"' in page and 'value="10000.00"' in page
    sent = {
        "number": "INV-7",
        "issued_on": "2026-11-18",
        "tax": "1,900.00",
        "lines-0-sku": bike.sku,
        "lines-0-quantity": "2",
        "lines-0-amount": "10000.00",
        "lines-1-sku": "",
        "lines-1-amount": "",
    }
    page = finance.post(f"/deals/{deal.id}/invoices", data=sent, follow_redirects=True)
    assert "Invoice recorded." in page.text and "€11,900.00" in page.text
    finance.post(f"/deals/{deal.id}/invoices", data=sent)
    assert (count(session, Invoice), count(session, InvoiceLine)) == (1, 1)
    assert deal.number not in finance.get("/invoices/new").text
    assert deal.number in finance.get(f"/invoices/new?q={deal.number}").text


LOOSE = {
    "number": "INV-8",
    "issued_on": "2026-11-18",
    "customer": "Bike World",
    "customer_country": "de",
    "currency": "jpy",
    "lines-0-sku": "INSTALL",
    "lines-0-quantity": "1",
    "lines-0-amount": "5000",
    "lines-0-commissionable": "yes",
}


def test_a_sale_without_a_deal_is_recorded_for_the_partner_that_is_named(session, a, finance):
    partner = a.partner()
    assert finance.get("/invoices/new/loose").status_code == 200
    answer = finance.post("/invoices", data=LOOSE | {"partner": partner.number.lower()})
    assert answer.status_code == 303
    invoice = session.scalars(select(Invoice)).one()
    assert (invoice.partner_id, invoice.net_minor, invoice.currency) == (partner.id, 5000, "JPY")
    assert session.scalars(select(InvoiceLine.commissionable)).one() is True


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"number": ""}, "Enter the number of the invoice."),
        ({"issued_on": "31/11/2026"}, "Not a valid date value."),
        ({"issued_on": "2026-11-20"}, "still to come"),
        ({"currency": "XXQ"}, "Enter an ISO 4217 code such as EUR."),
        ({"partner": "P-NOBODY"}, "There is no partner P-NOBODY."),
        ({"lines-0-amount": "ten"}, "Enter an amount in digits"),
        ({"lines-0-amount": ""}, "Enter the net amount of the whole line."),
        ({"lines-0-sku": ""}, "Enter the article number"),
        ({"lines-0-sku": "", "lines-0-quantity": "", "lines-0-amount": ""}, "no net amount above"),
        ({"tax": "-1"}, "cannot be negative"),
    ],
)
def test_a_bad_invoice_is_refused_beside_its_field_and_keeps_what_was_typed(
    session, a, finance, wrong, told
):
    page = finance.post("/invoices", data=LOOSE | {"partner": a.partner().number} | wrong)
    assert page.status_code == 422
    assert told in page.text and 'value="Bike World"' in page.text
    assert count(session, Invoice) == 0


def test_more_lines_are_given_on_request_and_nothing_typed_is_lost(session, finance):
    page = finance.post("/invoices", data=LOOSE | {"more": "yes"})
    assert page.status_code == 200
    assert "Line 6" in page.text and 'value="INSTALL"' in page.text
    assert count(session, Invoice) == 0


def test_a_payment_is_recorded_once_however_often_it_is_sent(session, a, finance):
    invoice = a.invoice(net=1_000_00, tax_minor=190_00)
    where = f"/invoices/{invoice.id}"
    assert 'value="1190.00"' in finance.get(f"{where}/payments/new").text
    sent = {"reference": "bank 1", "paid_at": "2026-11-18", "amount": "595.00"}
    for _ in range(2):
        page = finance.post(f"{where}/payments", data=sent, follow_redirects=True)
        assert "Payment recorded." in page.text and "€500.00" in page.text
    assert (count(session, Payment), count(session, EarningEvent)) == (1, 1)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"amount": "1190.01"}, "a payment of 1,190.01 EUR is more"),
        ({"amount": ""}, "Enter the amount that came in."),
        ({"paid_at": "2026-11-19"}, "still to come"),
        ({"reference": " "}, "Enter the bank&#39;s name for the payment."),
        ({"reference": "known"}, "already has a payment known"),
    ],
)
def test_a_bad_payment_is_refused_beside_its_field(session, a, finance, wrong, told):
    invoice = a.invoice(net=1_000_00, tax_minor=190_00)
    a.payment(invoice, 1_00, reference="known")
    sent = {"reference": "bank 1", "paid_at": "2026-11-18", "amount": "595.00"}
    page = finance.post(f"/invoices/{invoice.id}/payments", data=sent | wrong)
    assert page.status_code == 422 and told in page.text
    assert 'aria-invalid="true"' in page.text
    assert count(session, Payment) == 1


def test_a_credit_note_is_recorded_once_and_never_for_more_than_was_invoiced(session, a, finance):
    invoice = a.invoice()
    a.payment(invoice)
    where = f"/invoices/{invoice.id}/credit-notes"
    assert "€1,000.00" in finance.get(f"{where}/new").text
    sent = {"number": "CN-1", "issued_at": "2026-11-18", "amount": "250", "reason": "Broken frame"}
    for _ in range(2):
        page = finance.post(where, data=sent, follow_redirects=True)
        assert "Credit note recorded." in page.text and "Broken frame" in page.text
    assert count(session, CreditNote) == 1
    page = finance.post(where, data=sent | {"number": "CN-2", "amount": "750.01"})
    assert page.status_code == 422 and "net left to credit" in page.text


def test_the_list_filters_by_the_address_and_its_exports_hold_the_same_rows(a, finance):
    for number in ("AB-1", "AB-2", "CD-1"):
        a.invoice(number=number)
    paid = a.invoice(number="AB-3")
    a.payment(paid)
    page = finance.get("/invoices?q=AB&status=open").text
    assert "AB-1" in page and "AB-2" in page and "AB-3" not in page and "CD-1" not in page
    rows = as_csv(finance.get("/invoices/export?q=AB&status=open&as=csv"))
    assert sorted(row[0] for row in rows[1:]) == ["AB-1", "AB-2"]
    book = finance.get("/invoices/export?q=AB&status=open&as=xlsx").get_data()
    assert load_workbook(io.BytesIO(book)).active.max_row == 3


@pytest.mark.parametrize("sort", ["issued", "-issued", "number", "-number", "gross", "-open"])
def test_every_order_pages_through_all_invoices_once(a, finance, sort):
    for number in range(55):
        a.invoice(number=f"INV-{number:02}", net=1_000 + number % 7)
    first = finance.get(f"/invoices?sort={sort}").text
    after = first.split("after=")[1].split('"')[0].split("&")[0]
    second = finance.get(f"/invoices?sort={sort}&after={after}").text
    seen = [f"INV-{n:02}" for n in range(55) if f"INV-{n:02}<" in first]
    rest = [f"INV-{n:02}" for n in range(55) if f"INV-{n:02}<" in second]
    assert (len(seen), len(rest), len({*seen, *rest})) == (50, 5, 55)


@pytest.mark.parametrize(
    "nonsense", ["status=lost", "currency=XXQ", "from=yesterday", "sort=secret", "after=???"]
)
def test_a_filter_that_cannot_be_read_narrows_nothing(a, finance, nonsense):
    a.invoice(number="AB-1")
    page = finance.get(f"/invoices?{nonsense}")
    assert page.status_code == 200 and "AB-1" in page.text


def test_the_totals_of_the_list_are_by_currency(a, finance):
    a.invoice(net=100_00, tax_minor=19_00)
    a.invoice(net=50_00)
    a.invoice(net=7_000, currency="JPY")
    page = finance.get("/invoices").text
    assert "€169.00" in page and "¥7,000" in page


def test_a_partner_sees_its_own_invoices_and_records_nothing(a, sign_in):
    own, other = a.invoice(number="OWN-1"), a.invoice(number="OTHER-1")
    seller = sign_in(a.seller(a.session.get_one(type(a.partner()), own.partner_id)))
    page = seller.get("/invoices").text
    assert "OWN-1" in page and "OTHER-1" not in page and "Record an invoice" not in page
    shown = seller.get(f"/invoices/{own.id}").text
    assert "Record a payment" not in shown and "Cost" not in shown
    assert seller.get(f"/invoices/{other.id}").status_code == 404
    exported = as_csv(seller.get("/invoices/export?as=csv"))
    assert [row[0] for row in exported[1:]] == ["OWN-1"]
    for path in ("payments/new", "credit-notes/new"):
        assert seller.get(f"/invoices/{own.id}/{path}").status_code == 403
    assert seller.post(f"/invoices/{own.id}/payments", data={}).status_code == 403
    assert seller.get("/imports").status_code == 403


@pytest.mark.parametrize("role", [Role.CHANNEL_MANAGER, Role.SALES_MANAGER, Role.ADMINISTRATOR])
def test_other_staff_look_but_do_not_record(a, sign_in, role):
    invoice = a.invoice()
    client = sign_in(a.person(role=role))
    assert client.get(f"/invoices/{invoice.id}").status_code == 200
    assert client.get("/invoices/new").status_code == 403
    assert client.post("/invoices", data=LOOSE).status_code == 403
