"""What we keep about plan versions before they are in force: drafts, and what happened to them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.commissions.guards import guard
from models.guards import never_changes
from models.moves import Moves
from models.scope import VendorOnly


class DraftState(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    DISCARDED = "discarded"


MOVES = Moves(
    "version",
    edit={
        DraftState.DRAFT: DraftState.DRAFT,
        DraftState.PROPOSED: DraftState.DRAFT,
        DraftState.APPROVED: DraftState.DRAFT,
    },
    propose={DraftState.DRAFT: DraftState.PROPOSED},
    approve={DraftState.PROPOSED: DraftState.APPROVED},
    send_back={DraftState.PROPOSED: DraftState.DRAFT},
    discard={
        DraftState.DRAFT: DraftState.DISCARDED,
        DraftState.PROPOSED: DraftState.DISCARDED,
    },
)


class PlanDraft(VendorOnly, Base):
    """A version of a plan that somebody writes; another puts it into force."""

    __tablename__ = "plan_draft"
    __table_args__ = (
        CheckConstraint("to_on IS NULL OR to_on > from_on", name="ends_after_it_starts"),
        CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> author_id", name="needs_a_second_person"
        ),
        CheckConstraint(
            "(state = 'approved') = (version_id IS NOT NULL)", name="in_force_once_approved"
        ),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"), index=True)
    state: Mapped[DraftState] = mapped_column(default=DraftState.DRAFT)
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    """The first day on which it would no longer be in force; None: goes on."""
    rules: Mapped[dict[str, Any]]
    """In the format of tests/golden/commissions.json."""
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who changed it last, and so proposes it; None: a file, loaded by command."""
    author_name: Mapped[str] = mapped_column(String(200))
    editors: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Ids of everybody who wrote on it."""
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None until it is in force."""
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("plan_version.id"), unique=True)
    """What it became; None until it is in force."""
    ended_id: Mapped[UUID | None] = mapped_column(ForeignKey("plan_version.id"))
    """The version that ends because this one begins; it goes on again if this is voided."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class PlanDraftEvent(VendorOnly, Base):
    """A step of one draft: who, when, and why."""

    __tablename__ = "plan_draft_event"

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("plan_draft.id"), index=True)
    verb: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    """None: the system."""
    by_name: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(1000), default="")


guard(PlanDraft.__table__)
never_changes(PlanDraftEvent.__table__)
