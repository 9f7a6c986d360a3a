"""Disputes in the portal: from a partner's line to finance's decision and back, in writing."""

import csv
import io
import re
from io import BytesIO

import pytest
from sqlalchemy import select

from models import commissions
from models.commissions import Code, CommissionLine, Dispute, Statement
from models.commissions.disputes import DisputeStatus
from models.people import SYSTEM, Role
from models.sales import LineDetails


@pytest.fixture
def seller(a):
    a.plan()
    seller = a.seller(a.partner(name="Alpenrad GmbH"))
    a.earned(10_000_00, partner_id=seller.partner_id)
    return seller


@pytest.fixture
def line(session, seller):
    return session.scalars(select(CommissionLine)).one()


def said(**more):
    return {"reason": "wrong_rate", "text": "We agreed on 12 percent.", "amount": "400.00"} | more


@pytest.fixture
def dispute(sign_in, session, seller, line):
    sent = said(claimed="1,200.00", files=(BytesIO(b"Twelve percent."), "agreed.txt"))
    answer = sign_in(seller).post(f"/commissions/{line.id}/dispute", data=sent)
    assert answer.status_code == 303
    return session.scalars(select(Dispute)).one()


def test_a_partner_disputes_a_line_and_both_sides_see_the_clock(a, sign_in, seller, dispute):
    for browser in (sign_in(seller), sign_in(a.finance())):
        page = browser.get(f"/disputes/{dispute.id}").text
        assert "€400.00 are held, the rest is paid" in page
        assert "We agreed on 12 percent." in page and "agreed.txt" in page
        assert "Dec 2, 2026" in page  # ten business days after 18 November
        assert dispute.number in browser.get("/disputes").text


def test_a_refused_objection_keeps_what_was_typed(sign_in, seller, line):
    browser = sign_in(seller)
    for sent, words in (
        (said(amount="1,000.01"), "at most 1,000.00 EUR"),
        (said(reason=""), "Choose what is wrong."),
        (said(claimed="900"), "more than what it is"),
    ):
        answer = browser.post(f"/commissions/{line.id}/dispute", data=sent)
        assert answer.status_code == 422
        assert words in answer.text and "We agreed on 12 percent." in answer.text
        assert f'value="{sent["amount"]}"' in answer.text


def test_finance_decides_in_writing_and_the_partner_reads_the_words(
    a, sign_in, session, seller, dispute
):
    fay = sign_in(a.finance(name="Fay Finance"))
    url = f"/disputes/{dispute.id}/decision"
    empty = fay.post(url, data={"verb": "accept_in_part", "answer": "Half of it."})
    assert empty.status_code == 422 and "Say how much is added." in empty.text
    sent = {"verb": "accept", "answer": "Twelve percent were promised.", "added": ""}
    assert fay.post(url, data=sent).status_code == 303
    page = sign_in(seller).get(f"/disputes/{dispute.id}").text
    assert "Twelve percent were promised." in page and "Fay Finance" in page
    assert "Added: €200.00" in page
    [added] = session.scalars(select(CommissionLine).where(CommissionLine.code == Code.ADJUSTMENT))
    assert dispute.number in sign_in(seller).get(f"/commissions/{added.id}").text
    assert fay.post(url, data=sent).status_code == 422  # decided once


def test_only_finance_and_administrators_decide_and_only_the_partner_withdraws(
    a, sign_in, session, seller, dispute
):
    decided = {"verb": "deny", "answer": "It is right."}
    for person in (seller, a.person(role=Role.CHANNEL_MANAGER), a.person(role=Role.SALES_MANAGER)):
        answer = sign_in(person).post(f"/disputes/{dispute.id}/decision", data=decided)
        assert answer.status_code == 403
    assert sign_in(a.finance()).post(f"/disputes/{dispute.id}/withdrawal").status_code == 403
    assert sign_in(seller).post(f"/disputes/{dispute.id}/withdrawal").status_code == 303
    assert session.get_one(Dispute, dispute.id).status is DisputeStatus.WITHDRAWN


def test_either_side_adds_to_it_while_it_is_open(a, sign_in, seller, dispute):
    url = f"/disputes/{dispute.id}/notes"
    assert sign_in(a.finance()).post(url, data={"text": "Who said so?"}).status_code == 303
    assert sign_in(seller).post(url, data={"text": "Your Rosa did."}).status_code == 303
    assert sign_in(seller).post(url, data={"text": ""}).status_code == 422
    page = sign_in(seller).get(f"/disputes/{dispute.id}").text
    assert "Who said so?" in page and "Your Rosa did." in page


