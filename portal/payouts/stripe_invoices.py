"""Invoices at Stripe: made step by step under keys that never change, and read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from models.money import Money
from models.payouts.invoices import InvoiceRead
from models.payouts.transfers.units import from_the_wire, on_the_wire

DAYS_TO_PAY = 14
CUSTOMER, INVOICE = "customer", "invoice"


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    partner_key: str
    """Under which the partner is made a customer, once."""
    name: str
    email: str
    amount: Money
    about: str
    key: str
    """Begins the key of each call about this invoice."""


class Invoices:
    """Asks through a client of the SDK; whoever calls turns its exceptions into ours."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def make(self, made: dict[str, str], facts: InvoiceFacts) -> Iterator[tuple[str, str]]:
        """What is made, as soon as it is; ends with the invoice open."""
        customer, invoice = made.get(CUSTOMER), made.get(INVOICE)
        currency = facts.amount.currency.lower()
        if not customer:
            customer = self._client.v1.customers.create(
                {"name": facts.name, "email": facts.email},
                {"idempotency_key": facts.partner_key},
            ).id
            yield CUSTOMER, customer
        if not invoice:
            invoice = self._client.v1.invoices.create(
                {
                    "customer": customer,
                    "currency": currency,
                    "collection_method": "send_invoice",
                    "days_until_due": DAYS_TO_PAY,
                    "pending_invoice_items_behavior": "exclude",
                    "metadata": {"key": facts.key},
                },
                {"idempotency_key": f"{facts.key}:invoice"},
            ).id
            yield INVOICE, invoice
        if self._client.v1.invoices.retrieve(invoice).status != "draft":
            return  # made whole before a crash
        self._client.v1.invoice_items.create(
            {
                "customer": customer,
                "invoice": invoice,
                "amount": on_the_wire(facts.amount),
                "currency": currency,
                "description": facts.about,
            },
            {"idempotency_key": f"{facts.key}:item"},
        )
        self._client.v1.invoices.finalize_invoice(
            invoice, {"auto_advance": False}, {"idempotency_key": f"{facts.key}:finalize"}
        )

    def read(self, invoice_id: str) -> InvoiceRead:
        found = self._client.v1.invoices.retrieve(invoice_id)
        return InvoiceRead(
            id=found.id,
            status=found.status or "",
            hosted_url=found.hosted_invoice_url or "",
            paid=from_the_wire(found.amount_paid, found.currency),
        )
