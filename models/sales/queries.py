"""What we can ask about sales.  Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session

from models.catalog import Product
from models.customers import Customer
from models.deals import Deal, DealLine, DealStatus
from models.money import Money
from models.partners import Partner
from models.sales.rules import EarningKind, InvoiceStatus, LineDetails, Standing
from models.sales.tables import (
    CreditNote,
    EarningEvent,
    Invoice,
    InvoiceLine,
    Payment,
    SalesImport,
)

GROSS = Invoice.net_minor + Invoice.tax_minor + Invoice.freight_minor

IS: dict[InvoiceStatus, ColumnElement[bool]] = {
    InvoiceStatus.CREDITED: Invoice.credited_minor == Invoice.net_minor,
    InvoiceStatus.PAID: (Invoice.open_minor == 0) & (Invoice.credited_minor < Invoice.net_minor),
    InvoiceStatus.PART_PAID: (Invoice.open_minor > 0) & (Invoice.paid_minor > 0),
    InvoiceStatus.OPEN: (Invoice.open_minor > 0) & (Invoice.paid_minor == 0),
}
"""`status_of` for the database."""


IS_WON = or_(Deal.status == DealStatus.WON, Deal.won_on.is_not(None))
"""Whole, or in part: a part may be invoiced while the rest is still to come."""


@dataclass(frozen=True)
class InvoiceFilter:
    """Which invoices a list shows; what is None or empty does not narrow it."""

    words: str = ""
    """Part of the invoice's number, or of the partner's, customer's or deal's name or number."""
    status: InvoiceStatus | None = None
    partner_id: UUID | None = None
    currency: str = ""
    from_on: date | None = None
    to_on: date | None = None
    """Inclusive."""


@dataclass(frozen=True)
class CurrencyTotal:
    """The sums of a list in one currency."""

    count: int
    net: Money
    gross: Money
    open: Money


def invoice_numbered(session: Session, number: str) -> Invoice | None:
    return session.scalar(select(Invoice).where(Invoice.number == number))


def invoice(session: Session, invoice_id: UUID) -> Invoice | None:
    return session.scalar(select(Invoice).where(Invoice.id == invoice_id))


def payment_of(session: Session, invoice: Invoice, reference: str) -> Payment | None:
    return session.scalar(
        select(Payment).where(Payment.invoice_id == invoice.id, Payment.reference == reference)
    )


def credit_note_numbered(session: Session, number: str) -> CreditNote | None:
    return session.scalar(select(CreditNote).where(CreditNote.number == number))


def refunded_at(session: Session, note: CreditNote) -> datetime:
    """When a credit note takes back: never before the first money came, whatever day it bears."""
    paid = select(func.min(Payment.paid_at)).where(Payment.invoice_id == note.invoice_id)
    return max(note.issued_at, session.scalar(paid) or note.issued_at)


def invoices(wanted: InvoiceFilter) -> Select:
    """Columns of the invoices asked for, latest first by (issued_on, id)."""
    return _narrowed(
        select(
            Invoice.id,
            Invoice.number,
            Invoice.issued_on,
            Invoice.currency,
            Invoice.net_minor,
            GROSS.label("gross_minor"),
            Invoice.paid_minor,
            Invoice.credited_minor,
            Invoice.open_minor,
            Partner.id.label("partner_id"),
            Partner.name.label("partner_name"),
            Customer.name.label("customer_name"),
            Deal.id.label("deal_id"),
            Deal.number.label("deal_number"),
        ),
        wanted,
    ).order_by(Invoice.issued_on.desc(), Invoice.id.desc())


def totals(session: Session, wanted: InvoiceFilter) -> list[CurrencyTotal]:
    """How many and how much, by currency."""
    sums = _narrowed(
        select(
            Invoice.currency,
            func.count(),
            func.sum(Invoice.net_minor),
            func.sum(GROSS),
            func.sum(Invoice.open_minor),
        ),
        wanted,
    )
    rows = session.execute(sums.group_by(Invoice.currency).order_by(Invoice.currency))
    return [
        CurrencyTotal(
            count=count,
            net=Money(int(net), currency),
            gross=Money(int(gross), currency),
            open=Money(int(still_open), currency),
        )
        for currency, count, net, gross, still_open in rows
    ]


def lines_of(session: Session, invoice_id: UUID) -> list[Row]:
    columns = (
        InvoiceLine.position,
        InvoiceLine.sku,
        Product.name.label("product_name"),
        InvoiceLine.product_id,
        InvoiceLine.category,
        InvoiceLine.quantity,
        InvoiceLine.amount_minor,
        InvoiceLine.cost_minor,
        InvoiceLine.commissionable,
    )
    return list(
        session.execute(
            select(*columns)
            .outerjoin(Product, Product.id == InvoiceLine.product_id)
            .where(InvoiceLine.invoice_id == invoice_id)
            .order_by(InvoiceLine.position)
        )
    )


def lines_of_deal(session: Session, deal: Deal) -> list[LineDetails]:
    """The lines of a deal, as an invoice would have them."""
    rows = session.execute(
        select(Product.sku, DealLine.quantity, DealLine.unit_minor)
        .join(Product, Product.id == DealLine.product_id)
        .where(DealLine.deal_id == deal.id)
        .order_by(DealLine.position)
    )
    return [LineDetails(sku, quantity, unit * quantity) for sku, quantity, unit in rows]


def deals_to_invoice(words: str = "") -> Select:
    """Deals won, whole or in part, that no invoice speaks of yet; by words, every such deal.

    The earliest won first.
    """
    invoiced = select(Invoice.id).where(Invoice.deal_id == Deal.id).exists()
    statement = (
        select(
            Deal.id,
            Deal.number,
            Deal.customer_name,
            Deal.value,
            Deal.won_on,
            Partner.name.label("partner_name"),
        )
        .join(Partner, Partner.id == Deal.partner_id)
        .where(IS_WON)
        .order_by(Deal.won_on, Deal.id)
    )
    if not words:
        return statement.where(~invoiced)
    names = (Deal.number, Deal.customer_name, Partner.name)
    return statement.where(or_(*(name.icontains(words, autoescape=True) for name in names)))


def payments_of(session: Session, invoice_id: UUID) -> list[Row]:
    """With the net part of each; None where it was too small to earn."""
    return list(
        session.execute(
            select(
                Payment.id,
                Payment.reference,
                Payment.paid_at,
                Payment.amount_minor,
                EarningEvent.amount_minor.label("net_minor"),
            )
            .outerjoin(EarningEvent, EarningEvent.source_id == Payment.id)
            .where(Payment.invoice_id == invoice_id)
            .order_by(Payment.paid_at, Payment.id)
        )
    )


def credit_notes_of(session: Session, invoice_id: UUID) -> list[Row]:
    """With what of each was a refund; None where nothing was paid yet."""
    return list(
        session.execute(
            select(
                CreditNote.id,
                CreditNote.number,
                CreditNote.issued_at,
                CreditNote.amount_minor,
                CreditNote.reason,
                EarningEvent.amount_minor.label("refund_minor"),
            )
            .outerjoin(EarningEvent, EarningEvent.source_id == CreditNote.id)
            .where(CreditNote.invoice_id == invoice_id)
            .order_by(CreditNote.issued_at, CreditNote.id)
        )
    )


def standing_of(session: Session, invoice: Invoice) -> Standing:
    """How the invoice stands now; hold its lock when a decision depends on it."""
    sums = session.execute(
        select(EarningEvent.kind, func.sum(EarningEvent.amount_minor))
        .where(EarningEvent.invoice_id == invoice.id)
        .group_by(EarningEvent.kind)
    )
    earned = {kind: int(minor) for kind, minor in sums}
    return Standing(
        net_minor=invoice.net_minor,
        gross_minor=invoice.gross_minor,
        paid_minor=invoice.paid_minor,
        credited_minor=invoice.credited_minor,
        earned_minor=earned.get(EarningKind.PAID, 0),
        refunded_minor=earned.get(EarningKind.REFUND, 0),
    )


def imports() -> Select:
    """Reports of files that were handed in, latest first."""
    return select(
        SalesImport.id,
        SalesImport.kind,
        SalesImport.file_name,
        SalesImport.at,
        SalesImport.by_name,
        SalesImport.loaded,
        SalesImport.unchanged,
        SalesImport.refused,
    ).order_by(SalesImport.at.desc(), SalesImport.id.desc())


def _narrowed(statement: Select, wanted: InvoiceFilter) -> Select:
    statement = (
        statement.select_from(Invoice)
        .join(Partner, Partner.id == Invoice.partner_id)
        .join(Customer, Customer.id == Invoice.customer_id)
        .outerjoin(Deal, Deal.id == Invoice.deal_id)
    )
    if wanted.words:
        names = (Invoice.number, Partner.name, Customer.name, Deal.number)
        statement = statement.where(
            or_(*(name.icontains(wanted.words, autoescape=True) for name in names))
        )
    if wanted.status:
        statement = statement.where(IS[wanted.status])
    if wanted.partner_id:
        statement = statement.where(Invoice.partner_id == wanted.partner_id)
    if wanted.currency:
        statement = statement.where(Invoice.currency == wanted.currency)
    if wanted.from_on:
        statement = statement.where(Invoice.issued_on >= wanted.from_on)
    if wanted.to_on:
        statement = statement.where(Invoice.issued_on <= wanted.to_on)
    return statement