def test_a_large_decision_waits_for_a_second_person_whom_the_partner_never_sees(
    a, sign_in, session, seller, dispute
):
    dispute.claimed_minor = 2_000_00
    session.commit()
    fay, sam = sign_in(a.finance(name="Fay Finance")), sign_in(a.finance(name="Sam Second"))
    url = f"/disputes/{dispute.id}/decision"
    sent = {"verb": "accept", "answer": "Twenty were promised.", "added": ""}
    assert fay.post(url, data=sent).status_code == 303
    assert "Fay Finance wants to add €1,000.00" in sam.get(f"/disputes/{dispute.id}").text
    assert "Twenty were promised." not in sign_in(seller).get(f"/disputes/{dispute.id}").text
    fay.post(f"{url}/confirmation")
    assert "A second person decides" in fay.get(f"/disputes/{dispute.id}").text
    assert sam.post(f"{url}/return", data={"reason": ""}).status_code == 422
    assert sam.post(f"{url}/return", data={"reason": "Which call?"}).status_code == 303
    assert "Which call?" in fay.get(f"/disputes/{dispute.id}").text
    fay.post(url, data=sent)
    assert sam.post(f"{url}/confirmation").status_code == 303
    assert "Twenty were promised." in sign_in(seller).get(f"/disputes/{dispute.id}").text


def test_a_partner_says_that_a_sale_is_missing(a, sign_in, session, seller, line):
    browser = sign_in(seller)
    assert "/disputes/new" in browser.get("/disputes").text
    assert sign_in(a.finance()).get("/disputes/new").status_code == 403
    sent = {
        "month": "2026-11", "sale": "Invoice 4711, Müller", "deal": "D-NOBODYS",
        "text": "It was paid on the 12th.", "expected": "90.00",
        "files": (BytesIO(b"Paid."), "receipt.txt"),
    }  # fmt: skip
    wrong = browser.post("/disputes", data=sent)
    assert wrong.status_code == 422
    assert "You have no deal D-NOBODYS" in wrong.text and "Invoice 4711, Müller" in wrong.text
    sent |= {"deal": "", "files": (BytesIO(b"Paid."), "receipt.txt")}
    page = browser.post("/disputes", data=sent, follow_redirects=True).text
    assert "€90.00 are expected for a sale that is on no statement" in page
    assert "receipt.txt" in page and "Invoice 4711, Müller" in browser.get("/disputes").text
    found = session.scalars(select(Dispute)).one()
    decided = {"verb": "accept_in_part", "answer": "Half of it.", "added": "45.00"}
    sign_in(a.finance()).post(f"/disputes/{found.id}/decision", data=decided)
    [added] = session.scalars(select(CommissionLine).where(CommissionLine.code == Code.ADJUSTMENT))
    assert "Missing sale: Invoice 4711, Müller" in browser.get(f"/commissions/{added.id}").text


def test_a_paid_invoice_that_earned_nothing_leads_to_what_is_missing(a, sign_in, seller):
    service = LineDetails("HELP", 1, 500_00, commissionable=False)
    invoice = a.invoice(partner_id=seller.partner_id, lines=[service])
    a.payment(invoice)
    browser = sign_in(seller)
    page = browser.get(f"/invoices/{invoice.id}").text
    [asked] = re.findall(r'href="(/disputes/new\?[^"]+)"', page)
    assert f'value="Invoice {invoice.number}, ' in browser.get(asked.replace("&amp;", "&")).text
    assert "/disputes/new" not in sign_in(a.finance()).get(f"/invoices/{invoice.id}").text


def test_a_statement_offers_the_dispute_and_shows_it(a, sign_in, session, now, seller, line):
    commissions.close_month(session, "2026-11", by=SYSTEM, now=now, early=True)
    statement = session.scalars(select(Statement)).one()
    browser, path = sign_in(seller), f"/commissions/{line.id}/dispute"
    assert path in browser.get(f"/statements/{statement.id}").text
    assert path not in sign_in(a.finance()).get(f"/statements/{statement.id}").text
    browser.post(path, data=said())
    page = browser.get(f"/statements/{statement.id}").text
    assert path not in page and "Dispute Q-" in page
    assert "/disputes/" in browser.get(path).location  # the open one, not a second


def test_the_list_of_disputes_and_its_file_agree(a, sign_in, dispute):
    fay = sign_in(a.finance())
    file = fay.get("/disputes/export").text.removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert [(row["Dispute"], row["Partner"], row["In question"]) for row in rows] == [
        (dispute.number, "Alpenrad GmbH", "400.00")
    ]
    assert "Held now: €400.00" in fay.get("/disputes").text
    assert "Nothing is disputed that fits." in fay.get("/disputes?q=nobody").text
