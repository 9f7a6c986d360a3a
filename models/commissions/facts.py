"""What was sold, as the engine wants it: from invoices, deals and partners.  Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from models.catalog import Product
from models.commissions.engine import Registration, Sale, SaleLine
from models.commissions.parties import Parties
from models.deals import Deal, DealLine
from models.sales import Invoice, InvoiceLine
from models.wins import splits_of

DEAL = (
    Deal.id,
    Deal.partner_id,
    Deal.customer_id,
    Deal.kind,
    Deal.value_minor,  # type: ignore[attr-defined]
    Deal.value_currency,  # type: ignore[attr-defined]
    Deal.won_at,
    Deal.approved_on,
    Deal.protected_through,
)

INVOICE = (
    Invoice.id,
    Invoice.partner_id,
    Invoice.deal_id,
    Invoice.customer_id,
    Invoice.issued_on,
    Invoice.currency,
    Invoice.net_minor,
)


Splits = tuple[tuple[str, Decimal], ...]


class Facts:
    """The invoices and deals that a chunk of events is about: `read` them, then ask."""

    def __init__(self, session: Session, parties: Parties) -> None:
        self._session, self._parties = session, parties
        self.deals: dict[UUID, Row[Any]] = {}
        self._invoices: dict[UUID, Row[Any]] = {}
        self._lines: dict[UUID, list[SaleLine]] = {}
        self._deal_lines: dict[UUID, list[Any]] = {}
        self._invoiced: dict[UUID, int] = {}
        self._splits: dict[UUID, Splits] = {}

    def read(
        self, *, invoices: Iterable[UUID], won: Iterable[UUID], deals: Iterable[UUID] = ()
    ) -> None:
        """These instead of those before: invoices, deals that earn when won, other deals."""
        invoice_ids, won_ids = set(invoices), set(won)
        self._invoices = self._by_id(select(*INVOICE).where(Invoice.id.in_(invoice_ids)))
        invoiced = {row.deal_id for row in self._invoices.values() if row.deal_id}
        deal_ids = {*deals, *won_ids, *invoiced}
        self.deals = self._by_id(select(*DEAL).where(Deal.id.in_(deal_ids))) if deal_ids else {}
        self._lines = self._lines_of(invoice_ids) if invoice_ids else {}
        self._invoiced = self._invoiced_of(invoiced) if invoiced else {}
        self._deal_lines = self._deal_lines_of(won_ids) if won_ids else {}
        self._splits = self._splits_of(deal_ids) if deal_ids else {}
        self._parties.read(
            row.partner_id for rows in (self._invoices, self.deals) for row in rows.values()
        )

    def sale_of_invoice(self, invoice_id: UUID, time_zone: str) -> Sale:
        """The invoice and, where it belongs to one, its deal."""
        invoice = self._invoices[invoice_id]
        deal = self.deals[invoice.deal_id] if invoice.deal_id else None
        won_at = (deal and deal.won_at) or _start_of(invoice.issued_on, time_zone)
        day = _day(won_at, time_zone)
        return Sale(
            deal=str(deal.id) if deal else f"invoice {invoice.id}",
            key=str(invoice.id),
            partner=str(invoice.partner_id),
            customer=str(invoice.customer_id),
            currency=invoice.currency,
            net_minor=invoice.net_minor,
            won_at=won_at,
            kind=deal.kind.value if deal else None,
            lines=tuple(self._lines.get(invoice.id, ())),
            registration=_registration(deal),
            distributors=self._parties.distributors_of(invoice.partner_id, day),
            splits=self._splits.get(deal.id, ()) if deal else (),
            whole_minor=self._invoiced.get(deal.id, 0) if deal else None,
        )

    def sale_of_deal(self, deal_id: UUID, time_zone: str) -> Sale:
        """A deal with its own lines and its orders won, for plans that earn when a deal is won."""
        deal = self.deals[deal_id]
        assert deal.won_at is not None, "an order that counts says when"
        day = _day(deal.won_at, time_zone)
        rows = self._deal_lines.get(deal.id, ())
        return Sale(
            deal=str(deal.id),
            key=str(deal.id),
            partner=str(deal.partner_id),
            customer=str(deal.customer_id) if deal.customer_id else None,
            currency=deal.value_currency,
            net_minor=deal.value_minor,
            won_at=deal.won_at,
            kind=deal.kind.value,
            lines=tuple(_deal_line(row, deal.value_currency) for row in rows),
            registration=_registration(deal),
            distributors=self._parties.distributors_of(deal.partner_id, day),
            splits=self._splits.get(deal.id, ()),
        )

    def _by_id(self, query: Select) -> dict[UUID, Row[Any]]:
        return {row.id: row for row in self._session.execute(query)}

    def _lines_of(self, invoice_ids: set[UUID]) -> dict[UUID, list[SaleLine]]:
        rows = self._session.execute(
            select(
                InvoiceLine.invoice_id,
                InvoiceLine.sku,
                InvoiceLine.category,
                InvoiceLine.quantity,
                InvoiceLine.amount_minor,
                InvoiceLine.cost_minor,
                InvoiceLine.commissionable,
            )
            .where(InvoiceLine.invoice_id.in_(invoice_ids))
            .order_by(InvoiceLine.invoice_id, InvoiceLine.position)
        )
        found: dict[UUID, list[SaleLine]] = {}
        for row in rows:
            found.setdefault(row.invoice_id, []).append(SaleLine(*row[1:]))
        return found

    def _deal_lines_of(self, deal_ids: set[UUID]) -> dict[UUID, list[Any]]:
        rows = self._session.execute(
            select(
                DealLine.deal_id,
                DealLine.quantity,
                DealLine.unit_minor,
                Product.sku,
                Product.category,
                Product.standard_cost,
                Product.commissionable,
            )
            .join(Product, Product.id == DealLine.product_id)
            .where(DealLine.deal_id.in_(deal_ids))
            .order_by(DealLine.deal_id, DealLine.position)
        )
        found: dict[UUID, list[Any]] = {}
        for row in rows:
            found.setdefault(row.deal_id, []).append(row)
        return found

    def _splits_of(self, deal_ids: set[UUID]) -> dict[UUID, Splits]:
        """Whom the engine shares each deal between; what one partner keeps whole is absent."""
        found = splits_of(self._session, deal_ids)
        self._parties.read(partner_id for split in found.values() for partner_id, _ in split)
        return {
            deal_id: tuple((str(partner_id), percent / 100) for partner_id, percent in split)
            for deal_id, split in found.items()
        }

    def _invoiced_of(self, deal_ids: set[UUID]) -> dict[UUID, int]:
        """Commissionable net of all invoices of each deal, in minor units."""
        rows = self._session.execute(
            select(Invoice.deal_id, func.sum(InvoiceLine.amount_minor))
            .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
            .where(Invoice.deal_id.in_(deal_ids), InvoiceLine.commissionable)
            .group_by(Invoice.deal_id)
        )
        return {deal_id: int(total) for deal_id, total in rows if deal_id}


def _deal_line(row: Row[Any], currency: str) -> SaleLine:
    cost = row.standard_cost
    return SaleLine(
        row.sku,
        row.category,
        row.quantity,
        row.unit_minor * row.quantity,
        cost.minor * row.quantity if cost and cost.currency == currency else None,
        row.commissionable,
    )


def _registration(deal: Row[Any] | None) -> Registration | None:
    """An extension has moved protected_through already."""
    if deal is None or deal.approved_on is None or deal.protected_through is None:
        return None
    return Registration(deal.approved_on, (deal.protected_through - deal.approved_on).days)


def _day(instant: datetime, time_zone: str) -> date:
    return instant.astimezone(ZoneInfo(time_zone)).date()


def _start_of(day: date, time_zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)
