"""Files of invoices, payments and credit notes: what is loaded, what is reported, and to whom."""

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.deals import Line
from models.money import Money
from models.sales import CreditNote, EarningEvent, Invoice, InvoiceLine, Payment, SalesImport
from portal.sales import importing
from portal.sales.files import KINDS

ROOT = Path(__file__).parents[2]
HEADER = "number,deal,issued_on,currency,sku,quantity,amount,tax"
LOOSE = "number,partner,customer,customer_country,issued_on,currency,sku,quantity,amount"


@pytest.fixture
def finance(a, sign_in):
    a.programme()
    return sign_in(a.finance())


@pytest.fixture
def hand_in(session, finance):
    """Hand in a file of these lines; the report that was kept."""

    def hand_in(kind, *lines, encoding="utf-8"):
        content = io.BytesIO("\r\n".join(lines).encode(encoding))
        answer = finance.post(f"/imports?kind={kind}", data={"file": (content, "from erp.csv")})
        assert answer.status_code == 303, answer.text
        report_id = answer.headers["Location"].rsplit("/", 1)[1]
        (report,) = [r for r in session.scalars(select(SalesImport)) if str(r.id) == report_id]
        return report

    return hand_in


def numbers(report):
    return (report.loaded, report.unchanged, report.refused)


def problems(report):
    return [(problem["row"], problem["column"]) for problem in report.problems]


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


@pytest.fixture
def deal(a):
    return a.won(lines=(Line(a.sold().id, 2, 5_000_00),))


def test_rows_of_one_number_are_one_invoice_and_the_same_file_twice_changes_nothing(
    session, deal, hand_in
):
    lines = [
        HEADER,
        f"INV-1,{deal.number},2026-11-03,EUR,BIKE,2,1000.00,190.00",
        f"INV-2,{deal.number.lower()},2026-11-03,EUR,BIKE,1,500.00,",
        f"INV-1,{deal.number},2026-11-03,EUR,HELMET,1,20.00,",
    ]
    assert numbers(hand_in("invoices", *lines)) == (2, 0, 0)
    assert numbers(hand_in("invoices", *lines)) == (0, 2, 0)
    found = select(Invoice.net_minor, Invoice.tax_minor, Invoice.deal_id).order_by(Invoice.number)
    assert session.execute(found).all() == [(1020_00, 190_00, deal.id), (500_00, 0, deal.id)]
    assert count(session, InvoiceLine) == 3


def test_half_an_invoice_is_never_loaded(session, deal, hand_in):
    report = hand_in(
        "invoices",
        HEADER,
        f"INV-1,{deal.number},2026-11-03,EUR,BIKE,2,1000.00,",
        f'INV-1,{deal.number},2026-11-03,EUR,HELMET,1,"1,020.00",',
        f"INV-2,{deal.number},2026-11-03,EUR,BIKE,1,500.00,",
        f",{deal.number},2026-11-03,EUR,HELMET,1,20.00,",
        f"INV-3,{deal.number},2026-11-03,EUR,BIKE,1,500.00,",
    )
    assert numbers(report) == (1, 0, 2)
    assert session.scalars(select(Invoice.number)).all() == ["INV-3"]
    assert problems(report) == [(2, ""), (3, "amount"), (4, ""), (5, "number")]
    assert report.problems[0]["what"] == "Invoice INV-1 is left out whole, because row 3 is bad."
    assert report.problems[1]["remedy"] == "Write 1020.00."


