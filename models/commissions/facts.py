"""What was sold, as the engine wants it: from invoices, deals and partners.  Reads only."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.catalog import Product
from models.commissions.engine import Registration, Sale, SaleLine
from models.deals import Deal, DealLine
from models.partners import parent_on
from models.sales import Invoice, InvoiceLine

DEEPEST = 10
"""Tiers of distribution that overrides can reach."""


def sale_of_invoice(session: Session, invoice_id: UUID, time_zone: str) -> Sale:
    """The invoice and, where it belongs to one, its deal."""
    invoice = session.get_one(Invoice, invoice_id)
    deal = session.get(Deal, invoice.deal_id) if invoice.deal_id else None
    won_at = (deal and deal.won_at) or _start_of(invoice.issued_on, time_zone)
    lines = session.execute(
        select(
            InvoiceLine.sku,
            InvoiceLine.category,
            InvoiceLine.quantity,
            InvoiceLine.amount_minor,
            InvoiceLine.cost_minor,
            InvoiceLine.commissionable,
        )
        .where(InvoiceLine.invoice_id == invoice_id)
        .order_by(InvoiceLine.position)
    )
    return Sale(
        deal=str(deal.id) if deal else f"invoice {invoice.id}",
        key=str(invoice.id),
        partner=str(invoice.partner_id),
        customer=str(invoice.customer_id),
        currency=invoice.currency,
        net_minor=invoice.net_minor,
        won_at=won_at,
        kind=deal.kind.value if deal else None,
        lines=tuple(SaleLine(*line) for line in lines),
        registration=_registration(deal),
        distributors=_distributors(session, invoice.partner_id, _day(won_at, time_zone)),
        whole_minor=_invoiced(session, deal.id) if deal else None,
    )


def sale_of_deal(session: Session, deal: Deal, time_zone: str) -> Sale:
    """A won deal with its own lines, for plans that earn when a deal is won."""
    assert deal.won_at is not None, "a won deal says when"
    rows = session.execute(
        select(
            Product.sku,
            Product.category,
            DealLine.quantity,
            DealLine.unit_minor,
            Product.standard_cost,
            Product.commissionable,
        )
        .join(Product, Product.id == DealLine.product_id)
        .where(DealLine.deal_id == deal.id)
        .order_by(DealLine.position)
    )
    lines = tuple(
        SaleLine(
            sku,
            category,
            quantity,
            unit * quantity,
            cost.minor * quantity if cost and cost.currency == deal.value.currency else None,
            commissionable,
        )
        for sku, category, quantity, unit, cost, commissionable in rows
    )
    return Sale(
        deal=str(deal.id),
        key=str(deal.id),
        partner=str(deal.partner_id),
        customer=str(deal.customer_id) if deal.customer_id else None,
        currency=deal.value.currency,
        net_minor=deal.value.minor,
        won_at=deal.won_at,
        kind=deal.kind.value,
        lines=lines,
        registration=_registration(deal),
        distributors=_distributors(session, deal.partner_id, _day(deal.won_at, time_zone)),
    )


def _registration(deal: Deal | None) -> Registration | None:
    """An extension has moved protected_through already."""
    if deal is None or deal.approved_on is None or deal.protected_through is None:
        return None
    return Registration(deal.approved_on, (deal.protected_through - deal.approved_on).days)


def _invoiced(session: Session, deal_id: UUID) -> int:
    """Commissionable net of all invoices of a deal, in minor units."""
    total = session.scalar(
        select(func.sum(InvoiceLine.amount_minor))
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(Invoice.deal_id == deal_id, InvoiceLine.commissionable)
    )
    return int(total or 0)


def _distributors(session: Session, partner_id: UUID, day: date) -> tuple[str, ...]:
    """Whoever the partner bought through on that day, and so on upwards; the nearest first."""
    found: list[UUID] = []
    above = parent_on(session, partner_id, day)
    while above is not None and above not in found and len(found) < DEEPEST:
        found.append(above)
        above = parent_on(session, above, day)
    return tuple(str(one) for one in found)


def _day(instant: datetime, time_zone: str) -> date:
    return instant.astimezone(ZoneInfo(time_zone)).date()


def _start_of(day: date, time_zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)
