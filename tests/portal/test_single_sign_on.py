"""Single sign-on against a real provider: who it may let in, as what, and every bent token."""

import pytest
import requests
from sqlalchemy import select

from models import federation
from models.audit import AuditEntry
from models.federation import OutsideLogin
from models.people import Person, PersonStatus, Role, SignInAttempt, passwords
from tests.oidc_provider import CLIENT, SECRET, Account

GOOD = "gravel Thursday umbrella"
DOMAIN = "kestrel.example"
SETTINGS = {
    "name": "Kestrel login", "client_id": CLIENT, "client_secret": SECRET,
    "groups_claim": "groups", "groups": "Heads = partner administrator\nSales = seller",
}  # fmt: skip


@pytest.fixture(autouse=True)
def cheap():
    passwords.set_cost(rounds=1, memory_kib=8, lanes=1)


def test_the_page_finds_the_company_by_its_mail_domain(client, arrange, kestrel, outside):
    provider = arrange(kestrel)
    page = client.post("/sign-in/company", data={"email": f"x@{DOMAIN}"})
    assert f"/sign-in/company/{provider.id}" in page.text and "127.0.0.1" in page.text
    other = client.post("/sign-in/company", data={"email": "x@elsewhere.example"})
    assert other.status_code == 422 and "no sign-in of its own" in other.text


def test_a_newcomer_gets_the_least_role_of_that_company(travel, arrange, kestrel, session, client):
    assert travel(arrange(kestrel), next="/deals").location == "/deals"
    ute = session.scalars(select(Person).where(Person.email == f"ute@{DOMAIN}")).one()
    assert (ute.role, ute.partner_id, ute.name) == (Role.SELLER, kestrel.id, "Ute Weber")
    assert (ute.password_hash, ute.status) == (None, PersonStatus.ACTIVE)
    assert client.get("/deals").status_code == 200
    assert "joined through single sign-on" in session.scalars(select(AuditEntry.action)).all()


def test_staff_come_in_with_the_least_role_too(travel, arrange, kestrel, session):
    travel(arrange(None))
    ute = session.scalars(select(Person).where(Person.email == f"ute@{DOMAIN}")).one()
    assert (ute.role, ute.partner_id) == (Role.SALES_MANAGER, None)


def test_a_second_time_is_the_same_person_also_under_another_address(
    travel, arrange, kestrel, session, outside
):
    provider = arrange(kestrel)
    travel(provider)
    outside.account.email = f"ute.weber@{DOMAIN}"
    travel(provider)
    assert len(session.scalars(select(OutsideLogin)).all()) == 1
    assert len(session.scalars(select(Person).where(Person.partner_id == kestrel.id)).all()) == 1


def test_who_has_an_account_already_keeps_it(travel, arrange, kestrel, a, session):
    ute = a.seller(kestrel, email=f"ute@{DOMAIN}", name="Ute W.")
    travel(arrange(kestrel))
    assert session.scalars(select(OutsideLogin.person_id)).all() == [ute.id]


def test_another_subject_does_not_take_over_the_address(travel, arrange, kestrel, session, outside):
    provider = arrange(kestrel)
    travel(provider)
    outside.account.sub = "1111-thief"
    assert travel(provider).status_code == 403
    assert len(session.scalars(select(OutsideLogin)).all()) == 1


def test_groups_stand_for_roles_and_are_followed(travel, arrange, kestrel, outside, session):
    provider = arrange(kestrel, groups={"Heads": "partner_administrator", "Sales": "seller"})
    outside.account.extra = {"groups": ["Sales", "Heads"]}
    assert travel(provider).location == "/account/second-factor"
    ute = session.scalars(select(Person).where(Person.email == f"ute@{DOMAIN}")).one()
    assert ute.role is Role.PARTNER_ADMINISTRATOR


def test_a_rivals_or_the_vendors_people_are_not_let_in_by_this_company(
    travel, arrange, kestrel, a, session
):
    rival, provider = a.person(email=f"ute@{DOMAIN}"), arrange(kestrel)
    assert travel(provider).status_code == 303
    linked = session.scalars(select(Person).join(OutsideLogin)).one()
    assert linked.partner_id == kestrel.id and linked.id != rival.id
    session.delete(session.scalars(select(OutsideLogin)).one())
    linked.email, rival.email = "other@elsewhere.test", "rival@elsewhere.test"
    a.manager(email=f"ute@{DOMAIN}")
    assert travel(provider).status_code == 403