@pytest.mark.parametrize(
    ("row", "column", "what"),
    [
        ("X,D-NOSUCH,2026-11-03,EUR,BIKE,1,5.00,", "deal", "There is no deal D-NOSUCH."),
        ("X,,2026-11-03,EUR,BIKE,1,5.00,", "deal", "The invoice has no deal."),
        ("X,{deal},2026-11-03,USD,BIKE,1,5.00,", "currency", "is in EUR, the invoice in USD"),
        ("X,{deal},2026-11-19,EUR,BIKE,1,5.00,", "issued_on", "2026-11-19 is still to come"),
        ("X,{deal},2026-11-03,EUR,BIKE,1,5.005,", "amount", "5.005 has more decimals than EUR"),
        ("X,{deal},2026-11-03,EUR,BIKE,1,-5.00,", "amount", "no net amount above zero"),
        ("X,{deal},2026-11-03,EUR,BIKE,1,5.00,-1", "tax", "cannot be negative"),
        ("KNOWN,{deal},2026-11-03,EUR,BIKE,1,6.00,", "number", "already recorded and differs"),
    ],
)
def test_a_bad_invoice_says_row_column_and_remedy_and_the_good_one_loads(
    session, deal, hand_in, row, column, what
):
    good = f"KNOWN,{deal.number},2026-11-03,EUR,BIKE,1,5.00,"
    assert numbers(hand_in("invoices", HEADER, good)) == (1, 0, 0)
    other = good.replace("KNOWN", "OTHER")
    report = hand_in("invoices", HEADER, row.format(deal=deal.number), other)
    assert numbers(report) == (1, 0, 1)
    assert problems(report) == [(2, column)]
    assert what in report.problems[0]["what"] and report.problems[0]["remedy"]
    assert count(session, Invoice) == 2


def test_rows_of_one_invoice_that_contradict_each_other_are_reported(deal, hand_in):
    report = hand_in(
        "invoices",
        HEADER,
        f"INV-1,{deal.number},2026-11-03,EUR,BIKE,2,1000.00,10.00",
        f"INV-1,{deal.number},2026-11-04,EUR,HELMET,1,20.00,10.00",
    )
    assert problems(report) == [(3, "issued_on")]


def test_a_sale_without_a_deal_names_partner_and_customer(session, a, hand_in):
    partner = a.partner()
    lines = [
        LOOSE,
        f"INV-1,{partner.number},Vélo Nord SARL,fr,2026-11-03,EUR,BIKE,1,500.00",
        f"INV-2,{partner.number},Velo Nord,FR,2026-11-03,EUR,BIKE,1,500.00",
        "INV-3,P-NOBODY,Velo Nord,FR,2026-11-03,EUR,BIKE,1,500.00",
    ]
    report = hand_in("invoices", *lines)
    assert numbers(report) == (2, 0, 1)
    assert problems(report) == [(4, "partner")]
    one, other = session.scalars(select(Invoice.customer_id)).all()
    assert one == other  # two spellings, one customer
    assert numbers(hand_in("invoices", *lines)) == (0, 2, 1)


def test_payments_are_loaded_once_and_bad_ones_reported(session, a, hand_in):
    a.invoice(number="INV-1", net=1_000_00)
    lines = [
        "invoice,reference,paid_at,amount,currency",
        "INV-1,bank 1,2026-11-10,400.00,EUR",
        "INV-1,bank 2,2026-11-11T09:30:00+01:00,600.01,EUR",
        "INV-1,bank 3,2026-11-11T09:30:00+01:00,600.00,USD",
        "INV-X,bank 4,2026-11-11,1.00,EUR",
        "INV-1,bank 5,2026-11-19,1.00,EUR",
        "INV-1,bank 1,2026-11-10,400.00,EUR",
        "INV-1,bank 1,2026-11-10,300.00,EUR",
        "INV-1,bank 6,2026-11-11T09:30:00+01:00,600.00,EUR",
    ]
    report = hand_in("payments", *lines)
    assert numbers(report) == (2, 1, 5)
    assert problems(report) == [
        (3, "amount"),
        (4, "currency"),
        (5, "invoice"),
        (6, "paid_at"),
        (8, "reference"),
    ]
    assert numbers(hand_in("payments", *lines)) == (0, 3, 5)
    assert (count(session, Payment), count(session, EarningEvent)) == (2, 2)


