"""What we keep about end customers, and the keys by which look-alikes are found."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.customers.rules import Company, CustomerKind
from models.scope import Owned, Scope, SeenBy


class Customer(SeenBy, Base):
    """An end customer: one record, however many partners sell to it.

    Texts are empty where nothing is known; ids and domain are in the form they are compared in.
    """

    __tablename__ = "customer"
    __table_args__ = (
        CheckConstraint("employees >= 0", name="employees_are_counted"),
        Index("ix_customer_name_id", "name", "id"),
    )

    name: Mapped[str] = mapped_column(String(200))
    core_name: Mapped[str] = mapped_column(String(200), index=True)
    """The name without case, accents, legal form and country; see `names.core_name`."""
    domain: Mapped[str] = mapped_column(String(253), default="")
    """The registrable part only; a free mail service is none."""
    country: Mapped[str] = mapped_column(String(2))
    subdivision: Mapped[str] = mapped_column(String(6), default="")
    """ISO 3166-2, such as US-WA."""
    postal_code: Mapped[str] = mapped_column(String(16), default="")
    town: Mapped[str] = mapped_column(String(80), default="")
    street: Mapped[str] = mapped_column(String(120), default="")
    vat_id: Mapped[str] = mapped_column(String(20), default="")
    duns: Mapped[str] = mapped_column(String(9), default="")
    lei: Mapped[str] = mapped_column(String(20), default="")
    naics: Mapped[str] = mapped_column(String(6), default="")
    """NAICS 2022, two to six digits."""
    employees: Mapped[int | None]
    """None: not known, which satisfies no band of a territory."""
    kind: Mapped[CustomerKind] = mapped_column(default=CustomerKind.BUSINESS)
    external_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    """Its key in the system it was imported from; None when it was entered here."""
    created_at: Mapped[datetime]

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        """Those the partner deals with."""
        return cls.id.in_(
            select(CustomerLink.customer_id).where(CustomerLink.partner_id.in_(sorted(scope.reads)))
        )

    @property
    def company(self) -> Company:
        return Company(
            core=self.core_name,
            country=self.country,
            domain=self.domain or None,
            postal="".join(self.postal_code.upper().split()) or None,
            lei=self.lei or None,
            vat=self.vat_id or None,
            duns=self.duns or None,
        )


class CustomerLink(Owned, Base):
    """A partner deals with a customer, and so may see its record."""

    __tablename__ = "customer_link"
    __table_args__ = (UniqueConstraint("partner_id", "customer_id"),)

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)


CUSTOMER_KEYS = Table(
    "customer_key",
    Base.metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("customer_id", Uuid, ForeignKey("customer.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)
"""Each customer under every key by which somebody may look for it.

No row class: nobody reads it but the search for candidates, on the vendor's side, and a
million customers have some ten million rows.
"""
