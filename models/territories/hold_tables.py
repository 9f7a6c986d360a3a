"""What territories hold alone, as stretches that the database can compare."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.scope import VendorOnly
from models.territories.lines import ANY
from models.territories.never_two import never_two_holders


class TerritoryHold(VendorOnly, Base):
    """One stretch that an exclusive territory holds; see `lines`.  No two of them meet."""

    __tablename__ = "territory_hold"
    __table_args__ = (
        CheckConstraint("to_on > from_on", name="holds_for_a_while"),
        Index("ix_territory_hold_place", "place_low", "place_high"),
    )

    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territory.id"), index=True)
    place_low: Mapped[int] = mapped_column(BigInteger)
    place_high: Mapped[int] = mapped_column(BigInteger)
    """The first that is no longer in it, and so on below."""
    family_low: Mapped[int] = mapped_column(BigInteger)
    family_high: Mapped[int] = mapped_column(BigInteger)
    industry_low: Mapped[int] = mapped_column(BigInteger)
    industry_high: Mapped[int] = mapped_column(BigInteger)
    size_low: Mapped[int] = mapped_column(BigInteger)
    size_high: Mapped[int] = mapped_column(BigInteger)
    state_low: Mapped[int] = mapped_column(BigInteger, default=ANY[0])
    state_high: Mapped[int] = mapped_column(BigInteger, default=ANY[1])
    """Any, but where states and postal codes cannot be told apart; see `lines.untold`."""
    code_low: Mapped[int] = mapped_column(BigInteger, default=ANY[0])
    code_high: Mapped[int] = mapped_column(BigInteger, default=ANY[1])
    from_on: Mapped[date]
    """The first day of all where the territory always was."""
    to_on: Mapped[date]
    """The last day of all where it has no end."""


never_two_holders(TerritoryHold.__table__)
