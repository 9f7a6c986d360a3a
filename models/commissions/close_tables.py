"""What we keep about the close of a month: who proposed it, what they saw, who confirmed it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.scope import VendorOnly


class ProposalState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    VOID = "void"
    """The amounts changed after it was proposed."""
    WITHDRAWN = "withdrawn"


class CloseProposal(VendorOnly, Base):
    """That somebody has looked at a month and wants it closed; another one confirms."""

    __tablename__ = "close_proposal"
    __table_args__ = (
        CheckConstraint(
            "confirmed_by_id IS NULL OR proposed_by_id IS NULL "
            "OR confirmed_by_id <> proposed_by_id",
            name="confirmed_by_another",
        ),
        CheckConstraint(
            "(state = 'confirmed') = (confirmed_by_id IS NOT NULL)", name="confirmed_by_a_person"
        ),
        CheckConstraint("proposed_by_id IS NOT NULL OR reason <> ''", name="by_whom_or_why"),
        Index(
            "uq_close_proposal_standing",
            "month",
            unique=True,
            sqlite_where=text("state IN ('open', 'confirmed')"),
            postgresql_where=text("state IN ('open', 'confirmed')"),
        ),
    )

    month: Mapped[str] = mapped_column(String(7))
    state: Mapped[ProposalState] = mapped_column(default=ProposalState.OPEN)
    seen: Mapped[str] = mapped_column(String(64))
    """Hash of the amounts that were looked at; when they change it is void."""
    is_early: Mapped[bool]
    """The month may be closed although it has not ended."""
    proposed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None: the command on the server; then `reason` says why."""
    proposed_by_name: Mapped[str] = mapped_column(String(200))
    proposed_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why a command closes it; empty where a person proposed."""
    confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None until confirmed."""
    ended_by_name: Mapped[str] = mapped_column(String(200), default="")
    """Who confirmed or withdrew it, or found it void; empty while it is open."""
    ended_at: Mapped[datetime | None]
