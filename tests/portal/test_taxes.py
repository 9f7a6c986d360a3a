"""Pages about taxes: a partner says how it is taxed, finance looks at it, the year adds up."""

from datetime import date
from io import BytesIO

import pypdf
import pytest
from sqlalchemy import select

from models import taxes, vendor
from models.audit import AuditEntry
from models.payouts import Payout, PayoutStatus
from models.people import Role
from models.sealing import Seal
from models.taxes import FormKind, FormStatus, SelfBillingInvoice, TaxForm
from tests.payout_story import hand_over, only_payout, pay, prepare, release

KEY = Seal("sealing key of the tests, never of a server")
FORM = {"kind": "W-9", "name": "Seattle Bikes LLC", "tin": "12-3456789", "signed_on": "2026-11-01"}


@pytest.fixture
def seattle(a):
    a.vendor(country="US", legal_name="Adventure Works, Inc.")
    return a.partner(
        name="Seattle Bikes", country="US", street="Pike Street", building="1",
        postal_code="98101", town="Seattle", subdivision="US-WA", currency="USD",
    )  # fmt: skip


@pytest.fixture
def head(a, seattle, sign_in):
    return sign_in(a.person(partner=seattle, role=Role.PARTNER_ADMINISTRATOR))


@pytest.fixture
def finance(a, sign_in):
    return sign_in(a.finance())


def sent(client, **changes):
    content = changes.pop("content", b"%PDF-1.7\n% signed\n%%EOF\n")
    data = FORM | changes | {"files": (BytesIO(content), "w9.pdf")}
    return client.post("/company/taxes/forms", data=data)


def test_a_form_goes_from_the_partner_to_finance_and_onto_file(session, head, finance, seattle):
    assert "Send a form" in head.get("/company/taxes").text
    assert sent(head).status_code == 303
    assert "Finance looks at your W-9" in head.get("/company/taxes").text
    form = session.scalars(select(TaxForm)).one()
    assert (form.tin_last4, KEY.open(form.tin_sealed)) == ("6789", "123456789")
    page = finance.get("/taxes").text
    assert "Seattle Bikes" in page
    assert "123456789" not in page
    assert finance.post(f"/tax-forms/{form.id}/acceptance").status_code == 303
    assert "W-9 is on file" in head.get("/company/taxes").text
    again = finance.post(f"/tax-forms/{form.id}/acceptance", follow_redirects=True)
    assert "already on file" in again.text


