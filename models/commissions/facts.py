"""What was sold, as the engine wants it: earning events and orders won, with their sales.

Columns only, ordered by partner and time; see bulk.py for how ids and instants are read.
Reads only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, String, func, select, type_coerce
from sqlalchemy.orm import Session

from models import bulk
from models.catalog import Product
from models.commissions.earning import Earning
from models.commissions.engine import Event, EventKind, Plan, Registration, Sale, SaleLine
from models.commissions.engine.desk import made
from models.commissions.parties import Parties
from models.customers.merging import merged_into
from models.deals import Deal, DealLine
from models.sales import Invoice, InvoiceLine
from models.wins import splits_of

Splits = tuple[tuple[str, Decimal], ...]
KINDS = {kind.value: kind for kind in EventKind}


class Facts:
    """`read` what a chunk of events needs beside their own row, then `sale` and `event`."""

    def __init__(self, session: Session, parties: Parties) -> None:
        self._session, self._parties = session, parties
        self._lines: dict[str, list[SaleLine]] = {}
        self._deal_lines: dict[str, list[Any]] = {}
        self._invoiced: dict[str, int] = {}
        self._splits: dict[str, Splits] = {}
        self._merged: dict[str, str] = {}

    def count_customers(self) -> None:
        """From here on a customer is told as the record that it was merged into."""
        self._merged = merged_into(self._session)

    def read(self, rows: Collection[Earning], plans: Collection[Plan]) -> None:
        """For these instead of those before; lines only where one of the plans asks for them."""
        deals = {row.deal_id for row in rows if row.deal_id}
        self._splits = self._splits_of(deals) if deals else {}
        self._parties.read({row.partner_id for row in rows})
        won = {row.deal_id for row in rows if row.invoice_id is None and row.deal_id}
        self._deal_lines = self._deal_lines_of(won) if won else {}
        rules = [version.rules for plan in plans for version in plan.versions]
        invoices = {row.invoice_id for row in rows if row.invoice_id}
        needed = invoices if any(one.needs_lines for one in rules) else set()
        self._lines = self._lines_of(needed) if needed else {}
        whole = deals if any(one.needs_whole for one in rules) else set()
        self._invoiced = self._invoiced_of(whole) if whole else {}

    def won_on(self, row: Earning, time_zone: str) -> date:
        """The day the deal was won; of a sale that nobody registered: its invoice's day."""
        if row.won_at is not None:
            return local_day(row.won_at, time_zone)
        return _day(row.issued_on or row.at[:10])

    def sale(self, row: Earning, time_zone: str) -> Sale:
        """The invoice and, where it belongs to one, its deal; or an order's deal."""
        deal_id, invoice_id, partner = row.deal_id, row.invoice_id, row.partner_id
        won_on = self.won_on(row, time_zone)
        key, part = invoice_id or deal_id or "", row.part_minor
        lines: tuple[SaleLine, ...] = ()
        if invoice_id is None:
            lines = tuple(_deal_line(line, row.currency) for line in self._deal_lines[key])
        elif self._lines:
            lines, part = tuple(self._lines.get(invoice_id, ())), None
        return made(
            Sale,
            (
                deal_id or key,
                key,
                partner,
                row.currency,
                row.net_minor,
                NEVER,
                self._merged.get(row.customer_id or "", row.customer_id),
                row.deal_kind,
                lines,
                _registration(row.approved_on, row.protected_through),
                self._parties.distributors_of(partner, won_on),
                self._splits.get(deal_id, ()) if deal_id else (),
                self._invoiced.get(deal_id) if deal_id and invoice_id else None,
                part,
                won_on,
            ),
        )

    def event(self, row: Earning, time_zone: str, recorded_on: date) -> Event:
        """recorded_on: the least day on which it counts as recorded."""
        at, recorded_at = row.at, row.recorded_at
        on = known_on = local_day(at, time_zone)
        if row.invoice_id is not None:
            if recorded_at != at:
                known_on = local_day(recorded_at, time_zone)
            recorded_on = max(recorded_on, known_on)
        told = (NEVER, NEVER, row.amount_minor, None, NO_UNITS, on, recorded_on, None)
        return made(Event, (row.id, KINDS[row.kind], *told))

    def held(self, zones: Mapping[str, str]) -> dict[str, Sale]:
        """Deals, and invoices of no deal, of which something was held back; without detail.

        zones: by deal or invoice: the time zone of its plan.
        """
        deals = self._session.execute(
            select(
                bulk.hex_id(Deal.id),
                bulk.hex_id(Deal.partner_id),
                bulk.utc_text(Deal.won_at),
                bulk.day_text(Deal.approved_on),
                bulk.day_text(Deal.protected_through),
                type_coerce(Deal.kind, String),
            ).where(bulk.among(self._session, Deal.id, zones))
        )
        found: dict[str, Sale] = {}
        for key, partner, won_at, approved_on, through, kind in deals:
            registration = _registration(approved_on, through)
            won_on = local_day(won_at, zones[key])
            found[key] = _bare(key, partner, won_on, kind, registration)
        bills = self._session.execute(
            select(
                bulk.hex_id(Invoice.id),
                bulk.hex_id(Invoice.partner_id),
                bulk.day_text(Invoice.issued_on),
            ).where(bulk.among(self._session, Invoice.id, zones.keys() - found.keys()))
        )
        return found | {row[0]: _bare(row[0], row[1], _day(row[2]), None, None) for row in bills}

    def _lines_of(self, invoice_ids: Collection[str]) -> dict[str, list[SaleLine]]:
        rows = self._session.execute(
            select(
                bulk.hex_id(InvoiceLine.invoice_id),
                InvoiceLine.sku,
                InvoiceLine.category,
                InvoiceLine.quantity,
                InvoiceLine.amount_minor,
                InvoiceLine.cost_minor,
                InvoiceLine.commissionable,
            )
            .where(bulk.among(self._session, InvoiceLine.invoice_id, invoice_ids))
            .order_by(InvoiceLine.invoice_id, InvoiceLine.position)
        )
        found: dict[str, list[SaleLine]] = {}
        for row in rows:
            found.setdefault(row[0], []).append(SaleLine(*row[1:]))
        return found

    def _deal_lines_of(self, deal_ids: Collection[str]) -> dict[str, list[Any]]:
        rows = self._session.execute(
            select(
                bulk.hex_id(DealLine.deal_id).label("deal"),
                DealLine.quantity,
                DealLine.unit_minor,
                Product.sku,
                Product.category,
                Product.standard_cost,
                Product.commissionable,
            )
            .join(Product, Product.id == DealLine.product_id)
            .where(bulk.among(self._session, DealLine.deal_id, deal_ids))
            .order_by(DealLine.deal_id, DealLine.position)
        )
        found: dict[str, list[Any]] = {deal_id: [] for deal_id in deal_ids}
        for row in rows:
            found[row.deal].append(row)
        return found

    def _splits_of(self, deal_ids: Collection[str]) -> dict[str, Splits]:
        """Whom the engine shares each deal between; what one partner keeps whole is absent."""
        found = splits_of(self._session, deal_ids)
        self._parties.read(partner_id for split in found.values() for partner_id, _ in split)
        return {
            deal_id.hex: tuple((partner_id.hex, percent / 100) for partner_id, percent in split)
            for deal_id, split in found.items()
        }

    def _invoiced_of(self, deal_ids: Collection[str]) -> dict[str, int]:
        """Commissionable net of all invoices of each deal, in minor units."""
        rows = self._session.execute(
            select(bulk.hex_id(Invoice.deal_id), func.sum(InvoiceLine.amount_minor))
            .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
            .where(bulk.among(self._session, Invoice.deal_id, deal_ids))
            .where(InvoiceLine.commissionable)
            .group_by(Invoice.deal_id)
        )
        return dict.fromkeys(deal_ids, 0) | {deal_id: int(total) for deal_id, total in rows}


