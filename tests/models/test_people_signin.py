"""Signing in: one answer for all who may not, slow for those who guess, quick for the owner."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import accounts
from models.accounts import sessions
from models.errors import Refused
from models.people import PersonStatus, SignInAttempt, UserSession, passwords

GOOD = "gravel Thursday umbrella"
HOME, AWAY = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def cheap():
    passwords.set_cost(rounds=1, memory_kib=8, lanes=1)


@pytest.fixture
def ute(a):
    a.vendor()
    return a.person(email="ute@rhine.test", password_hash=passwords.hashed(GOOD))


@pytest.fixture
def knock(session, now):
    def knock(email="ute@rhine.test", password="wrong", address=HOME, at=now):
        verdict = accounts.weigh(session, email, password, address=address, now=at)
        if verdict.person_id is None:
            accounts.refuse(session, verdict, address=address, now=at)
        else:
            accounts.enter(session, verdict, address=address, now=at)
        return verdict

    return knock


def test_the_right_password_lets_in(ute, knock, now):
    assert knock(" UTE@Rhine.test ", GOOD).person_id == ute.id


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(ute, knock):
    wrong, unknown = knock("ute@rhine.test", "no"), knock("nobody@rhine.test", "no")
    assert (wrong.person_id, wrong.refusal) == (unknown.person_id, unknown.refusal)


@pytest.mark.parametrize("status", [PersonStatus.INVITED, PersonStatus.LEFT])
def test_only_active_people_come_in_and_the_others_hear_nothing_more(ute, knock, status):
    ute.status = status
    assert knock(password=GOOD).refusal == knock("nobody@rhine.test").refusal


def test_the_eleventh_try_is_not_even_weighed(ute, knock):
    for _ in range(10):
        knock()
    assert "Too many tries" in knock(password=GOOD).refusal


def test_an_unknown_account_is_braked_just_the_same(ute, knock):
    for _ in range(10):
        knock("nobody@rhine.test")
    assert "Too many tries" in knock("nobody@rhine.test").refusal


def test_the_owner_is_back_after_a_quarter_of_an_hour(ute, knock, now):
    for _ in range(10):
        knock()
    assert knock(password=GOOD, at=now + timedelta(minutes=15)).person_id == ute.id


def test_one_address_that_sprays_many_accounts_is_braked(ute, knock):
    for n in range(50):
        knock(f"person{n}@rhine.test", address=AWAY)
    assert "Too many tries" in knock("another@rhine.test", address=AWAY).refusal
    assert knock(password=GOOD, address=HOME).person_id == ute.id


def test_a_strangers_guessing_does_not_lock_out_the_owner_at_home(ute, knock):
    knock(password=GOOD, address=HOME)
    for _ in range(10):
        knock(address=AWAY)
    assert knock(password=GOOD, address=AWAY).person_id is None
    assert knock(password=GOOD, address=HOME).person_id == ute.id


def test_successes_do_not_count_against_anybody(ute, knock, session):
    for _ in range(12):
        assert knock(password=GOOD).person_id == ute.id
    assert session.scalar(select(func.count(SignInAttempt.id))) == 12


def test_a_hash_of_yesterdays_cost_is_renewed(ute, knock):
    passwords.set_cost(rounds=2, memory_kib=8, lanes=1)
    knock(password=GOOD)
    assert not passwords.is_outdated(ute.password_hash)
    assert knock(password=GOOD).person_id == ute.id


def test_a_password_changed_while_it_was_weighed_lets_nobody_in(ute, session, now):
    verdict = accounts.weigh(session, ute.email, GOOD, address=HOME, now=now)
    ute.password_hash = passwords.hashed("another password now")
    with pytest.raises(Refused):
        accounts.enter(session, verdict, address=HOME, now=now)


def test_sessions_are_listed_and_ended_one_by_one_or_all(session, ute, a, now):
    rows = [_open(session, ute, now - timedelta(minutes=n)) for n in range(3)]
    other = _open(session, a.person(), now)
    earlier = now - timedelta(hours=12)

    sessions.end(session, ute.id, rows[1].id, now=now)
    sessions.end(session, ute.id, rows[1].id, now=now)
    sessions.end(session, ute.id, other.id, now=now)
    assert [s.id for s in sessions.listed(session, ute.id, since=earlier)] == [
        rows[0].id,
        rows[2].id,
    ]

    sessions.end_all(session, ute.id, now=now, but=rows[2].id)
    assert [s.id for s in sessions.listed(session, ute.id, since=earlier)] == [rows[2].id]
    session.refresh(other)
    assert other.ended_at is None


def _open(session, person, at):
    row = UserSession(
        person_id=person.id,
        token_hash=f"{at.isoformat()}{person.id}"[:64],
        created_at=at,
        last_seen_at=at,
        address=HOME,
        browser="Test",
    )
    session.add(row)
    session.flush()
    return row
