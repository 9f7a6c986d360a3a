"""Somebody who works for two companies: one password and one factor, and never both at once."""

from datetime import timedelta

import pyotp
import pytest
import time_machine
from sqlalchemy import select

from models import accounts, factors, privileges, provisioning
from models.accounts import sessions
from models.audit import AuditEntry
from models.errors import Refused
from models.federation import IdentityProvider, ProviderDomain
from models.people import Person, PersonStatus, Role, UserSession, passwords
from models.provisioning import Wanted
from models.scope import Scope, open_session
from models.sealing import Seal
from tests.conftest import SEALING_KEY

GOOD, BETTER = "gravel Thursday umbrella", "harbour pencil yellow lamp"
EMAIL = "ute@both.test"
SEAL = Seal(SEALING_KEY)


@pytest.fixture(autouse=True)
def cheap():
    passwords.set_cost(rounds=1, memory_kib=8, lanes=1)


@pytest.fixture
def rhine(a):
    a.vendor()
    return a.partner(name="Rhine Bikes")


@pytest.fixture
def alps(a):
    return a.partner(name="Alps Cycles")


@pytest.fixture
def ute(a, rhine):
    return a.person(partner=rhine, email=EMAIL, name="Ute", password_hash=passwords.hashed(GOOD))


@pytest.fixture
def ute_there(session, a, ute, alps):
    return a.person(partner=alps, email=EMAIL, name="Ute", account_id=ute.id)


def enter(client, password=GOOD):
    return client.post("/sign-in", data={"email": EMAIL, "password": password})


def choose(client, person, **query):
    return client.post(f"/sign-in/for/{person.id}", query_string=query)


def test_the_company_is_chosen_after_the_password_and_nothing_opens_before(
    client, ute, ute_there, a, rhine, alps
):
    mine, theirs = a.draft(partner=rhine), a.draft(partner=alps)
    assert enter(client).location == "/sign-in/for"
    assert client.get("/deals").status_code in (302, 303, 401)
    page = client.get("/sign-in/for").text
    assert "Rhine Bikes" in page and "Alps Cycles" in page
    assert choose(client, ute_there, next="/deals").location == "/deals"
    assert client.get(f"/deals/{theirs.id}").status_code == 200
    assert client.get(f"/deals/{mine.id}").status_code == 404


def test_who_changes_the_company_has_a_new_session_and_the_old_one_is_over(
    client, ute, ute_there, session, a, rhine, alps
):
    mine, theirs = a.draft(partner=rhine), a.draft(partner=alps)
    enter(client)
    choose(client, ute)
    with client.session_transaction() as cookie:
        before = cookie["_user_id"]
    assert "Change the company" in client.get("/account").text
    assert choose(client, ute_there).status_code == 303
    assert client.get(f"/deals/{mine.id}").status_code == 404
    assert client.get(f"/deals/{theirs.id}").status_code == 200
    rows = session.scalars(select(UserSession).order_by(UserSession.id)).all()
    assert [row.person_id for row in rows if row.ended_at is None] == [ute_there.id]
    assert len({row.created_at for row in rows}) == 1, "no session lives longer for it"
    with client.session_transaction() as cookie:
        cookie["_user_id"] = before
    assert client.get("/deals").status_code in (302, 303, 401)


def test_nobody_comes_in_as_somebody_else(client, ute, ute_there, a, alps, sign_in):
    rival = a.person(partner=alps)
    enter(client)
    assert choose(client, rival).status_code == 404
    assert choose(sign_in(rival), ute).status_code == 404


def test_one_company_asks_nothing(client, ute):
    assert enter(client).location == "/"
    assert "Change the company" not in client.get("/account").text


def test_the_second_factor_is_one_and_is_asked_after_the_company(
    client, ute, ute_there, session, now
):
    secret = factors.new_app_secret()
    factors.add_app(
        session, ute, secret, pyotp.TOTP(secret).at(now), keep=ute.id, seal=SEAL, now=now
    )
    enter(client)
    assert choose(client, ute_there).location == "/sign-in/second-factor"
    later = now + timedelta(seconds=30)
    typed = {"proof_code": pyotp.TOTP(secret).at(later)}
    with time_machine.travel(later, tick=False):
        assert client.post("/sign-in/second-factor", data=typed).status_code == 303
        assert choose(client, ute).location == "/", "shown already"


def test_each_companys_audit_and_people_know_their_own_alone(
    client, ute, ute_there, session, engine, rhine, alps
):
    enter(client)
    choose(client, ute)
    choose(client, ute_there)
    chosen = select(AuditEntry.partner_id).where(AuditEntry.action == "company chosen")
    assert session.scalars(chosen.order_by(AuditEntry.id)).all() == [rhine.id, alps.id]
    session.commit()
    with open_session(engine, Scope.partner(alps.id)) as own:
        assert own.scalars(select(Person.id).where(Person.email == EMAIL)).all() == [ute_there.id]


