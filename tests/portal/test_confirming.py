"""Before what matters most one proves again to be there; what was typed is not lost."""

from datetime import timedelta
from urllib.parse import quote

import pyotp
import pytest
import time_machine
from sqlalchemy import select

from models.factors import new_app_secret
from models.factors.tables import CodeApp
from models.partners.destinations import PayoutDestination
from models.people import Role, UserSession, passwords
from models.sealing import Seal
from tests.conftest import SEALING_KEY

GOOD = "gravel Thursday umbrella"
IBAN = "DE89 3704 0044 0532 0130 00"
DESTINATION = "/company/payout-destination"
TYPED = {"kind": "sepa", "holder": "Rhine “GmbH” & Co", "iban": IBAN, "bic": ""}

FRESH = {
    "account.end_other_sessions", "account.end_session", "people.end_everybodys_sessions",
    "people.end_sessions",
    "account.add_app", "account.add_passkey", "account.new_app", "account.new_recovery_codes",
    "account.offer_passkey", "account.remove_app", "account.remove_passkey",
    "agreements.publish", "people.agree", "people.visit", "people.invite", "people.invite_again",
    "people.change_role", "payouts.bank_file", "taxes.export_1099",
    "federation.add_domain", "federation.create", "federation.forget", "federation.remove_domain",
    "federation.save",
    "federation.shut", "provisioning.make", "provisioning.end",
    "programme.save_signing_in", "people.ask_factor_reset",
    "privacy.ask", "privacy.confirm", "privacy.export", "privacy.keep", "privacy.own",
    "partners.save_destination", "payouts.choose_stripe", "payouts.approve", "payouts.release",
    "payouts.confirm_account", "partners.invite_administrator",
}  # fmt: skip
FRESH_FOR_STAFF = {
    "audit.access_export", "audit.export", "audit.history_export", "audit.privileged_export",
    "applications.export", "conflicts.export", "deals.export_asked_for", "deals.export_moves",
    "deals.export_prechecks", "deals.export_to_look_at", "engagements.export", "insights.export",
    "payouts.export_events", "payouts.export_not_paid", "payouts.export_owing",
    "payouts.export_report", "payouts.export_run", "payouts.export_runs", "payouts.leaver_pack",
    "renewals.export", "taxes.export_year",
    "claims.export", "commissions.disputes_export", "commissions.export_simulation",
    "commissions.export_rerate", "commissions.lines_export",
    "commissions.statements_export", "commissions.taken_back_export",
    "customers.export", "forecasts.export", "leads.export", "routing.export",
    "deals.export", "partners.export", "payouts.export", "people.export", "sales.export",
    "sellthrough.lines_export", "sellthrough.rows_to_mend",
    "territories.list_export", "territories.load_report", "territories.simulation_export",
}  # fmt: skip
NOT_OF_EVERY_PARTNER = {
    "approvals.export", "catalog.export", "territories.export",  # rules, products, areas
    "commissions.statement_export", "payouts.export_trace",  # one statement, one payout
    "partners.export_resellers", "sharing.export", "deals.export_refused",  # a partner's own
    "sales.export_problems",  # what was handed in, given back
}  # fmt: skip


@pytest.fixture(autouse=True)
def cheap():
    passwords.set_cost(rounds=1, memory_kib=8, lanes=1)


@pytest.fixture
def secret():
    return new_app_secret()


@pytest.fixture
def head(a, session, secret, now):
    a.vendor()
    head = a.person(role=Role.PARTNER_ADMINISTRATOR, password_hash=passwords.hashed(GOOD))
    sealed = Seal(SEALING_KEY).close(secret)
    session.add(CodeApp(person_id=head.id, secret_sealed=sealed, last_step=0, added_at=now))
    return head


@pytest.fixture
def later(sign_in, head, now):
    """The administrator's browser, six minutes after the last proof."""
    client = sign_in(head)
    with time_machine.travel(now + timedelta(minutes=6), tick=False):
        yield client


def code(secret, now):
    return pyotp.TOTP(secret).at(now + timedelta(minutes=6))


