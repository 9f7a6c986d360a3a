"""What we keep of a month's sums, so that nobody adds up its lines again to look at it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.scope import VendorOnly


class ClosedSum(VendorOnly, Base):
    """One currency of one month that is closed.  Minor units; taken back is 0 or less."""

    __tablename__ = "closed_sum"
    __table_args__ = (UniqueConstraint("month", "currency"),)

    month: Mapped[str] = mapped_column(String(7))
    currency: Mapped[str] = mapped_column(String(3))
    line_count: Mapped[int]
    partner_count: Mapped[int]
    earned_minor: Mapped[int] = mapped_column(BigInteger)
    taken_back_minor: Mapped[int] = mapped_column(BigInteger)


class MonthTally(VendorOnly, Base):
    """That a month with many lines was added up, partner by partner, and when."""

    __tablename__ = "month_tally"

    month: Mapped[str] = mapped_column(String(7), unique=True)
    tallied_at: Mapped[datetime]
    last_line_id: Mapped[UUID]
    """The latest line then; a later one makes it old."""
    seen: Mapped[str] = mapped_column(String(64))
    """Hash of what each partner would be stated."""


class TallyRow(VendorOnly, Base):
    """What one partner's lines of the month come to then, in one currency.  Minor units."""

    __tablename__ = "month_tally_row"
    __table_args__ = (
        Index("uq_month_tally_row_partner", "month", "partner_id", "currency", unique=True),
    )

    month: Mapped[str] = mapped_column(String(7))
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    line_count: Mapped[int]
    net_minor: Mapped[int] = mapped_column(BigInteger)
    back_minor: Mapped[int] = mapped_column(BigInteger)
    """What was taken back, 0 or less; a part of the net."""
