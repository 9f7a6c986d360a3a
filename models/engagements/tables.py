"""What we keep of the vendor's own sales people at customers.  No partner reads this table."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.engagements.rules import TouchKind
from models.scope import VendorOnly


class Touch(VendorOnly, Base):
    """Somebody of the vendor's own sales people was in touch with a customer.

    The same person, customer, family, kind and day is the same touch.
    """

    __tablename__ = "touch"
    __table_args__ = (
        Index(
            "uq_touch_once",
            "customer_id", "family_id", "kind", "happened_on", "person_name",
            unique=True,
        ),
        Index("ix_touch_happened_on_id", "happened_on", "id"),
        CheckConstraint("ended_on IS NULL OR kind = 'direct'", name="only_direct_ones_end"),
    )  # fmt: skip

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    family_id: Mapped[UUID] = mapped_column(ForeignKey("product_family.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None for somebody who does not sign in here."""
    person_name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[TouchKind]
    happened_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
    """For the vendor; a partner reads who, what and when."""
    ended_on: Mapped[date | None]
    """The day on which a direct opportunity was given up or won; None while it is open."""
    recorded_at: Mapped[datetime]
    recorded_by_name: Mapped[str] = mapped_column(String(200))
