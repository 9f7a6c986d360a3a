"""What we keep about leads: ours, and what of one a partner reads to whom it is offered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.leads.rules import LeadState, OfferState
from models.scope import Private, VendorOnly


class WhoMayBuy:
    """Who it is about."""

    number: Mapped[str] = mapped_column(String(20))
    """For people, such as L-4K7QXMP."""
    company: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2))
    subdivision: Mapped[str] = mapped_column(String(6), default="")
    postal_code: Mapped[str] = mapped_column(String(16), default="")
    domain: Mapped[str] = mapped_column(String(253), default="")
    family_id: Mapped[UUID | None] = mapped_column(ForeignKey("product_family.id"))
    """What they may buy; None: nobody knows yet."""
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(Text, default="")


class Lead(WhoMayBuy, VendorOnly, Base):
    __tablename__ = "lead"
    __table_args__ = (
        Index("ix_lead_created", "created_at", "id"),
        Index(
            "uq_lead_open_once", "name_key", "country", "contact_email", unique=True,
            sqlite_where=text("state NOT IN ('closed', 'registered')"),
            postgresql_where=text("state NOT IN ('closed', 'registered')"),
        ),
    )  # fmt: skip

    name_key: Mapped[str] = mapped_column(String(200))
    """The company's name in small letters: the same again is no new lead."""
    state: Mapped[LeadState] = mapped_column(default=LeadState.NEW)
    created_at: Mapped[datetime]
    entered_by_name: Mapped[str] = mapped_column(String(200))
    territory_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory.id"))
    channel_manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """To whom it was routed, and so below; None only where the vendor has no staff."""
    sales_manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    routing_why: Mapped[str] = mapped_column(Text, default="")
    closed_why: Mapped[str] = mapped_column(Text, default="")


class LeadOffer(WhoMayBuy, Private, Base):
    """A lead offered to one partner, as it read it."""

    __tablename__ = "lead_offer"
    __table_args__ = (
        Index(
            "uq_lead_offer_one_at_a_time", "lead_id", unique=True,
            sqlite_where=text("state IN ('offered', 'accepted', 'registered')"),
            postgresql_where=text("state IN ('offered', 'accepted', 'registered')"),
        ),
    )  # fmt: skip

    lead_id: Mapped[UUID] = mapped_column(ForeignKey("lead.id"))
    state: Mapped[OfferState] = mapped_column(default=OfferState.OFFERED)
    offered_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    """When nobody has answered by then, it goes back."""
    answered_at: Mapped[datetime | None]
    answered_by_name: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was declined, or taken back."""
    deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deal.id"))
    """The registration that it became."""
