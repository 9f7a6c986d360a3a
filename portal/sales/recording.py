"""One thing of a file into one operation: the words of the file become the business's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import customers, sales, vendor
from models.calendars import start_of_day
from models.customers import CustomerDetails
from models.deals import Deal
from models.money import Money, exponent
from models.partners import Partner
from models.people import Actor
from models.sales import Invoice, InvoiceDetails, LineDetails, RefusedSale
from portal.imports import ImportRow, Problem
from portal.sales.files import FileKind

OF_THE_WHOLE = (
    "deal", "partner", "customer", "customer_country", "issued_on", "currency", "tax", "freight",
)  # fmt: skip
"""What every row of one invoice says alike."""

HALF_A_DAY = timedelta(hours=12)


@dataclass
class Loading:
    """One file on its way in."""

    kind: FileKind
    by: Actor
    now: datetime
    session: Session = field(init=False)
    time_zone: str = field(init=False)
    customers: dict[tuple[str, str], UUID] = field(default_factory=dict)
    """Those recognised already, by name and country as they are written."""
    problems: list[Problem] = field(default_factory=list)
    loaded: int = 0
    unchanged: int = 0
    refused: int = 0

    def begin(self, session: Session) -> None:
        """The next part goes into this session."""
        self.session = session
        self.time_zone = vendor.settings(session).time_zone


class BadRow(Exception):
    """One row, or an invoice of several, is refused."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


def _invoice(loading: Loading, rows: Sequence[ImportRow]) -> bool:
    """Whether it is new."""
    whole = _said_alike(rows)
    number, currency = rows[0].values["number"], whole["currency"]
    known = sales.invoice_numbered(loading.session, number)
    details = InvoiceDetails(
        number=number,
        issued_on=whole["issued_on"],
        currency=currency,
        lines=[_line(row, currency) for row in rows],
        tax_minor=_minor(rows[0], "tax", currency, whole["tax"]) or 0,
        freight_minor=_minor(rows[0], "freight", currency, whole["freight"]) or 0,
    )
    parties = _parties(loading, rows[0], whole)
    sales.record_invoice(loading.session, details, **parties, by=loading.by, now=loading.now)
    return known is None


def _payment(loading: Loading, rows: Sequence[ImportRow]) -> bool:
    (row,) = rows
    invoice = _invoice_of(loading, row)
    known = sales.payment_of(loading.session, invoice, row.values["reference"])
    sales.record_payment(
        loading.session,
        invoice,
        reference=row.values["reference"],
        paid_at=_instant(loading, row.values["paid_at"]),
        amount=_amount(row),
        by=loading.by,
        now=loading.now,
    )
    return known is None


def _credit_note(loading: Loading, rows: Sequence[ImportRow]) -> bool:
    (row,) = rows
    known = sales.credit_note_numbered(loading.session, row.values["number"])
    sales.record_credit_note(
        loading.session,
        _invoice_of(loading, row),
        number=row.values["number"],
        issued_at=_instant(loading, row.values["issued_at"]),
        amount=_amount(row),
        reason=row.values["reason"],
        by=loading.by,
        now=loading.now,
    )
    return known is None


LOADERS: dict[str, Callable[[Loading, Sequence[ImportRow]], bool]] = {
    "invoices": _invoice,
    "payments": _payment,
    "credit-notes": _credit_note,
}


def _said_alike(rows: Sequence[ImportRow]) -> dict[str, Any]:
    """What the rows of one invoice say of the whole; a cell may be empty after the first."""
    whole: dict[str, Any] = dict.fromkeys(OF_THE_WHOLE)
    for row in rows:
        for name in OF_THE_WHOLE:
            said = row.values[name]
            if whole[name] is None:
                whole[name] = said
            elif said is not None and said != whole[name]:
                what = f"The row says {said}, another row of the same invoice {whole[name]}."
                remedy = "Write the same in every row of an invoice."
                raise BadRow(Problem(row.number, name, what, remedy))
    return whole


def _line(row: ImportRow, currency: str) -> LineDetails:
    said = row.values
    return LineDetails(
        sku=said["sku"],
        quantity=said["quantity"],
        amount_minor=_minor(row, "amount", currency, said["amount"]) or 0,
        category=said["category"],
        cost_minor=_minor(row, "cost", currency, said["cost"]),
        commissionable=said["commissionable"],
    )


def _parties(loading: Loading, row: ImportRow, whole: dict[str, Any]) -> dict[str, Any]:
    """Whose sale it is: the deal's, or that of the partner and customer who are named."""
    if whole["deal"]:
        return {"deal": _deal(loading.session, whole["deal"])}
    if not (whole["partner"] and whole["customer"] and whole["customer_country"]):
        raise RefusedSale(
            "deal",
            "The invoice has no deal. Write the number of the deal, or partner, customer and "
            "customer_country.",
        )
    partner_id = loading.session.scalar(
        select(Partner.id).where(Partner.number == whole["partner"].upper())
    )
    if partner_id is None:
        raise RefusedSale(
            "partner",
            f"There is no partner {whole['partner']}. Copy the number from the partner's page.",
        )
    customer_id = _customer(loading, whole["customer"], whole["customer_country"].upper())
    return {"partner_id": partner_id, "customer_id": customer_id}


def _customer(loading: Loading, name: str, country: str) -> UUID:
    if (name, country) not in loading.customers:
        details = CustomerDetails(name=name, country=country)
        found = customers.recognise(loading.session, details, now=loading.now)
        loading.customers[name, country] = found.customer_id
    return loading.customers[name, country]


def _deal(session: Session, number: str) -> Deal:
    deal = session.scalar(select(Deal).where(Deal.number == number.upper()))
    if deal is None:
        raise RefusedSale(
            "deal", f"There is no deal {number}. Copy the number from the deal's page."
        )
    return deal


def _invoice_of(loading: Loading, row: ImportRow) -> Invoice:
    invoice = sales.invoice_numbered(loading.session, row.values["invoice"])
    if invoice is None:
        raise RefusedSale(
            "invoice",
            f"There is no invoice {row.values['invoice']}. Check its number, or record the "
            "invoice first.",
        )
    return invoice


def _amount(row: ImportRow) -> Money:
    currency = row.values["currency"]
    return Money(_minor(row, "amount", currency, row.values["amount"]) or 0, currency)


def _minor(row: ImportRow, column: str, currency: str, amount: Decimal | None) -> int | None:
    if amount is None:
        return None
    try:
        return Money.of(amount, currency).minor
    except ValueError:
        what = f"{amount} has more decimals than {currency} has."
        remedy = f"Round it to {exponent(currency)} decimals."
        raise BadRow(Problem(row.number, column, what, remedy)) from None


def noon(day: date, time_zone: str) -> datetime:
    """A day counts from its noon, so that it is the same day in the zones around."""
    return start_of_day(day, time_zone) + HALF_A_DAY


def _instant(loading: Loading, moment: date | datetime) -> datetime:
    return moment if isinstance(moment, datetime) else noon(moment, loading.time_zone)
