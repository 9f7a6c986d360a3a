"""Members: the people of the vendor and of partners, with their company.  Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from models.partners.rules import PartnerStatus
from models.partners.tables import Partner
from models.people import Person, PersonStatus, Role


@dataclass(frozen=True, slots=True)
class Choice:
    """Which people; empty fields do not narrow.  Those who left are shown only when asked for."""

    text: str = ""
    partner_id: UUID | None = None
    role: Role | None = None
    status: PersonStatus | None = None
    staff_only: bool = False


def listed(chosen: Choice) -> Select:
    """One row a person, without an order."""
    return (
        select(
            Person.id,
            Person.name,
            Person.email,
            Person.role,
            Person.status,
            Person.partner_id,
            Person.last_signed_in_at,
            func.coalesce(Partner.name, "").label("company"),
        )
        .outerjoin(Partner, Partner.id == Person.partner_id)
        .where(*_criteria(chosen))
    )


def companies_of(session: Session, keys_id: UUID) -> list[Row]:
    """(id, company, role, last_signed_in_at): as whom the owner of these keys may come in.

    The one they came in as last is the first.
    """
    return list(
        session.execute(
            select(Person.id, Partner.name.label("company"), Person.role, Person.last_signed_in_at)
            .join(Partner, Partner.id == Person.partner_id)
            .where(
                Person.keys_id == keys_id,
                Person.status == PersonStatus.ACTIVE,
                Partner.status != PartnerStatus.ENDED,
            )
            .order_by(Person.last_signed_in_at.desc().nulls_last(), Partner.name, Person.id)
        )
    )


def counted(session: Session, chosen: Choice) -> int:
    people = select(func.count(Person.id)).outerjoin(Partner, Partner.id == Person.partner_id)
    return session.scalar(people.where(*_criteria(chosen))) or 0


def managers(session: Session) -> list[tuple[UUID, str]]:
    """Every active channel manager, by name."""
    rows = session.execute(
        select(Person.id, Person.name)
        .where(Person.role == Role.CHANNEL_MANAGER, Person.status == PersonStatus.ACTIVE)
        .order_by(Person.name, Person.id)
    )
    return [(row.id, row.name) for row in rows]


def name_of(session: Session, person_id: UUID | None) -> str:
    """Empty when there is nobody."""
    return session.scalar(select(Person.name).where(Person.id == person_id)) or ""


def _criteria(chosen: Choice) -> list[Any]:
    criteria: list[Any] = []
    if chosen.text:
        text = chosen.text.strip()
        criteria.append(
            or_(
                Person.name.icontains(text, autoescape=True),
                Person.email.icontains(text, autoescape=True),
                Partner.name.icontains(text, autoescape=True),
            )
        )
    if chosen.partner_id:
        criteria.append(Person.partner_id == chosen.partner_id)
    if chosen.staff_only:
        criteria.append(Person.partner_id.is_(None))
    if chosen.role:
        criteria.append(Person.role == chosen.role)
    if chosen.status:
        criteria.append(Person.status == chosen.status)
    else:
        criteria.append(Person.status != PersonStatus.LEFT)
    return criteria
