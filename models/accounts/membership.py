"""Membership: who is invited, in which role they work, and when they leave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import audit, notices, vendor
from models.accounts import companies, doors, links, sessions
from models.accounts.rules import PRIVILEGED, ROLE_NAMES, must_be_grantable, tidy_email
from models.accounts.secrets import guessable
from models.base import lock
from models.errors import Refused
from models.people import (
    PARTNER_ROLES,
    Actor,
    Door,
    Person,
    PersonStatus,
    Role,
    TokenPurpose,
    passwords,
)
from models.scope import vendor_side
from models.sealing import Seal

GOVERN = frozenset({Role.ADMINISTRATOR, Role.PARTNER_ADMINISTRATOR})


def invite(
    session: Session,
    *,
    by: Actor,
    email: str,
    name: str,
    role: Role,
    partner_id: UUID | None,
    company: str,
    seal: Seal,
    now: datetime,
    asked_by: UUID | None = None,
) -> UUID:
    """Mail somebody a link to join; the new person's id.

    partner_id: None for the vendor's staff.  company: the name they are invited to.
    asked_by: who asked first, where it needs two people.  Inviting somebody who is already
    invited mails a new link.
    """
    email = tidy_email(email)
    if partner_id is None or by.partner_id is not None:
        must_be_grantable(by, role)
    assert by.partner_id in (None, partner_id), "nobody invites for another company"
    assert (role in PARTNER_ROLES) == (partner_id is not None), "role and company disagree"
    with vendor_side(session) as own:
        _must_be_by_two(own, role, by=by, asked_by=asked_by)
        _not_too_many(own, by, now)
        person = at_company(own, email, partner_id)
        if person is None:
            person = Person(email=email, partner_id=partner_id, created_at=now)
            own.add(person)
        else:
            lock(own, person)
        if person.status is PersonStatus.ACTIVE:
            raise Refused(f"{email} already signs in here.")
        person.name, person.role, person.status = name, role, PersonStatus.INVITED
        own.flush()
        audit.record(own, by, "person invited", person, now=now, detail={"role": role})
        _mail_invitation(own, person, by=by, company=company, seal=seal, now=now)
        return person.id


def accept(
    session: Session,
    token_id: UUID,
    key: str,
    *,
    name: str,
    password: str,
    locale: str,
    time_zone: str,
    names: Iterable[str] = (),
    now: datetime,
) -> Person:
    """Use up the invitation and become active.  Raises Refused for a dead link."""
    person = links.find(session, token_id, key, TokenPurpose.INVITATION, now=now)
    if person is None or person.status is not PersonStatus.INVITED:
        raise Refused(links.DEAD_LINK)
    passwords.judge(password, names=[*guessable(session, person), name, *names])
    password_hash = passwords.hashed(password)
    person = links.use(session, token_id, key, TokenPurpose.INVITATION, now=now)
    if person.status is not PersonStatus.INVITED:
        raise Refused(links.DEAD_LINK)
    person.status, person.password_hash = PersonStatus.ACTIVE, password_hash
    person.name, person.locale, person.time_zone = name, locale, time_zone
    audit.record(session, person.actor(), "invitation accepted", person, now=now)
    return person


def change_role(
    session: Session,
    person_id: UUID,
    *,
    by: Actor,
    role: Role,
    now: datetime,
    asked_by: UUID | None = None,
) -> None:
    """Give a colleague another role; their sessions end, so that it counts at once.

    asked_by: who asked first, where it needs two people.
    """
    must_be_grantable(by, role)
    with vendor_side(session) as own:
        _must_be_by_two(own, role, by=by, asked_by=asked_by)
        person = colleague(own, person_id, by=by)
        if person.role is role:
            return
        if (person.partner_id is None) == (role in PARTNER_ROLES):
            raise Refused("Staff and partners have different roles. Invite the person anew.")
        if person.role in GOVERN:
            _not_the_last(own, person)
        before, person.role = person.role, role
        sessions.end_all(own, person.id, now=now)
        detail = {"from": before, "to": role}
        audit.record(own, by, "role changed", person, now=now, detail=detail)
        notices.tell(
            own,
            person.id,
            "role-changed",
            title=f"You are now {ROLE_NAMES[role].lower()}",
            body=f"{by.name} changed your role from {ROLE_NAMES[before].lower()} to "
            f"{ROLE_NAMES[role].lower()}. Sign in again.",
            link="/",
            partner_id=person.partner_id,
            now=now,
        )


def deactivate(session: Session, person_id: UUID, *, by: Actor, now: datetime) -> None:
    """Somebody leaves: sessions and links end at once.  Doing it again changes nothing."""
    with vendor_side(session) as own:
        person = colleague(own, person_id, by=by)
        if person.status is PersonStatus.LEFT:
            return
        if person.status is PersonStatus.ACTIVE and person.role in GOVERN:
            _not_the_last(own, person)
        person.status = PersonStatus.LEFT
        companies.leave(own, person)
        sessions.end_all(own, person.id, now=now)
        for purpose in TokenPurpose:
            links.spend(own, person.id, purpose, now=now)
        audit.record(own, by, "person deactivated", person, now=now)


def end_sessions(session: Session, person_id: UUID, *, by: Actor, now: datetime) -> None:
    """Sign somebody out wherever they are signed in; nothing else of theirs changes.

    The vendor's administrator ends them at all companies, a partner's at its own.
    """
    with vendor_side(session) as own:
        person = colleague(own, person_id, by=by)
        if by.partner_id is None:
            companies.end_everywhere(own, person, now=now)
        else:
            sessions.end_all(own, person.id, now=now)
        audit.record(own, by, "sessions ended", person, now=now)


def end_everybodys_sessions(session: Session, *, by: Actor, but: UUID, now: datetime) -> None:
    """Sign everybody out whom `by` governs, but for the browser in which it was asked."""
    if by.role not in GOVERN:
        raise Refused("Only an administrator may do this.")
    with vendor_side(session) as own:
        sessions.end_everybodys(own, by.partner_id, but=but, now=now)
        audit.record(own, by, "everybody's sessions ended", None, now=now)


def colleague(session: Session, person_id: UUID, *, by: Actor) -> Person:
    """The person, locked, if `by` governs them.  Raises Refused; strangers do not exist."""
    person = session.get(Person, person_id)
    if person is None or (by.partner_id is not None and person.partner_id != by.partner_id):
        raise Refused("There is no such person.")
    if by.role not in GOVERN:
        raise Refused("Only an administrator may do this.")
    if person.role in GOVERN:
        _administrators_beside(session, person)
    lock(session, person)
    return person


def needs_two(session: Session, role: Role) -> bool:
    """Whether a second administrator must agree before somebody gets this role.

    A vendor's first administrator makes the second one alone: there never was anybody to ask.
    """
    if role not in PRIVILEGED:
        return False
    return role is not Role.ADMINISTRATOR or _ever_had_two(session)


def _ever_had_two(session: Session) -> bool:
    """Whether there ever were two administrators, wherever the second one is now."""
    was_in = or_(Person.status == PersonStatus.ACTIVE, Person.last_signed_in_at.is_not(None))
    counted = select(func.count(Person.id)).where(Person.role == Role.ADMINISTRATOR, was_in)
    if session.execute(counted).scalar_one() > 1:
        return True
    changed = select(audit.AuditEntry.detail).where(audit.AuditEntry.action == "role changed")
    return any(said.get("from") == Role.ADMINISTRATOR for said in session.scalars(changed))


def _must_be_by_two(session: Session, role: Role, *, by: Actor, asked_by: UUID | None) -> None:
    if needs_two(session, role) and asked_by in (None, by.id):
        raise Refused(f"Two administrators together make somebody {ROLE_NAMES[role].lower()}.")


def _not_the_last(session: Session, person: Person) -> None:
    if set(_administrators_beside(session, person)) <= {person.id}:
        raise Refused(
            f"{person.name} is the last administrator. Make somebody else administrator first."
        )


def _administrators_beside(session: Session, person: Person) -> list[UUID]:
    """The active administrators of the same company, locked always in the same order.

    Two who remove each other at the same moment meet here, one after the other.
    """
    company = (
        Person.partner_id == person.partner_id if person.partner_id else Person.partner_id.is_(None)
    )
    return list(
        session.scalars(
            select(Person.id)
            .where(Person.role == person.role, company, Person.status == PersonStatus.ACTIVE)
            .order_by(Person.id)
            .with_for_update()
        )
    )


def at_company(session: Session, email: str, partner_id: UUID | None) -> Person | None:
    """The person with this address at this company.  Raises Refused where they cannot be.

    Somebody may work for several partners; nobody for a partner and the vendor.
    """
    known = session.scalars(select(Person).where(Person.email == email)).all()
    if any((one.partner_id is None) != (partner_id is None) for one in known):
        raise Refused(
            f"{email} cannot be invited. Use another address, or ask {_vendor(session)} for help."
        )
    return next((one for one in known if one.partner_id == partner_id), None)


def _not_too_many(session: Session, by: Actor, now: datetime) -> None:
    about = {"account": by.email, "address": str(by.id)}
    if doors.is_shut(session, Door.INVITATION, now=now, **about):
        raise Refused("You have invited many people. Wait an hour before you invite more.")
    doors.knock(session, Door.INVITATION, succeeded=True, now=now, **about)


def _mail_invitation(
    session: Session, person: Person, *, by: Actor, company: str, seal: Seal, now: datetime
) -> None:
    token = links.make(session, person.id, TokenPurpose.INVITATION, seal=seal, now=now)
    notices.tell(
        session,
        person.id,
        "invitation",
        title=f"{by.name} invites you to {company} on Counterpart",
        body=f"{by.name} invites you to work for {company} in the partner portal of "
        f"{_vendor(session)}, as {ROLE_NAMES[person.role].lower()}. Open this link within "
        "seven days and choose a password; it works once.",
        link=links.path(token),
        partner_id=person.partner_id,
        now=now,
    )


def _vendor(session: Session) -> str:
    return vendor.settings(session).name
