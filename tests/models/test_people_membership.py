"""Membership: invited, working in a role, leaving; and somebody always holds the keys."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import accounts
from models.errors import Refused
from models.people import AccessToken, Person, PersonStatus, Role, UserSession, passwords
from models.scope import Scope, open_session
from models.sealing import Seal

GOOD = "gravel Thursday umbrella"
SEAL = Seal("a key that only the tests know, long enough")


@pytest.fixture(autouse=True)
def cheap():
    passwords.set_cost(rounds=1, memory_kib=8, lanes=1)


@pytest.fixture
def rhine(a):
    a.vendor()
    return a.partner(name="Rhine Bikes")


@pytest.fixture
def head(a, rhine):
    return a.person(partner=rhine, role=Role.PARTNER_ADMINISTRATOR)


@pytest.fixture
def invite(session, head, rhine, now):
    def invite(email="tom@rhine.test", by=head, role=Role.SELLER, partner=rhine):
        person_id = accounts.invite(
            session,
            by=by.actor(),
            email=email,
            name="Tom",
            role=role,
            partner_id=partner and partner.id,
            company="Rhine Bikes",
            seal=SEAL,
            now=now,
        )
        token = session.scalars(
            select(AccessToken).where(
                AccessToken.person_id == person_id, AccessToken.used_at.is_(None)
            )
        ).one()
        return session.get(Person, person_id), token

    return invite


@pytest.fixture
def accept(session, now):
    def accept(token, at=now, password=GOOD):
        return accounts.accept(
            session,
            token.id,
            SEAL.link_secret(token.id),
            name="Tom Achebe",
            password=password,
            locale="en_GB",
            time_zone="Europe/Paris",
            now=at,
        )

    return accept


def test_an_invited_person_joins_with_the_link(invite, accept, rhine):
    person, token = invite()
    assert (person.status, person.password_hash) == (PersonStatus.INVITED, None)
    accept(token)
    assert (person.status, person.name, person.partner_id) == (
        PersonStatus.ACTIVE,
        "Tom Achebe",
        rhine.id,
    )


def test_an_invitation_is_accepted_once(invite, accept):
    _, token = invite()
    accept(token)
    with pytest.raises(Refused, match="used or is too old"):
        accept(token)


def test_an_invitation_dies_after_seven_days(invite, accept, now):
    _, token = invite()
    with pytest.raises(Refused, match="too old"):
        accept(token, at=now + timedelta(days=7))


def test_inviting_twice_mails_a_new_link_to_the_same_person(session, invite, accept):
    first, older = invite()
    again, newer = invite()
    assert first.id == again.id
    with pytest.raises(Refused):
        accept(older)
    accept(newer)


def test_somebody_who_already_signs_in_is_not_invited_again(invite, accept):
    accept(invite()[1])
    with pytest.raises(Refused, match="already signs in"):
        invite()


def test_somebody_of_another_company_is_not_taken_over(a, invite):
    rival = a.person(email="ana@rival.test", role=Role.SELLER)
    invited, _token = invite("ana@rival.test")
    assert invited.id != rival.id and rival.status is PersonStatus.ACTIVE
    staff = a.manager()
    with pytest.raises(Refused, match="cannot be invited"):
        invite(staff.email)


def test_a_partner_cannot_invite_without_end(invite):
    for n in range(20):
        invite(f"p{n}@rhine.test")
    with pytest.raises(Refused, match="Wait an hour"):
        invite("one-more@rhine.test")


def test_a_partner_administrator_works_from_the_partners_own_session(
    engine, session, rhine, head, now
):
    session.commit()
    with open_session(engine.execution_options(writes=True), Scope.partner(rhine.id)) as own:
        person_id = accounts.invite(
            own, by=head.actor(), email="new@rhine.test", name="New", role=Role.SELLER,
            partner_id=rhine.id, company="Rhine Bikes", seal=SEAL, now=now,
        )  # fmt: skip
        accounts.change_role(own, person_id, by=head.actor(), role=Role.SELLER, now=now)
        accounts.deactivate(own, person_id, by=head.actor(), now=now)
        own.commit()
    session.expire_all()
    assert session.get(Person, person_id).status is PersonStatus.LEFT


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.FINANCE, Role.CHANNEL_MANAGER])
def test_a_partner_administrator_makes_nobody_staff(session, head, a, rhine, now, role):
    tom = a.person(partner=rhine)
    with pytest.raises(Refused, match="cannot make somebody"):
        accounts.change_role(session, tom.id, by=head.actor(), role=role, now=now)


def test_a_partner_administrator_does_not_know_people_of_other_partners(session, head, a, now):
    stranger = a.person(role=Role.SELLER)
    for attempt in (
        lambda: accounts.deactivate(session, stranger.id, by=head.actor(), now=now),
        lambda: accounts.change_role(
            session, stranger.id, by=head.actor(), role=Role.PARTNER_ADMINISTRATOR, now=now
        ),
    ):
        with pytest.raises(Refused, match="There is no such person"):
            attempt()


def test_a_seller_governs_nobody(session, a, rhine, now):
    seller, other = a.person(partner=rhine), a.person(partner=rhine)
    with pytest.raises(Refused, match="Only an administrator"):
        accounts.deactivate(session, other.id, by=seller.actor(), now=now)


def test_a_leaver_loses_sessions_password_and_links_at_once(session, head, invite, accept, now):
    tom, token = invite()
    accept(token)
    session.add(
        UserSession(
            person_id=tom.id,
            token_hash="t",
            created_at=now,
            last_seen_at=now,
            address="",
            browser="",
        )
    )
    accounts.mail_reset(session, tom.email, seal=SEAL, now=now)
    for _ in range(2):
        accounts.deactivate(session, tom.id, by=head.actor(), now=now)
    session.expire_all()
    assert (tom.status, tom.password_hash) == (PersonStatus.LEFT, None)
    assert session.scalar(select(UserSession.ended_at)) == now
    assert session.scalars(select(AccessToken).where(AccessToken.used_at.is_(None))).all() == []


def test_a_new_role_ends_the_sessions(session, head, a, rhine, now):
    tom = a.person(partner=rhine)
    session.add(
        UserSession(
            person_id=tom.id,
            token_hash="t",
            created_at=now,
            last_seen_at=now,
            address="",
            browser="",
        )
    )
    for _ in range(2):
        accounts.change_role(
            session, tom.id, by=head.actor(), role=Role.PARTNER_ADMINISTRATOR, now=now
        )
    assert tom.role is Role.PARTNER_ADMINISTRATOR
    assert session.scalar(select(UserSession.ended_at)) == now


def test_the_last_administrator_of_a_partner_cannot_go(session, head, now):
    with pytest.raises(Refused, match="last administrator"):
        accounts.deactivate(session, head.id, by=head.actor(), now=now)
    with pytest.raises(Refused, match="last administrator"):
        accounts.change_role(session, head.id, by=head.actor(), role=Role.SELLER, now=now)


def test_the_last_administrator_of_the_vendor_cannot_go(session, a, now):
    a.vendor()
    only = a.administrator()
    a.person(role=Role.PARTNER_ADMINISTRATOR)
    with pytest.raises(Refused, match="last administrator"):
        accounts.deactivate(session, only.id, by=only.actor(), now=now)
    other = a.administrator()
    accounts.deactivate(session, only.id, by=other.actor(), now=now)
    assert only.status is PersonStatus.LEFT
