"""Coming in, from the browser: one answer for all who may not, and no way out of the house."""

import re
from datetime import timedelta

import pytest
import time_machine
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
    assert bare(wrong) == bare(unknown)
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


AWAY = [
    "https://evil.test/", "//evil.test", "/\\evil.test", "/\t/evil.test", "/\n/x", "///evil",
    "http:evil.test", "javascript:alert(1)", "/%2f/evil.test", "\\\\evil.test", "evil.test",
    "/no-such-page", "/sign-out", "/deals@evil.test", "//", "/ /evil.test", "//[", "/deals\0",
    "HTTPS://evil.test", "//evil.test/%2f..", "/\\/evil.test", "/.evil.test", "//evil%E3%80%82test",
    "////evil.test", "https:///evil.test", "https:evil.test", "/%5cevil.test", "/%09/evil.test",
    "http://localhost@evil.test/", "http://localhost.evil.test/", "//localhost:80@evil.test",
    "http://evil.test#localhost", "data:text/html,<script>alert(1)</script>", "//[::1]",
    "\r\nLocation: https://evil.test", "/\x0b/evil.test", "\u2028//evil.test", "ftp://evil.test",
    "//evil.test\\@localhost", "/deals/../../evil.test", "?next=//evil.test", "//\u0665vil.test",
]  # fmt: skip


def test_nothing_typed_into_the_address_leads_out_of_the_house(client, ute):
    """At the sign-in, for who is in already, and at the sign-out."""
    assert len(AWAY) >= 40
    for wanted in AWAY:
        assert send(client, next=wanted).location == "/", wanted
        assert client.get("/sign-in", query_string={"next": wanted}).location == "/", wanted
        out = client.post(
            "/sign-out", query_string={"next": wanted}, headers={"Referer": "https://evil.test/"}
        )
        assert out.location == "/sign-in", wanted


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


def bare(page):
    return re.sub(r'value="[^"]*"', "", page.text)


def opened(client, link):
    """Where the link leads, once this browser has shown what stands behind its #."""
    path, key = link.split("#")
    assert client.post(f"{path}/opening", data={"key": key}).location == path
    return path


def test_a_forgotten_password_is_set_anew_by_the_mailed_link(app, client, ute, session):
    answer = client.post("/password-reset", data={"email": "ute@rhine.test"})
    link = mailed(app, session, "password-reset")
    path = opened(client, link)
    assert "Choose a new password" in client.get(path).text
    said = {"new": BETTER, "again": BETTER}
    assert client.post(path, data=said).location == answer.location == "/sign-in"
    assert send(client, password=BETTER).location == "/"
    assert client.post(path, data=said).status_code == 404
    again = {"key": link.split("#")[1]}
    assert client.post(f"{path}/opening", data=again).status_code == 404


def test_a_link_is_opened_by_its_whole_text_too_and_in_that_browser_alone(
    app, client, ute, session
):
    client.post("/password-reset", data={"email": "ute@rhine.test"})
    link = mailed(app, session, "password-reset")
    path = link.split("#")[0]
    shut = app.test_client().get(path)
    pasted = client.post(f"{path}/opening", data={"key": f" http://localhost{link} "})
    assert pasted.location == path and "?" not in path
    assert "Choose a new password" in client.get(path).text
    others = app.test_client().get(path)
    assert bare(others) == bare(shut)


def test_asking_for_a_link_never_says_whether_the_address_exists(client, ute):
    answers = []
    for email in ("ute@rhine.test", "nobody@rhine.test"):
        answer = client.post("/password-reset", data={"email": email}, follow_redirects=True)
        answers.append((answer.status_code, answer.text))
    assert answers[0] == answers[1]


def test_a_weak_new_password_is_explained_beside_its_field(app, client, ute, session):
    client.post("/password-reset", data={"email": "ute@rhine.test"})
    path = opened(client, mailed(app, session, "password-reset"))
    page = client.post(path, data={"new": "short", "again": "short"})
    assert page.status_code == 422 and "Use at least 15 characters" in page.text
    differ = client.post(path, data={"new": BETTER, "again": GOOD})
    assert differ.status_code == 422 and "passwords differ" in differ.text


def test_a_link_without_its_key_opens_nothing(app, client, ute, session):
    client.post("/password-reset", data={"email": "ute@rhine.test"})
    path, _ = mailed(app, session, "password-reset").split("#")
    assert "Choose a new password" not in client.get(path).text
    assert client.post(f"{path}/opening", data={"key": "guess"}).status_code == 404
    said = {"key": "guess", "new": BETTER, "again": BETTER}
    assert client.post(path, data=said).status_code == 404


def test_an_invitation_is_accepted_and_the_person_is_in(app, sign_in, client, ute, a, session):
    head = sign_in(a.person(role=Role.PARTNER_ADMINISTRATOR, partner_id=ute.partner_id))
    said = {"name": "Tom", "email": "Tom@rhine.test", "role": "seller"}
    assert head.post("/people", data=said).location == "/people"
    link = mailed(app, session, "invitation")
    path = opened(client, link)
    assert "tom@rhine.test" in client.get(path).text
    said = {
        "name": "Tom Achebe", "new": BETTER, "again": BETTER,
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
    assert link not in page and link.split("#")[0] in page


def told(session, kind="unusual-sign-in"):
    return session.scalars(select(Notice.body).where(Notice.kind == kind)).all()


def test_an_unusual_sign_in_is_told_to_its_owner_and_an_ordinary_one_is_not(
    client, ute, session, now
):
    send(client), send(client), send(client, password="typo"), send(client)
    assert told(session) == []
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}}
    said = {"email": "ute@rhine.test", "password": GOOD}
    client.post("/sign-in", data=said, **elsewhere)
    assert "new address, 203.0.113.9" in told(session)[0]
    client.post("/sign-in", data=said, **elsewhere)
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        for _ in range(3):
            send(client, password="guess")
        send(client)
    assert "after 3 wrong passwords" in told(session)[1]
    with time_machine.travel(now + timedelta(days=100), tick=False):
        send(client)
    assert "first time in 99 days" in told(session)[2]
    assert len(told(session)) == 3
