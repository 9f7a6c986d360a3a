"""What we keep about deals that another partner fulfils: the split, and each side of it.

The split itself is the vendor's.  Each of the two partners has a row of its own with what it
may know: its share, and the other's name only once both have agreed.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.errors import Refused
from models.scope import Private, VendorOnly


class ShareState(StrEnum):
    ASKED = "asked"
    OFFERED = "offered"
    AGREED = "agreed"
    ENDED = "ended"

    @property
    def words(self) -> str:
        return STATE_WORDS[self]


STATE_WORDS = {
    ShareState.ASKED: "We look for the partner that was named",
    ShareState.OFFERED: "Waits for both partners",
    ShareState.AGREED: "Agreed",
    ShareState.ENDED: "Ended",
}
OPEN_SHARES = (ShareState.ASKED, ShareState.OFFERED)
"""Talked about, not settled."""

LIVE = text("state <> 'ended'")


class Side(StrEnum):
    REGISTERING = "registering"
    FULFILLING = "fulfilling"


class Sharing(VendorOnly, Base):
    """That another partner than the registering one fulfils a deal, and the split."""

    __tablename__ = "sharing"
    __table_args__ = (
        CheckConstraint("state <> 'agreed' OR fulfilling_id IS NOT NULL", name="agreed_by_two"),
        CheckConstraint("fulfilling_id <> registering_id", name="is_between_two"),
        Index(
            "uq_sharing_one_at_a_time",
            "deal_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"), index=True)
    state: Mapped[ShareState]
    registering_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    fulfilling_id: Mapped[UUID | None] = mapped_column(ForeignKey("partner.id"))
    """None until the vendor has chosen it."""
    registering_percent: Mapped[Decimal]
    """The rest is the fulfilling partner's: together always 100."""
    named: Mapped[str] = mapped_column(String(200), default="")
    """The fulfilling partner as the registering one wrote it: name, number or address."""
    message: Mapped[str] = mapped_column(Text, default="")
    """For the fulfilling partner."""
    begun_at: Mapped[datetime]
    begun_by_name: Mapped[str] = mapped_column(String(200))
    agreed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(Text, default="")

    @property
    def fulfilling_percent(self) -> Decimal:
        return 100 - self.registering_percent


class SharingSide(Private, Base):
    """What one of the two may know of a split."""

    __tablename__ = "sharing_side"
    __table_args__ = (UniqueConstraint("sharing_id", "partner_id"),)

    sharing_id: Mapped[UUID] = mapped_column(ForeignKey("sharing.id"))
    deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deal.id"), index=True)
    """The registering partner's own deal; None for the fulfilling one."""
    side: Mapped[Side]
    state: Mapped[ShareState]
    percent: Mapped[Decimal]
    family: Mapped[str] = mapped_column(String(120), default="")
    message: Mapped[str] = mapped_column(Text, default="")
    other_name: Mapped[str] = mapped_column(String(200), default="")
    """For the registering partner what it wrote itself, until both have agreed."""
    customer_name: Mapped[str] = mapped_column(String(200), default="")
    """Empty for the fulfilling partner until both have agreed."""
    begun_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by_name: Mapped[str] = mapped_column(String(200), default="")


def check_percent(percent: Decimal) -> None:
    """Raises Refused unless both get something, to the hundredth."""
    if not (percent.is_finite() and 0 < percent < 100 and percent == round(percent, 2)):
        raise Refused("Enter a share above 0 and below 100 percent, such as 60 or 62.50.")