@pytest.mark.parametrize(
    "account",
    [
        Account(email="ute@elsewhere.example"),
        Account(email="ute@sub.kestrel.example"),
        Account(email="not an address"),
        Account(extra={"email_verified": False}),
        Account(extra={"email_verified": "yes"}),
    ],
)
def test_addresses_of_other_domains_and_unverified_ones_are_refused(
    travel, arrange, kestrel, outside, account, client
):
    outside.account = account
    assert travel(arrange(kestrel)).status_code == 403
    assert client.get("/deals").status_code == 302


@pytest.mark.parametrize(
    "bend, sign",
    [
        ({"iss": "https://another.example"}, "rightly"),
        ({"iss": None}, "rightly"),
        ({"aud": "another client"}, "rightly"),
        ({"aud": [CLIENT, "another client"]}, "rightly"),
        ({"azp": "another client"}, "rightly"),
        ({"aud": None}, "rightly"),
        ({"nonce": "of another journey"}, "rightly"),
        ({"nonce": None}, "rightly"),
        ({"exp": 1}, "rightly"),
        ({"exp": None}, "rightly"),
        ({"iat": 4_000_000_000}, "rightly"),
        ({"sub": None}, "rightly"),
        ({}, "none"),
        ({}, "shared secret"),
        ({}, "another key"),
    ],
    ids=str,
)
def test_a_token_that_is_not_as_it_must_be_lets_nobody_in(
    travel, arrange, kestrel, outside, client, session, bend, sign
):
    outside.bend, outside.sign = bend, sign
    answer = travel(arrange(kestrel))
    assert answer.status_code == 403 and "was not accepted" in answer.text
    assert client.get("/deals").status_code == 302
    assert session.scalars(select(OutsideLogin)).all() == []


def test_an_answer_without_its_journey_or_a_second_time_is_refused(client, arrange, kestrel):
    provider = arrange(kestrel)
    assert client.get("/sign-in/callback?code=x&state=y").status_code == 403
    out = client.get(f"/sign-in/company/{provider.id}")
    back = requests.get(out.location, allow_redirects=False, timeout=5).headers["Location"]
    path = back.removeprefix("http://localhost")
    wrong = path.replace("state=", "state=x")
    assert client.get(wrong).status_code == 403
    assert client.get(path).status_code == 403  # the journey ended with the wrong answer


def test_a_leaver_stays_out(travel, arrange, kestrel, session):
    provider = arrange(kestrel)
    travel(provider)
    session.scalars(
        select(Person).where(Person.partner_id == kestrel.id)
    ).one().status = PersonStatus.LEFT
    assert travel(provider).status_code == 403


def test_passwords_are_refused_where_the_company_says_so_but_not_to_its_administrators(
    client, arrange, kestrel, a, session
):
    arrange(kestrel, is_only_way=True)
    said = {"partner": kestrel, "password_hash": passwords.hashed(GOOD)}
    seller = a.person(email=f"ute@{DOMAIN}", **said)
    head = a.person(email=f"head@{DOMAIN}", role=Role.PARTNER_ADMINISTRATOR, **said)
    elsewhere = a.person(email="ute@subsidiary.example", **said)
    stopped = client.post("/sign-in", data={"email": seller.email, "password": GOOD})
    assert stopped.status_code == 422 and "with your company" in stopped.text
    wrong = client.post("/sign-in", data={"email": seller.email, "password": "guess"})
    assert stopped.text == wrong.text, "nobody learns whether the password was right"
    assert "is wrong" in wrong.text
    tries = select(SignInAttempt.succeeded).where(SignInAttempt.account == seller.email)
    assert session.scalars(tries).all() == [False, False]
    passed = client.post("/sign-in", data={"email": head.email, "password": GOOD})
    assert passed.location == "/account/second-factor"
    client.post("/sign-out")
    other = client.post("/sign-in", data={"email": elsewhere.email, "password": GOOD})
    assert other.location == "/", "the company's sign-in does not vouch for this address"


def test_an_administrator_sets_one_up_and_its_secret_is_sealed(
    sign_in, a, kestrel, outside, session
):
    desk = sign_in(a.administrator())
    said = SETTINGS | {"company": str(kestrel.id), "issuer": outside.url}
    made = desk.post("/single-sign-on", data=said)
    assert made.status_code == 303
    provider = session.scalars(select(federation.IdentityProvider)).one()
    assert provider.groups == {"Heads": "partner_administrator", "Sales": "seller"}
    page = desk.get(made.location).text
    assert SECRET not in provider.client_secret_sealed + page
    assert "Heads = partner administrator" in page
    desk.post(f"{made.location}/domains", data={"domain": "@Kestrel.example"})
    assert "kestrel.example" in desk.get(made.location).text
    desk.post(f"{made.location}/ending")
    assert "Shut" in desk.get("/single-sign-on").text


