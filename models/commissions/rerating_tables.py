"""What we keep of a month that is rated anew: who gains and loses, and how far it is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.scope import VendorOnly


class ReratingState(StrEnum):
    LOOKING = "looking"
    """Who would gain and who would lose is being worked out; nothing of it is kept."""
    LOOKED = "looked"
    """That can be read; whether it is done is to be decided."""
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
    seen: Mapped[str] = mapped_column(String(64), default="")
    """Hash of who would gain and lose, as it was looked at; empty while that is worked out."""
    is_checked: Mapped[bool] = mapped_column(default=False)
    """It was looked once more, just before it is done, and was the same."""
    event_count: Mapped[int]
    """Payments, refunds and orders to be rated anew."""
    done_count: Mapped[int] = mapped_column(default=0)
    """Of those, in what it is at."""
    through_id: Mapped[UUID | None]
    """The last partner that is looked at, checked or done, in the order of their ids; None
    before the first."""
    changed_count: Mapped[int] = mapped_column(default=0)
    """Partners with another amount."""
    why: Mapped[str] = mapped_column(Text, default="")
    """Why it was refused; empty otherwise."""
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    """None while it goes on."""


class ReratingChange(VendorOnly, Base):
    """What one partner's open months come to, and by how much they would differ."""

    __tablename__ = "rerating_change"
    __table_args__ = (
        Index("uq_rerating_change_partner", "rerating_id", "partner_id", "currency", unique=True),
    )

    rerating_id: Mapped[UUID] = mapped_column(ForeignKey("month_rerating.id"))
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    before_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """Known when all partners are looked at; 0 until then."""
    difference_minor: Mapped[int] = mapped_column(BigInteger)
    size_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """How large the difference is, without its sign; the list is in its order."""
