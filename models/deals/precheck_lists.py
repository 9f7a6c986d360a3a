"""Who asks whether customers are free, and how much: for the vendor's people.  Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from models.catalog import ProductFamily
from models.deals.precheck_tables import Precheck, PrecheckAsked
from models.deals.tables import Deal
from models.partners import Partner

DAY, WEEK, MONTH = timedelta(days=1), timedelta(days=7), timedelta(days=30)
UNUSUAL_FROM = 20
"""New questions in a week below which nothing is unusual."""
TIMES_THE_OTHERS = 3


@dataclass(frozen=True)
class Asker:
    """A partner and how many customers it has asked for."""

    partner_id: UUID
    name: str
    number: str
    day: int
    week: int
    month: int
    taken: int
    """Of the month's answers, those that said somebody stands in the way."""
    registered: int
    """Registrations submitted in the month."""
    last_at: datetime
    is_unusual: bool
    """Far more in the week than the other partners that ask."""


def askers(session: Session, *, now: datetime) -> list[Asker]:
    """Partners that have asked in the last month, who asks unusually much first."""
    rows = session.execute(_by_partner(now)).all()
    registered = _registered(session, now)
    usual = median([row.week for row in rows]) if rows else 0
    found = [
        Asker(
            partner_id=row.partner_id,
            name=row.name,
            number=row.number,
            day=row.day,
            week=row.week,
            month=row.month,
            taken=row.taken,
            registered=registered.get(row.partner_id, 0),
            last_at=row.last_at,
            is_unusual=_is_unusual(row.week, usual, len(rows)),
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (not each.is_unusual, -each.week, -each.month, each.name))


def listed_prechecks(partner_id: UUID) -> Select:
    """What one partner asked and was answered: columns only, not ordered."""
    return (
        select(
            PrecheckAsked.id,
            PrecheckAsked.at,
            PrecheckAsked.person_name,
            PrecheckAsked.name,
            PrecheckAsked.domain,
            PrecheckAsked.vat_id,
            PrecheckAsked.country,
            PrecheckAsked.answer,
            PrecheckAsked.until_on,
            PrecheckAsked.is_live,
            PrecheckAsked.is_new,
            ProductFamily.name.label("family"),
        )
        .outerjoin(ProductFamily, ProductFamily.id == PrecheckAsked.family_id)
        .where(PrecheckAsked.partner_id == partner_id)
    )


def _is_unusual(week: int, usual: float, asking: int) -> bool:
    """One partner alone is compared with nobody: then the number itself decides."""
    return week >= UNUSUAL_FROM and (asking < 2 or week >= TIMES_THE_OTHERS * usual)


def _by_partner(now: datetime) -> Select:
    asked = PrecheckAsked
    hindered = asked.answer.in_([Precheck.REVIEW, Precheck.PROTECTED, Precheck.ENGAGED])
    return (
        select(
            asked.partner_id,
            Partner.name,
            Partner.number,
            _count(asked.at > now - DAY).label("day"),
            _count(asked.at > now - WEEK).label("week"),
            func.count().label("month"),
            _count(hindered).label("taken"),
            func.max(asked.at).label("last_at"),
        )
        .join(Partner, Partner.id == asked.partner_id)
        .where(asked.is_new, asked.at > now - MONTH)
        .group_by(asked.partner_id, Partner.name, Partner.number)
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _registered(session: Session, now: datetime) -> dict[UUID, int]:
    rows = session.execute(
        select(Deal.partner_id, func.count(Deal.id))
        .where(Deal.submitted_at > now - MONTH)
        .group_by(Deal.partner_id)
    )
    return {row[0]: row[1] for row in rows}
