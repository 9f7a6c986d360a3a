"""What we keep about payouts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, composite, mapped_column

from models.base import Base
from models.guards import never_changes
from models.money import Money
from models.partners.destinations import DestinationKind
from models.payouts.rules import PROGRAM, PayoutStatus, RunStatus, WhyNot
from models.scope import Scope, SeenBy, VendorOnly


class PayoutRun(VendorOnly, Base):
    """One go at paying what is due in one currency: prepared by one person, released by another."""

    __tablename__ = "payout_run"
    __table_args__ = (
        UniqueConstraint("program", "period", "seq", "currency"),
        CheckConstraint("released_by_id <> prepared_by_id", name="two_people"),
        Index(
            "uq_payout_run_one_draft",
            "program",
            "currency",
            unique=True,
            sqlite_where=text("status = 'draft'"),
            postgresql_where=text("status = 'draft'"),
        ),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    program: Mapped[str] = mapped_column(String(20), default=PROGRAM)
    period: Mapped[str] = mapped_column(String(7))
    """YYYY-MM: statements up to and including this month are paid."""
    seq: Mapped[int]
    """1 for the first run of a period, more for those that pick up what was left."""
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[RunStatus] = mapped_column(default=RunStatus.DRAFT)
    prepared_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None when the system prepared it."""
    prepared_at: Mapped[datetime]
    released_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None until released."""
    released_at: Mapped[datetime | None]
    released_seen: Mapped[str | None] = mapped_column(String(64))
    """Hash of what the releaser saw, which is what was paid; None until released."""
    settled_at: Mapped[datetime | None]
    """When it was closed or cancelled; None before."""
    looked_at: Mapped[datetime | None]
    """When Stripe was last asked what it has of this run, in order to cancel it."""

    @property
    def key(self) -> str:
        """Names the run at the bank for ever; at most 35 characters."""
        return f"{self.number}-{self.period}-{self.seq}-{self.currency}"


class Payout(SeenBy, Base):
    """What one partner gets from one run."""

    __tablename__ = "payout"
    __table_args__ = (
        UniqueConstraint("run_id", "partner_id"),
        CheckConstraint("amount_minor > 0", name="pays_something"),
        CheckConstraint("(status = 'paid') <= (paid_on IS NOT NULL)", name="paid_on_a_day"),
        Index("ix_payout_status", "status"),
        Index("ix_payout_run_id_status", "run_id", "status"),
    )

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    """For people, and on the bank statement."""
    run_id: Mapped[UUID] = mapped_column(ForeignKey("payout_run.id"))
    period: Mapped[str] = mapped_column(String(7))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    amount_currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite(Money, amount_minor, amount_currency)
    commission_minor: Mapped[int | None] = mapped_column(BigInteger)
    """What the statements say is payable; None when no tax was asked about: all of the amount."""
    vat_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    withheld_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """amount = commission + VAT - withheld."""
    brought_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """Of the commission, what earlier payouts had left or what came back of them in part."""
    left_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """commission = what the statements ask for + brought - left: the rail cannot carry it."""
    back_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    """Of the commission, what came back of the transfer and is owed again."""
    back_vat_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    back_withheld_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    vat_rate: Mapped[Decimal | None]
    """Of the invoice that we write for the partner; None when we write none."""
    tax_words: Mapped[str] = mapped_column(String(200), default="")
    """Why it is taxed so; empty when nothing applies."""
    status: Mapped[PayoutStatus] = mapped_column(default=PayoutStatus.DRAFT)
    destination_id: Mapped[UUID] = mapped_column(ForeignKey("payout_destination.id"))
    rail: Mapped[DestinationKind]
    paid_on: Mapped[date | None]
    """The day of the payment; None until recorded."""
    reference: Mapped[str] = mapped_column(String(140), default="")
    """The bank's, or what the person who paid by hand wrote down; empty until paid."""
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it is held, waits or failed; empty otherwise."""
    try_after: Mapped[datetime | None]
    """Not sent, or asked again, before this instant; None when there is nothing to wait for."""
    created_at: Mapped[datetime]

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        """A partner's own; not even the distributor it buys through sees it."""
        return cls.partner_id == scope.owner

    @property
    def commission(self) -> Money:
        """What leaves the partner's balance: before tax."""
        minor = self.amount_minor if self.commission_minor is None else self.commission_minor
        return Money(minor, self.amount_currency)

    @property
    def vat(self) -> Money:
        return Money(self.vat_minor, self.amount_currency)

    @property
    def withheld(self) -> Money:
        return Money(self.withheld_minor, self.amount_currency)

    @property
    def brought(self) -> Money:
        return Money(self.brought_minor, self.amount_currency)

    @property
    def left(self) -> Money:
        return Money(self.left_minor, self.amount_currency)

    @property
    def back(self) -> Money:
        """Of the amount that was sent, what came back."""
        minor = self.back_minor + self.back_vat_minor - self.back_withheld_minor
        return Money(minor, self.amount_currency)

    def vat_in(self, part: Money) -> Money:
        """Of a part of the amount; all of it for the whole."""
        return Money(self.vat_minor * part.minor // self.amount_minor, part.currency)

    def withheld_from(self, part: Money) -> Money:
        return Money(self.withheld_minor * part.minor // self.amount_minor, part.currency)


class PayoutStatement(SeenBy, Base):
    """Which statement a payout settles.  A statement is in one live payout at most."""

    __tablename__ = "payout_statement"
    __table_args__ = (
        UniqueConstraint("payout_id", "statement_id"),
        Index(
            "uq_payout_statement_live",
            "statement_id",
            unique=True,
            sqlite_where=text("is_live"),
            postgresql_where=text("is_live"),
        ),
    )

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    payout_id: Mapped[UUID] = mapped_column(ForeignKey("payout.id"), index=True)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("statement.id"))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    """What the statement said is payable."""
    is_live: Mapped[bool] = mapped_column(default=True)
    """False when the payout was held, failed or cancelled: the statement is unpaid again."""

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        """A partner's own; not even the distributor it buys through sees it."""
        return cls.partner_id == scope.owner


class PayoutSkip(VendorOnly, Base):
    """Somebody whom the run does not pay, and why; as it was when the run was prepared."""

    __tablename__ = "payout_skip"
    __table_args__ = (UniqueConstraint("run_id", "partner_id"),)

    run_id: Mapped[UUID] = mapped_column(ForeignKey("payout_run.id"))
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    amount_currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite(Money, amount_minor, amount_currency)
    """What the partner would have got, or what it owes when negative."""
    why: Mapped[WhyNot]
    reason: Mapped[str] = mapped_column(String(300))


class PayoutFile(VendorOnly, Base):
    """A file for the bank: made once, kept sealed, never made again."""

    __tablename__ = "payout_file"
    __table_args__ = (UniqueConstraint("run_id", "rail"),)

    run_id: Mapped[UUID] = mapped_column(ForeignKey("payout_run.id"))
    rail: Mapped[DestinationKind]
    key: Mapped[str] = mapped_column(String(35), unique=True)
    """The message id in the file."""
    name: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    count: Mapped[int]
    total_minor: Mapped[int] = mapped_column(BigInteger)
    total_currency: Mapped[str] = mapped_column(String(3))
    total: Mapped[Money] = composite(Money, total_minor, total_currency)
    content_sealed: Mapped[str] = mapped_column(Text)
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class PayoutEvent(SeenBy, Base):
    """A step of one payout: who, when, from what to what, and why."""

    __tablename__ = "payout_event"

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    payout_id: Mapped[UUID] = mapped_column(ForeignKey("payout.id"), index=True)
    verb: Mapped[str] = mapped_column(String(20))
    from_status: Mapped[PayoutStatus | None]
    """None for the first."""
    to_status: Mapped[PayoutStatus]
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(500), default="")

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        """A partner's own; not even the distributor it buys through sees it."""
        return cls.partner_id == scope.owner


class PayoutRunEvent(VendorOnly, Base):
    """A step of a whole run."""

    __tablename__ = "payout_run_event"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("payout_run.id"), index=True)
    verb: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(500), default="")


for kept in (PayoutFile, PayoutEvent, PayoutRunEvent):
    never_changes(kept.__table__)
