"""What we keep of a simulation: what was asked, how far it is, what each partner would get."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.scope import VendorOnly


class SimulationState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class PlanSimulation(VendorOnly, Base):
    """A draft's rules over what has really happened.  Never in the ledger, never a line."""

    __tablename__ = "plan_simulation"

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("plan_draft.id"), index=True)
    rules: Mapped[dict[str, Any]]
    """As they were when it was asked."""
    from_on: Mapped[date]
    through_on: Mapped[date]
    """The last day, inclusive."""
    state: Mapped[SimulationState] = mapped_column(default=SimulationState.WAITING)
    event_count: Mapped[int] = mapped_column(default=0)
    """Payments, refunds and orders to be looked at, with those of the year before."""
    done_count: Mapped[int] = mapped_column(default=0)
    stuck_count: Mapped[int] = mapped_column(default=0)
    """Those that could not be rated under it."""
    stuck_reason: Mapped[str] = mapped_column(Text, default="")
    """Of the first of them; empty when there is none."""
    asked_by_name: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    """None while it goes on."""


class SimulationRow(VendorOnly, Base):
    """What one partner was paid then, and would be paid.  Minor units of `currency`."""

    __tablename__ = "plan_simulation_row"
    __table_args__ = (
        Index(
            "uq_plan_simulation_row_partner", "simulation_id", "partner_id", "currency", unique=True
        ),
    )

    simulation_id: Mapped[UUID] = mapped_column(ForeignKey("plan_simulation.id"))
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    currency: Mapped[str] = mapped_column(String(3))
    then_minor: Mapped[int] = mapped_column(BigInteger)
    would_minor: Mapped[int] = mapped_column(BigInteger)
    size_minor: Mapped[int] = mapped_column(BigInteger)
    """How large the difference is, without its sign; the list is in its order."""
