"""What we can ask about hand-overs.  Reads only."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.handovers.tables import DealLead


def latest_of(session: Session, deal_id: UUID) -> DealLead | None:
    return session.scalars(
        select(DealLead).where(DealLead.deal_id == deal_id).order_by(DealLead.id.desc()).limit(1)
    ).first()
