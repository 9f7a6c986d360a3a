"""What we can ask about partners.  Reads only."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.partners.tables import PartnerParent


def parent_on(session: Session, partner_id: UUID, day: date) -> UUID | None:
    """The distributor that `partner_id` bought through on that day; None when it had none."""
    return session.scalar(
        select(PartnerParent.distributor_id).where(
            PartnerParent.partner_id == partner_id,
            PartnerParent.from_on <= day,
            or_(PartnerParent.to_on.is_(None), PartnerParent.to_on > day),
        )
    )


def resellers_of(session: Session, distributor_id: UUID, day: date) -> frozenset[UUID]:
    """Every partner that buys through this distributor on that day.  Asked on the vendor's side."""
    return frozenset(
        session.scalars(
            select(PartnerParent.partner_id).where(
                PartnerParent.distributor_id == distributor_id,
                PartnerParent.from_on <= day,
                or_(PartnerParent.to_on.is_(None), PartnerParent.to_on > day),
            )
        )
    )