NO_UNITS: dict[str, int] = {}
NEVER = datetime.min.replace(tzinfo=UTC)
"""An instant that nobody asks for: its local day is told."""


def _bare(
    key: str, partner: str, won_on: date, kind: str | None, registration: Registration | None
) -> Sale:
    return Sale(
        key, key, partner, "", 0, NEVER, kind=kind, registration=registration, won_on=won_on
    )


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


def _registration(approved_on: str | None, through: str | None) -> Registration | None:
    """An extension has moved protected_through already."""
    if approved_on is None or through is None:
        return None
    return _registered(approved_on, through)


@cache
def _registered(approved_on: str, through: str) -> Registration:
    first = date.fromisoformat(approved_on)
    return Registration(first, (date.fromisoformat(through) - first).days)


def local_day(instant: str, time_zone: str) -> date:
    """Of an instant such as 2026-11-30 17:05:00.000000 in UTC."""
    return _day_of_hour(instant[:13], time_zone) or _day_of_minute(instant[:16], time_zone)


@cache
def _day_of_hour(hour: str, time_zone: str) -> date | None:
    """None where a day ends within the hour."""
    first, last = (_day_of_minute(f"{hour}:{minute}", time_zone) for minute in ("00", "59"))
    return first if first == last else None


@cache
def _day_of_minute(minute: str, time_zone: str) -> date:
    at = datetime.fromisoformat(minute).replace(tzinfo=UTC)
    return at.astimezone(ZoneInfo(time_zone)).date()


@cache
def _day(text: str) -> date:
    return date.fromisoformat(text)
