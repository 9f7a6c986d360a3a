"""What we keep of complaints, and who is named to hear them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.complaints.rules import ComplaintKind, ComplaintStatus, Outcome
from models.scope import Scope, SeenBy, VendorOnly


class Complaint(SeenBy, Base):
    """Read by its author and by who hears it, and by nobody else of either company."""

    __tablename__ = "complaint"
    __table_args__ = (
        CheckConstraint("handler_id <> about_person_id", name="heard_by_somebody_else"),
        CheckConstraint("handler_id <> person_id", name="not_heard_by_its_author"),
        CheckConstraint(
            "(status = 'answered') = (outcome IS NOT NULL)", name="answered_has_an_outcome"
        ),
        CheckConstraint("(person_id IS NULL) = (email <> '')", name="a_person_or_an_address"),
        Index("ix_complaint_handler_id_status", "handler_id", "status"),
    )

    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"), index=True)
    """The author's company; None for the vendor's staff and for applicants."""
    number: Mapped[str] = mapped_column(String(20), unique=True)
    """For people, such as B-4K7QXMP."""
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Who complains; None for an applicant, who has no account."""
    author_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), default="")
    """Where an applicant is answered; empty for a person."""
    kind: Mapped[ComplaintKind]
    text: Mapped[str] = mapped_column(Text)
    about_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None when it is about nobody by name."""
    about_kind: Mapped[str] = mapped_column(String(40), default="")
    """The table of what it is about, such as "deal"; empty when it is about no such thing."""
    about_id: Mapped[UUID | None]
    about_number: Mapped[str] = mapped_column(String(30), default="")
    status: Mapped[ComplaintStatus] = mapped_column(default=ComplaintStatus.RECEIVED)
    handler_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who hears it; None while everybody who could is involved."""
    made_at: Mapped[datetime]
    acknowledge_by: Mapped[datetime]
    answer_by: Mapped[datetime]
    overdue_at: Mapped[datetime | None]
    """When it was last passed on because a clock ran out; None when none did."""
    closed_at: Mapped[datetime | None]
    """When it was answered or withdrawn."""
    outcome: Mapped[Outcome | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    """What the author reads, word for word; empty until it is answered."""

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        """Of one's own company alone; the pages narrow it to one's own."""
        return cls.partner_id == scope.owner


class ComplaintNote(SeenBy, Base):
    """One step of a complaint, or what one side wrote."""

    __tablename__ = "complaint_note"

    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"), index=True)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), index=True)
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    """None for an applicant and for the clock."""
    by_name: Mapped[str] = mapped_column(String(200))
    verb: Mapped[str] = mapped_column(String(20))
    """A key of NOTE_WORDS."""
    text: Mapped[str] = mapped_column(Text, default="")

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        return cls.partner_id == scope.owner


class ComplaintOfficer(VendorOnly, Base):
    """Somebody of the vendor's who is named to hear complaints."""

    __tablename__ = "complaint_officer"
    __table_args__ = (CheckConstraint("answers_to_id <> person_id", name="not_ones_own_superior"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    answers_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Their superior among us: they hear no complaint about them.  None: nobody's."""
    named_at: Mapped[datetime]
    """Who was named first is asked first."""
    named_by_name: Mapped[str] = mapped_column(String(200))
