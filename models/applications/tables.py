"""What we keep about applications.  Partners never see them; not even their own, afterwards."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.applications.rules import ApplicationStatus
from models.base import Base
from models.partners import PartnerRole
from models.scope import VendorOnly


class Application(VendorOnly, Base):
    __tablename__ = "application"

    number: Mapped[str] = mapped_column(String(20), unique=True)
    """For people, such as A-4K7QXMP."""
    status: Mapped[ApplicationStatus] = mapped_column(
        default=ApplicationStatus.RECEIVED, index=True
    )
    company: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(200), index=True)
    role: Mapped[PartnerRole]
    country: Mapped[str] = mapped_column(String(2))
    town: Mapped[str] = mapped_column(String(35))
    domain: Mapped[str] = mapped_column(String(253), default="")
    contact_name: Mapped[str] = mapped_column(String(200))
    contact_email: Mapped[str] = mapped_column(String(254))
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    about: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    channel_manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """To whom it was routed, and so below; None only where the vendor has no staff."""
    sales_manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    routing_why: Mapped[str] = mapped_column(Text, default="")
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who took it; None until somebody did."""
    decided_at: Mapped[datetime | None]
    """When it was accepted or declined."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """What the applicant was told; empty unless it was declined."""
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"))
    """The partner it became; None unless it was accepted."""


class ApplicationEvent(VendorOnly, Base):
    """One step of an application.  Never changed."""

    __tablename__ = "application_event"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), index=True)
    verb: Mapped[str] = mapped_column(String(20))
    from_status: Mapped[str] = mapped_column(String(20), default="")
    to_status: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None for the applicant."""
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text, default="")
