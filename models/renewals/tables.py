"""What we keep about renewals: who was asked when, and which draft came of it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.guards import never_changes
from models.scope import Owned


class RenewalProposal(Owned, Base):
    """That the renewal of a won deal was proposed, so many days before.  Never changed."""

    __tablename__ = "renewal_proposal"
    __table_args__ = (
        ForeignKeyConstraint(["partner_id", "deal_id"], ["deal.partner_id", "deal.id"]),
        UniqueConstraint("deal_id", "renews_on", "days_before"),
    )

    deal_id: Mapped[UUID]
    renews_on: Mapped[date]
    days_before: Mapped[int]
    """One of DAYS_BEFORE."""
    at: Mapped[datetime]
    told_partner: Mapped[bool]
    """False when the partner was not active: then only the vendor was told."""


class Renewal(Owned, Base):
    """The registration that was begun to renew a won deal."""

    __tablename__ = "renewal"
    __table_args__ = (
        ForeignKeyConstraint(["partner_id", "of_deal_id"], ["deal.partner_id", "deal.id"]),
        ForeignKeyConstraint(
            ["partner_id", "deal_id"], ["deal.partner_id", "deal.id"], name="fk_renewal_by_deal"
        ),
    )

    of_deal_id: Mapped[UUID] = mapped_column(unique=True)
    deal_id: Mapped[UUID] = mapped_column(unique=True)
    """Another one when the first was withdrawn."""
    begun_at: Mapped[datetime]


never_changes(RenewalProposal.__table__)
