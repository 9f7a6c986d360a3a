"""The end of a contract: since when, and how long commission is still earned after it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.calendars import first_day, month_of, next_month
from models.guards import never_changes
from models.scope import Private


class PartnerEnding(Private, Base):
    """One for each contract that ended.  Never changed: the agreement decided it."""

    __tablename__ = "partner_ending"
    __table_args__ = (
        CheckConstraint("tail_through >= ended_on", name="tail_follows"),
        CheckConstraint("tail_months >= 0", name="tail_is_not_negative"),
        Index("uq_partner_ending_partner", "partner_id", unique=True),
    )

    ended_on: Mapped[date]
    tail_months: Mapped[int]
    tail_through: Mapped[date]
    """The last day on which a customer's payment still earns; `ended_on` without a tail."""
    reason: Mapped[str] = mapped_column(Text)
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


def tail_end(ended_on: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    month = next_month(month_of(ended_on), months)
    last = first_day(next_month(month)).toordinal() - first_day(month).toordinal()
    return first_day(month).replace(day=min(ended_on.day, last))


def ending_of(session: Session, partner_id: UUID) -> PartnerEnding | None:
    """None while the contract goes on, and for those that ended before tails were kept."""
    return session.scalars(
        select(PartnerEnding).where(PartnerEnding.partner_id == partner_id)
    ).first()


def tails(session: Session, partner_ids: Collection[UUID]) -> dict[UUID, date]:
    """{partner: the last day on which it still earns}, of those whose contract has ended."""
    rows = session.execute(
        select(PartnerEnding.partner_id, PartnerEnding.tail_through).where(
            PartnerEnding.partner_id.in_(partner_ids)
        )
    )
    return {row.partner_id: row.tail_through for row in rows}


def over_by(session: Session, day: date) -> dict[UUID, date]:
    """{partner: the last day of its tail}, of those that earn nothing after that day."""
    rows = session.execute(
        select(PartnerEnding.partner_id, PartnerEnding.tail_through).where(
            PartnerEnding.tail_through <= day
        )
    )
    return {row.partner_id: row.tail_through for row in rows}


never_changes(PartnerEnding.__table__)
