"""What we keep of rating: what was rated, what could not be, and what the engine remembers."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.scope import VendorOnly


class Rated(StrEnum):
    """What was rated, or why a deal's memory changed."""

    EVENT = "event"
    RELEASE = "release"
    """A day on which something held was paid out."""
    LIFTED = "lifted"
    """A tier that another deal reached."""


class RatedEvent(VendorOnly, Base):
    """That an earning event, or an order won, was rated: it never is again.

    Beside it stands what the engine remembers of the deal after it, so that going back to the
    end of a month is forgetting the rows after it.  Its id is the event's or the order's own.
    """

    __tablename__ = "rated_event"
    __table_args__ = (
        UniqueConstraint("sale_id", "nth"),
        Index(
            "ix_rated_event_due_on",
            "due_on",
            sqlite_where=text("due_on IS NOT NULL"),
            postgresql_where=text("due_on IS NOT NULL"),
        ),
    )

    sale_id: Mapped[UUID]
    """The deal, or the invoice of a sale that nobody registered."""
    nth: Mapped[int]
    """1 for the first of its deal: two who rate the same deal at once do not both succeed."""
    kind: Mapped[Rated]
    month: Mapped[str] = mapped_column(String(7))
    """YYYY-MM: the month it is posted to, or a later one that its deal or counters are in."""
    rated_at: Mapped[datetime]
    line_count: Mapped[int]
    memory: Mapped[str | None] = mapped_column(Text)
    """The engine's memory of the deal; None where the event changed nothing of it."""
    due_on: Mapped[date | None]
    """When the next hold of the deal is released; None when nothing is held."""


class RatingProblem(VendorOnly, Base):
    """Why an event could not be rated yet; it is tried again each time."""

    __tablename__ = "rating_problem"

    source_id: Mapped[UUID] = mapped_column(unique=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    found_at: Mapped[datetime]


class RatingState(VendorOnly, Base):
    """One memory of the engine beside deals, such as a counter, after the events of a month."""

    __tablename__ = "rating_state"
    __table_args__ = (UniqueConstraint("kind", "key", "month"),)

    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(160))
    month: Mapped[str] = mapped_column(String(7))
    """YYYY-MM; the latest is what holds, the ones before are how earlier months ended."""
    value: Mapped[str] = mapped_column(Text)
    """A short list as JSON: see engine/state.py."""
    version: Mapped[int]
    """Two who change a memory at once do not both succeed."""
