"""The list of invoices: its filters from the address, its order, its columns as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from models import sales
from models.money import Money, is_currency
from models.people import Actor
from models.sales import Invoice, InvoiceFilter, InvoiceStatus
from models.sales.queries import GROSS
from models.sales.rules import status_of
from portal.paging import Key
from portal.sheets import Column

SORTS: dict[str, Any] = {
    "issued": Invoice.issued_on,
    "number": Invoice.number,
    "gross": GROSS,
    "open": Invoice.open_minor,
}
LATEST_FIRST = "-issued"
TONES = {
    InvoiceStatus.OPEN: "plain",
    InvoiceStatus.PART_PAID: "info",
    InvoiceStatus.PAID: "good",
    InvoiceStatus.CREDITED: "warn",
}


@dataclass(frozen=True)
class Shown:
    """How one invoice of the list reads."""

    word: str
    tone: str


def filter_from(args: Any) -> InvoiceFilter:
    """What cannot be read narrows nothing."""
    status, currency = args.get("status", ""), args.get("currency", "").strip().upper()
    return InvoiceFilter(
        words=args.get("q", "").strip()[:100],
        status=InvoiceStatus(status) if status in list(InvoiceStatus) else None,
        currency=currency if is_currency(currency) else "",
        from_on=_day(args.get("from", "")),
        to_on=_day(args.get("to", "")),
    )


def sort_from(args: Any) -> str:
    sort = args.get("sort", "")
    return sort if sort.removeprefix("-") in SORTS else LATEST_FIRST


def keys_of(sort: str) -> list[Key]:
    descending = sort.startswith("-")
    return [Key(SORTS[sort.removeprefix("-")], descending), Key(Invoice.id, descending)]


def status_shown(row: Any) -> Shown:
    status = _status(row)
    return Shown(status.words, TONES[status])


def columns(*, has_partner: bool) -> list[Column]:
    """The list as a file; a partner's own file does not repeat the partner."""
    partner = [Column("Partner", lambda row: row.partner_name)] if has_partner else []
    return [
        Column("Invoice", lambda row: row.number),
        Column("Issued", lambda row: row.issued_on, "day"),
        *partner,
        Column("Customer", lambda row: row.customer_name),
        Column("Deal", lambda row: row.deal_number),
        Column("Status", lambda row: _status(row).words),
        Column("Net", lambda row: Money(row.net_minor, row.currency), "money"),
        Column("Gross", lambda row: Money(row.gross_minor, row.currency), "money"),
        Column("Paid", lambda row: Money(row.paid_minor, row.currency), "money"),
        Column("Credited net", lambda row: Money(row.credited_minor, row.currency), "money"),
        Column("Open", lambda row: Money(row.open_minor, row.currency), "money"),
        Column("Currency", lambda row: row.currency),
    ]


def sees_partners(person: Actor) -> bool:
    """Whether the partner's name says something: not where there is only one's own."""
    return person.is_staff or bool(person.reads - {person.partner_id})


def total_count(totals: Sequence[sales.CurrencyTotal]) -> int:
    return sum(total.count for total in totals)


def _status(row: Any) -> InvoiceStatus:
    return status_of(
        net_minor=row.net_minor,
        open_minor=row.open_minor,
        paid_minor=row.paid_minor,
        credited_minor=row.credited_minor,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
