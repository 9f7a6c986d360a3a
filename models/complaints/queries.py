"""What we can ask about complaints.  Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.applications import Application, ApplicationStatus
from models.complaints.rules import OPEN, Hearer
from models.complaints.tables import Complaint, ComplaintNote, ComplaintOfficer
from models.people import STAFF, Actor, Person, PersonStatus, Role


@dataclass(frozen=True, slots=True)
class Mine:
    """Whose complaints a list shows."""

    person_id: UUID
    hears: bool = False
    """Those that this person hears, not those that they made."""
    is_open: bool = False


def listed(wanted: Mine) -> Select:
    """One row a complaint, without an order."""
    handler = aliased(Person)
    return (
        select(
            Complaint.id,
            Complaint.number,
            Complaint.kind,
            Complaint.status,
            Complaint.author_name,
            Complaint.about_number,
            Complaint.made_at,
            Complaint.acknowledge_by,
            Complaint.answer_by,
            Complaint.closed_at,
            func.coalesce(handler.name, "").label("handler"),
        )
        .outerjoin(handler, handler.id == Complaint.handler_id)
        .where(*_of(wanted))
    )


def heard_by(session: Session, wanted: Mine) -> int:
    """How many the list holds."""
    return session.scalar(select(func.count(Complaint.id)).where(*_of(wanted))) or 0


def overdue_count(session: Session, person_id: UUID, now: datetime) -> int:
    """Those that this person hears and should have answered by now."""
    late = Complaint.status.in_(OPEN) & (Complaint.answer_by < now)
    return (
        session.scalar(
            select(func.count(Complaint.id)).where(Complaint.handler_id == person_id, late)
        )
        or 0
    )


def find(session: Session, complaint_id: UUID, person: Actor) -> Complaint | None:
    """None for whoever neither made it nor hears it."""
    return session.scalar(
        select(Complaint).where(
            Complaint.id == complaint_id,
            or_(Complaint.person_id == person.id, Complaint.handler_id == person.id),
        )
    )


def notes_of(session: Session, complaint_id: UUID) -> Sequence[ComplaintNote]:
    """What happened, the latest first."""
    return session.scalars(
        select(ComplaintNote)
        .where(ComplaintNote.complaint_id == complaint_id)
        .order_by(ComplaintNote.id.desc())
    ).all()


def people_to_name(session: Session, person: Actor) -> list[Row]:
    """(id, name, role) of whom this person may complain about: our staff and their own people."""
    among: ColumnElement[bool] = Person.partner_id.is_(None)
    if person.partner_id is not None:
        among = or_(among, Person.partner_id == person.partner_id)
    return list(
        session.execute(
            select(Person.id, Person.name, Person.role)
            .where(among, Person.status == PersonStatus.ACTIVE, Person.id != person.id)
            .order_by(Person.name, Person.id)
        )
    )


def decline_of(session: Session, number: str, email: str) -> Row | None:
    """(id, number, contact_name, contact_email) of a declined application of this contact."""
    return session.execute(
        select(
            Application.id,
            Application.number,
            Application.contact_name,
            Application.contact_email,
        ).where(
            Application.number == number,
            Application.contact_email == email,
            Application.status == ApplicationStatus.DECLINED,
        )
    ).one_or_none()


def officers(session: Session) -> list[Row]:
    """(person_id, name, role, status, answers_to, named_at, named_by_name), first asked first."""
    superior = aliased(Person)
    return list(
        session.execute(
            select(
                ComplaintOfficer.id,
                ComplaintOfficer.person_id,
                ComplaintOfficer.answers_to_id,
                ComplaintOfficer.named_at,
                ComplaintOfficer.named_by_name,
                Person.name,
                Person.role,
                Person.status,
                func.coalesce(superior.name, "").label("answers_to"),
            )
            .join(Person, Person.id == ComplaintOfficer.person_id)
            .outerjoin(superior, superior.id == ComplaintOfficer.answers_to_id)
            .order_by(ComplaintOfficer.named_at, ComplaintOfficer.id)
        )
    )


def hearers(session: Session) -> list[Hearer]:
    """The named officers, then the administrators, in the order of asking; on the vendor's side."""
    named = [
        Hearer(row.person_id, row.name, row.answers_to_id)
        for row in officers(session)
        if row.status is PersonStatus.ACTIVE and row.role in STAFF
    ]
    known = {one.id for one in named}
    administrators = session.execute(
        select(Person.id, Person.name)
        .where(Person.role == Role.ADMINISTRATOR, Person.status == PersonStatus.ACTIVE)
        .order_by(Person.created_at, Person.id)
    )
    return named + [Hearer(row.id, row.name, None) for row in administrators if row.id not in known]


def _of(wanted: Mine) -> list[Any]:
    whose = Complaint.handler_id if wanted.hears else Complaint.person_id
    criteria: list[Any] = [whose == wanted.person_id]
    if wanted.is_open:
        criteria.append(Complaint.status.in_(OPEN))
    return criteria
