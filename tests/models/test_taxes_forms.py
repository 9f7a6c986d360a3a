"""Tax forms, agreements and rates: what counts, from when, and what is refused."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from models import payouts, taxes
from models.errors import Refused
from models.files import Upload
from models.people import Role
from models.taxes import FormDetails, FormKind, FormPolicy, FormStatus, TermKind
from models.taxes.rules import Party, in_force, treatment, valid_through
from models.taxes.tables import SelfBillingAgreement, TaxForm
from tests.factories_payouts import SEAL

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


def agree(session, alpenrad, head, now):
    return taxes.agree_to_self_billing(
        session, alpenrad, typed_name="hanna  haupt", words=AGREED, by=head, now=now
    )


def test_a_form_counts_when_finance_has_accepted_it_and_replaces_the_one_before(
    session, a, alpenrad, head, finance, now
):
    a.vendor(country="US")
    for day in (1, 2):
        details = replace(W8, signed_on=date(2026, 11, day))
        form = taxes.send_form(session, alpenrad, details, [FORM], by=head, seal=SEAL, now=now)
        assert form.status is FormStatus.WAITING
        taxes.accept_form(session, form, by=finance, now=now)
        with pytest.raises(Refused, match="already on file"):
            taxes.accept_form(session, form, by=finance, now=now)
    states = session.execute(select(TaxForm.status, TaxForm.valid_through).order_by(TaxForm.id))
    assert [tuple(row) for row in states] == [
        (FormStatus.REPLACED, date(2029, 12, 31)), (FormStatus.ON_FILE, date(2029, 12, 31)),
    ]  # fmt: skip
    assert alpenrad.tax_form == "W-8BEN-E"


def test_a_refused_form_leaves_the_old_one_standing_and_says_why(
    session, a, alpenrad, head, finance, now
):
    a.vendor(country="US")
    a.keep(on_file(alpenrad, now))
    form = taxes.send_form(session, alpenrad, W8, [FORM], by=head, seal=SEAL, now=now)
    with pytest.raises(Refused, match="Say what is wrong"):
        taxes.refuse_form(session, form, reason=" ", by=finance, now=now)
    taxes.refuse_form(session, form, reason="The signature is missing.", by=finance, now=now)
    assert taxes.current_form(session, alpenrad.id, FormStatus.ON_FILE) is not None
    assert form.reason == "The signature is missing."


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kind": FormKind.W9}, "sends a W-8BEN or W-8BEN-E"),
        ({"name": " "}, "name as it stands"),
        ({"signed_on": date(2027, 1, 1)}, "still to come"),
        ({"signed_on": date(2022, 12, 31)}, "has ended on 2025-12-31"),
    ],
)
def test_a_form_that_cannot_be_right_is_refused_at_once(
    session, a, alpenrad, head, now, wrong, words
):
    a.vendor(country="US")
    with pytest.raises(Refused, match=words):
        taxes.send_form(
            session, alpenrad, replace(W8, **wrong), [FORM], by=head, seal=SEAL, now=now
        )
    with pytest.raises(Refused, match="Attach"):
        taxes.send_form(session, alpenrad, W8, [], by=head, seal=SEAL, now=now)


def test_agreeing_needs_the_own_name_and_agreeing_twice_changes_nothing(
    session, a, alpenrad, head, now
):
    a.vendor()
    with pytest.raises(Refused, match="Type your name"):
        taxes.agree_to_self_billing(
            session, alpenrad, typed_name="Somebody", words=AGREED, by=head, now=now
        )
    first = agree(session, alpenrad, head, now)
    assert agree(session, alpenrad, head, now).id == first.id
    taxes.end_self_billing(session, first, by=head, now=now)
    taxes.end_self_billing(session, first, by=head, now=now)
    assert agree(session, alpenrad, head, now).id != first.id
    assert session.scalar(select(func.count(SelfBillingAgreement.id))) == 2


def test_rates_and_thresholds_hold_from_their_day(session, a, finance, now):
    a.vendor()
    assert in_force([], "US", date(2025, 12, 31))[TermKind.REPORTING] == 600
    assert in_force([], "US", date(2026, 1, 1))[TermKind.REPORTING] == 2000
    assert in_force([], "DE", date(2026, 1, 1))[TermKind.VAT] == Decimal("0.19")
    enter = {"country": "DE", "from_on": date(2027, 1, 1), "by": finance, "now": now}
    taxes.set_term(session, TermKind.VAT, value=Decimal("0.20"), **enter)
    assert taxes.terms_in_force(session, "DE", date(2026, 12, 31))[TermKind.VAT] == Decimal("0.19")
    assert taxes.terms_in_force(session, "DE", date(2027, 1, 1))[TermKind.VAT] == Decimal("0.20")
    with pytest.raises(Refused, match="already"):
        taxes.set_term(session, TermKind.VAT, value=Decimal("0.21"), **enter)
    with pytest.raises(Refused, match="between 0 and 50"):
        taxes.set_term(session, TermKind.VAT, value=Decimal("19"), **enter)


def test_a_w8_holds_to_the_end_of_the_third_following_year():
    assert valid_through(FormKind.W8BEN, date(2026, 1, 1)) == date(2029, 12, 31)
    assert valid_through(FormKind.W9, date(2026, 1, 1)) is None


def test_outside_the_united_states_and_the_union_nothing_applies():
    facts = {
        "has_form": False, "form_asked": None, "is_agreed": True, "policy": FormPolicy.BLOCK,
        "rates": in_force([], "CH", date(2026, 11, 1)),
    }  # fmt: skip
    for vendor, partner in (("CH", "DE"), ("DE", "CH"), ("GB", "GB")):
        told = treatment(Party(vendor), Party(partner, "X1"), **facts)
        assert (told.vat_rate, told.withholding_rate, told.blocks) == (None, None, "")


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
