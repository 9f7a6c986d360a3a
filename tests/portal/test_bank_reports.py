"""What the bank answers: each answer once, each by itself, none of them in silence."""

from io import BytesIO

import pytest
from sqlalchemy import func, select

from models import ledger, payouts
from models.audit import AuditEntry
from models.errors import Refused
from models.money import Money
from models.notices import Notice
from models.payouts import Payout, PayoutFile, PayoutRun, PayoutStatus, RunStatus
from models.payouts.answers import Outcome, failure_of
from models.payouts.reports import BankReport, BankReportLine, Effect
from models.sealing import Seal
from portal.payouts.ach_files import AchRail
from portal.payouts.bank_answers import read_answers
from tests.portal.test_ach_files import errand, order

KEY = "sealing key of the tests, never of a server"
PAYMENT = {"reference": "B-2026-77", "paid_on": "2026-11-18"}


@pytest.fixture(autouse=True)
def books(session):
    yield
    session.rollback()
    assert payouts.check_books(session) == []


@pytest.fixture
def petra(a, sign_in):
    return sign_in(a.finance(name="Petra Prepares"))


@pytest.fixture
def sent(a, session, petra, sign_in):
    """Two payouts whose file is at the bank: 1,190.00 to Alpenrad, 810.00 to Zweirad Süd."""
    a.vendor()
    for name, minor in (("Alpenrad GmbH", 1_190_00), ("Zweirad Süd KG", 810_00)):
        partner = a.partner(name=name)
        a.destination(partner, seal=Seal(KEY))
        a.stated(partner, minor)
        a.seller(partner)
    petra.post("/payout-runs", data={"period": "2026-10", "currency": "EUR"})
    run = session.scalars(select(PayoutRun)).one()
    rita = sign_in(a.finance(name="Rita Releases"))
    page = rita.get(f"/payout-runs/{run.id}").text
    seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    rita.post(f"/payout-runs/{run.id}/release", data={"seen": seen})
    petra.post(f"/payout-runs/{run.id}/bank-file")
    both = session.scalars(select(Payout).order_by(Payout.amount_minor.desc())).all()
    assert [payout.status for payout in both] == [PayoutStatus.SENDING] * 2
    return both


def said(number, status, *, code="", words="", amount=None, currency="EUR"):
    reason = (
        f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn><AddtlInf>{words}</AddtlInf></StsRsnInf>"
        if code
        else ""
    )
    paid = (
        f'<OrgnlTxRef><Amt><InstdAmt Ccy="{currency}">{amount}</InstdAmt></Amt></OrgnlTxRef>'
        if amount
        else ""
    )
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{number}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        f"{reason}{paid}</TxInfAndSts>"
    )


def pain_002(*transactions, message="BANK-1", status="PART", key="", reason=""):
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>{message}</MsgId><CreDtTm>2026-11-18T09:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{key}</OrgnlMsgId><GrpSts>{status}</GrpSts>{reason}"
        f"</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>{''.join(transactions)}</OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt></Document>"
    ).encode()


def take(client, content, name="answer.xml"):
    return client.post("/bank-reports", data={"file": (BytesIO(content), name)})


def effects(session):
    asked = select(BankReportLine.number, BankReportLine.effect, BankReportLine.said)
    return session.execute(asked.order_by(BankReportLine.id)).all()


def test_paid_and_refused_are_recorded_and_the_partner_is_told_how_to_mend_it(session, sent, petra):
    first, second = sent
    answer = take(
        petra,
        pain_002(
            said(first.number, "ACSC", amount="1190.00"),
            said(second.number, "RJCT", code="AC04", words="Konto erloschen"),
        ),
    )
    assert answer.status_code == 303
    assert (first.status, str(first.paid_on)) == (PayoutStatus.PAID, "2026-11-18")
    assert first.reference == "BANK-1"
    assert second.status is PayoutStatus.FAILED
    assert second.reason == "The account is closed. (AC04) Konto erloschen"
    assert session.get(PayoutRun, second.run_id).status is RunStatus.CLOSED
    told = session.scalars(select(Notice).where(Notice.kind == "payout-failed")).all()
    partner = next(notice for notice in told if notice.partner_id == second.partner_id)
    assert "The account is closed." in partner.body
    assert "enter your bank details anew under Company" in partner.body
    page = petra.get(answer.location)
    assert "Recorded as paid." in page.text
    assert "AC04" in page.text


def test_a_failed_payout_returns_to_the_balance_once(session, sent, petra):
    _, second = sent
    for message in ("BANK-1", "BANK-2"):
        take(petra, pain_002(said(second.number, "RJCT", code="AC01"), message=message))
    assert ledger.owed_to(session, second.partner_id, "EUR") == Money(810_00, "EUR")
    assert [line.effect for line in effects(session)] == [Effect.DONE, Effect.KNOWN]


def test_the_same_file_twice_changes_nothing(session, sent, petra):
    content = pain_002(said(sent[0].number, "ACSC"), said(sent[1].number, "RJCT", code="RC01"))
    first, again = take(petra, content), take(petra, content, "renamed.xml")
    assert first.location == again.location
    assert session.scalar(select(func.count(BankReport.id))) == 1
    assert session.scalar(select(func.count(AuditEntry.id)).where(
        AuditEntry.action == "bank report taken in")) == 1  # fmt: skip
    assert "taken in before" in petra.get(again.location).text


