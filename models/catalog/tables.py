"""What we keep about products, their prices, and exchange rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, money_column
from models.money import Money
from models.partners import Tier
from models.scope import Public


class ProductFamily(Public, Base):
    """What protection, territories and commission plans speak of."""

    __tablename__ = "product_family"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))


class Product(Public, Base):
    __tablename__ = "product"
    __table_args__ = (Index("ix_product_name_id", "name", "id"),)

    sku: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    family_id: Mapped[UUID] = mapped_column(ForeignKey("product_family.id"), index=True)
    category: Mapped[str] = mapped_column(String(60), default="")
    """What commission plans pay different rates for; empty when they do not care."""
    commissionable: Mapped[bool] = mapped_column(default=True)
    standard_cost: Mapped[Money | None] = money_column("standard_cost", nullable=True)
    """What it costs the vendor, for plans on margin; None when unknown.  Partners never see it."""
    is_offered: Mapped[bool] = mapped_column(default=True)
    """False: no longer sold; it stays on old deals and invoices."""


class PriceList(Public, Base):
    """Prices in one currency, for one tier or for all, from one day to before another."""

    __tablename__ = "price_list"
    __table_args__ = (
        CheckConstraint("to_on IS NULL OR to_on > from_on", name="ends_after_it_starts"),
        Index("ix_price_list_currency_from_on", "currency", "from_on"),
    )

    name: Mapped[str] = mapped_column(String(120))
    currency: Mapped[str] = mapped_column(String(3))
    tier: Mapped[Tier | None]
    """None: for every tier that has no list of its own."""
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    """The first day on which it no longer holds; None while it goes on."""


class Price(Public, Base):
    __tablename__ = "price"
    __table_args__ = (
        UniqueConstraint("price_list_id", "product_id"),
        CheckConstraint("unit_minor >= 0", name="unit_is_not_negative"),
    )

    price_list_id: Mapped[UUID] = mapped_column(ForeignKey("price_list.id"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    unit_minor: Mapped[int] = mapped_column(BigInteger)
    """Of one unit, in minor units of the list's currency, without tax."""


class ExchangeRate(Public, Base):
    """One unit of `base` was `rate` units of `quote` on that day."""

    __tablename__ = "exchange_rate"
    __table_args__ = (
        UniqueConstraint("base", "quote", "on"),
        CheckConstraint("base <> quote", name="two_currencies"),
    )

    base: Mapped[str] = mapped_column(String(3))
    quote: Mapped[str] = mapped_column(String(3))
    on: Mapped[date]
    rate: Mapped[Decimal]
    source: Mapped[str] = mapped_column(String(80))
