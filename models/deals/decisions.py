"""What managers decided and how long it took: kept beside the deal, for the vendor alone.

A decision can be taken back for ten seconds; until then it holds what it changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.deals.states import UNDECIDED, DealStatus, RejectReason
from models.deals.tables import Deal, DealEvent
from models.partners import Tier
from models.scope import VendorOnly

UNDO_SECONDS = 10
"""How long the way back is offered."""

GRACE_SECONDS = 5
"""How much longer it is open, for those whose line is slow; the partner is told after it."""


class DealDecision(VendorOnly, Base):
    __tablename__ = "deal_decision"
    __table_args__ = (
        Index("ix_deal_decision_deal_id_at", "deal_id", "at"),
        Index("ix_deal_decision_counts_at", "counts", "at"),
        Index(
            "uq_deal_decision_one_counts",
            "deal_id",
            unique=True,
            sqlite_where=text("counts"),
            postgresql_where=text("counts"),
        ),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    verb: Mapped[str] = mapped_column(String(30))
    """approve, reject or ask."""
    by_id: Mapped[UUID | None] = mapped_column(index=True)
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    is_final: Mapped[bool]
    """Whether it moved the deal to approved or rejected; a question or a first of two steps
    does not."""
    counts: Mapped[bool]
    """The deal's latest final decision: a deal is counted once, by this one."""
    tier: Mapped[Tier]
    """The partner's, at the time."""
    took_seconds: Mapped[int]
    """Since the submission, without the time in which the partner was asked."""
    due_at: Mapped[datetime | None]
    """When it was due; None when no clock ran."""
    is_late: Mapped[bool]
    had_conflict: Mapped[bool]
    """Whether another registration of the same or a similar customer stood beside it."""
    code: Mapped[RejectReason | None]
    together: Mapped[UUID | None] = mapped_column(index=True)
    """Names the decisions that were taken with one press; None for one by itself."""
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What it changed, for taking it back; None when it cannot be."""
    undone_at: Mapped[datetime | None]

    @property
    def open_until(self) -> datetime:
        """The last instant at which it may be taken back."""
        return self.at + timedelta(seconds=UNDO_SECONDS + GRACE_SECONDS)


def latest_of(session: Session, deal_id: UUID) -> DealDecision | None:
    """Its last decision of any kind, also one that was taken back."""
    return session.scalars(_newest_first(deal_id).limit(1)).first()


def latest_final(session: Session, deal_id: UUID) -> DealDecision | None:
    """The last one that holds and moved the deal."""
    held = (DealDecision.is_final.is_(True), DealDecision.undone_at.is_(None))
    return session.scalars(_newest_first(deal_id).where(*held).limit(1)).first()


def decided_together(session: Session, together: UUID) -> Sequence[UUID]:
    """The deals that were decided with one press, in that order."""
    return session.scalars(
        select(DealDecision.deal_id)
        .where(DealDecision.together == together)
        .order_by(DealDecision.id)
    ).all()


def waited(session: Session, deal_id: UUID, *, until: datetime) -> timedelta:
    """Since it was submitted, without the time in which the partner was asked."""
    began, asked_at, asked = None, None, timedelta()
    for event in session.execute(_moves_of(deal_id)):
        if event.verb == "undo":
            began = began or event.at
        elif event.to_status is DealStatus.SUBMITTED and event.from_status not in UNDECIDED:
            began, asked_at, asked = event.at, None, timedelta()
        if event.to_status is DealStatus.INFO_REQUESTED:
            asked_at = asked_at or event.at
        elif asked_at is not None:
            asked, asked_at = asked + (event.at - asked_at), None
    if began is None:
        return timedelta()
    return max(until - began - asked, timedelta())


def _newest_first(deal_id: UUID) -> Any:
    return (
        select(DealDecision)
        .where(DealDecision.deal_id == deal_id)
        .order_by(DealDecision.at.desc(), DealDecision.id.desc())
    )


def _moves_of(deal_id: UUID) -> Any:
    return (
        select(DealEvent.verb, DealEvent.from_status, DealEvent.to_status, DealEvent.at)
        .where(DealEvent.deal_id == deal_id, DealEvent.from_status != DealEvent.to_status)
        .order_by(DealEvent.at, DealEvent.id)
    )


def holds(deal: Deal) -> bool:
    """Whether the deal is decided."""
    return deal.status in (DealStatus.APPROVED, DealStatus.REJECTED)
