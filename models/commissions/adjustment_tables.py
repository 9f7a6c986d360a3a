"""What we keep about adjustments: amounts that people add or take, with why and who agreed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.money import Money
from models.moves import Moves
from models.scope import VendorOnly


class AdjustmentState(StrEnum):
    WAITING = "waiting"
    POSTED = "posted"
    REFUSED = "refused"


MOVES = Moves(
    "adjustment",
    approve={AdjustmentState.WAITING: AdjustmentState.POSTED},
    refuse={AdjustmentState.WAITING: AdjustmentState.REFUSED},
)


class Adjustment(VendorOnly, Base):
    """Above the programme's limit a second person decides; then it is a line of the open month.

    Its partner reads the line and the reason on the statement, never this row.
    """

    __tablename__ = "adjustment"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="changes_something"),
        CheckConstraint("reason <> ''", name="says_why"),
        CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> by_id", name="needs_a_second_person"
        ),
        CheckConstraint(
            "NOT needs_second OR state <> 'posted' OR decided_by_id IS NOT NULL",
            name="decided_above_the_limit",
        ),
        CheckConstraint("(state = 'posted') = (line_id IS NOT NULL)", name="posted_as_a_line"),
    )

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    """For people, such as A-4K7QXMP."""
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    """Less than 0 when it takes something from the partner."""
    currency: Mapped[str] = mapped_column(String(3))
    """The partner's own."""
    reason: Mapped[str] = mapped_column(Text)
    """The partner reads it on the statement."""
    state: Mapped[AdjustmentState] = mapped_column(default=AdjustmentState.WAITING)
    needs_second: Mapped[bool]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None while it waits, and where one person was enough."""
    decided_by_name: Mapped[str] = mapped_column(String(200), default="")
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    """Why it was refused; empty otherwise."""
    line_id: Mapped[UUID | None] = mapped_column(ForeignKey("commission_line.id"), unique=True)
    """None until it is posted."""

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
