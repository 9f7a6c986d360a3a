"""The second factor: who must have one, each code once, and nothing without it."""

import re
from datetime import timedelta

import pyotp
import pytest
import time_machine
from sqlalchemy import select

from models.audit import AuditEntry
from models.factors import new_app_secret
from models.factors.tables import CodeApp, RecoveryCode
from models.notices import Notice
from models.people import Person, Role, UserSession, passwords
from models.sealing import Seal
from portal.demonstration import TOTP_SECRET
from tests.conftest import SEALING_KEY

GOOD = "gravel Thursday umbrella"
MUST = [Role.ADMINISTRATOR, Role.FINANCE, Role.PARTNER_ADMINISTRATOR]
STEP = 30


@pytest.fixture(autouse=True)
def cheap():
    passwords.set_cost(rounds=1, memory_kib=8, lanes=1)


@pytest.fixture
def somebody(a):
    a.vendor()
    return lambda role=Role.SELLER: a.person(role=role, password_hash=passwords.hashed(GOOD))


@pytest.fixture
def secret():
    return new_app_secret()


@pytest.fixture
def with_app(somebody, session, secret, now):
    """A person whose app is set up."""

    def with_app(role=Role.FINANCE, secret=secret):
        person = somebody(role)
        sealed = Seal(SEALING_KEY).close(secret)
        session.add(CodeApp(person_id=person.id, secret_sealed=sealed, last_step=0, added_at=now))
        session.flush()
        return person

    return with_app


def code(secret, at):
    return pyotp.TOTP(secret).at(at)


def type_password(client, person, **args):
    said = {"email": person.email, "password": GOOD}
    return client.post("/sign-in", data=said, query_string=args)


def type_code(client, typed, **args):
    return client.post("/sign-in/second-factor", data={"proof_code": typed}, query_string=args)


@pytest.mark.parametrize("role", MUST)
def test_who_governs_people_or_money_comes_in_only_after_setting_one_up(client, somebody, role):
    person = somebody(role)
    assert type_password(client, person).location == "/account/second-factor"
    assert client.get("/").location.startswith("/sign-in")
    assert client.get("/account").location.startswith("/sign-in")
    assert "Set one up to come in" in client.get("/account/second-factor").text


def test_the_programme_says_who_else_needs_one(client, somebody, a, sign_in, session):
    seller = somebody()
    head = sign_in(a.administrator())
    assert head.post("/programme/sign-in", data={"factor_roles": ["seller"]}).status_code == 303
    assert "Also needed by" in head.get("/programme/sign-in").text
    assert type_password(client, seller).location == "/account/second-factor"
    assert head.post("/programme/sign-in", data={"factor_roles": ["emperor"]}).status_code == 422


