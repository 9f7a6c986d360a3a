"""What we keep of a month that is rated anew: what was looked at, and how far it is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.scope import VendorOnly


class ReratingState(StrEnum):
    WAITING = "waiting"
    """The worker is at it, or comes to it."""
    DONE = "done"
    VOID = "void"
    """The amounts were no longer those that somebody had looked at; nothing was changed."""
    REFUSED = "refused"
    """The month was closed meanwhile, say."""


class MonthRerating(VendorOnly, Base):
    """One after another: partners are rated anew in parts, each in a transaction."""

    __tablename__ = "month_rerating"
    __table_args__ = (
        Index(
            "uq_month_rerating_one_waits",
            "state",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    month: Mapped[str] = mapped_column(String(7), index=True)
    """The first open month of those that are rated anew."""
    state: Mapped[ReratingState] = mapped_column(default=ReratingState.WAITING)
    seen: Mapped[str] = mapped_column(String(64))
    """Hash of who would gain and lose, as it was looked at."""
    event_count: Mapped[int]
    """Payments, refunds and orders to be rated anew."""
    done_count: Mapped[int] = mapped_column(default=0)
    through_id: Mapped[UUID | None]
    """The last partner that is done, in the order of their ids; None before the first."""
    changed_count: Mapped[int] = mapped_column(default=0)
    """Partners with another amount."""
    why: Mapped[str] = mapped_column(Text, default="")
    """Why it was refused; empty otherwise."""
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    """None while it goes on."""
