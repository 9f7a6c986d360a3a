"""What a partner was: the tier, role, country and currency that it had until a day.

What it is stands in Partner.  A deal earns by what its partner was on the day it was won, and is
paid in the currency of the day that earned it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import vendor
from models.base import Base
from models.guards import never_changes
from models.partners.rules import PartnerRole, Tier
from models.partners.tables import Partner
from models.scope import Private


class PartnerTerms(Private, Base):
    """What held before a change.  Never changed itself: deals were rated by it."""

    __tablename__ = "partner_terms"
    __table_args__ = (UniqueConstraint("partner_id", "to_on"),)

    to_on: Mapped[date]
    """The first day on which it no longer holds."""
    tier: Mapped[Tier]
    role: Mapped[PartnerRole]
    country: Mapped[str] = mapped_column(String(2))
    currency: Mapped[str] = mapped_column(String(3))


class Held(NamedTuple):
    """from_on: None where nothing was before it; to_on: None while it goes on."""

    tier: Tier
    role: PartnerRole
    currency: str
    from_on: date | None
    to_on: date | None


def keep(session: Session, partner: Partner, *, now: datetime) -> date:
    """Called before it is changed: what it is holds until the end of this day; the day after.

    The whole day, because what was won earlier in it may have been rated already.
    """
    to_on = vendor.settings(session).calendar.day_of(now) + timedelta(days=1)
    kept = select(PartnerTerms.id).where(
        PartnerTerms.partner_id == partner.id, PartnerTerms.to_on == to_on
    )
    if session.scalar(kept) is None:  # what it became meanwhile never came to hold
        session.add(
            PartnerTerms(
                partner_id=partner.id,
                to_on=to_on,
                tier=partner.tier,
                role=partner.role,
                country=partner.country,
                currency=partner.currency,
            )
        )
        session.flush()
    return to_on


def before(session: Session, partner_ids: Collection[UUID]) -> dict[UUID, list[Any]]:
    """{partner: what it was, the earliest first}, of those that were something else once."""
    of = PartnerTerms
    rows = session.execute(
        select(of.partner_id, of.tier, of.role, of.country, of.currency, of.to_on)
        .where(of.partner_id.in_(partner_ids))
        .order_by(of.to_on)
    )
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.partner_id, []).append(row)
    return found


def on(was: Sequence[Any], partner: Any, day: date) -> Any:
    """What has its terms on that day: one of what it was, or what it is."""
    return next((row for row in was if day < row.to_on), partner)


def as_of(column: str, day: date) -> ColumnElement[Any]:
    """Its tier, role or country on that day, beside a partner in a question."""
    was = (
        select(PartnerTerms.__table__.c[column])
        .where(PartnerTerms.partner_id == Partner.id, PartnerTerms.to_on > day)
        .order_by(PartnerTerms.to_on)
        .limit(1)
        .correlate(Partner)
        .scalar_subquery()
    )
    return func.coalesce(was, Partner.__table__.c[column])


def held(session: Session, partner: Partner) -> list[Held]:
    """What it is and was, the latest first; what never came to hold is left out."""
    found: list[Held] = []
    since: date | None = None
    for row in before(session, [partner.id]).get(partner.id, ()):
        found.append(Held(row.tier, row.role, row.currency, since, row.to_on))
        since = row.to_on
    found.append(Held(partner.tier, partner.role, partner.currency, since, None))
    return found[::-1]


never_changes(PartnerTerms.__table__)
