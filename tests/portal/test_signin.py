"""Coming in, from the browser: one answer for all who may not, and no way out of the house."""

import re

import pytest
from sqlalchemy import select

from models.notices import Notice
from models.people import Person, PersonStatus, Role, SignInAttempt, UserSession, passwords
from portal import worker
from portal.mail import full_link

GOOD, BETTER = "gravel Thursday umbrella", "seven lamps by the harbour"


@pytest.fixture(autouse=True)
def cheap():
    passwords.set_cost(rounds=1, memory_kib=8, lanes=1)


@pytest.fixture
def ute(a):
    a.vendor()
    return a.person(email="ute@rhine.test", password_hash=passwords.hashed(GOOD))


def send(client, email="ute@rhine.test", password=GOOD, **args):
    return client.post("/sign-in", query_string=args, data={"email": email, "password": password})


def test_the_right_password_leads_to_the_start_page(client, ute):
    assert send(client).location == "/"
    assert client.get("/account").status_code == 200


def test_signing_in_twice_makes_two_sessions_and_no_error(client, ute, session):
    send(client), send(client)
    assert len(session.scalars(select(UserSession)).all()) == 2


def test_unknown_and_wrong_get_the_same_page(client, ute):
    wrong, unknown = send(client, password="no"), send(client, "no@rhine.test", "no")
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    tidy = [re.sub(r'value="[^"]*"', "", page.text) for page in (wrong, unknown)]
    assert tidy[0] == tidy[1]
    assert "The e-mail address or the password is wrong." in wrong.text


def test_a_refused_try_is_remembered_although_the_page_is_an_error(client, ute, session):
    send(client, password="no")
    assert session.scalars(select(SignInAttempt.succeeded)).all() == [False]


def test_guessing_is_braked(client, ute):
    for _ in range(10):
        send(client, password="no")
    assert "Too many tries" in send(client).text


def test_the_typed_address_is_kept_and_the_password_is_not(client, ute):
    page = send(client, password="my secret guess").text
    assert 'value="ute@rhine.test"' in page and "my secret guess" not in page


def test_after_signing_in_the_wanted_page_opens(client, ute):
    assert client.get("/deals?sort=-value").location == "/sign-in?next=/deals?sort%3D-value"
    assert send(client, next="/deals?sort=-value").location == "/deals?sort=-value"


def test_words_of_the_framework_in_the_address_do_no_harm(client, ute):
    assert send(client, next="/deals?endpoint=x&_external=1&sort=value").location == (
        "/deals?sort=value"
    )


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.test/", "//evil.test", "/\\evil.test", "/\t/evil.test", "/\n/x", "///evil",
        "http:evil.test", "javascript:alert(1)", "/%2f/evil.test", "\\\\evil.test", "evil.test",
        "/no-such-page", "/sign-out", "/deals@evil.test", "//", "/ /evil.test", "//[", "/deals\0",
    ],
)  # fmt: skip
def test_nothing_typed_into_the_address_leads_out_of_the_house(client, ute, wanted):
    assert send(client, next=wanted).location == "/"
    assert client.get("/sign-in", query_string={"next": wanted}).location == "/"


def test_signing_out_ends_the_session_for_good(client, ute, session):
    send(client)
    with client.session_transaction() as cookie:
        kept = dict(cookie)
    for _ in range(2):
        assert client.post("/sign-out").location == "/sign-in"
    with client.session_transaction() as cookie:
        cookie.update(kept)
    assert client.get("/account").status_code == 302
    assert session.scalar(select(UserSession.ended_at)) is not None


def test_a_session_from_before_is_not_carried_into_the_new_one(client, ute):
    with client.session_transaction() as cookie:
        cookie["planted"] = "by a stranger"
    send(client)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie


def mailed(app, session, kind):
    with app.app_context():
        worker.once(app)
    link = session.scalars(select(Notice.link).where(Notice.kind == kind)).all()[-1]
    return full_link(link, app.extensions["settings"]).removeprefix("http://localhost")


def test_a_forgotten_password_is_set_anew_by_the_mailed_link(app, client, ute, session):
    answer = client.post("/password-reset", data={"email": "ute@rhine.test"})
    link = mailed(app, session, "password-reset")
    assert client.get(link).status_code == 200
    path, key = link.split("?key=")
    said = {"key": key, "new": BETTER, "again": BETTER}
    assert client.post(path, data=said).location == answer.location == "/sign-in"
    assert send(client, password=BETTER).location == "/"
    assert client.post(path, data=said).status_code == 404
    assert client.get(link).status_code == 404


def test_asking_for_a_link_never_says_whether_the_address_exists(client, ute):
    answers = []
    for email in ("ute@rhine.test", "nobody@rhine.test"):
        answer = client.post("/password-reset", data={"email": email}, follow_redirects=True)
        answers.append((answer.status_code, answer.text))
    assert answers[0] == answers[1]


def test_a_weak_new_password_is_explained_beside_its_field(app, client, ute, session):
    client.post("/password-reset", data={"email": "ute@rhine.test"})
    path, key = mailed(app, session, "password-reset").split("?key=")
    page = client.post(path, data={"key": key, "new": "short", "again": "short"})
    assert page.status_code == 422 and "Use at least 15 characters" in page.text
    differ = client.post(path, data={"key": key, "new": BETTER, "again": GOOD})
    assert differ.status_code == 422 and "passwords differ" in differ.text


def test_a_link_without_its_key_opens_nothing(app, client, ute, session):
    client.post("/password-reset", data={"email": "ute@rhine.test"})
    path, _ = mailed(app, session, "password-reset").split("?key=")
    assert client.get(path).status_code == 404
    said = {"key": "guess", "new": BETTER, "again": BETTER}
    assert client.post(path, data=said).status_code == 404


def test_an_invitation_is_accepted_and_the_person_is_in(app, sign_in, client, ute, a, session):
    head = sign_in(a.person(role=Role.PARTNER_ADMINISTRATOR, partner_id=ute.partner_id))
    said = {"name": "Tom", "email": "Tom@rhine.test", "role": "seller"}
    assert head.post("/people", data=said).location == "/people"
    link = mailed(app, session, "invitation")
    path, key = link.split("?key=")
    assert "tom@rhine.test" in client.get(link).text
    said = {
        "key": key, "name": "Tom Achebe", "new": BETTER, "again": BETTER,
        "locale": "de_DE", "time_zone": "Europe/Berlin",
    }  # fmt: skip
    assert client.post(path, data=said | {"new": "short", "again": "short"}).status_code == 422
    assert client.post(path, data=said).location == "/"
    assert client.get("/account").status_code == 200
    tom = session.scalars(select(Person).where(Person.email == "tom@rhine.test")).one()
    assert (tom.status, tom.partner_id, tom.locale) == (
        PersonStatus.ACTIVE,
        ute.partner_id,
        "de_DE",
    )
    assert client.post(path, data=said).status_code == 404


def test_without_a_mail_server_only_an_administrator_can_pass_on_a_link(
    app, client, ute, a, session, sign_in
):
    client.post("/password-reset", data={"email": "ute@rhine.test"})
    link = mailed(app, session, "password-reset")
    assert link in sign_in(a.administrator()).get("/outbox").text
    page = sign_in(a.manager()).get("/outbox").text
    assert link not in page and link.split("?")[0] in page
