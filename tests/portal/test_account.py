"""One's own account: what each person may change, and the sessions they can end."""

import pytest
from sqlalchemy import select

from models.people import Role, UserSession, passwords

GOOD, BETTER = "gravel Thursday umbrella", "seven lamps by the harbour"


@pytest.fixture(autouse=True)
def cheap():
    passwords.set_cost(rounds=1, memory_kib=8, lanes=1)


@pytest.fixture(params=[Role.SELLER, Role.FINANCE])
def ute(a, request):
    a.vendor()
    return a.person(role=request.param, password_hash=passwords.hashed(GOOD))


def test_name_language_and_time_zone_are_ones_own(sign_in, ute):
    client = sign_in(ute)
    said = {"name": "Ute  Weber", "locale": "de_DE", "time_zone": "Europe/Berlin"}
    assert client.post("/account/profile", data=said).status_code == 303
    assert (ute.name, ute.locale, ute.time_zone) == ("Ute Weber", "de_DE", "Europe/Berlin")


@pytest.mark.parametrize("wrong", [{"name": ""}, {"locale": "xx"}, {"time_zone": "Mars/Base"}])
def test_a_language_or_place_that_does_not_exist_is_explained(sign_in, ute, wrong):
    said = {"name": "Ute", "locale": "de_DE", "time_zone": "Europe/Berlin"} | wrong
    assert sign_in(ute).post("/account/profile", data=said).status_code == 422


def test_nobody_makes_themselves_administrator(sign_in, ute):
    before = ute.role
    said = {"name": "U", "locale": "de_DE", "time_zone": "UTC", "role": "administrator"}
    sign_in(ute).post("/account/profile", data=said | {"email": "x@y.zz", "partner_id": ""})
    assert (ute.role, ute.email != "x@y.zz") == (before, True)


def test_a_changed_password_keeps_this_session_and_ends_the_others(sign_in, ute):
    here, there = sign_in(ute), sign_in(ute)
    said = {"old": GOOD, "new": BETTER, "again": BETTER}
    assert here.post("/account/password", data=said).status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert passwords.matches(BETTER, ute.password_hash)
    page = here.post("/account/password", data=said)
    assert page.status_code == 422 and "not your present password" in page.text


def test_a_weak_password_is_explained_and_changes_nothing(sign_in, ute):
    said = {"old": GOOD, "new": "short", "again": "short"}
    page = sign_in(ute).post("/account/password", data=said)
    assert page.status_code == 422 and "at least 15" in page.text
    assert passwords.matches(GOOD, ute.password_hash)


def test_who_finds_an_open_browser_cannot_guess_the_password(sign_in, ute):
    client = sign_in(ute)
    for _ in range(10):
        client.post("/account/password", data={"old": "guess", "new": BETTER, "again": BETTER})
    page = client.post("/account/password", data={"old": GOOD, "new": BETTER, "again": BETTER})
    assert page.status_code == 422 and "Too many tries" in page.text
    assert passwords.matches(GOOD, ute.password_hash)


def test_a_session_elsewhere_is_ended_from_here(sign_in, ute, session):
    here, there = sign_in(ute), sign_in(ute)
    assert there.get("/account").status_code == 200
    there_id = session.scalars(select(UserSession.id).order_by(UserSession.id.desc())).first()
    for _ in range(2):
        assert here.post(f"/account/sessions/{there_id}/ending").status_code == 303
    assert there.get("/account").status_code == 302
    assert here.get("/account").status_code == 200


def test_all_other_sessions_are_ended_at_once(sign_in, ute):
    here, *others = (sign_in(ute) for _ in range(3))
    here.post("/account/sessions/ending")
    assert [client.get("/account").status_code for client in (here, *others)] == [200, 302, 302]


def test_another_persons_session_cannot_be_ended(sign_in, ute, a, session):
    rival = sign_in(a.person(role=Role.SELLER))
    rival_id = session.scalars(select(UserSession.id)).one()
    sign_in(ute).post(f"/account/sessions/{rival_id}/ending")
    assert rival.get("/account").status_code == 200
