"""What a forecast was on a day.  Never changed, because a forecast is judged by what it said."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.deals import ForecastCategory
from models.guards import never_changes
from models.scope import VendorOnly


class ForecastSnapshot(VendorOnly, Base):
    """The open deals of one sales manager in one currency and category, as they stood."""

    __tablename__ = "forecast_snapshot"
    __table_args__ = (
        Index(
            "uq_forecast_snapshot_once",
            "taken_on", "sales_manager_id", "currency", "category",
            unique=True,
        ),
    )  # fmt: skip

    taken_on: Mapped[date]
    """The vendor's local day."""
    taken_at: Mapped[datetime]
    sales_manager_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    category: Mapped[ForecastCategory]
    deal_count: Mapped[int]
    value_minor: Mapped[int] = mapped_column(BigInteger)
    weighted_minor: Mapped[int] = mapped_column(BigInteger)
    """By the probability of each deal's stage."""


never_changes(ForecastSnapshot.__table__)
