"""What we keep of a partner's questions whether a customer is free: each one, with its answer."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.guards import never_changes
from models.scope import Private


class Precheck(StrEnum):
    """All that a partner may learn before it submits: no name, no number, no price."""

    FREE = "free"
    REVIEW = "review"
    YOURS = "yours"
    PROTECTED = "protected"
    """For somebody else; told only where the programme says so."""
    ENGAGED = "engaged"
    """Our own people are at work there; told only where the programme says so."""

    @property
    def words(self) -> str:
        return WORDS[self]


WORDS = {
    Precheck.FREE: "Free",
    Precheck.REVIEW: "Needs review",
    Precheck.YOURS: "Yours",
    Precheck.PROTECTED: "Protected",
    Precheck.ENGAGED: "The vendor is engaged",
}


class PrecheckAsked(Private, Base):
    """A question and its answer, as it was given.  Never changed or deleted."""

    __tablename__ = "deal_precheck"
    __table_args__ = (
        Index("ix_deal_precheck_partner_at", "partner_id", "at"),
        Index("ix_deal_precheck_at", "at"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    person_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    is_live: Mapped[bool]
    """Asked by the form while it was written, not by a press of a button."""
    is_new: Mapped[bool]
    """Not the question before with a few more letters; only new ones count against the limit."""
    name: Mapped[str] = mapped_column(String(200))
    domain: Mapped[str] = mapped_column(String(253))
    vat_id: Mapped[str] = mapped_column(String(40))
    country: Mapped[str] = mapped_column(String(2))
    family_id: Mapped[UUID | None] = mapped_column(ForeignKey("product_family.id"))
    """None: asked for every family."""
    answer: Mapped[Precheck]
    until_on: Mapped[date | None]
    """The last protected day, where it was told; None otherwise."""


never_changes(PrecheckAsked.__table__)
