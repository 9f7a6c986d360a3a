"""What we keep about hand-overs to our own team."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.handovers.rules import LeadState
from models.scope import Owned

GOES_ON = text("state IN ('asked', 'agreed')")


class DealLead(Owned, Base):
    """Our team wants to lead a deal, or leads it.  At most one of a deal goes on."""

    __tablename__ = "deal_lead"
    __table_args__ = (
        ForeignKeyConstraint(["partner_id", "deal_id"], ["deal.partner_id", "deal.id"]),
        Index(
            "uq_deal_lead_one_goes_on",
            "deal_id",
            unique=True,
            sqlite_where=GOES_ON,
            postgresql_where=GOES_ON,
        ),
    )

    deal_id: Mapped[UUID]
    state: Mapped[LeadState] = mapped_column(default=LeadState.ASKED)
    note: Mapped[str] = mapped_column(Text)
    """Why, as the partner reads it."""
    asked_by_name: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    answered_by_name: Mapped[str] = mapped_column(String(200), default="")
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When the partner led again; None while our team does, or never did."""
