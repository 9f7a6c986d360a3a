"""Applications in the browser: anybody applies, nobody learns whom we know, managers decide."""

import pytest
from sqlalchemy import select

from models.applications import Application, ApplicationStatus
from models.partners import Partner, PartnerStatus
from models.people import Person, PersonStatus, Role

SAID = {
    "company": "Rhine Bikes GmbH",
    "role": "reseller",
    "country": "DE",
    "town": "Köln",
    "domain": "rhine.test",
    "contact_name": "Ute Weber",
    "contact_email": "ute@rhine.test",
    "contact_phone": "",
    "about": "We sell touring bicycles to hotels along the Rhine.",
}


@pytest.fixture
def manager(a):
    a.vendor()
    return a.manager(name="Rosa Kim")


@pytest.fixture
def application(client, manager, session):
    assert client.post("/become-a-partner", data=SAID).status_code == 303
    return session.scalars(select(Application)).one()


@pytest.fixture
def desk(sign_in, manager):
    return sign_in(manager)


def accept(manager, **other):
    usual = {
        "role": "var", "currency": "EUR", "channel_manager": str(manager.id),
        "administrator_email": "ute@rhine.test",
    }  # fmt: skip
    return usual | other


def test_anybody_may_apply_and_is_thanked(client, manager):
    assert client.get("/become-a-partner").status_code == 200
    answer = client.post("/become-a-partner", data=SAID, follow_redirects=True)
    assert "We have your application" in answer.text


def test_a_known_company_gets_the_same_answer_as_an_unknown_one(client, manager, a):
    a.partner(name="Rhine Bikes", country="DE", domain="rhine.test")
    a.person(email="ute@rhine.test")
    answers = [
        client.post("/become-a-partner", data=SAID | other, follow_redirects=True)
        for other in ({}, {"company": "Quite new", "contact_email": "new@new.test", "domain": ""})
    ]
    assert answers[0].status_code == answers[1].status_code == 200
    assert answers[0].text == answers[1].text


def test_sending_it_twice_is_thanked_twice_and_kept_once(client, application, session):
    assert client.post("/become-a-partner", data=SAID).status_code == 303
    assert len(session.scalars(select(Application.id)).all()) == 1


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"company": ""}, "Enter the company"),
        ({"country": ""}, "Choose a country"),
        ({"contact_email": "ute"}, "e-mail address"),
        ({"about": "bikes"}, "sentence or two"),
        ({"domain": "no domain"}, "web address"),
        ({"role": "king"}, "What you are"),
    ],
)
def test_what_is_missing_is_explained_and_the_rest_is_kept(
    client, manager, session, wrong, message
):
    page = client.post("/become-a-partner", data=SAID | wrong)
    assert page.status_code == 422 and message in page.text
    assert 'value="Köln"' in page.text
    assert session.scalars(select(Application.id)).all() == []


def test_a_robot_that_fills_the_trap_is_thanked_and_forgotten(client, manager, session):
    answer = client.post("/become-a-partner", data=SAID | {"website": "http://spam.test"})
    assert answer.status_code == 303
    assert session.scalars(select(Application.id)).all() == []


def test_a_flood_from_one_address_is_braked(client, manager, session):
    for n in range(7):
        other = {"company": f"Firm {n}", "contact_email": f"p{n}@firm.test"}
        answer = client.post("/become-a-partner", data=SAID | other)
    assert answer.status_code == 422 and "Wait an hour" in answer.text
    assert len(session.scalars(select(Application.id)).all()) == 5


def test_a_manager_takes_accepts_and_the_partner_is_onboarding(desk, application, manager, session):
    url = f"/applications/{application.id}"
    assert "Begin the review" in desk.get(url).text
    desk.post(f"{url}/review")
    answer = desk.post(f"{url}/acceptance", data=accept(manager))
    partner = session.scalars(select(Partner)).one()
    assert answer.location == f"/partners/{partner.id}"
    assert (partner.status, partner.channel_manager_id) == (PartnerStatus.ONBOARDING, manager.id)
    ute = session.scalars(select(Person).where(Person.email == "ute@rhine.test")).one()
    assert (ute.status, ute.role) == (PersonStatus.INVITED, Role.PARTNER_ADMINISTRATOR)
    assert desk.post(f"{url}/acceptance", data=accept(manager)).status_code == 422
    assert len(session.scalars(select(Partner.id)).all()) == 1


def test_an_acceptance_that_cannot_be_is_explained_on_the_page(desk, application, manager, a):
    taken = a.finance(email="taken@vendor.test")
    url = f"/applications/{application.id}"
    desk.post(f"{url}/review")
    page = desk.post(f"{url}/acceptance", data=accept(manager, administrator_email=taken.email))
    assert page.status_code == 422 and "cannot be invited" in page.text
    page = desk.post(f"{url}/acceptance", data=accept(manager, currency="EURO"))
    assert page.status_code == 422
    assert application.status is ApplicationStatus.UNDER_REVIEW


def test_a_manager_asks_and_declines_with_a_reason(desk, application):
    url = f"/applications/{application.id}"
    for _ in range(2):
        desk.post(f"{url}/review")
    desk.post(f"{url}/question", data={"question": "How many shops?"})
    desk.post(f"{url}/refusal", data={"reason": " "})
    assert application.status is ApplicationStatus.UNDER_REVIEW
    for _ in range(2):
        desk.post(f"{url}/refusal", data={"reason": "No room in Köln."})
    assert (application.status, application.reason) == (
        ApplicationStatus.DECLINED,
        "No room in Köln.",
    )
    page = desk.get(url).text
    assert "How many shops?" in page and "No room in Köln." in page


def test_staff_are_warned_of_a_company_we_may_know(desk, application, a):
    a.partner(name="RHINE BIKES", country="DE")
    page = desk.get(f"/applications/{application.id}").text
    assert "We may know this company already" in page and "same name" in page


def test_the_list_filters_and_exports_the_same_rows(desk, application):
    assert "Rhine Bikes" in desk.get("/applications?open=1").text
    assert "Rhine Bikes" not in desk.get("/applications?status=declined").text
    assert "Rhine Bikes" in desk.get("/applications/export?as=csv&q=rhine").text
    assert "Rhine Bikes" not in desk.get("/applications/export?as=csv&q=elbe").text


@pytest.mark.parametrize(
    "role", [Role.SELLER, Role.PARTNER_ADMINISTRATOR, Role.FINANCE, Role.SALES_MANAGER]
)
def test_only_reviewers_see_applications(sign_in, application, a, role):
    client = sign_in(a.person(role=role))
    for url in ("/applications", f"/applications/{application.id}", "/applications/export?as=csv"):
        assert client.get(url).status_code == 403
    assert client.post(f"/applications/{application.id}/review").status_code == 403
