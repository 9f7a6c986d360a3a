"""Taxes on payouts: the ledger before tax, the payout after it, and the papers between."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from models import ledger, payouts, taxes
from models.errors import Refused
from models.files import Upload
from models.ledger import Account, PostingLine
from models.payouts import Payout, PayoutSkip, PayoutStatus, WhyNot
from models.payouts.rules import Failure
from models.people import Role
from models.scope import Scope, open_session
from models.taxes import FormDetails, FormKind, FormPolicy, FormStatus
from models.taxes.tables import SelfBillingAgreement, SelfBillingInvoice, TaxForm
from tests.payout_story import eur, hand_over, only_payout, pay, prepare, release

FORM = Upload("w8.pdf", b"%PDF-1.7\n% signed\n%%EOF\n")
W8 = FormDetails(FormKind.W8BENE, "Alpenrad GmbH", "", False, date(2026, 11, 1))
AGREED = "We agree that invoices are written for us."


@pytest.fixture(autouse=True)
def books(session):
    yield
    assert payouts.check_books(session) == []


@pytest.fixture
def alpenrad(a):
    partner = a.partner(name="Alpenrad GmbH", country="DE", vat_id="DE136695976")
    a.destination(partner)
    return partner


@pytest.fixture
def head(a, alpenrad):
    return a.person(name="Hanna Haupt", partner=alpenrad, role=Role.PARTNER_ADMINISTRATOR).actor()


@pytest.fixture
def finance(a):
    return a.actor(role=Role.FINANCE)


@pytest.fixture
def second(a):
    return a.actor(role=Role.FINANCE)


def balances(session):
    rows = session.execute(
        select(PostingLine.account, func.sum(PostingLine.amount_minor)).group_by(
            PostingLine.account
        )
    )
    return {account: int(minor) for account, minor in rows if minor}


def agree(session, alpenrad, head, now):
    return taxes.agree_to_self_billing(
        session, alpenrad, typed_name="hanna  haupt", words=AGREED, by=head, now=now
    )


def paid_run(session, finance, second, now):
    run = prepare(session, finance, now)
    release(session, run, second, now)
    hand_over(session, run, finance, now)
    pay(session, run, finance, now)
    return only_payout(session, run)


def test_vat_is_paid_beside_the_commission_and_billed_in_the_partners_name(
    session, a, alpenrad, head, finance, second, now
):
    a.vendor(country="DE", vat_id="DE136695976")
    agree(session, alpenrad, head, now)
    a.stated(alpenrad, 1_000_00)
    payout = paid_run(session, finance, second, now)
    assert (payout.commission, payout.vat, payout.amount) == (
        eur(1_000_00),
        eur(190_00),
        eur(1_190_00),
    )
    assert balances(session) == {
        Account.COMMISSION_EXPENSE: 1_000_00, Account.INPUT_VAT: 190_00, Account.BANK: -1_190_00,
    }  # fmt: skip
    invoice = session.scalars(select(SelfBillingInvoice)).one()
    assert (invoice.net_minor, invoice.vat_minor, invoice.wording) == (
        1_000_00,
        190_00,
        "Self-billing",
    )
    assert invoice.number == f"SB-{alpenrad.number}-00001"
    assert invoice.facts["seller"]["vat_id"] == "DE136695976"


def test_across_a_border_the_recipient_owes_the_vat(
    session, a, alpenrad, head, finance, second, now
):
    a.vendor(country="FR", vat_id="FR40303265045")
    agree(session, alpenrad, head, now)
    a.stated(alpenrad, 1_000_00)
    payout = paid_run(session, finance, second, now)
    assert payout.amount == eur(1_000_00)
    invoice = session.scalars(select(SelfBillingInvoice)).one()
    assert (invoice.vat_minor, invoice.wording) == (0, "Self-billing. Reverse charge")


def test_without_an_agreement_no_invoice_is_written_and_no_vat_is_paid(
    session, a, alpenrad, finance, second, now
):
    a.vendor(country="DE")
    a.stated(alpenrad, 1_000_00)
    payout = paid_run(session, finance, second, now)
    assert payout.amount == eur(1_000_00)
    assert "not agreed to self-billing" in payout.tax_words
    assert session.scalar(select(func.count(SelfBillingInvoice.id))) == 0


def test_a_payout_that_came_back_takes_its_invoice_with_it_and_the_series_has_no_gap(
    session, a, alpenrad, head, finance, second, now
):
    a.vendor(country="DE")
    agree(session, alpenrad, head, now)
    a.stated(alpenrad, 1_000_00)
    payout = paid_run(session, finance, second, now)
    payouts.fail(session, payout, why=Failure.CLOSED_ACCOUNT, note="", by=finance, now=now)
    assert ledger.owed_to(session, alpenrad.id, "EUR") == eur(1_000_00)
    assert Account.INPUT_VAT not in balances(session)
    again = paid_run(session, finance, second, now + timedelta(hours=1))
    rows = session.scalars(
        select(SelfBillingInvoice).order_by(SelfBillingInvoice.series_number)
    ).all()
    assert [row.series_number for row in rows] == [1, 2, 3]
    assert [row.net_minor for row in rows] == [1_000_00, -1_000_00, 1_000_00]
    assert rows[1].cancels_id == rows[0].id
    assert rows[2].payout_id == again.id


def test_a_payout_that_never_left_was_never_billed(
    session, a, alpenrad, head, finance, second, now
):
    a.vendor(country="DE")
    agree(session, alpenrad, head, now)
    a.stated(alpenrad, 1_000_00)
    run = prepare(session, finance, now)
    release(session, run, second, now)
    payouts.fail(
        session, only_payout(session, run), why=Failure.OTHER, note="", by=finance, now=now
    )
    assert session.scalar(select(func.count(SelfBillingInvoice.id))) == 0
    assert balances(session) == {
        Account.COMMISSION_EXPENSE: 1_000_00, Account.PARTNER_PAYABLE: -1_000_00,
    }  # fmt: skip


@pytest.mark.parametrize("policy", FormPolicy)
def test_a_missing_form_blocks_withholds_or_does_nothing_as_the_programme_says(
    session, a, alpenrad, finance, second, now, policy
):
    a.vendor(country="US", tax_form_policy=policy.value)
    other = a.partner(name="With a form", country="DE")
    a.destination(other)
    a.keep(on_file(other, now))
    for partner in (alpenrad, other):
        a.stated(partner, 1_000_00)
    run = prepare(session, finance, now)
    rows = session.execute(
        select(Payout.partner_id, Payout.amount_minor).where(Payout.run_id == run.id)
    )
    amounts = dict(list(rows))
    assert amounts[other.id] == 1_000_00
    skipped = session.scalars(select(PayoutSkip.why)).all()
    if policy is FormPolicy.BLOCK:
        assert (alpenrad.id in amounts, skipped) == (False, [WhyNot.NO_TAX_FORM])
    else:
        withheld = 240_00 if policy is FormPolicy.WITHHOLD else 0
        assert amounts[alpenrad.id] == 1_000_00 - withheld
        release(session, run, second, now)
        hand_over(session, run, finance, now)
        pay(session, run, finance, now)
        assert balances(session).get(Account.TAX_WITHHELD, 0) == -withheld
        assert ledger.owed_to(session, alpenrad.id, "EUR") == eur(0)


def test_a_form_that_ended_since_the_run_was_prepared_stops_its_release(
    session, a, alpenrad, finance, second, now
):
    a.vendor(country="US")
    form = a.keep(on_file(alpenrad, now))
    a.stated(alpenrad, 1_000_00)
    run = prepare(session, finance, now)
    form.valid_through = now.date() - timedelta(days=1)
    session.flush()
    with pytest.raises(Refused, match="No valid W-8BEN or W-8BEN-E is on file"):
        release(session, run, second, now)
    assert only_payout(session, run).status is PayoutStatus.DRAFT


def test_forms_and_invoices_are_hidden_from_rivals_and_from_the_distributor(
    session, engine, a, alpenrad, head, finance, second, now
):
    a.vendor(country="DE")
    agree(session, alpenrad, head, now)
    a.keep(on_file(alpenrad, now))
    a.stated(alpenrad, 1_000_00)
    paid_run(session, finance, second, now)
    distributor = a.partner()
    session.commit()
    for reads in (frozenset(), frozenset({alpenrad.id})):
        with open_session(engine, Scope.partner(distributor.id, reads=reads)) as theirs:
            for table in (TaxForm, SelfBillingAgreement, SelfBillingInvoice):
                assert theirs.scalars(select(table)).all() == []


def on_file(partner, now):
    return TaxForm(
        partner_id=partner.id,
        kind=FormKind.W8BENE,
        status=FormStatus.ON_FILE,
        name=partner.name,
        signed_on=date(2026, 1, 2),
        valid_through=date(2029, 12, 31),
        sent_at=now,
    )