@pytest.mark.parametrize(
    "wrong, why",
    [
        ({"issuer": "http://login.example.com"}, "begins with https"),
        ({"issuer": "https://127.0.0.2"}, "private network"),
        ({"issuer": "https://10.0.0.1"}, "private network"),
        ({"issuer": "https://[::1]"}, "private network"),
        ({"issuer": "https://169.254.169.254"}, "private network"),
        ({"issuer": "https://user@login.example.com"}, "begins with https"),
        ({"groups": "Bosses = administrator"}, "cannot stand for"),
        ({"groups": "Bosses = channel manager"}, "cannot stand for"),
        ({"groups": "nonsense"}, "group = role"),
        ({"client_secret": ""}, "secret"),
    ],
)
def test_a_provider_that_cannot_be_trusted_is_not_set_up(
    sign_in, a, kestrel, outside, session, wrong, why
):
    said = SETTINGS | {"company": str(kestrel.id), "issuer": outside.url} | wrong
    page = sign_in(a.administrator()).post("/single-sign-on", data=said)
    assert page.status_code == 422 and why in page.text
    assert session.scalars(select(federation.IdentityProvider)).all() == []


def test_a_provider_that_calls_itself_by_another_name_is_not_set_up(sign_in, a, kestrel, outside):
    outside.says_issuer = "https://another.example"
    said = SETTINGS | {"company": "", "issuer": outside.url}
    page = sign_in(a.administrator()).post("/single-sign-on", data=said)
    assert page.status_code == 422 and "calls itself by another" in page.text


def test_loopback_is_for_tests_alone(app, sign_in, a, kestrel, outside):
    object.__setattr__(app.extensions["settings"], "oidc_loopback", False)
    said = SETTINGS | {"company": "", "issuer": outside.url}
    assert sign_in(a.administrator()).post("/single-sign-on", data=said).status_code == 422


@pytest.mark.parametrize("domain", ["gmail.com", "localhost", "x y.com", "", "@"])
def test_a_domain_of_everybody_or_of_nobody_is_refused(
    sign_in, a, arrange, kestrel, session, domain
):
    provider = arrange(kestrel)
    sign_in(a.administrator()).post(
        f"/single-sign-on/{provider.id}/domains", data={"domain": domain}
    )
    kept = session.scalars(select(federation.ProviderDomain.domain)).all()
    assert kept == [DOMAIN]


def test_a_company_that_moves_to_another_provider_keeps_its_people(
    travel, arrange, kestrel, session, outside, sign_in, a
):
    """Subjects mean somebody else at another provider; the address finds the person again."""
    provider = arrange(kestrel)
    travel(provider)
    ute = session.scalars(select(Person).where(Person.email == f"ute@{DOMAIN}")).one()
    outside.account.sub = "new-at-the-other"
    assert travel(provider).status_code == 403
    head = sign_in(a.administrator())
    path = f"/single-sign-on/{provider.id}"
    moved = SETTINGS | {"issuer": provider.issuer, "client_secret": ""}
    assert head.post(path, data=moved).status_code == 303
    assert travel(provider).status_code == 403  # nothing that matters was changed
    federation_client = provider.client_id
    provider.client_id = "of the provider before"
    session.commit()
    assert head.post(path, data=moved | {"client_id": federation_client}).status_code == 303
    assert travel(provider).status_code == 303
    assert session.scalars(select(OutsideLogin.person_id)).all() == [ute.id]
    outside.account.sub = "made anew in the directory"
    assert "company's sign-in knows" in head.get(f"/people/{ute.id}").text
    head.post(f"/single-sign-on/people/{ute.id}/forgetting")
    assert travel(provider).status_code == 303


def test_coming_in_through_a_company_is_in_the_audit_and_counts_as_a_sign_in(
    travel, arrange, kestrel, session
):
    travel(arrange(kestrel))
    said = select(AuditEntry.actor_name, AuditEntry.detail).where(
        AuditEntry.action == "signed in through single sign-on"
    )
    assert session.execute(said).all() == [("Ute Weber", {"provider": "Kestrel login"})]
    assert session.scalars(select(SignInAttempt.account)).all() == [f"ute@{DOMAIN}"]
