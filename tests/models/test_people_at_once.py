"""Two people at the same moment: somebody always holds the keys, and one-time means once."""

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from models import accounts, applications, partners
from models import engine as engines
from models.applications import Application, Enquiry
from models.errors import Refused
from models.partners import Partner, PartnerParent, PartnerRole
from models.people import AccessToken, Person, PersonStatus, Role, passwords
from models.scope import Scope, open_session
from models.sealing import Seal

GOOD = "gravel Thursday umbrella"
SEAL = Seal("a key that only the tests know, long enough")


@pytest.fixture(autouse=True)
def cheap():
    passwords.set_cost(rounds=1, memory_kib=8, lanes=1)


@pytest.fixture
def at_once(engine, session):
    """Runs the same work for several people at the same moment; how it went for each."""

    def at_once(work: Callable, people: list) -> list[str]:
        session.commit()
        start, went = Barrier(len(people)), []

        def one(person) -> None:
            with open_session(engines.for_writing(engine), Scope.vendor()) as own:
                start.wait()
                try:
                    work(own, person)
                    own.commit()
                    went.append("done")
                except (Refused, IntegrityError) as no:
                    own.rollback()
                    went.append(type(no).__name__)

        threads = [Thread(target=one, args=[person]) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        session.expire_all()
        return sorted(went)

    return at_once


def test_two_administrators_who_remove_each_other_leave_one(session, a, at_once, now):
    a.vendor()
    heads = [a.administrator() for _ in range(2)]
    pairs = [(heads[0].actor(), heads[1].id), (heads[1].actor(), heads[0].id)]

    went = at_once(lambda own, pair: accounts.deactivate(own, pair[1], by=pair[0], now=now), pairs)

    assert went == ["Refused", "done"]
    active = select(func.count(Person.id)).where(Person.status == PersonStatus.ACTIVE)
    assert session.scalar(active) == 1


def test_a_link_that_is_opened_twice_at_once_works_once(session, a, at_once, now):
    a.vendor()
    ute = a.person(email="ute@rhine.test", password_hash=passwords.hashed(GOOD))
    accounts.mail_reset(session, ute.email, seal=SEAL, now=now)
    token = session.scalars(select(AccessToken)).one().id
    wanted = [f"seven lamps by harbour {n}" for n in range(4)]

    went = at_once(
        lambda own, new: accounts.reset_password(
            own, token, SEAL.link_secret(token), new=new, now=now
        ),
        wanted,
    )

    assert went == ["Refused", "Refused", "Refused", "done"]
    assert sum(passwords.matches(new, ute.password_hash) for new in wanted) == 1


def test_two_managers_who_accept_at_once_make_one_partner(session, a, at_once, now):
    a.vendor()
    managers = [a.manager().actor() for _ in range(2)]
    enquiry = Enquiry(
        "Rhine Bikes", PartnerRole.VAR, "DE", "Köln", "", "Ute", "ute@rhine.test", "",
        "We sell touring bicycles to hotels along the Rhine.",
    )  # fmt: skip
    kept = applications.submit(session, enquiry, address="192.0.2.1", now=now)
    applications.begin_review(session, kept, by=managers[0], now=now)

    def accept(own, manager):
        applications.accept(
            own, own.get_one(Application, kept.id), by=manager, role=PartnerRole.VAR,
            currency="EUR", channel_manager_id=manager.id,
            administrator_email="ute@rhine.test", seal=SEAL, now=now,
        )  # fmt: skip

    assert at_once(accept, managers) == ["Refused", "done"]
    assert session.scalar(select(func.count(Partner.id))) == 1


def test_two_managers_who_name_a_distributor_at_once_leave_one(session, a, at_once, now):
    a.vendor()
    manager, rhine = a.manager().actor(), a.partner()
    day = date(2026, 6, 1)

    def name(own, distributor_id):
        partner = own.get_one(Partner, rhine.id)
        partners.buy_through(own, partner, distributor_id, from_on=day, by=manager, now=now)

    went = at_once(name, [a.distributor().id for _ in range(3)])

    assert "done" in went
    open_links = select(func.count(PartnerParent.id)).where(PartnerParent.to_on.is_(None))
    assert session.scalar(open_links) == 1


def test_a_person_invited_twice_at_once_is_one_person(session, a, at_once, now):
    a.vendor()
    head = a.person(role=Role.PARTNER_ADMINISTRATOR).actor()

    def invite(own, _number):
        accounts.invite(
            own, by=head, email="tom@rhine.test", name="Tom", role=Role.SELLER,
            partner_id=head.partner_id, company="Rhine", seal=SEAL, now=now,
        )  # fmt: skip

    went = at_once(invite, [1, 2, 3])
    assert set(went) <= {"done", "IntegrityError"} and "done" in went
    named = select(func.count(Person.id)).where(Person.email == "tom@rhine.test")
    assert session.scalar(named) == 1
