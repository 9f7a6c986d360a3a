"""Invoices to partners who owe us: made once, paid at Stripe, booked once."""

from dataclasses import replace

import pytest
import requests
from sqlalchemy import func, select

from models import ledger, payouts, vendor
from models.insights.money import standing
from models.ledger import Account, Posting
from models.money import Money
from models.payouts.due import dues, obstacle, unpaid_currencies
from models.payouts.invoices import InvoiceStatus, PartnerInvoice
from models.people import Role
from portal import worker
from portal.payouts import invoicing
from tests.payout_story import RAILS, eur, prepare, release
from tests.portal_client import client_of
from tests.stripe_standin import Kind, Webhooks
from tests.stripe_story import ENVIRONMENT, KEY

SECRET = "whsec_of_this_year"


@pytest.fixture
def connected(story):
    story.app.extensions["settings"] = replace(
        story.app.extensions["settings"],
        stripe_secret_key=KEY,
        stripe_api_base=story.served.url,
        stripe_environment=ENVIRONMENT,
        stripe_webhook_secret=SECRET,
    )
    story.session.commit()
    return story


@pytest.fixture
def partner(connected, a):
    partner = a.partner(name="Alpenrad GmbH", country="DE")
    a.person(partner=partner, role=Role.PARTNER_ADMINISTRATOR)
    return partner


@pytest.fixture
def finance(connected, sign_in):
    return sign_in(connected.a.finance())


def ask(finance, whom, **changes):
    said = {
        "partner": whom.number, "kind": "fee", "currency": "EUR", "amount": "250.00",
        "about": "Programme fee 2027",
    }  # fmt: skip
    return finance.post("/partner-invoices", data=said | changes)


def work(story, most=12):
    for _ in range(most):
        story.session.rollback()
        with story.app.app_context():
            if not worker._one_job():
                break
    story.session.expire_all()


def invoice(story):
    story.session.rollback()
    return story.session.scalars(select(PartnerInvoice)).one()


def pay(story):
    requests.post(invoice(story).hosted_url, data={"press": "pay"}, timeout=5)
    story.is_whole = False  # money came in by another way than a top-up


def read_again(story):
    key = invoice(story).invoice_id
    story.session.rollback()
    with story.app.app_context():
        assert invoicing.read_invoice({"invoice": key}) is None
    story.session.expire_all()


def hooked(story):
    def post(body, headers):
        return client_of(story.app, story.session).post(
            "/stripe/webhooks", data=body, headers=headers
        ).status_code  # fmt: skip

    return Webhooks(story.world, SECRET, post)


def test_a_fee_is_invoiced_paid_on_the_hosted_page_and_booked_once(
    connected, finance, partner, sign_in
):
    assert ask(finance, partner).status_code == 303
    assert ledger.owed_to(connected.session, partner.id, "EUR") == eur(-250_00)
    work(connected)
    row = invoice(connected)
    assert row.status is InvoiceStatus.OPEN
    head = sign_in(connected.a.person(partner=partner, role=Role.PARTNER_ADMINISTRATOR))
    assert row.hosted_url in head.get("/payouts").text
    pay(connected)
    assert set(hooked(connected).doubled()) == {200}
    work(connected)
    read_again(connected)
    assert invoice(connected).status is InvoiceStatus.PAID
    assert ledger.owed_to(connected.session, partner.id, "EUR") == eur(0)
    assert ledger.balance(connected.session, Account.PROGRAMME_FEES, "EUR") == eur(-250_00)
    booked = select(func.count(Posting.id)).where(Posting.kind == "invoice paid")
    assert connected.session.scalar(booked) == 1
    assert "Paid" in finance.get("/partner-invoices").text
    assert payouts.check_books(connected.session) == []


def test_a_debt_is_invoiced_once_and_never_for_more_than_is_owed(
    connected, finance, partner, session
):
    connected.a.stated(partner, -80_00)
    too_much = ask(finance, partner, kind="debt", amount="80.01")
    assert too_much.status_code == 422
    assert "owes us 80.00 EUR, not more" in too_much.text
    assert ask(finance, partner, kind="debt", amount="80.00").status_code == 303
    twice = ask(finance, partner, kind="debt", amount="80.00")
    assert twice.status_code == 422
    assert "asks for this debt already" in twice.text
    work(connected)
    pay(connected)
    read_again(connected)
    assert ledger.owed_to(connected.session, partner.id, "EUR") == eur(0)
    assert due_of(connected, partner).amount == eur(0) == owed_at_home(connected, partner)
    assert unpaid_currencies(connected.session, through="2026-11") == []
    next_month = {"opening_minor": -80_00, "asked": 220_00, "closing_minor": 0}
    connected.a.stated(partner, 300_00, period="2026-11", **next_month)
    due = due_of(connected, partner)
    assert (due.amount, due.brought, due.owed) == (eur(300_00), eur(80_00), eur(300_00))
    assert owed_at_home(connected, partner) == eur(300_00)
    connected.a.destination(partner)
    run = prepare(connected.session, connected.a.finance().actor(), connected.world.now, "2026-11")
    release(connected.session, run, connected.a.finance().actor(), connected.world.now)
    assert owed_at_home(connected, partner) == eur(0)
    assert payouts.check_books(connected.session) == []


