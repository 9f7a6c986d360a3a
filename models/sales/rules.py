"""What is true of invoices, payments and credit notes.  Pure: no session, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from models.money import rounded


class InvoiceStatus(StrEnum):
    OPEN = "open"
    PART_PAID = "part_paid"
    PAID = "paid"
    CREDITED = "credited"

    @property
    def words(self) -> str:
        return STATUS_WORDS[self]


STATUS_WORDS = {
    InvoiceStatus.OPEN: "Not paid yet",
    InvoiceStatus.PART_PAID: "Paid in part",
    InvoiceStatus.PAID: "Paid",
    InvoiceStatus.CREDITED: "Credited in full",
}


class EarningKind(StrEnum):
    PAID = "paid"
    REFUND = "refund"


@dataclass(frozen=True)
class LineDetails:
    """One position of an invoice, as it is recorded.  What is None the catalogue says."""

    sku: str
    quantity: int
    amount_minor: int
    """Net of the whole position; negative for a discount."""
    category: str | None = None
    cost_minor: int | None = None
    """Cost of the whole position."""
    commissionable: bool | None = None
    """A position that is not in the catalogue earns nothing unless this says so."""


@dataclass(frozen=True, kw_only=True)
class InvoiceDetails:
    """An invoice as it is recorded."""

    number: str
    """The vendor's own, from its accounts."""
    issued_on: date
    currency: str
    lines: Sequence[LineDetails]
    tax_minor: int = 0
    freight_minor: int = 0

    @property
    def net_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.tax_minor + self.freight_minor


@dataclass(frozen=True)
class Standing:
    """How an invoice stands: what it asks, and what was paid and credited so far.

    All in minor units of the invoice's currency.  Gross is net plus tax and freight.
    Customers pay gross; partners earn on net; credit notes are given in net and take
    their share of tax and freight with them.
    """

    net_minor: int
    gross_minor: int
    paid_minor: int = 0
    """Gross."""
    credited_minor: int = 0
    """Net."""
    earned_minor: int = 0
    """Net parts of all payments."""
    refunded_minor: int = 0
    """Net parts of what was paid and given back."""

    @property
    def due_minor(self) -> int:
        """Gross that the customer owes or has paid, after credit notes."""
        uncredited = self.net_minor - self.credited_minor
        return rounded(Decimal(self.gross_minor * uncredited) / self.net_minor)

    @property
    def open_minor(self) -> int:
        """Gross still to be paid."""
        return max(0, self.due_minor - self.paid_minor)

    @property
    def creditable_minor(self) -> int:
        """Net that credit notes can still take back."""
        return self.net_minor - self.credited_minor

    def net_part_of(self, amount_minor: int) -> int:
        """The net part of a further payment of `amount_minor` gross.

        In proportion, counted from the first payment on, so that no cent goes astray
        on the way; the payment that settles the invoice takes what is left of the net.
        """
        left = self.net_minor - self.credited_minor - self.earned_minor
        if amount_minor == self.open_minor:
            return left
        paid = self.paid_minor + amount_minor
        return min(
            left, rounded(Decimal(self.net_minor * paid) / self.gross_minor) - self.earned_minor
        )

    def refund_part_of(self, credit_minor: int) -> int:
        """What a further credit note gives back of the net that was paid.

        A credit note first lowers what is still open; nobody ever paid that part, so it
        is no refund.
        """
        kept = self.net_minor - self.credited_minor - credit_minor
        return max(0, self.earned_minor - kept) - self.refunded_minor


def status_of(
    *, net_minor: int, open_minor: int, paid_minor: int, credited_minor: int
) -> InvoiceStatus:
    if credited_minor == net_minor:
        return InvoiceStatus.CREDITED
    if open_minor == 0:
        return InvoiceStatus.PAID
    return InvoiceStatus.PART_PAID if paid_minor else InvoiceStatus.OPEN