def test_credit_notes_are_loaded_once_and_bad_ones_reported(session, a, hand_in):
    a.payment(a.invoice(number="INV-1", net=1_000_00))
    lines = [
        "number,invoice,issued_at,amount,currency,reason",
        "CN-1,INV-1,2026-11-12,400.00,EUR,Broken",
        "CN-2,INV-1,2026-11-12,600.01,EUR,Too much",
        "CN-3,INV-1,2026-11-12,1.00,EUR,",
    ]
    report = hand_in("credit-notes", *lines)
    assert numbers(report) == (1, 0, 2)
    assert problems(report) == [(3, "amount"), (4, "reason")]
    assert numbers(hand_in("credit-notes", *lines)) == (0, 1, 2)
    assert session.scalar(select(CreditNote.amount_minor)) == 400_00


def test_a_file_that_cannot_be_read_is_refused_beside_its_field(session, finance):
    data = {"file": (io.BytesIO(b"invoice,reference\nINV-1,b"), "file.csv")}
    page = finance.post("/imports?kind=payments", data=data)
    assert page.status_code == 422 and 'aria-invalid="true"' in page.text
    assert "lacks paid_at, amount, currency" in page.text
    assert count(session, SalesImport) == 0


def test_no_file_and_an_unknown_kind_are_refused(finance):
    assert "Choose the CSV file." in finance.post("/imports?kind=payments", data={}).text
    assert finance.get("/imports/new?kind=secrets").status_code == 404
    assert finance.post("/imports?kind=secrets", data={}).status_code == 404


def test_a_file_longer_than_a_page_takes_is_refused_with_the_way_out(finance, monkeypatch):
    monkeypatch.setattr(importing, "MOST_ROWS", 1)
    rows = b"invoice,reference,paid_at,amount,currency\na,b,c,d,e\na,b,c,d,e\n"
    page = finance.post("/imports?kind=payments", data={"file": (io.BytesIO(rows), "f.csv")})
    assert page.status_code == 422 and "portal sales import" in page.text


def test_the_report_stays_and_its_problems_can_be_taken_along(finance, hand_in):
    report = hand_in("payments", "invoice,reference,paid_at,amount,currency", "=1+1,b,x,1,EUR")
    page = finance.get(f"/imports/{report.id}").text
    assert "is not a date as year-month-day" in page and "from erp.csv" in page
    assert "from erp.csv" in finance.get("/imports").text
    answer = finance.get(f"/imports/{report.id}/export?as=csv").get_data().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(answer)))[1][:2] == ["2", "paid_at"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_each_kind_has_a_page_with_its_columns_a_sample_that_loads_and_a_chapter(
    a, finance, hand_in, kind
):
    page = finance.get(f"/imports/new?kind={kind.name}").text
    chapter = (ROOT / "docs" / "imports.md").read_text()
    for column in kind.columns:
        assert f"<code>{column.name}</code>" in page
        assert f"`{column.name}` | {column.kind}" in chapter and column.meaning in chapter
    sample = finance.get(f"/imports/sample?kind={kind.name}").get_data().decode("utf-8-sig")
    deal = a.won()
    known = {"D-4K7QXMP": deal.number, "P-7HM2KQV": a.partner().number}
    for old, new in known.items():
        sample = sample.replace(old, new)
    if kind.name != "invoices":
        invoice = a.invoice(deal=deal, number="INV-1001", net=4169_98, tax_minor=769_50)
        if kind.name == "credit-notes":
            a.payment(invoice)
    if kind.name == "credit-notes":
        sample = sample.replace("2026-11-20", "2026-11-18")
    assert numbers(hand_in(kind.name, *sample.splitlines()))[2] == 0


def test_money_in_a_file_is_exact(session, a, hand_in):
    a.invoice(number="INV-1", net=999_999_999_999_99)
    row = "INV-1,b,2026-11-10,999999999999.99,EUR"
    hand_in("payments", "invoice,reference,paid_at,amount,currency", row)
    assert session.scalars(select(Invoice)).one().open == Money(0, "EUR")
