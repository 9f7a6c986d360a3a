"""The one question that every page asks: whose session this is, and what all pages show of them."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from models import agreements, notices
from models.notices import Notice
from models.partners import Partner, PartnerStatus
from models.people import Person, PersonStatus, Role, UserSession
from models.vendor import Vendor
from models.visits import Visit

Own = aliased(Person)
"""Whose browser it is, also while it looks through somebody else's eyes."""


@cache
def who_is_here() -> Select:
    """Built once: every page asks this.  token_hash and at are given when it is asked."""
    is_on = and_(Visit.id == UserSession.visit_id, Visit.ends_at > bindparam("at"))
    return (
        select(*_shown())
        .select_from(UserSession)
        .join(Own, Own.id == UserSession.person_id)
        .outerjoin(Visit, is_on)
        .join(Person, Person.id == func.coalesce(Visit.person_id, Own.id))
        .outerjoin(Partner, Partner.id == Person.partner_id)
        .where(
            UserSession.token_hash == bindparam("token_hash"),
            UserSession.ended_at.is_(None),
            Own.status == PersonStatus.ACTIVE,
            Person.status == PersonStatus.ACTIVE,
            or_(Visit.id.is_(None), Own.role == Role.ADMINISTRATOR),
            Partner.status.is_(None) | (Partner.status != PartnerStatus.ENDED),
        )
    )


def _shown() -> tuple[Any, ...]:
    """What is known of who asks: the session, the visit, the person, the companies."""
    rings = notices.rings(bindparam("at"))
    unread = (
        select(func.count(Notice.id))
        .where(Notice.person_id == Person.id, Notice.read_at.is_(None), rings)
        .correlate(Person)
        .scalar_subquery()
    )
    return (
        UserSession.id.label("session_id"),
        UserSession.created_at,
        UserSession.last_seen_at,
        UserSession.stage,
        UserSession.proven_at,
        UserSession.provider_id,
        Visit.visitor_name.label("visitor"),
        Visit.ends_at.label("visit_ends_at"),
        Person.id,
        Person.name,
        Person.email,
        Person.role,
        Person.partner_id,
        Person.locale,
        Person.time_zone,
        Partner.role.label("partner_role"),
        Partner.name.label("partner_name"),
        unread.label("unread"),
        agreements.must_sign().label("must_sign"),
        select(Vendor.name).limit(1).scalar_subquery().label("vendor_name"),
        select(Vendor.time_zone).limit(1).scalar_subquery().label("vendor_zone"),
    )
