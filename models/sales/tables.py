"""What we keep about sales: invoices, what was paid, what was credited, and what earns.

Payments, credit notes, lines and earning events are never changed; an invoice keeps
beside its own amounts what is paid, credited and open, for the database to judge.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.guards import never_changes
from models.money import Money
from models.sales.rules import EarningKind, InvoiceStatus, status_of
from models.scope import Owned, VendorOnly


def of_the_same_partner() -> ForeignKeyConstraint:
    """A part of an invoice always belongs to the invoice's own partner."""
    return ForeignKeyConstraint(["partner_id", "invoice_id"], ["invoice.partner_id", "invoice.id"])


class Invoice(Owned, Base):
    """What a customer was asked to pay for a sale of this partner.  Amounts in minor units."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        ForeignKeyConstraint(["partner_id", "deal_id"], ["deal.partner_id", "deal.id"]),
        CheckConstraint("net_minor > 0", name="net_is_positive"),
        CheckConstraint("tax_minor >= 0 AND freight_minor >= 0", name="extras_are_not_negative"),
        CheckConstraint("paid_minor >= 0 AND open_minor >= 0", name="never_overpaid"),
        CheckConstraint(
            "paid_minor + open_minor <= net_minor + tax_minor + freight_minor",
            name="never_more_than_asked",
        ),
        CheckConstraint(
            "credited_minor >= 0 AND credited_minor <= net_minor", name="never_overcredited"
        ),
        Index("ix_invoice_issued_on_id", "issued_on", "id"),
        Index("ix_invoice_partner_id_issued_on", "partner_id", "issued_on"),
    )

    number: Mapped[str] = mapped_column(String(60), unique=True)
    """The vendor's own number, from its accounts."""
    deal_id: Mapped[UUID | None] = mapped_column(index=True)
    """None for a sale that nobody registered."""
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    issued_on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    net_minor: Mapped[int] = mapped_column(BigInteger)
    """The sum of the lines."""
    tax_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    freight_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """Gross; the sum of the payments."""
    credited_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """Net; the sum of the credit notes."""
    open_minor: Mapped[int] = mapped_column(BigInteger)
    """Gross that is still to be paid."""
    recorded_at: Mapped[datetime]

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.tax_minor + self.freight_minor

    @property
    def net(self) -> Money:
        return Money(self.net_minor, self.currency)

    @property
    def open(self) -> Money:
        return Money(self.open_minor, self.currency)

    @property
    def status(self) -> InvoiceStatus:
        return status_of(
            net_minor=self.net_minor,
            open_minor=self.open_minor,
            paid_minor=self.paid_minor,
            credited_minor=self.credited_minor,
        )


class InvoiceLine(Owned, Base):
    """One position of an invoice.  Amounts in minor units of the invoice's currency."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        of_the_same_partner(),
        UniqueConstraint("invoice_id", "position"),
        CheckConstraint("quantity > 0", name="quantity_is_positive"),
    )

    invoice_id: Mapped[UUID]
    position: Mapped[int]
    """From 1."""
    sku: Mapped[str] = mapped_column(String(64))
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey("product.id"), index=True)
    """None for what is not in the catalogue, such as an installation."""
    category: Mapped[str] = mapped_column(String(60), default="")
    quantity: Mapped[int]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    """Net of the whole position; negative for a discount."""
    cost_minor: Mapped[int | None] = mapped_column(BigInteger)
    """Cost of the whole position; None when it is not known.  Partners never see it."""
    commissionable: Mapped[bool]


class Payment(Owned, Base):
    """Money that a customer paid towards one invoice."""

    __tablename__ = "payment"
    __table_args__ = (
        of_the_same_partner(),
        UniqueConstraint("invoice_id", "reference"),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
    )

    invoice_id: Mapped[UUID]
    reference: Mapped[str] = mapped_column(String(80))
    """The bank's or the accounts' name for it; one invoice knows it once."""
    paid_at: Mapped[datetime] = mapped_column(index=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    """Gross."""
    recorded_at: Mapped[datetime]


class CreditNote(Owned, Base):
    """What was taken back of one invoice."""

    __tablename__ = "credit_note"
    __table_args__ = (
        of_the_same_partner(),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
    )

    number: Mapped[str] = mapped_column(String(60), unique=True)
    invoice_id: Mapped[UUID] = mapped_column(index=True)
    issued_at: Mapped[datetime]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    """Net; tax and freight follow in proportion."""
    reason: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]


class EarningEvent(Owned, Base):
    """The news that commissions are made of: net money came, or went back.

    There is one for each payment, and one for each credit note that gives back something
    paid.  They are never changed, so whoever rates them keeps elsewhere that it did.
    """

    __tablename__ = "earning_event"
    __table_args__ = (
        of_the_same_partner(),
        CheckConstraint("amount_minor > 0", name="amount_is_positive"),
        Index("ix_earning_event_partner_id_at", "partner_id", "at"),
    )

    kind: Mapped[EarningKind]
    deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deal.id"), index=True)
    """None when the invoice belongs to no deal."""
    invoice_id: Mapped[UUID] = mapped_column(index=True)
    source_id: Mapped[UUID] = mapped_column(unique=True)
    """The payment or the credit note."""
    at: Mapped[datetime]
    """When the money came, or the credit note was issued."""
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    """The net part, never negative: `kind` says whether it came or went."""
    currency: Mapped[str] = mapped_column(String(3))
    recorded_at: Mapped[datetime]


class SalesImport(VendorOnly, Base):
    """The report of one file that was handed in: what it brought, and every bad row."""

    __tablename__ = "sales_import"

    kind: Mapped[str] = mapped_column(String(20))
    """invoices, payments or credit-notes."""
    file_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None when it came by command."""
    by_name: Mapped[str] = mapped_column(String(200))
    row_count: Mapped[int]
    loaded: Mapped[int]
    """Invoices, payments or credit notes that are new."""
    unchanged: Mapped[int]
    """Those that were known already, and the same."""
    refused: Mapped[int]
    """Those that were left out, for a reason in `problems`."""
    problem_count: Mapped[int]
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """row, column, what, remedy of each; of very many only the first are kept."""


for _table in (InvoiceLine, Payment, CreditNote, EarningEvent, SalesImport):
    never_changes(_table.__table__)