def test_an_app_is_set_up_by_its_first_code_and_the_recovery_codes_are_shown_once(
    client, somebody, session, now
):
    person = somebody(Role.FINANCE)
    type_password(client, person, next="/payout-runs")
    page = client.get("/account/second-factor/app?next=/payout-runs").text
    secret = re.search(r'class="code">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")
    sealed = re.search(r'name="sealed"[^>]*value="([^"]+)"', page).group(1)
    assert "<svg" in page and secret not in sealed
    path = "/account/second-factor/app?next=/payout-runs"
    wrong = client.post(path, data={"sealed": sealed, "code": "000000"})
    assert wrong.status_code == 422 and sealed in wrong.text
    done = client.post(path, data={"sealed": sealed, "code": code(secret, now)}).text
    shown = re.findall(r"<li>(\w{4}(?:-\w{4}){6})</li>", done)
    assert len(shown) == 10 and 'href="/payout-runs"' in done
    assert client.get("/").status_code == 200
    kept = session.scalars(select(CodeApp.secret_sealed)).one()
    assert secret not in kept and Seal(SEALING_KEY).open(kept) == secret
    marks = session.scalars(select(RecoveryCode.mark)).all()
    assert not {one.replace("-", "") for one in shown}.intersection(marks)
    assert "factor-changed" in session.scalars(select(Notice.kind)).all()


def test_another_persons_secret_cannot_be_set_up(client, somebody, now):
    other, person = somebody(Role.FINANCE), somebody(Role.FINANCE)
    secret = new_app_secret()
    sealed = Seal(SEALING_KEY).close(f"{other.id} {secret}")
    type_password(client, person)
    said = {"sealed": sealed, "code": code(secret, now)}
    for _ in (said, {"sealed": "planted", "code": "1"}):
        client.post("/account/second-factor/app", data=said)
        assert client.get("/account").status_code == 302


def test_after_the_password_only_the_code_leads_in(client, with_app, secret, now):
    person = with_app()
    assert type_password(client, person).location == "/sign-in/second-factor"
    for path in ("/", "/account", "/account/second-factor", "/confirm", "/payout-runs"):
        assert client.get(path).status_code == 302, path
    assert client.post("/account/second-factor/recovery-codes").status_code == 401
    assert type_code(client, "123456").status_code == 422
    assert type_code(client, code(secret, now), next="/payout-runs").location == "/payout-runs"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("skew", [-90, -60, -30, -1, 0, 29, 30, 60])
def test_a_code_lives_for_its_thirty_seconds_and_no_longer(client, with_app, secret, now, skew):
    type_password(client, with_app())
    typed = code(secret, now + timedelta(seconds=skew))
    assert type_code(client, typed).status_code == (303 if 0 <= skew < STEP else 422)


def test_each_code_works_once_also_with_spaces_and_in_another_browser(
    app, client, with_app, secret, now
):
    person, typed = with_app(), code(secret, now)
    type_password(client, person)
    assert type_code(client, f" {typed[:3]} {typed[3:]} ").status_code == 303
    other = app.test_client()
    type_password(other, person)
    for again in (typed, f"{typed[:3]}-{typed[3:]}", code(secret, now - timedelta(seconds=STEP))):
        assert type_code(other, again).status_code == 422
    with time_machine.travel(now + timedelta(seconds=STEP), tick=False):
        assert type_code(other, code(secret, now + timedelta(seconds=STEP))).status_code == 303


def test_a_recovery_code_works_once_and_only_for_its_owner(app, sign_in, with_app, now):
    person, rival = with_app(), with_app(secret=new_app_secret())
    page = sign_in(person).post("/account/second-factor/recovery-codes").text
    first, second = re.findall(r"<li>(\w{4}(?:-\w{4}){6})</li>", page)[:2]
    stranger, own = app.test_client(), app.test_client()
    type_password(stranger, rival)
    assert type_code(stranger, first).status_code == 422
    type_password(own, person)
    assert type_code(own, first.lower().replace("-", " ")).status_code == 303
    again = app.test_client()
    type_password(again, person)
    assert type_code(again, first).status_code == 422
    assert type_code(again, second).status_code == 303


def test_new_recovery_codes_kill_the_older_ones(app, sign_in, with_app):
    person = with_app()
    client = sign_in(person)
    old = re.findall(r"<li>(\w{4}(?:-\w{4}){6})</li>", _new_codes(client))[0]
    _new_codes(client)
    other = app.test_client()
    type_password(other, person)
    assert type_code(other, old).status_code == 422


def _new_codes(client):
    return client.post("/account/second-factor/recovery-codes").text


def test_guessing_codes_is_braked_and_kept(client, with_app, secret, session, now):
    person = with_app()
    type_password(client, person)
    for guess in range(10):
        type_code(client, f"00000{guess}")
    assert "Too many tries" in type_code(client, code(secret, now)).text
    kept = select(AuditEntry.id).where(AuditEntry.action == "second factor refused")
    assert len(session.scalars(kept).all()) >= 10
    with time_machine.travel(now + timedelta(minutes=15), tick=False):
        type_password(client, person)
        client.post("/sign-out")
        type_password(client, person)
        later = code(secret, now + timedelta(minutes=15))
        assert type_code(client, later).status_code == 303


def test_a_password_waits_ten_minutes_for_its_code(client, with_app, secret, now):
    type_password(client, with_app())
    with time_machine.travel(now + timedelta(minutes=11), tick=False):
        late = type_code(client, code(secret, now + timedelta(minutes=11)))
        assert late.status_code == 401


def test_coming_in_gives_the_browser_another_token(client, with_app, secret, now, session):
    type_password(client, with_app())
    before = session.scalar(select(UserSession.token_hash))
    with client.session_transaction() as cookie:
        half = dict(cookie)
    type_code(client, code(secret, now))
    assert session.scalar(select(UserSession.token_hash)) != before
    with client.session_transaction() as cookie:
        cookie.update(half)
    assert client.get("/account").status_code == 302


def test_a_new_factor_ends_the_other_sessions_and_the_last_needed_one_stays(
    sign_in, with_app, session
):
    person = with_app()
    here, there = sign_in(person), sign_in(person)
    refused = here.post("/account/second-factor/app/removal", follow_redirects=True)
    assert "Your role needs a second factor" in refused.text
    person.role, person.partner_id = Role.CHANNEL_MANAGER, None
    assert here.post("/account/second-factor/app/removal").status_code == 303
    assert session.scalars(select(CodeApp)).all() == []
    assert there.get("/account").status_code == 302
    assert here.get("/account").status_code == 200


def test_eight_characters_are_enough_beside_a_factor_and_hold_it_fast(
    sign_in, with_app, session, somebody
):
    person = with_app(Role.CHANNEL_MANAGER)
    said = {"old": GOOD, "new": "harbour 7", "again": "harbour 7"}
    client = sign_in(person)
    assert client.post("/account/password", data=said).status_code == 303
    assert person.is_password_short
    page = client.post("/account/second-factor/app/removal", follow_redirects=True)
    assert "too short to stand alone" in page.text
    alone = sign_in(somebody()).post("/account/password", data=said)
    assert alone.status_code == 422 and "at least 15" in alone.text


@pytest.mark.parametrize("is_demo", [True, False])
@pytest.mark.parametrize("is_shared", [True, False])
def test_a_code_is_shown_only_in_the_demonstration_and_only_for_its_own_accounts(
    app, client, with_app, session, now, is_demo, is_shared
):
    object.__setattr__(app.extensions["settings"], "demo", is_demo)
    secret = TOTP_SECRET if is_shared else new_app_secret()
    type_password(client, with_app(secret=secret))
    page = client.get("/sign-in/second-factor").text
    is_shown = is_demo and is_shared
    assert (code(secret, now) in page) is is_shown
    assert ("This is a demonstration" in page) is is_shown
    type_code(client, code(secret, now))
    client.post("/sign-out")
    type_password(client, session.scalars(select(Person)).one())
    used = client.get("/sign-in/second-factor")
    assert ("the next one is filled in" in used.text) is is_shown
    assert (used.headers.get("Refresh") == "30") is is_shown


def test_secrets_of_a_factor_are_in_no_log_of_what_was_done(client, with_app, secret, session, now):
    type_password(client, with_app())
    type_code(client, code(secret, now))
    kept = str(session.execute(select(AuditEntry.detail, AuditEntry.action)).all())
    assert secret not in kept and code(secret, now) not in kept
    assert session.scalars(select(Person.name)).first() is not None
