"""What we keep about disputes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.commissions.disputes.rules import DisputeReason, DisputeStatus
from models.guards import never_changes
from models.money import Money
from models.moves import Moves
from models.scope import Scope, SeenBy, VendorOnly

DISPUTE_FILES = "dispute"
"""What attached files are about, in `models.files`."""


class Dispute(SeenBy, Base):
    """A partner's objection to one line: the amount is held, the rest is paid.

    Or to a line that is not there: a sale that it misses on its statements.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="is_about_something"),
        CheckConstraint(
            "(line_id IS NULL) = (missing_sale <> '') "
            "AND (line_id IS NULL) = (missing_month <> '')",
            name="a_line_or_a_missing_sale",
        ),
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed_has_its_day"),
        Index(
            "uq_dispute_one_open",
            "line_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_dispute_status_decide_by", "status", "decide_by", "id"),
    )

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    """For people, such as Q-4K7QXMPBTV."""
    status: Mapped[DisputeStatus] = mapped_column(default=DisputeStatus.OPEN)
    line_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("commission_line.id", deferrable=True, initially="IMMEDIATE"), index=True
    )
    """None where the partner misses a sale."""
    missing_sale: Mapped[str] = mapped_column(String(200), default="")
    """What it is, in the partner's words; empty where a line is disputed."""
    missing_month: Mapped[str] = mapped_column(String(7), default="")
    """Such as 2026-11: the statement it should stand on."""
    deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deal.id"))
    """The partner's own deal that the missing sale is of; None where it named none."""
    reason: Mapped[DisputeReason]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    """How much of the line is disputed, or what the missing sale should have earned."""
    currency: Mapped[str] = mapped_column(String(3))
    """The line's own; of a missing sale the one that the partner is paid in."""
    claimed_minor: Mapped[int | None] = mapped_column(BigInteger)
    """What the partner says the line should be; None when it named no figure."""
    hold_line_id: Mapped[UUID | None] = mapped_column(ForeignKey("commission_line.id"))
    """None where there is nothing to hold: the line itself took something back, or is missing."""
    opened_at: Mapped[datetime]
    opened_by_name: Mapped[str] = mapped_column(String(200))
    decide_by: Mapped[datetime]
    overdue_at: Mapped[datetime | None]
    """When the administrators were told that nobody had decided; None when none had to be."""
    closed_at: Mapped[datetime | None]
    """None while it is open."""
    closed_by_name: Mapped[str] = mapped_column(String(200), default="")
    decision_text: Mapped[str] = mapped_column(Text, default="")
    """What the partner reads, word for word."""
    added_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """What the decision gave on top of the line."""

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        """A partner's own; a distributor does not see its resellers'."""
        return cls.partner_id == scope.owner

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def claimed(self) -> Money | None:
        return None if self.claimed_minor is None else Money(self.claimed_minor, self.currency)


class DisputeNote(SeenBy, Base):
    """One step of a dispute, or what one side wrote; both sides read all of them."""

    __tablename__ = "dispute_note"

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    dispute_id: Mapped[UUID] = mapped_column(ForeignKey("dispute.id"), index=True)
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(String(200))
    verb: Mapped[str] = mapped_column(String(20))
    """A key of NOTE_WORDS."""
    text: Mapped[str] = mapped_column(Text, default="")

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        return cls.partner_id == scope.owner


class DecisionState(StrEnum):
    WAITING = "waiting"
    """For a second person."""
    GIVEN = "given"
    SENT_BACK = "sent_back"


DECISION_MOVES = Moves(
    "decision",
    confirm={DecisionState.WAITING: DecisionState.GIVEN},
    send_back={DecisionState.WAITING: DecisionState.SENT_BACK},
)


class DisputeDecision(VendorOnly, Base):
    """What somebody decided.  Above the programme's limit it is given once a second one agrees.

    Its partner reads the words on the dispute once it is given, never this row.
    """

    __tablename__ = "dispute_decision"
    __table_args__ = (
        CheckConstraint("added_minor >= 0", name="takes_nothing"),
        CheckConstraint(
            "second_by_id IS NULL OR by_id IS NULL OR second_by_id <> by_id",
            name="needs_a_second_person",
        ),
        CheckConstraint(
            "NOT needs_second OR state <> 'given' OR second_by_id IS NOT NULL",
            name="given_by_two_above_the_limit",
        ),
        Index(
            "uq_dispute_decision_one_waits",
            "dispute_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    dispute_id: Mapped[UUID] = mapped_column(ForeignKey("dispute.id"), index=True)
    state: Mapped[DecisionState]
    verb: Mapped[str] = mapped_column(String(20))
    """accept, accept_in_part or deny."""
    text: Mapped[str] = mapped_column(Text)
    added_minor: Mapped[int] = mapped_column(BigInteger)
    needs_second: Mapped[bool]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None: the system."""
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    second_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who agreed or sent it back; None while it waits, and where one person was enough."""
    second_by_name: Mapped[str] = mapped_column(String(200), default="")
    second_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    """Why it was sent back; empty otherwise."""


never_changes(DisputeNote.__table__)
