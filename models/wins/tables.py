"""What we keep about wins: orders, their evidence, wins to look at, agreed splits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, money_column
from models.guards import never_changes
from models.money import Money
from models.scope import Owned, VendorOnly
from models.wins.rules import OrderState

STANDS = text("state <> 'returned'")


class DealOrder(Owned, Base):
    """One order of the customer under a registration; several may make the win."""

    __tablename__ = "deal_order"
    __table_args__ = (
        ForeignKeyConstraint(["partner_id", "deal_id"], ["deal.partner_id", "deal.id"]),
        UniqueConstraint("partner_id", "id"),
        CheckConstraint("amount_minor > 0", name="is_worth_something"),
        Index(
            "uq_deal_order_reference_once",
            "deal_id",
            "reference",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
        Index("ix_deal_order_state_recorded_at", "state", "recorded_at", "id"),
    )

    deal_id: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[OrderState]
    reference: Mapped[str] = mapped_column(String(100))
    """The order's number, else “signed” and the day; sent back, it may come again."""
    ordered_at: Mapped[datetime]
    ordered_on: Mapped[date]
    """The vendor's local day of it."""
    amount: Mapped[Money] = money_column("amount")
    """In the deal's currency."""
    customer_name: Mapped[str] = mapped_column(String(200))
    """As the order names it, and so the family."""
    family_id: Mapped[UUID | None] = mapped_column(ForeignKey("product_family.id"))
    completes: Mapped[bool]
    """Whether nothing more was to come, said whoever recorded it."""
    differs: Mapped[list[Any]]
    """Values of Differs; empty when it is what was registered."""
    support_contact: Mapped[str] = mapped_column(String(200))
    service_starts_on: Mapped[date]
    renews_on: Mapped[date | None]
    """None when there is nothing to renew."""
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    recorded_by_name: Mapped[str] = mapped_column(String(200))
    by_staff: Mapped[bool]
    decided_at: Mapped[datetime | None]
    """When it was approved again or sent back; None where nobody had to."""
    decided_by_name: Mapped[str] = mapped_column(String(200), default="")
    returned_because: Mapped[str] = mapped_column(Text, default="")
    """As the partner reads it, word for word."""


class WinEvidence(Owned, Base):
    """What shows that the customer ordered.  Never changed: a correction is new evidence."""

    __tablename__ = "win_evidence"
    __table_args__ = (
        ForeignKeyConstraint(
            ["partner_id", "order_id"], ["deal_order.partner_id", "deal_order.id"]
        ),
        CheckConstraint("number <> '' OR signed_on IS NOT NULL", name="shows_something"),
    )

    order_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[str] = mapped_column(String(80), default="")
    """The customer's order number."""
    signed_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(String(200))
    by_staff: Mapped[bool]


class EarlyWin(VendorOnly, Base):
    """A win so soon after the deal was begun that somebody of the vendor should look at it."""

    __tablename__ = "early_win"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("deal_order.id"), unique=True)
    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"), index=True)
    hours: Mapped[int]
    """Whole hours from the begin of the deal to the order."""
    found_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None] = mapped_column(index=True)
    """When somebody looked and said why it is well; None until then."""
    cleared_by_name: Mapped[str] = mapped_column(String(200), default="")
    cleared_reason: Mapped[str] = mapped_column(Text, default="")


never_changes(WinEvidence.__table__)
