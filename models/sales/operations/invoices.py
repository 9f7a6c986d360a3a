"""What can happen to invoices: one is recorded, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import audit, customers
from models.base import new_id
from models.catalog import Product
from models.customers import Customer
from models.deals import Deal, DealStatus
from models.money import Money
from models.partners import Partner
from models.people import Actor
from models.sales.operations.checks import RefusedSale, never_in_the_future, plain
from models.sales.operations.routing import route_unregistered
from models.sales.queries import invoice_numbered, lines_of, lines_of_deal
from models.sales.rules import InvoiceDetails, LineDetails
from models.sales.tables import Invoice, InvoiceLine

SAID = (
    "partner_id",
    "customer_id",
    "deal_id",
    "issued_on",
    "currency",
    "tax_minor",
    "freight_minor",
)
"""What makes two invoices of one number the same invoice, beside their lines."""


def record_invoice(
    session: Session,
    details: InvoiceDetails,
    *,
    deal: Deal | None = None,
    partner_id: UUID | None = None,
    customer_id: UUID | None = None,
    by: Actor,
    now: datetime,
) -> Invoice:
    """Record what a customer was asked to pay.

    The deal gives partner and customer; an invoice without a deal states both.  Raises
    Refused when the deal is not won or in another currency, when the day is in the
    future, and when the number stands for another invoice.
    """
    never_in_the_future(session, "issued_on", details.issued_on, now)
    partner_id, customer_id = _parties(session, deal, partner_id, customer_id)
    _amounts_make_sense(details, deal)
    wanted = Invoice(
        id=new_id(),
        partner_id=partner_id,
        customer_id=customer_id,
        deal_id=deal.id if deal else None,
        number=details.number,
        issued_on=details.issued_on,
        currency=details.currency,
        net_minor=details.net_minor,
        tax_minor=details.tax_minor,
        freight_minor=details.freight_minor,
        open_minor=details.gross_minor,
        recorded_at=now,
    )
    if known := invoice_numbered(session, details.number):
        return _the_same(session, known, wanted, details.lines)
    return _keep(session, wanted, details.lines, by=by, now=now)


def invoice_of_deal(
    session: Session,
    deal: Deal,
    *,
    number: str,
    issued_on: date,
    tax_minor: int = 0,
    freight_minor: int = 0,
) -> InvoiceDetails:
    """What an invoice with exactly the lines of the deal says; record it to keep it."""
    return InvoiceDetails(
        number=number,
        issued_on=issued_on,
        currency=deal.value.currency,
        lines=lines_of_deal(session, deal),
        tax_minor=tax_minor,
        freight_minor=freight_minor,
    )


def _parties(
    session: Session, deal: Deal | None, partner_id: UUID | None, customer_id: UUID | None
) -> tuple[UUID, UUID]:
    """Whose sale it is, and to whom."""
    if deal is None:
        if partner_id is None or customer_id is None:
            raise RefusedSale(
                "deal", "Name the deal, or the partner and the customer, of this invoice."
            )
        if session.get(Partner, partner_id) is None or session.get(Customer, customer_id) is None:
            raise RefusedSale(
                "partner", "The partner or the customer is not known. Choose them from the list."
            )
        return partner_id, customers.hold_survivor(session, customer_id)
    if not (deal.status is DealStatus.WON or deal.won_at) or deal.customer_id is None:
        raise RefusedSale(
            "deal",
            f"Deal {deal.number} is not won, so it cannot be invoiced. Record that it was won "
            "first, or leave out the deal.",
        )
    if partner_id not in (None, deal.partner_id) or customer_id not in (None, deal.customer_id):
        raise RefusedSale(
            "deal",
            f"Deal {deal.number} belongs to another partner or customer. Correct the number of "
            "the deal, or leave out partner and customer: the deal knows them.",
        )
    return deal.partner_id, deal.customer_id


def _amounts_make_sense(details: InvoiceDetails, deal: Deal | None) -> None:
    if deal is not None and deal.value.currency != details.currency:
        raise RefusedSale(
            "currency",
            f"Deal {deal.number} is in {deal.value.currency}, the invoice in {details.currency}. "
            "Invoice the deal in its own currency.",
        )
    if details.net_minor <= 0:
        raise RefusedSale(
            "amount", "The invoice has no net amount above zero. Check the amounts of its lines."
        )
    if details.tax_minor < 0 or details.freight_minor < 0:
        raise RefusedSale(
            "tax", "Tax and freight cannot be negative. Give the customer a credit note."
        )


def _keep(
    session: Session,
    invoice: Invoice,
    lines: Sequence[LineDetails],
    *,
    by: Actor,
    now: datetime,
) -> Invoice:
    try:
        with session.begin_nested():
            session.add(invoice)
            session.flush()
    except IntegrityError:  # another process recorded this number a moment ago
        known = invoice_numbered(session, invoice.number)
        if known is None:
            raise
        return _the_same(session, known, invoice, lines)
    session.add_all(_rows(session, invoice, lines))
    customers.link(session, invoice.partner_id, invoice.customer_id)
    detail = {"number": invoice.number, "net": plain(invoice.net)}
    audit.record(session, by, "invoice recorded", invoice, now=now, detail=detail)
    session.flush()
    route_unregistered(session, invoice, now=now)
    return invoice


def _rows(session: Session, invoice: Invoice, lines: Sequence[LineDetails]) -> list[InvoiceLine]:
    catalogue = _catalogue(session, {line.sku for line in lines})
    return [
        _row(invoice, position, line, catalogue.get(line.sku))
        for position, line in enumerate(lines, start=1)
    ]


def _row(invoice: Invoice, position: int, line: LineDetails, product: Row | None) -> InvoiceLine:
    commissionable, category = line.commissionable, line.category
    if commissionable is None:
        commissionable = product is not None and product.commissionable
    if category is None:
        category = product.category if product else ""
    cost_minor = line.cost_minor
    if cost_minor is None and product and product.standard_cost:
        each: Money = product.standard_cost
        cost_minor = each.minor * line.quantity if each.currency == invoice.currency else None
    return InvoiceLine(
        partner_id=invoice.partner_id,
        invoice_id=invoice.id,
        position=position,
        sku=line.sku,
        product_id=product.id if product else None,
        category=category,
        quantity=line.quantity,
        amount_minor=line.amount_minor,
        cost_minor=cost_minor,
        commissionable=commissionable,
    )


def _catalogue(session: Session, skus: set[str]) -> dict[str, Row]:
    columns = (Product.sku, Product.id, Product.category, Product.commissionable)
    rows = session.execute(
        select(*columns, Product.standard_cost).where(Product.sku.in_(sorted(skus)))
    )
    return {row.sku: row for row in rows}


def _the_same(
    session: Session, known: Invoice, wanted: Invoice, lines: Sequence[LineDetails]
) -> Invoice:
    """The invoice of this number, when it says the same.  Raises Refused otherwise."""
    fields = ("partner_id", "customer_id", "deal_id", "issued_on", "currency")
    amounts = ("net_minor", "tax_minor", "freight_minor")
    differs = [
        name for name in (*fields, *amounts) if getattr(known, name) != getattr(wanted, name)
    ]
    kept = [(line.sku, line.quantity, line.amount_minor) for line in lines_of(session, known.id)]
    if kept != [(line.sku, line.quantity, line.amount_minor) for line in lines]:
        differs.append("lines")
    if not differs:
        return known
    names = ", ".join(name.removesuffix("_minor").removesuffix("_id") for name in differs)
    raise RefusedSale(
        "number",
        f"Invoice {known.number} is already recorded and differs in: "
        f"{names.replace('issued_on', 'day')}. Give this one its own number, or correct the "
        "first by a credit note.",
    )
