"""What we can ask about complaints.  Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.applications import Application, ApplicationStatus
from models.audit import AuditEntry
from models.claims import TerritoryClaim
from models.commissions import Dispute, Statement
from models.complaints.rules import OPEN, Hearer
from models.complaints.tables import Complaint, ComplaintNote, ComplaintOfficer
from models.deals import Deal
from models.deals.conflicts import ConflictSide
from models.payouts import Payout
from models.people import STAFF, Actor, Person, PersonStatus, Role

MATTERS: tuple[Any, ...] = (Deal, TerritoryClaim, Dispute, ConflictSide, Statement, Payout)
"""What has a number by which a complaint may name it."""

PART_OF = {ConflictSide: ("conflict", "conflict_id"), Payout: ("payout_run", "run_id")}


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


@dataclass(frozen=True, slots=True)
class Matter:
    """What a complaint is about."""

    kind: str
    """Its table, such as "deal"."""
    id: UUID
    number: str
    also: tuple[str, UUID] | None = None
    """What it is a part of, and where decisions about it are kept too; None: of nothing."""


def matter(session: Session, number: str) -> Matter | None:
    """What has this number, among what the session may see."""
    for table in MATTERS:
        found = session.scalar(select(table).where(table.number == number))
        if found is not None:
            part_of = PART_OF.get(table)
            also = (part_of[0], getattr(found, part_of[1])) if part_of else None
            return Matter(table.__tablename__, found.id, found.number, also)
    return None


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


def took_part(session: Session, complaint: Complaint) -> set[UUID]:
    """Everybody who did something in its matter, as the audit has it.  On the vendor's side."""
    if complaint.about_id is None:
        return set()
    things = [(complaint.about_kind, complaint.about_id)]
    found = matter(session, complaint.about_number)
    if found is not None and found.also is not None:
        things.append(found.also)
    did = select(AuditEntry.actor_id).where(
        AuditEntry.actor_id.is_not(None),
        or_(
            *(and_(AuditEntry.about_kind == kind, AuditEntry.about_id == id) for kind, id in things)
        ),
    )
    return {one for one in session.scalars(did.distinct()) if one is not None}


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