def test_leaving_one_company_leaves_the_other(client, ute, ute_there, session, a, rhine, now):
    head = a.person(partner=rhine, role=Role.PARTNER_ADMINISTRATOR)
    accounts.deactivate(session, ute.id, by=head.actor(), now=now)
    assert enter(client).location == "/"
    assert client.get("/account").status_code == 200
    other = a.person(partner=a.partner(), role=Role.PARTNER_ADMINISTRATOR)
    with pytest.raises(Refused, match="no such person"):
        accounts.deactivate(session, ute_there.id, by=other.actor(), now=now)
    accounts.deactivate(session, ute_there.id, by=a.administrator().actor(), now=now)
    assert ute.password_hash is None and enter(client).status_code == 422


def test_a_new_password_ends_the_sessions_of_both(client, ute, ute_there, session, now):
    enter(client)
    choose(client, ute_there)
    assert sessions.listed(session, ute_there.id, since=now.replace(year=2000))
    enter(client)
    choose(client, ute)
    said = {"old": GOOD, "new": BETTER, "again": BETTER}
    assert client.post("/account/password", data=said).status_code == 303
    assert sessions.listed(session, ute_there.id, since=now.replace(year=2000)) == []
    client.post("/sign-out")
    assert enter(client).status_code == 422
    assert enter(client, BETTER).location == "/sign-in/for"


def test_an_invitation_to_an_address_with_an_account_joins_it(
    client, ute, session, a, alps, sign_in, now
):
    """Who invites is told nothing of the other company."""
    head = a.person(partner=alps, role=Role.PARTNER_ADMINISTRATOR)
    said = {"name": "U.", "email": EMAIL, "role": "seller"}
    answer = sign_in(head).post("/people", data=said)
    assert answer.status_code == 303 and ute.status is PersonStatus.ACTIVE
    row = session.scalars(select(Person).where(Person.partner_id == alps.id, Person.name == "U."))
    invited = row.one()
    token = accounts.links.make(
        session, invited.id, accounts.links.TokenPurpose.INVITATION, seal=SEAL, now=now
    )
    key = SEAL.link_secret(token.id)
    client.post(f"/invitations/{token.id}/opening", data={"key": key})
    page = client.get(f"/invitations/{token.id}").text
    assert "You have a password here already" in page and "Choose a password<" not in page
    assert client.post(f"/invitations/{token.id}").location == "/sign-in"
    assert (invited.account_id, invited.name) == (ute.id, "Ute")
    assert enter(client).location == "/sign-in/for"


def test_one_companys_own_sign_in_opens_that_company_alone(
    client, ute, ute_there, session, rhine, now, sign_in
):
    provider = provider_of(session, rhine, now)
    browser = sign_in_through(sign_in, session, ute, provider)
    assert choose(browser, ute_there).status_code == 404
    assert "Change the company" not in browser.get("/account").text
    provider.is_only_way = True
    enter(client)
    assert choose(client, ute).status_code == 422
    assert choose(client, ute_there).status_code == 303


def test_one_companys_directory_does_not_move_the_shared_address(
    ute, ute_there, session, rhine, now
):
    provider = provider_of(session, rhine, now)
    wanted = Wanted(email="thief@both.test", name="Ute", is_active=True)
    with pytest.raises(Refused, match="cannot change here"):
        provisioning.put_person(session, provider, ute, wanted, now=now)


def test_one_companys_administrators_do_not_reset_a_shared_factor(
    ute, ute_there, session, a, rhine, now
):
    secret = factors.new_app_secret()
    factors.add_app(
        session, ute, secret, pyotp.TOTP(secret).at(now), keep=ute.id, seal=SEAL, now=now
    )
    one, two = (a.person(partner=rhine, role=Role.PARTNER_ADMINISTRATOR).actor() for _ in "12")
    privileges.ask_factor_reset(session, ute.id, by=one, reason="I know her voice", now=now)
    [asked] = privileges.waiting(session, two, now=now)
    with pytest.raises(Refused, match="one of its administrators must agree"):
        privileges.give(session, asked.id, by=two, seal=SEAL, now=now)
    privileges.give(session, asked.id, by=a.administrator().actor(), seal=SEAL, now=now)
    assert not factors.held_by(session, ute_there.id)


def provider_of(session, partner, now):
    provider = IdentityProvider(
        partner_id=partner.id, name="Login", issuer="https://login.both.test", client_id="c",
        client_secret_sealed="", groups={}, created_at=now,
    )  # fmt: skip
    session.add(provider)
    session.flush()
    session.add(
        ProviderDomain(
            provider_id=provider.id, domain="both.test", verified_at=now, verified_by_name="Kim"
        )
    )
    session.flush()
    return provider


def sign_in_through(sign_in, session, person, provider):
    other = person.email
    person.email = "for.a.moment@both.test"
    browser = sign_in(person)
    person.email = other
    session.scalars(select(UserSession)).one().provider_id = provider.id
    return browser