def test_what_needs_a_fresh_proof_is_written_out(app):
    guards = {name: getattr(view, "fresh", None) for name, view in app.view_functions.items()}
    named = {name: guard.__name__ for name, guard in guards.items() if guard}
    assert {name for name, who in named.items() if who == "everybody"} == FRESH
    assert {name for name, who in named.items() if who == "staff"} == FRESH_FOR_STAFF


def test_whatever_leaves_as_a_file_of_all_partners_asks_staff_for_a_fresh_proof(app):
    leaving = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "export" in rule.rule + rule.endpoint and "GET" in rule.methods
    }
    assert leaving - NOT_OF_EVERY_PARTNER <= FRESH | FRESH_FOR_STAFF
    assert leaving >= NOT_OF_EVERY_PARTNER


def test_within_five_minutes_nobody_is_asked_again(sign_in, head, now):
    client = sign_in(head)
    with time_machine.travel(now + timedelta(minutes=4, seconds=59), tick=False):
        assert client.post(DESTINATION, data=TYPED).location == "/company"


def test_afterwards_the_form_waits_for_the_proof_and_then_goes_on_with_all_that_was_typed(
    later, session, secret, now
):
    asked = later.post(DESTINATION, data=TYPED)
    assert asked.status_code == 403 and "Confirm that it is you" in asked.text
    assert 'value="Rhine “GmbH” &amp; Co"' in asked.text and IBAN in asked.text
    assert session.scalars(select(PayoutDestination)).all() == []
    said = TYPED | {"proof_code": code(secret, now), "proof_to": DESTINATION}
    onward = later.post("/confirm", data=said)
    assert (onward.status_code, onward.location) == (307, DESTINATION)
    assert later.post(onward.location, data=said).location == "/company"
    assert session.scalars(select(PayoutDestination.holder)).one() == TYPED["holder"]


def test_a_wrong_code_keeps_what_was_typed_and_changes_nothing(later, session):
    page = later.post("/confirm", data=TYPED | {"proof_code": "1", "proof_to": DESTINATION})
    assert page.status_code == 422
    assert IBAN in page.text and f'value="{DESTINATION}"' in page.text
    assert later.post(DESTINATION, data=TYPED).status_code == 403
    assert session.scalars(select(PayoutDestination)).all() == []


def test_the_password_is_no_proof_for_who_has_a_factor(later):
    said = TYPED | {"proof_code": GOOD, "proof_to": DESTINATION}
    assert later.post("/confirm", data=said).status_code == 422


def test_who_has_no_factor_proves_it_by_the_password(a, sign_in, head, now):
    manager = a.manager(password_hash=passwords.hashed(GOOD))
    client = sign_in(manager)
    with time_machine.travel(now + timedelta(minutes=6), tick=False):
        sheet = "/partners/export?as=csv&status=active&status=ended"
        asked = client.get(sheet)
        assert asked.location == f"/confirm?next={quote(sheet, safe='/?')}"
        assert "Your password" in client.get(asked.location).text
        assert client.post(asked.location, data={"proof_code": "no"}).status_code == 422
        done = client.post(asked.location, data={"proof_code": GOOD})
        assert done.location == sheet
        assert client.get(done.location).mimetype == "text/csv"


def test_a_partner_exports_its_own_rows_without_being_asked(later):
    assert later.get("/deals/export?as=csv").status_code == 200


def test_a_proof_gives_the_browser_another_token(later, session, secret, now):
    before = session.scalar(select(UserSession.token_hash))
    later.post("/confirm", data={"proof_code": code(secret, now)})
    assert session.scalar(select(UserSession.token_hash)) != before
    assert later.get("/account").status_code == 200


@pytest.mark.parametrize("to", ["https://evil.test/", "//evil.test", "/nowhere", "/sign-in\n"])
def test_a_proof_leads_on_only_to_forms_of_ours(later, secret, now, to):
    onward = later.post("/confirm", data={"proof_code": code(secret, now), "proof_to": to})
    assert onward.location == "/"


def test_a_part_of_a_page_sends_the_whole_page_to_the_proof(later):
    here = {"HX-Request": "true", "HX-Current-URL": "http://localhost/company"}
    answer = later.post(DESTINATION, data=TYPED, headers=here)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (403, "/confirm?next=/company")
