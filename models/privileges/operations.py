"""What can happen to privileges: one administrator asks, another gives or refuses.

All of it runs on the vendor's side.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models import accounts, audit, factors, notices, vendor
from models.accounts import ROLE_NAMES
from models.accounts.membership import GOVERN, colleague
from models.base import lock
from models.errors import Refused
from models.people import Actor, Person, PersonStatus, Role
from models.privileges.rules import LIVES, Ask, AskState
from models.privileges.tables import PrivilegeRequest
from models.sealing import Seal

GONE = "This was decided already, or is too old. Ask anew."
LINK = "/people/requests"


def ask_invitation(
    session: Session, *, by: Actor, email: str, name: str, role: Role, now: datetime
) -> None:
    """Ask a second administrator to invite somebody as administrator or finance."""
    accounts.must_be_grantable(by, role)
    email = accounts.tidy_email(email)
    known = select(Person.id).where(Person.email == email, Person.status == PersonStatus.ACTIVE)
    if session.scalar(known.limit(1)) is not None:
        raise Refused(f"{email} already signs in here.")
    row = PrivilegeRequest(kind=Ask.INVITATION, email=email, name=name, role=role)
    _keep(session, row, by=by, now=now)


def ask_role(session: Session, person_id: UUID, *, by: Actor, role: Role, now: datetime) -> None:
    """Ask a second administrator to make a colleague administrator or finance."""
    accounts.must_be_grantable(by, role)
    person = colleague(session, person_id, by=by)
    if person.role is role:
        raise Refused(f"{person.name} is {ROLE_NAMES[role].lower()} already.")
    row = PrivilegeRequest(
        kind=Ask.ROLE,
        person_id=person.id,
        email=person.email,
        name=person.name,
        role=role,
        role_before=person.role,
    )
    _keep(session, row, by=by, now=now)


def ask_factor_reset(
    session: Session, person_id: UUID, *, by: Actor, reason: str, now: datetime
) -> None:
    """Ask a second administrator to take the lost factors of somebody away."""
    person = colleague(session, person_id, by=by)
    reason = reason.strip()
    if not reason:
        raise Refused("Say how you know that it is really them who ask.")
    if person.id == by.id:
        raise Refused("Ask a colleague: nobody resets their own second factor.")
    if not factors.held_by(session, person.id):
        raise Refused(f"{person.name} has no second factor.")
    row = PrivilegeRequest(
        kind=Ask.FACTOR_RESET,
        person_id=person.id,
        email=person.email,
        name=person.name,
        role_before=person.role,
        reason=reason[:500],
    )
    _keep(session, row, by=by, now=now)


def give(session: Session, request_id: UUID, *, by: Actor, seal: Seal, now: datetime) -> str:
    """Say yes as the second person; what was done, in words."""
    row = _decidable(session, request_id, by=by, now=now)
    _decide(row, AskState.GIVEN, by=by, now=now)
    session.flush()
    if row.kind is Ask.INVITATION:
        said = _invite(session, row, by=by, seal=seal, now=now)
    else:
        person = _unchanged(session, row, by=by)
        if row.kind is Ask.ROLE:
            assert row.role is not None, "held by the database"
            accounts.change_role(
                session, person.id, by=by, role=row.role, asked_by=row.asked_by_id, now=now
            )
            said = f"{row.name} is now {ROLE_NAMES[row.role].lower()}."
        else:
            factors.forget(session, person, by=by, now=now)
            said = f"The second factor of {row.name} is reset. They set up a new one."
    _tell_asker(session, row, f"{by.name} agreed. {said}", now)
    return said


def refuse(session: Session, request_id: UUID, *, by: Actor, now: datetime) -> None:
    """Say no; who asked may also take it back so."""
    row = _found(session, request_id, by=by, now=now)
    row.state, row.decided_at, row.decided_by_name = AskState.REFUSED, now, by.name
    row.decided_by_id = None if by.id == row.asked_by_id else by.id
    audit.record(session, by, "privilege refused", row, now=now, detail=_words(row))
    if by.id != row.asked_by_id:
        _tell_asker(session, row, f"{by.name} did not agree.", now)


def _keep(session: Session, row: PrivilegeRequest, *, by: Actor, now: datetime) -> None:
    row.asked_by_id, row.asked_by_name, row.asked_at = by.id, by.name, now
    session.execute(
        update(PrivilegeRequest)
        .where(
            PrivilegeRequest.email == row.email,
            PrivilegeRequest.kind == row.kind,
            PrivilegeRequest.state == AskState.ASKED,
        )
        .values(state=AskState.REFUSED, decided_at=now)
    )
    others = _who_may_decide(session, row, by)
    if not others:
        raise Refused("Another administrator must agree, and you are the only one. Invite one.")
    session.add(row)
    session.flush()
    audit.record(session, by, "privilege asked", row, now=now, detail=_words(row))
    for person_id, partner_id in others:
        notices.tell(
            session,
            person_id,
            "privilege-asked",
            title=f"{by.name} needs a second person",
            body=f"{by.name} asks: {_sentence(row)}. Look at it and agree or refuse within 7 days.",
            link=LINK,
            partner_id=partner_id,
            now=now,
        )


def _who_may_decide(
    session: Session, row: PrivilegeRequest, by: Actor
) -> list[tuple[UUID, UUID | None]]:
    """Active administrators beside who asked and whom it is about."""
    own = or_(Person.partner_id.is_(None), Person.partner_id == by.partner_id)
    found = session.execute(
        select(Person.id, Person.partner_id).where(
            Person.role.in_(list(GOVERN)),
            Person.status == PersonStatus.ACTIVE,
            own,
            Person.id != by.id,
        )
    )
    return [(one.id, one.partner_id) for one in found if one.id != row.person_id]


def _found(session: Session, request_id: UUID, *, by: Actor, now: datetime) -> PrivilegeRequest:
    row = session.get(PrivilegeRequest, request_id)
    if row is None or by.role not in GOVERN:
        raise Refused(GONE)
    lock(session, row)  # two who decide at once come one after the other
    if row.person_id is not None:
        colleague(session, row.person_id, by=by)
    elif by.role is not Role.ADMINISTRATOR:
        raise Refused(GONE)
    if row.state is not AskState.ASKED or row.asked_at <= now - LIVES:
        raise Refused(GONE)
    return row


def _decidable(session: Session, request_id: UUID, *, by: Actor, now: datetime) -> PrivilegeRequest:
    row = _found(session, request_id, by=by, now=now)
    if row.asked_by_id == by.id:
        raise Refused("You asked for this yourself. Another administrator must agree.")
    if row.person_id == by.id:
        raise Refused("This is about you. Another administrator must agree.")
    if row.kind is Ask.FACTOR_RESET and by.partner_id is not None:
        _must_be_of_this_company_alone(session, row)
    asker = session.get_one(Person, row.asked_by_id)
    if asker.status is not PersonStatus.ACTIVE or asker.role not in GOVERN:
        raise Refused(f"{row.asked_by_name} is no longer administrator. Ask anew.")
    return row


def _must_be_of_this_company_alone(session: Session, row: PrivilegeRequest) -> None:
    """A factor that guards another company's business too is not one company's to reset."""
    if accounts.is_shared(session, session.get_one(Person, row.person_id)):
        ours = vendor.settings(session).name
        raise Refused(f"This one needs {ours}: one of its administrators must agree.")


def _decide(row: PrivilegeRequest, state: AskState, *, by: Actor, now: datetime) -> None:
    row.state, row.decided_at = state, now
    row.decided_by_id, row.decided_by_name = by.id, by.name


def _unchanged(session: Session, row: PrivilegeRequest, *, by: Actor) -> Person:
    assert row.person_id is not None, "only an invitation is about nobody yet"
    person = colleague(session, row.person_id, by=by)
    if person.role is not row.role_before or person.status is PersonStatus.LEFT:
        raise Refused(f"{row.name} has changed since this was asked. Ask anew.")
    return person


def _invite(
    session: Session, row: PrivilegeRequest, *, by: Actor, seal: Seal, now: datetime
) -> str:
    assert row.role is not None, "held by the database"
    accounts.invite(
        session,
        by=by,
        email=row.email,
        name=row.name,
        role=row.role,
        partner_id=None,
        company=vendor.settings(session).name,
        asked_by=row.asked_by_id,
        seal=seal,
        now=now,
    )
    return f"{row.name} is invited as {ROLE_NAMES[row.role].lower()}."


def _tell_asker(session: Session, row: PrivilegeRequest, text: str, now: datetime) -> None:
    asker = session.get_one(Person, row.asked_by_id)
    notices.tell(
        session,
        asker.id,
        "privilege-decided",
        title=f"About {row.name}",
        body=text,
        link=LINK,
        partner_id=asker.partner_id,
        now=now,
    )


def _sentence(row: PrivilegeRequest) -> str:
    if row.role is None:
        return f"reset the second factor of {row.name}, because: {row.reason}"
    verb = "invite" if row.kind is Ask.INVITATION else "make"
    return f"{verb} {row.name} ({row.email}) {ROLE_NAMES[row.role].lower()}"


def _words(row: PrivilegeRequest) -> dict[str, str]:
    return {"kind": row.kind, "email": row.email, "role": row.role or ""}
