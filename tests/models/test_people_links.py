"""Mailed links: they work once and for a while, and the database alone cannot make one."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import accounts
from models.accounts import links
from models.errors import Refused
from models.notices import Notice
from models.people import AccessToken, TokenPurpose, UserSession, passwords
from models.sealing import Seal

GOOD, BETTER = "gravel Thursday umbrella", "seven lamps by the harbour"
SEAL = Seal("a key that only the tests know, long enough")


@pytest.fixture(autouse=True)
def cheap():
    passwords.set_cost(rounds=1, memory_kib=8, lanes=1)


@pytest.fixture
def ute(a):
    a.vendor()
    return a.person(email="ute@rhine.test", password_hash=passwords.hashed(GOOD))


@pytest.fixture
def ask(session, now):
    def ask(email="ute@rhine.test", address="192.0.2.1"):
        account = accounts.knock_for_reset(session, email, address=address, now=now)
        if account:
            accounts.mail_reset(session, account, seal=SEAL, now=now)
        return session.scalars(select(AccessToken).order_by(AccessToken.id.desc())).first()

    return ask


def key(token):
    return SEAL.link_secret(token.id)


def test_the_mailed_link_sets_a_new_password_and_ends_every_session(session, ute, ask, now):
    token = ask()
    session.add(
        UserSession(
            person_id=ute.id,
            token_hash="t",
            created_at=now,
            last_seen_at=now,
            address="",
            browser="",
        )
    )
    accounts.reset_password(session, token.id, key(token), new=BETTER, now=now)
    assert passwords.matches(BETTER, ute.password_hash)
    assert session.scalar(select(UserSession.ended_at)) == now


def test_a_link_works_once(session, ute, ask, now):
    token = ask()
    accounts.reset_password(session, token.id, key(token), new=BETTER, now=now)
    with pytest.raises(Refused, match="used or is too old"):
        accounts.reset_password(session, token.id, key(token), new=GOOD, now=now)
    assert passwords.matches(BETTER, ute.password_hash)


def test_a_link_dies_after_half_an_hour(session, ute, ask, now):
    token = ask()
    later = now + timedelta(minutes=30)
    with pytest.raises(Refused, match="too old"):
        accounts.reset_password(session, token.id, key(token), new=BETTER, now=later)


def test_a_newer_link_kills_the_older(session, ute, ask, now):
    older = ask()
    ask()
    with pytest.raises(Refused):
        accounts.reset_password(session, older.id, key(older), new=BETTER, now=now)


def test_a_changed_password_kills_the_link(session, ute, ask, now):
    token = ask()
    accounts.change_password(session, by=ute.actor(), old=GOOD, new=BETTER, keep=None, now=now)
    with pytest.raises(Refused):
        accounts.reset_password(session, token.id, key(token), new=GOOD, now=now)


def test_a_reset_link_is_no_invitation(session, ute, ask, now):
    token = ask()
    assert links.find(session, token.id, key(token), TokenPurpose.INVITATION, now=now) is None


def test_a_guessed_key_opens_nothing(session, ute, ask, now):
    token = ask()
    wrong = Seal("another key that is long enough").link_secret(token.id)
    with pytest.raises(Refused):
        accounts.reset_password(session, token.id, wrong, new=BETTER, now=now)


def test_a_weak_password_leaves_the_link_alive(session, ute, ask, now):
    token = ask()
    with pytest.raises(Refused, match="at least 15"):
        accounts.reset_password(session, token.id, key(token), new="short", now=now)
    accounts.reset_password(session, token.id, key(token), new=BETTER, now=now)


def test_nothing_is_mailed_to_an_address_that_nobody_signs_in_with(session, ute, ask):
    assert ask("nobody@rhine.test") is None
    assert session.scalar(select(func.count(Notice.id))) == 0


def test_the_fourth_request_in_an_hour_mails_nothing(session, ute, ask):
    for _ in range(4):
        ask()
    told = select(func.count(Notice.id)).where(Notice.kind == "password-reset")
    assert session.scalar(told) == 3


def test_the_secret_of_a_link_is_in_the_mail_and_not_in_the_database(session, ute, ask):
    token = ask()
    notice = session.scalars(select(Notice).where(Notice.kind == "password-reset")).one()
    assert key(token) not in notice.link + notice.body + token.token_hash
    assert links.completed(notice.link, SEAL) == f"/password-reset/{token.id}#{key(token)}"
    assert links.completed("/deals/1", SEAL) == "/deals/1"


def test_a_change_of_password_needs_the_old_one_and_keeps_one_session(session, ute, now):
    mine, other = (
        UserSession(
            person_id=ute.id, token_hash=name, created_at=now, last_seen_at=now,
            address="", browser="",
        )
        for name in ("mine", "other")
    )  # fmt: skip
    session.add_all([mine, other])
    session.flush()
    with pytest.raises(Refused, match="not your present password"):
        accounts.change_password(
            session, by=ute.actor(), old="wrong", new=BETTER, keep=mine.id, now=now
        )
    accounts.change_password(session, by=ute.actor(), old=GOOD, new=BETTER, keep=mine.id, now=now)
    session.refresh(mine), session.refresh(other)
    assert (mine.ended_at, other.ended_at) == (None, now)
    kinds = session.scalars(select(Notice.kind)).all()
    assert kinds == ["password-changed"]
