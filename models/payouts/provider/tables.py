"""What we keep of what Stripe tells, and of each comparison with our books."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, composite, mapped_column

from models.base import Base
from models.money import Money
from models.scope import VendorOnly


class ProviderEvent(VendorOnly, Base):
    """An event, once, however often it is delivered; those that we do not know are kept too."""

    __tablename__ = "provider_event"
    __table_args__ = (Index("ix_provider_event_received_at", "received_at", "id"),)

    event_id: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(120))
    about_id: Mapped[str] = mapped_column(String(120), default="")
    account: Mapped[str] = mapped_column(String(60), default="")
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    """None until somebody has looked again."""
    outcome: Mapped[str] = mapped_column(String(300), default="")


class Comparison(VendorOnly, Base):
    """One comparison of Stripe's movements with our books."""

    __tablename__ = "provider_comparison"

    since: Mapped[datetime]
    made_at: Mapped[datetime]
    moves: Mapped[int]
    differences: Mapped[int]
    """Open after it."""


class ProviderDifference(VendorOnly, Base):
    """A movement that is on one side only; the next release waits until it is explained."""

    __tablename__ = "provider_difference"
    __table_args__ = (Index("ix_provider_difference_open", "resolved_at"),)

    key: Mapped[str] = mapped_column(String(160), unique=True)
    """Stripe's id of the movement, or what is missing there."""
    kind: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(120), default="")
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    amount_currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite(Money, amount_minor, amount_currency)
    happened_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(String(400))
    """What differs, and how to mend it."""
    found_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    """None while it stands."""
    resolved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None when a later comparison found it in order."""
    resolution: Mapped[str] = mapped_column(String(400), default="")
    """What a person said explains it; empty otherwise."""