def test_one_bad_answer_does_not_stop_the_others(session, sent, petra):
    first, second = sent
    answer = take(
        petra,
        pain_002(
            said("PO-NOBODY", "ACSC"),
            said(first.number, "ACSC", amount="1190.01"),
            said(second.number, "ODD"),
            said("", "ACSC"),
            said(second.number, "ACSC", amount="810.00"),
        ),
    )
    assert [line.effect for line in effects(session)] == [Effect.REFUSED] * 4 + [Effect.DONE]
    assert first.status is PayoutStatus.SENDING
    assert second.status is PayoutStatus.PAID
    page = petra.get(answer.location).text
    assert "No payout PO-NOBODY is known here." in page
    assert f"1,190.01 EUR, but {first.number} is 1,190.00 EUR" in page
    assert "“ODD” is not known here" in page
    assert "Somebody has to look at 4" in page


def test_what_the_bank_still_works_on_is_noted_and_nothing_more(session, sent, petra):
    take(petra, pain_002(said(sent[0].number, "ACSP"), said(sent[1].number, "PDNG")))
    assert [line.effect for line in effects(session)] == [Effect.NOTED] * 2
    assert {payout.status for payout in sent} == {PayoutStatus.SENDING}


@pytest.mark.parametrize(
    ("status", "becomes"), [("ACSC", PayoutStatus.PAID), ("RJCT", PayoutStatus.FAILED)]
)
def test_an_answer_about_the_whole_file_is_about_each_payout_in_it(
    session, sent, petra, status, becomes
):
    key = session.scalars(select(PayoutFile.key)).one()
    reason = "<StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf>" if status == "RJCT" else ""
    take(petra, pain_002(status=status, key=key, reason=reason))
    assert {payout.status for payout in sent} == {becomes}
    assert len(effects(session)) == 2


def test_a_payout_that_came_back_after_it_was_paid_is_owed_again(session, sent, petra):
    run_id = sent[0].run_id
    petra.post(f"/payout-runs/{run_id}/payment", data=PAYMENT)
    take(petra, pain_002(said(sent[0].number, "RJCT", code="AC06")))
    assert sent[0].status is PayoutStatus.FAILED
    assert ledger.owed_to(session, sent[0].partner_id, "EUR") == Money(1_190_00, "EUR")


@pytest.mark.parametrize(
    "rubbish",
    [
        b"",
        b"hello",
        b"\xff\xfe\x00",
        b"<html><body>Service unavailable</body></html>",
        b"<Document><CstmrPmtStsRpt>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><Document><CstmrPmtStsRpt/></Document>',
        b"GIF89a",
    ],
)
def test_what_is_no_answer_of_a_bank_is_refused_with_the_page(session, petra, a, rubbish):
    a.vendor()
    answer = take(petra, rubbish)
    assert answer.status_code == 422
    assert "Please mend this first" in answer.text
    assert session.scalar(select(func.count(BankReport.id))) == 0


def test_only_finance_takes_reports_in(a, session, sent, sign_in, petra):
    take(petra, pain_002(said(sent[0].number, "ACSC")))
    report = session.scalars(select(BankReport)).one()
    for other in (a.seller(a.partner()), a.manager()):
        client = sign_in(other)
        assert take(client, pain_002()).status_code == 403
        assert client.get("/bank-reports").status_code == 403
        assert client.get(f"/bank-reports/{report.id}").status_code == 403


def test_the_export_holds_what_the_page_shows(session, sent, petra):
    answer = take(petra, pain_002(said(sent[0].number, "ACSC"), said("PO-X", "RJCT", code="AC01")))
    lines = petra.get(f"{answer.location}/export").text.splitlines()
    assert lines[1].startswith(f"{sent[0].number},paid,,,Recorded,")
    assert lines[2].startswith("PO-X,failed,AC01,,Not recorded,")


def ach_return(*answers):
    """A bank's return file: our entries come back, each with its reason."""
    sent_back = AchRail(Seal("a key that is only for tests, long enough")).carry(
        errand(*(entry for entry, _ in answers))
    )
    records = sent_back.content.decode("ascii").splitlines()
    reasons = iter(addenda for _, addenda in answers)
    return "\n".join(
        next(reasons).ljust(94) if record[0] == "7" else record for record in records
    ).encode()


def test_ach_returns_and_corrections_are_read():
    told = read_answers(
        ach_return(
            (order("PO-1", 1_00), f"799R02{'021000020000001':15}{'':14}CLOSED"),
            (order("PO-2", 2_00), f"798C01{'021000020000002':15}{'':14}1918171614"),
            (order("PO-3", 3_00), "705 an addenda of ours"),
        )
    )
    assert told.kind == "ACH return"
    returned, corrected, odd = told.answers
    assert (returned.outcome, returned.number, returned.code) == (Outcome.FAILED, "PO-1", "R02")
    assert returned.amount == Money(1_00, "USD")
    assert returned.words == "CLOSED"
    assert (corrected.outcome, corrected.code, corrected.words) == (
        Outcome.CORRECTED, "C01", "1918171614",
    )  # fmt: skip
    assert odd.outcome is Outcome.UNREADABLE


def test_every_code_means_something_to_the_partner():
    assert failure_of("AC01") == failure_of("R03") == failure_of("AC02") == "AC01"
    assert failure_of("R02") == "AC04"
    assert failure_of("R16") == "AC06"
    assert failure_of("R99") == failure_of("") == "MS03"


@pytest.mark.parametrize("cut", [b"101 021", b"101" + b"\n6" * 3, b"101\n799R02", b"101\n5\n6\n7"])
def test_a_damaged_return_file_is_read_as_far_as_it_goes(cut):
    assert all(one.outcome is Outcome.UNREADABLE for one in read_answers(cut).answers)
    with pytest.raises(Refused):
        read_answers(cut[1:])
