"""What every recording is held to: no future, no strange currency, no amount of nothing."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from models import vendor
from models.calendars import local_day
from models.errors import Refused
from models.money import Money
from models.sales.tables import Invoice


class RefusedSale(Refused):
    """Refused because of one thing that was said: `field` is the operation's word for it."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def never_in_the_future(session: Session, field: str, on: date, now: datetime) -> None:
    """`on`: a day, or an instant, of which only the vendor's local day counts."""
    zone = vendor.settings(session).time_zone
    day = local_day(on, zone) if isinstance(on, datetime) else on
    if day > local_day(now, zone):
        raise RefusedSale(field, f"The date {day} is still to come. Correct the date.")


def positive(amount: Money, invoice: Invoice, what: str) -> None:
    if amount.currency != invoice.currency:
        raise RefusedSale(
            "currency",
            f"Invoice {invoice.number} is in {invoice.currency}, the {what} in "
            f"{amount.currency}. Enter the amount in {invoice.currency}.",
        )
    if amount.minor <= 0:
        raise RefusedSale(
            "amount", f"A {what} is an amount above zero. Money given back is a credit note."
        )


def plain(amount: Money) -> str:
    """Such as 1,250.00 EUR, for sentences that reach every reader."""
    return f"{amount.major:,} {amount.currency}"
