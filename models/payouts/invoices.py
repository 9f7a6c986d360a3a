"""What partners owe the vendor: invoices by Stripe, paid on its hosted page, booked once.

The row is kept before Stripe is asked, under keys made from it, so that a crash between
asking and hearing makes no second invoice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, composite, mapped_column

from models import audit, jobs, ledger, notices
from models.base import Base, human_number, lock, new_id
from models.errors import Refused
from models.ledger import Account, credit, debit
from models.money import Money
from models.moves import Moves
from models.partners import Partner
from models.payouts.operations.postings import posting_month
from models.people import SYSTEM, Actor, Role
from models.scope import Scope, SeenBy

MAKE = "payouts.make_invoice"
"""Topic: make an invoice at Stripe."""


class InvoiceKind(StrEnum):
    FEE = "fee"
    """A fee of the programme: the partner owes it from now on."""
    DEBT = "debt"
    """What the partner owes already, such as after more was taken back than earned."""


class InvoiceStatus(StrEnum):
    ASKED = "asked"
    OPEN = "open"
    PAID = "paid"
    VOID = "void"


INVOICE_MOVES = Moves(
    "invoice",
    open={InvoiceStatus.ASKED: InvoiceStatus.OPEN},
    pay={InvoiceStatus.ASKED: InvoiceStatus.PAID, InvoiceStatus.OPEN: InvoiceStatus.PAID},
    void={InvoiceStatus.ASKED: InvoiceStatus.VOID, InvoiceStatus.OPEN: InvoiceStatus.VOID},
)


@dataclass(frozen=True, slots=True)
class InvoiceRead:
    """An invoice as Stripe shows it now."""

    id: str
    status: str
    """Stripe's word: draft, open, paid, void or uncollectible."""
    hosted_url: str
    paid: Money


UNPAID = (InvoiceStatus.ASKED, InvoiceStatus.OPEN)


class PartnerInvoice(SeenBy, Base):
    """One invoice to one partner."""

    __tablename__ = "partner_invoice"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="asks_for_something"),
        Index(
            "uq_partner_invoice_one_open_debt",
            "partner_id",
            "amount_currency",
            unique=True,
            sqlite_where=text("kind = 'debt' AND status IN ('asked', 'open')"),
            postgresql_where=text("kind = 'debt' AND status IN ('asked', 'open')"),
        ),
    )

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[InvoiceKind]
    status: Mapped[InvoiceStatus] = mapped_column(default=InvoiceStatus.ASKED)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    amount_currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite(Money, amount_minor, amount_currency)
    about: Mapped[str] = mapped_column(String(200))
    """What the partner reads on it."""
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    customer_id: Mapped[str] = mapped_column(String(60), default="")
    invoice_id: Mapped[str | None] = mapped_column(String(60), unique=True)
    """Stripe's; None until it is made there."""
    hosted_url: Mapped[str] = mapped_column(String(1000), default="")
    """Where the partner pays; empty until it is open."""
    paid_at: Mapped[datetime | None]

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        """A partner's own; not even the distributor it buys through sees it."""
        return cls.partner_id == scope.owner

    def key(self, step: str) -> str:
        """The idempotency key of one call about this invoice: the same for ever."""
        return f"invoice:{self.id}:{step}"


def ask_invoice(
    session: Session,
    partner: Partner,
    amount: Money,
    *,
    kind: InvoiceKind,
    about: str,
    by: Actor,
    now: datetime,
) -> PartnerInvoice:
    """Invoice a partner; the worker makes it at Stripe.  A fee is owed from now on."""
    lock(session, partner)
    about = " ".join(about.split())
    if not about:
        raise Refused("Say what the invoice is for; the partner reads it.")
    if amount.minor <= 0:
        raise Refused("Enter an amount above nothing.")
    if kind is InvoiceKind.DEBT:
        _must_be_owed(session, partner, amount)
    row_id = new_id()
    row = PartnerInvoice(
        id=row_id,
        partner_id=partner.id,
        number=human_number("IN", row_id, 10),
        kind=kind,
        amount=amount,
        about=about[:200],
        asked_at=now,
        asked_by_id=by.id,
    )
    session.add(row)
    session.flush()
    if kind is InvoiceKind.FEE:
        _post(session, row, "fee", Account.PARTNER_PAYABLE, Account.PROGRAMME_FEES, now)
    jobs.enqueue(session, MAKE, f"{MAKE} {row.id}", {"row": str(row.id)}, run_at=now)
    audit.record(
        session, by, "partner invoiced", row, now=now,
        detail={"amount": str(amount.major), "currency": amount.currency, "about": row.about},
    )  # fmt: skip
    return row


