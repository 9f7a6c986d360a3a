"""What we keep about taxes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.guards import never_changes
from models.scope import Private, Public
from models.taxes.rules import FormKind, FormStatus, TermKind


class TaxForm(Private, Base):
    """A W-9 or W-8 that a partner has sent; one is on file at a time."""

    __tablename__ = "tax_form"
    __table_args__ = (
        Index(
            "uq_tax_form_one_on_file",
            "partner_id",
            unique=True,
            sqlite_where=text("status = 'on_file'"),
            postgresql_where=text("status = 'on_file'"),
        ),
        Index(
            "uq_tax_form_one_waiting",
            "partner_id",
            unique=True,
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
    )

    kind: Mapped[FormKind]
    status: Mapped[FormStatus] = mapped_column(default=FormStatus.WAITING)
    name: Mapped[str] = mapped_column(String(200))
    """As it stands on the form."""
    tin_sealed: Mapped[str | None] = mapped_column(Text)
    """Taxpayer number; None where the form needs none."""
    tin_last4: Mapped[str] = mapped_column(String(4), default="")
    is_exempt: Mapped[bool] = mapped_column(default=False)
    """A corporation: its payments are not reported on a 1099."""
    signed_on: Mapped[date]
    valid_through: Mapped[date | None]
    """The last day on which it holds; None for a W-9, which does not end."""
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None when it came with an import."""
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it was refused; the partner reads it."""

    def holds_on(self, day: date) -> bool:
        return self.status is FormStatus.ON_FILE and (
            self.valid_through is None or day <= self.valid_through
        )


class SelfBillingAgreement(Private, Base):
    """That we write the partner's invoices for it: agreed before the first one."""

    __tablename__ = "self_billing_agreement"
    __table_args__ = (
        Index(
            "uq_self_billing_agreement_one_open",
            "partner_id",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
    )

    agreed_on: Mapped[date]
    agreed_at: Mapped[datetime]
    agreed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None when it came with an import."""
    agreed_by_name: Mapped[str] = mapped_column(String(200))
    """Typed by the person who agreed."""
    words: Mapped[str] = mapped_column(Text)
    """What was agreed to, word for word."""
    ended_on: Mapped[date | None]


class SelfBillingInvoice(Private, Base):
    """An invoice that we write in the partner's name, or its cancellation; never changed."""

    __tablename__ = "self_billing_invoice"
    __table_args__ = (
        UniqueConstraint("partner_id", "series_number"),
        UniqueConstraint("payout_id", "cancels_id"),
        Index(
            "uq_self_billing_invoice_one_per_payout",
            "payout_id",
            unique=True,
            sqlite_where=text("cancels_id IS NULL"),
            postgresql_where=text("cancels_id IS NULL"),
        ),
        CheckConstraint("series_number > 0", name="counts_from_one"),
    )

    number: Mapped[str] = mapped_column(String(40), unique=True)
    series_number: Mapped[int]
    """In the partner's own series, without a gap."""
    payout_id: Mapped[UUID]
    """Whose commission it bills; payouts are built upon taxes, so the database cannot ask."""
    cancels_id: Mapped[UUID | None] = mapped_column(ForeignKey("self_billing_invoice.id"))
    """What this one takes back, in part or whole: the invoice, or the one that did so before."""
    issued_on: Mapped[date]
    net_minor: Mapped[int] = mapped_column(BigInteger)
    vat_minor: Mapped[int] = mapped_column(BigInteger)
    """Both negative in a cancellation or correction."""
    currency: Mapped[str] = mapped_column(String(3))
    vat_rate: Mapped[Decimal]
    wording: Mapped[str] = mapped_column(String(200))
    """What the law wants to read, such as "Self-billing. Reverse charge"."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Names, addresses and VAT numbers of both sides, and what is billed, as they were."""


class TaxTerm(Public, Base):
    """A rate or threshold that finance has entered, from a day on."""

    __tablename__ = "tax_term"
    __table_args__ = (UniqueConstraint("kind", "country", "from_on"),)

    kind: Mapped[TermKind]
    country: Mapped[str] = mapped_column(String(2))
    from_on: Mapped[date]
    value: Mapped[Decimal]


for kept in (SelfBillingInvoice, TaxTerm):
    never_changes(kept.__table__)
