"""What we can ask about applications.  Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, false, func, or_, select, true
from sqlalchemy.orm import Session

from models.applications.rules import ApplicationStatus, name_key
from models.applications.tables import Application, ApplicationEvent
from models.partners import Partner, PartnerStatus
from models.people import Person


@dataclass(frozen=True, slots=True)
class Filter:
    text: str = ""
    status: ApplicationStatus | None = None
    is_open: bool = False
    """Only those that wait for somebody of ours."""


def listed(chosen: Filter) -> Select:
    """One row an application, without an order."""
    return (
        select(
            Application.id,
            Application.number,
            Application.company,
            Application.role,
            Application.country,
            Application.town,
            Application.status,
            Application.contact_name,
            Application.contact_email,
            Application.created_at,
            func.coalesce(Person.name, "").label("reviewer"),
        )
        .outerjoin(Person, Person.id == Application.reviewer_id)
        .where(*_criteria(chosen))
    )


def counted(session: Session, chosen: Filter) -> int:
    return session.scalar(select(func.count(Application.id)).where(*_criteria(chosen))) or 0


def timeline(session: Session, application_id: UUID) -> list[Row]:
    return list(
        session.execute(
            select(
                ApplicationEvent.at,
                ApplicationEvent.verb,
                ApplicationEvent.by_name,
                ApplicationEvent.note,
            )
            .where(ApplicationEvent.application_id == application_id)
            .order_by(ApplicationEvent.at, ApplicationEvent.id)
        )
    )


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Something of ours that may be the same company; shown to staff only."""

    kind: str
    """partner or application"""
    id: UUID
    number: str
    name: str
    why: str
    status: str
    on: date


def lookalikes(session: Session, application: Application) -> list[Lookalike]:
    """Partners and other applications with the same name, web domain or contact."""
    return _partners_like(session, application) + _applications_like(session, application)


def _partners_like(session: Session, application: Application) -> list[Lookalike]:
    rows = session.execute(
        select(
            Partner.id, Partner.number, Partner.name, Partner.domain, Partner.status,
            Partner.created_at,
        ).where(
            Partner.status != PartnerStatus.ENDED,
            Partner.id != application.partner_id if application.partner_id else true(),
            or_(
                Partner.country == application.country,
                Partner.domain == application.domain if application.domain else false(),
            ),
        )
    )  # fmt: skip
    return [
        Lookalike("partner", row.id, row.number, row.name, why, row.status, row.created_at.date())
        for row in rows
        if (why := _why(application, row.name, row.domain))
    ]


def _applications_like(session: Session, application: Application) -> list[Lookalike]:
    rows = session.execute(
        select(
            Application.id, Application.number, Application.company, Application.status,
            Application.created_at, Application.domain, Application.contact_email,
        ).where(
            Application.id != application.id,
            or_(
                Application.name_key == application.name_key,
                Application.contact_email == application.contact_email,
                Application.domain == application.domain if application.domain else false(),
            ),
        )
    )  # fmt: skip
    return [
        Lookalike(
            "application", row.id, row.number, row.company,
            _why(application, row.company, row.domain) or "same contact",
            row.status, row.created_at.date(),
        )
        for row in rows
    ]  # fmt: skip


def _why(application: Application, name: str, domain: str) -> str:
    if name_key(name) == application.name_key:
        return "same name"
    return "same web address" if domain and domain == application.domain else ""


def _criteria(chosen: Filter) -> list[Any]:
    criteria: list[Any] = []
    if chosen.text:
        criteria.append(
            or_(
                Application.company.icontains(chosen.text.strip(), autoescape=True),
                Application.number.icontains(chosen.text.strip(), autoescape=True),
                Application.contact_email.icontains(chosen.text.strip(), autoescape=True),
            )
        )
    if chosen.status:
        criteria.append(Application.status == chosen.status)
    if chosen.is_open:
        waiting = [ApplicationStatus.RECEIVED, ApplicationStatus.UNDER_REVIEW]
        criteria.append(Application.status.in_(waiting))
    return criteria