def note_made(session: Session, row: PartnerInvoice, *, customer: str, invoice: str) -> None:
    """Stripe has made it: whatever crashes now, this one is gone on with."""
    lock(session, row)
    if row.invoice_id is None:
        row.customer_id, row.invoice_id = customer, invoice


def settle_invoice(
    session: Session, row: PartnerInvoice, read: InvoiceRead, *, now: datetime
) -> None:
    """Keep what Stripe says: open, paid or void.  Paid is booked once, whoever says it."""
    lock(session, row)
    if read.id != row.invoice_id:
        raise Refused("Stripe answered about another invoice.")
    if read.status == "open" and row.status is InvoiceStatus.ASKED:
        row.status, row.hosted_url = INVOICE_MOVES.after("open", row.status), read.hosted_url
        _tell_open(session, row, now)
    elif read.status == "paid" and row.status is not InvoiceStatus.PAID:
        if read.paid != row.amount:
            raise Refused(f"Invoice {row.number} was paid with another amount; look at Stripe.")
        row.status, row.paid_at = INVOICE_MOVES.after("pay", row.status), now
        _post(session, row, "paid", Account.STRIPE_BALANCE, Account.PARTNER_PAYABLE, now)
        audit.record(session, SYSTEM, "partner invoice paid", row, now=now)
    elif read.status == "void" and row.status in UNPAID:  # uncollectible may still be paid
        row.status = INVOICE_MOVES.after("void", row.status)
        if row.kind is InvoiceKind.FEE:
            _post(session, row, "void", Account.PROGRAMME_FEES, Account.PARTNER_PAYABLE, now)


def invoices_of(partner_id: UUID) -> Select:
    """A partner's, latest first."""
    return (
        select(PartnerInvoice)
        .where(PartnerInvoice.partner_id == partner_id)
        .order_by(PartnerInvoice.asked_at.desc(), PartnerInvoice.id.desc())
    )


def to_pay() -> Select:
    """Open invoices that may be seen in a session."""
    return (
        select(PartnerInvoice)
        .where(PartnerInvoice.status == InvoiceStatus.OPEN)
        .order_by(PartnerInvoice.asked_at)
    )


def _must_be_owed(session: Session, partner: Partner, amount: Money) -> None:
    fees = session.scalar(
        select(func.coalesce(func.sum(PartnerInvoice.amount_minor), 0)).where(
            PartnerInvoice.partner_id == partner.id,
            PartnerInvoice.kind == InvoiceKind.FEE,
            PartnerInvoice.amount_currency == amount.currency,
            PartnerInvoice.status.in_(UNPAID),
        )
    )
    owed = ledger.owed_to(session, partner.id, amount.currency).minor + int(fees or 0)
    if -owed < amount.minor:
        debt = Money(max(-owed, 0), amount.currency)
        raise Refused(f"{partner.name} owes us {debt.major:,f} {debt.currency}, not more.")
    open_one = select(PartnerInvoice.number).where(
        PartnerInvoice.partner_id == partner.id,
        PartnerInvoice.kind == InvoiceKind.DEBT,
        PartnerInvoice.amount_currency == amount.currency,
        PartnerInvoice.status.in_(UNPAID),
    )
    if number := session.scalar(open_one):
        raise Refused(f"Invoice {number} asks for this debt already.")


def _post(
    session: Session, row: PartnerInvoice, fact: str, debited: Account, credited: Account,
    now: datetime,
) -> None:  # fmt: skip
    keys = {"paid": f"invoice-paid:{row.invoice_id}"}
    ledger.post(
        session,
        key=keys.get(fact, f"partner-invoice:{row.id}:{fact}"),
        kind=f"invoice {fact}",
        period=posting_month(session, now),
        entries=[
            debit(debited, row.amount, _whose(debited, row)),
            credit(credited, row.amount, _whose(credited, row)),
        ],
        now=now,
    )


def _whose(account: Account, row: PartnerInvoice) -> UUID | None:
    return row.partner_id if account is Account.PARTNER_PAYABLE else None


def _tell_open(session: Session, row: PartnerInvoice, now: datetime) -> None:
    notices.tell_partner(
        session,
        row.partner_id,
        "partner-invoice",
        title=f"Invoice {row.number}: {row.amount.major:,f} {row.amount.currency}",
        body=f"{row.about}. Pay it through Stripe from your payouts page.",
        link="/payouts",
        roles=[Role.PARTNER_ADMINISTRATOR],
        now=now,
        key=f"partner-invoice {row.id}",
    )
