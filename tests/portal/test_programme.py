"""The programme's settings: everybody on the staff reads them, the administrator changes them."""

import pytest
from sqlalchemy import select

from models.approvals import ApprovalRule
from models.people import Role
from models.vendor import Vendor
from tests.traces import changes


@pytest.fixture
def programme(a):
    return a.vendor()


@pytest.fixture
def typed(programme, a, sign_in):
    """The form as the administrator finds it."""
    return {
        "name": "Adventure Works Cycles",
        "legal_name": "Adventure Works Cycles GmbH",
        "country": "DE",
        "town": "Berlin",
        "base_currency": "EUR",
        "time_zone": "Europe/Berlin",
        "mail_from": "portal@example.com",
        "tax_form_policy": "block",
        "iban": "DE89370400440532013000",
        "bic": "COBADEFFXXX",
        "minimum_payout_minor": "5000",
        "destination_hold_hours": "72",
    }


def test_the_administrator_changes_a_rule_and_the_change_is_kept(typed, a, sign_in, session):
    client = sign_in(a.administrator())
    answer = client.post("/programme", data=typed | {"destination_hold_hours": "48"})
    assert answer.status_code == 303
    assert session.scalar(select(Vendor.destination_hold_hours)) == 48
    [entry] = changes(session)
    assert entry.detail["destination_hold_hours"] == [72, 48]


def test_saving_the_same_twice_leaves_one_trace(typed, a, sign_in, session):
    client = sign_in(a.administrator())
    for _ in range(2):
        client.post("/programme", data=typed | {"destination_hold_hours": "24"})
    assert session.scalar(select(Vendor.destination_hold_hours)) == 24
    assert len(changes(session)) == 1


@pytest.mark.parametrize(
    "name, value, remedy",
    [
        ("iban", "DE00370400440532013000", "check it digit by digit"),
        ("bic", "COBA", "8 or 11 characters"),
        ("base_currency", "XXQ", "ISO 4217"),
        ("time_zone", "Mars/Olympus", "Europe/Berlin"),
    ],
)
def test_what_cannot_be_is_refused_with_the_remedy(typed, a, sign_in, session, name, value, remedy):
    answer = sign_in(a.administrator()).post("/programme", data=typed | {name: value})
    assert answer.status_code == 422
    assert remedy in answer.text and value in answer.text
    assert changes(session) == []


def test_a_new_base_currency_says_which_limits_kept_their_digits(typed, a, sign_in):
    typed |= {"base_currency": "JPY"}
    page = sign_in(a.administrator()).post("/programme", data=typed, follow_redirects=True).text
    assert "the smallest payout JP¥5,000" in page or "the smallest payout ¥5,000" in page


@pytest.mark.parametrize(
    ("keep", "told"),
    [
        (lambda a: a.submitted(), "deals are counted in it"),
        (lambda a: a.invoice(), "invoices"),
        (lambda a: a.keep(ApprovalRule(name="Large", position=1, from_minor=1, created_at=a.now)),
         "amounts of approval rules. Take them out"),
        (lambda a: a.territory(quota_minor=1), "quotas and minimums of territories"),
    ],
)  # fmt: skip
def test_the_base_currency_stays_while_anything_is_kept_in_it(
    typed, a, sign_in, session, keep, told
):
    keep(a)
    client = sign_in(a.administrator())
    answer = client.post("/programme", data=typed | {"base_currency": "JPY"})
    assert answer.status_code == 422 and told in answer.text
    assert session.scalar(select(Vendor.base_currency)) == "EUR"
    assert client.post("/programme", data=typed).status_code == 303


def test_other_staff_read_without_a_button(programme, a, sign_in):
    page = sign_in(a.person(role=Role.FINANCE)).get("/programme")
    assert page.status_code == 200
    assert "Hold after a change" in page.text and "Save the programme" not in page.text


def test_a_partner_does_not_come_here(programme, a, sign_in):
    assert sign_in(a.person()).get("/programme").status_code == 403
    assert sign_in(a.manager()).post("/programme").status_code == 403
