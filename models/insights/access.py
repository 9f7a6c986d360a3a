"""Who can get in, as what, and how: the review of accesses.  Reads only, on the vendor's side."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, select

from models import factors
from models.partners import Partner
from models.people import Person, PersonStatus, UserSession


def everybody(*, begun_after: datetime, used_after: datetime, staff_only: bool = False) -> Select:
    """One row a person who has not left, without an order.

    A session that began or was used earlier has run out, whether or not anybody ended it.
    """
    sessions = (
        select(func.count(UserSession.id))
        .where(
            UserSession.person_id == Person.id,
            UserSession.ended_at.is_(None),
            UserSession.created_at > begun_after,
            UserSession.last_seen_at > used_after,
        )
        .scalar_subquery()
    )
    query = (
        select(
            Person.id,
            Person.name,
            Person.email,
            Person.role,
            Person.status,
            Person.last_signed_in_at,
            func.coalesce(Partner.name, "").label("company"),
            factors.has_any(Person.keys_id).label("has_factor"),
            sessions.label("open_sessions"),
        )
        .outerjoin(Partner, Partner.id == Person.partner_id)
        .where(Person.status != PersonStatus.LEFT)
    )
    return query.where(Person.partner_id.is_(None)) if staff_only else query


def not_seen_since(query: Select, at: datetime) -> Select:
    """Those of them who have not signed in since then: whose access may be taken."""
    return query.where(func.coalesce(Person.last_signed_in_at, Person.created_at) < at)
