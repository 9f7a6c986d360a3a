"""What we keep about partner companies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.partners.rules import PartnerRole, PartnerStatus, Tier
from models.scope import Owned, Scope, SeenBy


class Partner(SeenBy, Base):
    """A company that sells for the vendor.  Its address is structured: banks refuse any other."""

    __tablename__ = "partner"

    number: Mapped[str] = mapped_column(String(20), unique=True)
    """For people, such as P-4K7QXMP."""
    name: Mapped[str] = mapped_column(String(200), index=True)
    legal_name: Mapped[str] = mapped_column(String(200), default="")
    """As its bank knows it; empty when it is the same as the name."""
    role: Mapped[PartnerRole]
    tier: Mapped[Tier] = mapped_column(default=Tier.REGISTERED)
    status: Mapped[PartnerStatus] = mapped_column(default=PartnerStatus.ONBOARDING)
    country: Mapped[str] = mapped_column(String(2))
    currency: Mapped[str] = mapped_column(String(3))
    """In which it is paid."""
    street: Mapped[str] = mapped_column(String(70), default="")
    building: Mapped[str] = mapped_column(String(16), default="")
    postal_code: Mapped[str] = mapped_column(String(16), default="")
    town: Mapped[str] = mapped_column(String(35), default="")
    subdivision: Mapped[str] = mapped_column(String(6), default="")
    """ISO 3166-2, such as US-WA; empty where it is not known."""
    phone: Mapped[str] = mapped_column(String(40), default="")
    domain: Mapped[str] = mapped_column(String(253), default="")
    vat_id: Mapped[str] = mapped_column(String(20), default="")
    tax_id: Mapped[str] = mapped_column(String(40), default="")
    tax_form: Mapped[str] = mapped_column(String(20), default="")
    """W-9, W-8BEN-E …; empty until one is on file."""
    agreement_signed_on: Mapped[date | None]
    channel_manager_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id", use_alter=True), index=True
    )
    external_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    """Its key in the system it was imported from; None when it was entered here."""
    created_at: Mapped[datetime]

    guarded_by = "id read"

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        return cls.id.in_(scope.listed)


class PartnerParent(Owned, Base):
    """Which distributor a reseller or VAR buys through, from one day to before another."""

    __tablename__ = "partner_parent"
    __table_args__ = (
        UniqueConstraint("partner_id", "from_on"),
        CheckConstraint("to_on IS NULL OR to_on > from_on", name="ends_after_it_starts"),
        CheckConstraint("partner_id <> distributor_id", name="nobody_is_their_own_parent"),
        Index(
            "uq_partner_parent_one_open",
            "partner_id",
            unique=True,
            sqlite_where=text("to_on IS NULL"),
            postgresql_where=text("to_on IS NULL"),
        ),
    )

    distributor_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    """The first day on which it no longer holds; None while it goes on."""