def owed_at_home(story, partner):
    story.session.flush()
    return standing(story.session, partner.id, currency="EUR")[0].owed


def due_of(story, partner):
    [due] = dues(story.session, "EUR", through="2026-11", only=[partner.id])
    return due


def test_a_fee_that_is_not_paid_yet_holds_up_no_commission_and_is_no_debt_to_invoice_again(
    connected, finance, partner, now
):
    connected.a.destination(partner)
    assert ask(finance, partner).status_code == 303
    twice = ask(finance, partner, kind="debt", amount="250.00")
    assert twice.status_code == 422 and "owes us 0.00 EUR, not more" in twice.text
    connected.a.stated(partner, 300_00)
    due = due_of(connected, partner)
    assert due.amount == eur(300_00)
    assert obstacle(due, vendor.settings(connected.session), RAILS, now=now) is None


@pytest.mark.parametrize(
    "path", ["/v1/customers", "/v1/invoices", "/v1/invoiceitems", ".*/finalize"]
)
@pytest.mark.parametrize("fault", [Kind.DROP_AFTER, Kind.DROP_BEFORE])
def test_a_lost_answer_at_any_step_makes_no_second_invoice(
    connected, finance, partner, path, fault
):
    connected.served.faults.add(fault, "POST", path)
    ask(finance, partner)
    row_id = str(invoice(connected).id)
    connected.session.rollback()
    with connected.app.app_context():
        assert invoicing.make_invoice({"row": row_id}) is not None
        assert invoicing.make_invoice({"row": row_id}) is None
        assert invoicing.make_invoice({"row": row_id}) is None
    assert invoice(connected).status is InvoiceStatus.OPEN
    assert len(connected.world.things["invoice"]) == 1
    assert len(connected.world.things["customer"]) == 1
    (made,) = connected.world.things["invoice"].values()
    assert made["amount_due"] == 250_00


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"partner": "P-NOBODY"}, "No partner has this number"),
        ({"amount": "0"}, "above nothing"),
        ({"amount": "-5"}, "above nothing"),
        ({"amount": "x"}, "Enter an amount"),
        ({"about": ""}, "what it is for"),
        ({"kind": "gift"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    connected, finance, partner, changes, words
):
    answer = ask(finance, partner, **changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert connected.session.scalar(select(func.count(PartnerInvoice.id))) == 0


def test_a_rival_sees_no_invoice_and_only_finance_makes_one(
    connected, a, finance, partner, sign_in
):
    ask(finance, partner)
    work(connected)
    url = invoice(connected).hosted_url
    rival = sign_in(a.person(partner=a.partner(), role=Role.PARTNER_ADMINISTRATOR))
    assert url not in rival.get("/payouts").text
    for client in (rival, sign_in(a.manager())):
        assert client.get("/partner-invoices").status_code == 403
        assert ask(client, partner).status_code == 403


def test_without_stripe_nothing_is_asked_for(story, a, sign_in):
    finance, partner = sign_in(a.finance()), a.partner()
    assert "not connected" in finance.get("/partner-invoices").text
    assert ask(finance, partner).status_code == 422


@pytest.mark.parametrize(
    ("currency", "typed", "minor"),
    [("USD", "100.00", 100_00), ("jpy", "1,000", 1000), ("EUR", "12,50", 12_50)],
)
def test_the_amount_is_in_the_currency_typed_beside_it(
    connected, finance, partner, currency, typed, minor
):
    assert ask(finance, partner, currency=currency, amount=typed).status_code == 303
    assert invoice(connected).amount == Money(minor, currency.upper())


def test_what_is_no_currency_is_refused_and_stays(finance, partner):
    page = ask(finance, partner, currency="ZZQ")
    assert page.status_code == 422
    assert "ISO 4217" in page.text and 'value="ZZQ"' in page.text and 'value="250.00"' in page.text
