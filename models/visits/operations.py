"""What can happen to visits, on the vendor's side."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.base import lock
from models.errors import Refused
from models.notices import Notice
from models.people import Actor, Person, PersonStatus, Role, UserSession
from models.visits.tables import LONGEST, Visit

SHORTEST_REASON = 10


def begin(
    session: Session, session_id: UUID, person: Person, *, by: Actor, reason: str, now: datetime
) -> Visit:
    """From now on this browser of `by` sees what `person` sees, for half an hour at most."""
    reason = " ".join(reason.split())[:500]
    if by.role is not Role.ADMINISTRATOR or by.visitor:
        raise Refused("Only an administrator may look through somebody's eyes.")
    if person.partner_id is None or person.status is not PersonStatus.ACTIVE:
        raise Refused("Only people of partners who sign in here can be visited.")
    if len(reason) < SHORTEST_REASON:
        raise Refused("Say why, in a few words: the partner reads it.")
    visit = Visit(
        partner_id=person.partner_id,
        person_id=person.id,
        person_name=person.name,
        visitor_id=by.id,
        visitor_name=by.name,
        reason=reason,
        begun_at=now,
        ends_at=now + LONGEST,
    )
    session.add(visit)
    session.flush()
    browser = session.get_one(UserSession, session_id)
    lock(session, browser)
    browser.visit_id = visit.id
    said = {"as": person.name, "person": str(person.id), "reason": reason}
    audit.record(session, by, "visit begun", visit, now=now, detail=said)
    _tell(session, visit)
    return visit


def end(session: Session, session_id: UUID, *, now: datetime) -> None:
    """Back to one's own eyes.  Without a visit nothing changes."""
    browser = session.get_one(UserSession, session_id)
    lock(session, browser)
    if browser.visit_id is None:
        return
    visit = session.get_one(Visit, browser.visit_id)
    browser.visit_id = None
    if now < visit.ends_at and visit.ended_at is None:
        visit.ended_at = now
    visitor = session.get_one(Person, visit.visitor_id).actor()
    said = {"as": visit.person_name, "person": str(visit.person_id)}
    audit.record(session, visitor, "visit ended", visit, now=now, detail=said)


def _tell(session: Session, visit: Visit) -> None:
    """Afterwards the person and the company's administrators hear of it."""
    heads = select(Person.id).where(
        Person.partner_id == visit.partner_id,
        Person.role == Role.PARTNER_ADMINISTRATOR,
        Person.status == PersonStatus.ACTIVE,
    )
    for person_id in sorted({visit.person_id, *session.scalars(heads)}):
        session.add(
            Notice(
                person_id=person_id,
                partner_id=visit.partner_id,
                kind="account-visited",
                title=f"{visit.visitor_name} looked at the portal as {visit.person_name}",
                body=f"{visit.visitor_name} looked at what {visit.person_name} sees here. Nothing "
                f"was changed, and payouts were not shown. The reason: {visit.reason}",
                link="/people/visits",
                at=visit.begun_at,
                not_before=visit.ends_at,
            )
        )
