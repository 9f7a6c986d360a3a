"""From real sales to the bank: every file that leaves the portal comes to the same sum."""

import csv
import io
import re
from datetime import UTC, datetime
from decimal import Decimal

import pypdf
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from models import commissions, ledger, payouts
from models.ledger import Account
from models.money import Money
from models.payouts import Payout, PayoutRun
from models.people import SYSTEM
from models.sealing import Seal
from portal.payouts.bank_files import orders_in
from tests.portal.test_payouts import KEY, PAYMENT, release

IN_OCTOBER = datetime(2026, 10, 14, 9, tzinfo=UTC)


@pytest.fixture
def partners(a, session, now):
    """Two who sold in October, one of whom took something back; the month is closed."""
    a.plan()
    partners = [a.partner(name="Alpenrad GmbH"), a.partner(name="Zweirad Süd KG")]
    for partner, net in zip(partners, (11_900_07, 8_100_55), strict=True):
        a.destination(partner, seal=Seal(KEY))
        bought = {"issued_on": IN_OCTOBER.date(), "partner_id": partner.id}
        invoice = a.earned(net, paid={"paid_at": IN_OCTOBER}, **bought)
    a.credit_note(invoice, 1_000_00, issued_at=IN_OCTOBER)
    a.rate_all()
    commissions.close_month(session, "2026-10", by=SYSTEM, now=now)
    return partners


def column(rows: list, name: str) -> Decimal:
    head, *body = rows
    return sum((Decimal(str(row[head.index(name)])) for row in body), Decimal())


def as_csv(client, path: str) -> list:
    return list(csv.reader(io.StringIO(client.get(f"{path}?as=csv").text.removeprefix("\ufeff"))))


def as_sheet(client, path: str) -> list:
    sheet = load_workbook(io.BytesIO(client.get(f"{path}?as=xlsx").data)).active
    return [list(row) for row in sheet.values]


def advised(client, payout: Payout) -> Decimal:
    """What the remittance advice says was paid: its last amount."""
    pdf = pypdf.PdfReader(io.BytesIO(client.get(f"/payouts/{payout.id}/remittance").data))
    text = "\n".join(page.extract_text() for page in pdf.pages)
    return Decimal(re.findall(r"€([\d,]+\.\d\d)", text)[-1].replace(",", ""))


def test_bank_file_run_statements_advices_and_ledger_come_to_the_same_sum(
    partners, a, sign_in, session
):
    petra, rita = sign_in(a.finance()), sign_in(a.finance())
    petra.post("/payout-runs", data={"period": "2026-10", "currency": "EUR"})
    run = session.scalars(select(PayoutRun)).one()
    release(rita, run)
    reserved = -ledger.balance(session, Account.PAYOUT_CLEARING, "EUR")
    file = petra.post(f"/payout-runs/{run.id}/bank-file").data
    for _ in range(2):  # pressed twice, paid once
        petra.post(f"/payout-runs/{run.id}/payment", data=PAYMENT)
    paid = session.scalars(select(Payout)).all()
    export = f"/payout-runs/{run.id}/export"

    # ten per cent of 11,900.07 and of 8,100.55, less ten per cent of the 1,000.00 taken back
    expected = Decimal("1190.01") + Decimal("810.06") - Decimal("100.00")
    assert {
        "control sum": Decimal(re.search(rb"<CtrlSum>(.+?)</CtrlSum>", file)[1].decode()),
        "orders": sum(amount.major for _, amount in orders_in(file)),
        "statements, CSV": column(as_csv(petra, "/statements/export"), "Payable"),
        "statements, sheet": column(as_sheet(petra, "/statements/export"), "Payable"),
        "run, CSV": column(as_csv(petra, export), "Amount"),
        "run, sheet": column(as_sheet(petra, export), "Amount"),
        "remittance advices": sum(advised(petra, payout) for payout in paid),
        "reserved": reserved.major,
        "left the bank": -ledger.balance(session, Account.BANK, "EUR").major,
    } == dict.fromkeys(
        [
            "control sum", "orders", "statements, CSV", "statements, sheet", "run, CSV",
            "run, sheet", "remittance advices", "reserved", "left the bank",
        ],
        expected,
    )  # fmt: skip
    assert ledger.owed(session) == {}
    assert payouts.check_books(session) == []
    assert Money.total((payout.amount for payout in paid), "EUR").major == expected
