"""One sum of money four times: bank file, run, statements, ledger; read from the files."""

import csv
import re
from decimal import Decimal
from io import BytesIO, StringIO
from xml.etree import ElementTree

import pypdf
import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from models import payouts
from models.calendars import month_of, next_month
from models.ledger import Account, PostingLine
from models.payouts import PayoutRun
from tests.conftest import NOW

pytestmark = pytest.mark.demo

FIRST, SECOND = "finance@adventure-works.example", "finance.second@adventure-works.example"
SELLER = "seller@enterprise-center.example"
PAIN = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
CLOSED = next_month(month_of(NOW.date()), by=-1)


@pytest.fixture
def first(sign_in):
    return sign_in(FIRST)


@pytest.fixture
def run(first, sign_in, session):
    """The euro run over both closed months: prepared by one, released by another."""
    answer = first.post("/payout-runs", data={"period": CLOSED, "currency": "EUR"})
    assert answer.status_code == 303
    run = session.scalars(select(PayoutRun).where(PayoutRun.currency == "EUR")).one()
    second = sign_in(SECOND)
    seen = re.search(r'name="seen" value="(\w+)"', second.get(f"/payout-runs/{run.id}").text)[1]
    assert second.post(f"/payout-runs/{run.id}/release", data={"seen": seen}).status_code == 303
    return run


def test_the_bank_file_the_run_the_statements_and_the_ledger_agree_to_the_cent(run, first, session):
    bank = ElementTree.fromstring(first.post(f"/payout-runs/{run.id}/bank-file").data)
    in_control_sum = Decimal(bank.findtext(f".//{PAIN}GrpHdr/{PAIN}CtrlSum"))
    in_transfers = sum(Decimal(each.text) for each in bank.iter(f"{PAIN}InstdAmt"))
    in_run = _sum(_rows(first.get(f"/payout-runs/{run.id}/export?as=csv")), "Amount")
    stated = _rows(first.get("/statements/export?as=csv"))
    in_statements = _sum([row for row in stated if row["Currency"] == "EUR"], "Payable")
    assert in_control_sum == in_transfers == in_run == in_statements == _reserved(session)
    assert in_control_sum > 1_000


def test_once_paid_the_money_has_left_the_bank_and_nobody_is_owed_it(run, first, session):
    first.post(f"/payout-runs/{run.id}/bank-file")
    total = _reserved(session)
    paid = {"reference": "Bank statement 17", "paid_on": f"{NOW:%Y-%m-%d}"}
    for _ in range(2):  # pressed twice, paid once
        assert first.post(f"/payout-runs/{run.id}/payment", data=paid).status_code == 303
    assert _balance(session, Account.BANK) == -total
    assert _reserved(session) == 0
    assert payouts.check_books(session) == []


def test_a_statement_says_the_same_on_its_page_its_pdf_and_its_two_sheets(run, sign_in):
    seller = sign_in(SELLER)
    newest = seller.get("/statements").text
    path = re.search(r'href="(/statements/[0-9a-f-]{36})"', newest)[1]
    rows = _rows(seller.get(f"{path}/export?as=csv"))
    name = next(name for name in rows[0] if name in ("Commission", "Amount"))
    total = _sum(rows, name)
    book = load_workbook(BytesIO(seller.get(f"{path}/export?as=xlsx").data))
    head, *lines = book.active.values
    assert Decimal(str(round(sum(line[head.index(name)] for line in lines), 2))) == total
    pdf = pypdf.PdfReader(BytesIO(seller.get(f"{path}/document.pdf").data))
    printed = "".join(page.extract_text() for page in pdf.pages)
    assert f"{total:,}" in printed
    assert f"{total:,}" in seller.get(path).text


def _rows(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))


def _sum(rows, column: str) -> Decimal:
    return sum((Decimal(row[column]) for row in rows), start=Decimal(0))


def _reserved(session) -> Decimal:
    """What is promised to partners and has not left the bank."""
    return -_balance(session, Account.PAYOUT_CLEARING)


def _balance(session, account) -> Decimal:
    minor = session.scalar(
        select(func.coalesce(func.sum(PostingLine.amount_minor), 0)).where(
            PostingLine.account == account, PostingLine.amount_currency == "EUR"
        )
    )
    return Decimal(minor) / 100
