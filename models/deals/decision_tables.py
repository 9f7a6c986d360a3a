"""What we keep beside a deal about decisions: approvals, changes, appeals, customers' letters."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.approvals import ApproverKind
from models.base import Base
from models.deals.tables import of_the_same_partner
from models.scope import Owned


class ApprovalState(StrEnum):
    LATER = "later"
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"
    """No longer needed: the deal was decided, or planned anew."""


class DealApproval(Owned, Base):
    """One approval that a deal, or a change of it, needs.  None at all: one step, no names."""

    __tablename__ = "deal_approval"
    __table_args__ = (
        of_the_same_partner(),
        Index("ix_deal_approval_person_state", "person_id", "state"),
    )

    deal_id: Mapped[UUID] = mapped_column(index=True)
    amendment_id: Mapped[UUID | None] = mapped_column(ForeignKey("deal_amendment.id"))
    """The change that it approves; None for the deal itself."""
    stage: Mapped[int]
    """From 0; those of one stage are asked side by side."""
    kind: Mapped[ApproverKind]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None: any administrator."""
    name: Mapped[str] = mapped_column(String(200))
    """Of who was asked."""
    state: Mapped[ApprovalState]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_by_name: Mapped[str] = mapped_column(String(200), default="")


class AmendmentState(StrEnum):
    ASKED = "asked"
    APPLIED = "applied"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"

    @property
    def words(self) -> str:
        return AMENDMENT_WORDS[self]


AMENDMENT_WORDS = {
    AmendmentState.ASKED: "Waits for approval",
    AmendmentState.APPLIED: "Applied at once",
    AmendmentState.ACCEPTED: "Approved",
    AmendmentState.REFUSED: "Not approved",
    AmendmentState.TAKEN_BACK: "Taken back",
}


class DealAmendment(Owned, Base):
    """A change of an approved deal.  While it waits, the deal stands as it was approved."""

    __tablename__ = "deal_amendment"
    __table_args__ = (
        of_the_same_partner(),
        Index(
            "uq_deal_amendment_one_asked",
            "deal_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )

    deal_id: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[AmendmentState]
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Field of the registration to [before, after], as `amendments.plain` writes them."""
    why_material: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What makes it need another approval, in words; empty when nothing does."""
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"))
    """The customer that it would be about; None when that stays the same."""
    note: Mapped[str] = mapped_column(Text)
    """Why it changes, in the partner's words."""
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID | None]
    asked_by_name: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime | None]
    decided_by_name: Mapped[str] = mapped_column(String(200), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    """Why it was refused, as the partner reads it, word for word."""


class DealAppeal(Owned, Base):
    """The one appeal against a rejection, judged by somebody who did not decide it."""

    __tablename__ = "deal_appeal"
    __table_args__ = (of_the_same_partner(), UniqueConstraint("deal_id"))

    deal_id: Mapped[UUID]
    note: Mapped[str] = mapped_column(Text)
    """Why the decision is wrong, in the partner's words."""
    made_at: Mapped[datetime]
    made_by_name: Mapped[str] = mapped_column(String(200))
    judge_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Who judges it; None when everybody who may was asked."""
    judge_by: Mapped[datetime | None]
    """When the judgement is due; None for appeals from before there was a clock."""
    judged_at: Mapped[datetime | None]
    """None while it waits."""
    judged_by_name: Mapped[str] = mapped_column(String(200), default="")
    was_granted: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(Text, default="")


class ChoiceKind(StrEnum):
    TRANSFER = "transfer"
    """The customer wants this deal's partner."""
    RELEASE = "release"
    """The customer no longer wants this deal's partner."""

    @property
    def words(self) -> str:
        return CHOICE_WORDS[self]


CHOICE_WORDS = {
    ChoiceKind.TRANSFER: "The customer chooses this partner",
    ChoiceKind.RELEASE: "The customer leaves this partner",
}


class ChoiceState(StrEnum):
    NAMED = "named"
    """The letter is here; no manager has backed it."""
    BACKED = "backed"
    """One manager has read it; a second confirms."""
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class CustomerChoice(Owned, Base):
    """The customer's choice of partner in writing, which goes before who registered first."""

    __tablename__ = "customer_choice"
    __table_args__ = (
        of_the_same_partner(),
        Index(
            "uq_customer_choice_one_open",
            "deal_id",
            unique=True,
            sqlite_where=text("state IN ('named', 'backed')"),
            postgresql_where=text("state IN ('named', 'backed')"),
        ),
    )

    deal_id: Mapped[UUID] = mapped_column(index=True)
    """Whose partner is chosen, or left."""
    kind: Mapped[ChoiceKind]
    state: Mapped[ChoiceState]
    note: Mapped[str] = mapped_column(Text)
    named_at: Mapped[datetime]
    named_by_name: Mapped[str] = mapped_column(String(200))
    backed_at: Mapped[datetime | None]
    backed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    backed_by_name: Mapped[str] = mapped_column(String(200), default="")
    closed_at: Mapped[datetime | None]
    closed_by_name: Mapped[str] = mapped_column(String(200), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    """Why it was declined, as the partner reads it, word for word."""