def test_a_refused_form_tells_the_partner_why(session, head, finance):
    sent(head)
    form = session.scalars(select(TaxForm)).one()
    assert finance.post(f"/tax-forms/{form.id}/refusal", data={"reason": ""}).status_code == 422
    finance.post(f"/tax-forms/{form.id}/refusal", data={"reason": "It is not signed."})
    assert "It is not signed." in head.get("/company/taxes").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tin": "12345"}, "nine digits"),
        ({"kind": "W-8BEN"}, "sends a W-9"),
        ({"signed_on": "2030-01-01"}, "still to come"),
        ({"signed_on": "soon"}, "Not a valid date"),
        ({"content": b"MZ\x90\x00 program"}, "cannot be taken"),
    ],
)
def test_what_is_wrong_with_a_form_is_said_and_what_was_typed_stays(session, head, changes, words):
    answer = sent(head, **changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Seattle Bikes LLC" in answer.text
    assert session.scalars(select(TaxForm)).all() == []


def test_nobody_else_sees_a_partners_form_or_decides_about_it(session, a, head, sign_in, seattle):
    sent(head)
    form = session.scalars(select(TaxForm)).one()
    rival = sign_in(a.person(partner=a.partner(), role=Role.PARTNER_ADMINISTRATOR))
    assert "Seattle" not in rival.get("/company/taxes").text
    for client in (rival, sign_in(a.seller(seattle)), sign_in(a.manager())):
        assert client.post(f"/tax-forms/{form.id}/acceptance").status_code == 403
        assert client.get("/taxes").status_code == 403
        assert client.get("/tax-years/2026").status_code == 403


def test_the_year_adds_up_and_the_1099_file_opens_numbers_on_record(
    session, a, finance, seattle, now
):
    small = a.partner(name="Too small", country="US", currency="USD")
    number = {"tin_sealed": KEY.close("123456789"), "tin_last4": "6789"}
    for partner, name, more in ((seattle, "Seattle Bikes LLC", number), (small, "Small", {})):
        a.keep(TaxForm(
            partner_id=partner.id, kind=FormKind.W9, status=FormStatus.ON_FILE, name=name,
            signed_on=date(2026, 1, 1), sent_at=now, **more,
        ))  # fmt: skip
    unknown = a.partner(name="Without form Ltd", country="US", currency="USD")
    vendor.settings(session).tax_form_policy = "withhold"
    preparer, releaser = a.finance().actor(), a.finance().actor()
    for partner, minor in ((seattle, 2_000_00), (small, 1_999_99), (unknown, 3_000_00)):
        a.destination_by_hand(partner)
        a.stated(partner, minor, currency="USD")
    run = prepare(session, preparer, now, currency="USD")
    release(session, run, releaser, now)
    pay(session, run, preparer, now)
    page = finance.get("/tax-years/2026").text
    assert "$2,000.00" in page
    assert "Too small" in page
    exported = finance.get("/tax-years/2026/export").text
    assert "Seattle Bikes" in exported
    assert "The 1099-NEC file lacks 1 taxpayer number" in page
    lines = finance.post("/tax-years/2026/1099").text.splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("Without form Ltd,,") and lines[1].endswith(",3000.00,720.00")
    assert lines[2].startswith("Seattle Bikes LLC,123456789,Pike Street 1,Seattle,WA,98101,")
    assert lines[2].endswith(",2000.00,0.00")
    taken = session.scalars(select(AuditEntry).where(AuditEntry.action == "1099 file taken")).one()
    assert taken.detail == {"year": 2026, "recipients": 2}
    assert "Nothing was paid" in finance.get("/tax-years/2025").text
    assert finance.get("/tax-years/1999").status_code == 404


def test_rates_are_entered_from_a_day_on(session, finance, seattle):
    entered = {"kind": "reporting", "from_on": "2027-01-01", "value": "2100"}
    assert finance.post("/tax-terms", data=entered).status_code == 303
    assert "2100 USD from" in finance.get("/taxes").text
    twice = finance.post("/tax-terms", data=entered)
    assert twice.status_code == 422
    assert "already" in twice.text
    rubbish = finance.post("/tax-terms", data=entered | {"value": "NaN"})
    assert rubbish.status_code == 422


def test_a_partner_agrees_to_self_billing_and_reads_its_invoices(session, a, sign_in, now):
    a.vendor(country="DE", vat_id="DE136695976")
    alpenrad = a.partner(name="Alpenrad GmbH", country="DE", vat_id="DE136695976")
    a.destination(alpenrad)
    hanna = a.person(name="Hanna Haupt", partner=alpenrad, role=Role.PARTNER_ADMINISTRATOR)
    head = sign_in(hanna)
    wrong = head.post("/company/taxes/self-billing", data={"typed_name": "X"})
    assert wrong.status_code == 422
    assert "Type your name as it stands" in wrong.text
    for _ in range(2):
        agreed = head.post("/company/taxes/self-billing", data={"typed_name": "Hanna Haupt"})
        assert agreed.status_code == 303
    a.stated(alpenrad, 1_000_00)
    finance, second = a.finance().actor(), a.finance().actor()
    run = prepare(session, finance, now)
    release(session, run, second, now)
    hand_over(session, run, finance, now)
    pay(session, run, finance, now)
    payout = only_payout(session, run)
    assert payout.status is PayoutStatus.PAID
    page = head.get(f"/payouts/{payout.id}").text
    assert "€190.00" in page
    assert "€1,190.00" in page
    invoice = session.scalars(select(SelfBillingInvoice)).one()
    assert invoice.number in head.get("/company/taxes").text
    paper = head.get(f"/self-billing-invoices/{invoice.id}")
    text = pypdf.PdfReader(BytesIO(paper.data)).pages[0].extract_text()
    assert "Self-billing" in text
    assert "€1,190.00" in text
    assert "DE136695976" in text
    rival = sign_in(a.person(partner=a.partner(), role=Role.PARTNER_ADMINISTRATOR))
    assert rival.get(f"/self-billing-invoices/{invoice.id}").status_code == 404
    head.post("/company/taxes/self-billing/end")
    assert taxes.is_agreed(session, alpenrad.id) is None
    assert session.scalar(select(Payout.vat_minor)) == 190_00
