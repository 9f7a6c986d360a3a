"""Looking through a partner's eyes: to help, for half an hour, never to act, and never secretly."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from models.audit import AuditEntry
from models.deals import Deal
from models.notices import Notice, unread
from models.people import PersonStatus, Role
from models.visits import Visit

WHY = {"reason": "Ticket 4126: the list of deals looks empty."}


@pytest.fixture
def rhine(a):
    a.vendor()
    return a.partner(name="Rhine Bikes")


@pytest.fixture
def ute(a, rhine):
    return a.person(partner=rhine, name="Ute Weber", role=Role.PARTNER_ADMINISTRATOR)


@pytest.fixture
def kim(a):
    return a.administrator(name="Kim Ralls")


@pytest.fixture
def visiting(sign_in, kim, ute):
    client = sign_in(kim)
    assert client.post(f"/people/{ute.id}/visit", data=WHY).location == "/"
    return client


def test_the_visitor_sees_the_partners_pages_under_a_banner(visiting, a, rhine):
    theirs, others = a.submitted(partner=rhine), a.submitted()
    page = visiting.get("/deals").text
    assert theirs.customer_name in page and others.customer_name not in page
    assert "You see what Ute Weber of Rhine Bikes sees" in page
    assert visiting.get("/partners").status_code == 403


def test_nothing_can_be_changed_or_signed(app, visiting, session, rhine):
    sent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods
        and not rule.arguments
        and getattr(app.view_functions[rule.endpoint], "permission", None)
        and rule.endpoint != "people.end_visit"
    ]
    assert len(sent) > 40
    answers = {path: visiting.post(path, data={"name": "Taken over"}).status_code for path in sent}
    assert {path: status for path, status in answers.items() if status != 403} == {}
    said = session.scalars(
        select(AuditEntry.detail).where(AuditEntry.action.startswith("refused"))
    ).all()
    told = [one for one in said if one]  # a complaint's entry tells nothing, of nobody
    assert len(told) > 40 and {one["visitor"] for one in told} == {"Kim Ralls"}
    assert rhine.name == "Rhine Bikes" and session.scalars(select(Deal)).all() == []


@pytest.mark.parametrize(
    "path", ["/payouts", "/payouts/export", "/company/payout-destination", "/account", "/confirm"]
)
def test_payouts_bank_details_and_the_account_are_not_shown(visiting, path):
    assert visiting.get(path).status_code == 403


def test_no_page_leads_to_the_payouts_or_tells_their_sums(visiting, sign_in, ute):
    for path in ("/", "/deals"):
        assert 'href="/payouts' not in visiting.get(path).text
    assert "Paid so far" not in visiting.get("/").text
    page = sign_in(ute).get("/").text
    assert 'href="/payouts' in page and "Paid so far" in page


def test_the_page_of_the_company_hides_where_it_is_paid(visiting, a, rhine):
    destination = a.destination(rhine)
    assert destination.iban_last4 not in visiting.get("/company").text


def test_half_an_hour_later_it_is_over(visiting, now):
    with time_machine.travel(now + timedelta(minutes=29), tick=False):
        assert "Ute Weber" in visiting.get("/deals").text
        with time_machine.travel(now + timedelta(minutes=30), tick=False):
            assert "You see what" not in visiting.get("/partners").text


def test_the_visitor_goes_back_and_both_names_are_in_the_audit(visiting, session, kim, ute):
    assert visiting.post("/people/visits/ending").location == "/people"
    assert visiting.get("/partners").status_code == 200
    rows = session.execute(
        select(AuditEntry.actor_name, AuditEntry.detail, AuditEntry.partner_id).where(
            AuditEntry.action.in_(["visit begun", "visit ended"])
        )
    ).all()
    assert [(row.actor_name, row.detail["as"]) for row in rows] == [("Kim Ralls", "Ute Weber")] * 2
    assert {row.partner_id for row in rows} == {ute.partner_id}


def test_the_partner_sees_it_afterwards(visiting, sign_in, session, ute, now):
    assert unread(session, ute.id, now=now) == 0
    later = now + timedelta(minutes=30)
    assert unread(session, ute.id, now=later) == 1
    body = session.scalars(select(Notice.body).where(Notice.person_id == ute.id)).one()
    assert "Kim Ralls" in body and WHY["reason"] in body
    page = sign_in(ute).get("/people/visits").text
    assert "Kim Ralls" in page and "Ticket 4126" in page


def test_a_rival_does_not_see_it(visiting, sign_in, a):
    rival = sign_in(a.person(role=Role.PARTNER_ADMINISTRATOR))
    assert "Ticket 4126" not in rival.get("/people/visits").text


@pytest.mark.parametrize("role", [Role.CHANNEL_MANAGER, Role.FINANCE, Role.PARTNER_ADMINISTRATOR])
def test_only_the_vendors_administrators_visit(sign_in, a, ute, role, session):
    person = a.person(role=role, **({"partner_id": ute.partner_id} if "partner" in role else {}))
    assert sign_in(person).post(f"/people/{ute.id}/visit", data=WHY).status_code == 403
    assert session.scalars(select(Visit)).all() == []


def test_staff_leavers_and_visits_without_a_reason_are_refused(sign_in, kim, a, ute, session):
    client, gone = sign_in(kim), a.person(status=PersonStatus.LEFT)
    for member in (a.finance(), gone):
        client.post(f"/people/{member.id}/visit", data=WHY)
    client.post(f"/people/{ute.id}/visit", data={"reason": "help"})
    assert session.scalars(select(Visit)).all() == []


def test_a_visitor_who_leaves_or_a_person_who_leaves_ends_it(visiting, kim, ute):
    ute.status = PersonStatus.LEFT
    assert visiting.get("/deals").status_code == 302
    ute.status, kim.status = PersonStatus.ACTIVE, PersonStatus.LEFT
    assert visiting.get("/deals").status_code == 302
