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
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.customers.rules import Company, CustomerKind
from models.guards import never_changes
from models.scope import Owned, Scope, SeenBy, VendorOnly

STAYS = {"stays_when_merged": True}
"""Info of a column that goes on pointing at a customer when that is merged into another."""


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
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"), index=True)
    """The customer that this record was found to be; None while it stands for itself."""

    guarded_by = "through customer_link"

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        """Those the partner deals with."""
        return cls.id.in_(
            select(CustomerLink.customer_id).where(CustomerLink.partner_id.in_(scope.listed))
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
    Column("key", BigInteger, autoincrement=False),
    Column("customer_id", Uuid, ForeignKey("customer.id"), index=True, info=STAYS),
    Column("letters", BigInteger, nullable=False, server_default="0"),
    PrimaryKeyConstraint("key", "customer_id", postgresql_include=["letters"]),
    sqlite_with_rowid=False,
)
"""Each customer under every key by which somebody may look for it, with `letters_of` its name.

No row class: nobody reads it but the search for candidates, on the vendor's side, and a
million customers have some ten million rows.
"""


class CustomerMerge(VendorOnly, Base):
    """Two records were said to be one customer: by whom, why, and whether that still stands."""

    __tablename__ = "customer_merge"
    __table_args__ = (
        Index(
            "uq_customer_merge_standing",
            "merged_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    survivor_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True, info=STAYS)
    merged_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), info=STAYS)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str] = mapped_column(String(200))
    undone_at: Mapped[datetime | None]
    """None while it stands."""
    undone_by_name: Mapped[str] = mapped_column(String(200), default="")
    undone_reason: Mapped[str] = mapped_column(Text, default="")


class MovedRow(VendorOnly, Base):
    """A row that pointed at the merged customer and was pointed at the survivor."""

    __tablename__ = "customer_merge_row"

    merge_id: Mapped[UUID] = mapped_column(ForeignKey("customer_merge.id"), index=True)
    table_name: Mapped[str] = mapped_column(String(63))
    column_name: Mapped[str] = mapped_column(String(63))
    row_id: Mapped[UUID]


class CustomersApart(VendorOnly, Base):
    """Somebody looked at two records that look alike, and said that they are two customers."""

    __tablename__ = "customers_apart"
    __table_args__ = (UniqueConstraint("one_id", "other_id"),)

    one_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), info=STAYS)
    """The smaller of the two ids."""
    other_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True, info=STAYS)
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str] = mapped_column(String(200))


never_changes(MovedRow.__table__)
never_changes(CustomersApart.__table__)
