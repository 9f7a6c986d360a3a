"""The three files that finance may hand in: their columns, what each means, an example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.imports import ImportColumn


@dataclass(frozen=True)
class FileKind:
    """One kind of file."""

    name: str
    title: str
    one: str
    """What one loaded thing is called."""
    lead: str
    columns: Sequence[ImportColumn]
    sample: str
    """Rows below the header, as an example."""

    @property
    def header(self) -> str:
        return ",".join(column.name for column in self.columns)


INVOICES = FileKind(
    name="invoices",
    title="Invoices",
    one="invoice",
    lead="One row for each line. Rows with the same number are one invoice, and an invoice with "
    "a bad row is left out whole.",
    columns=(
        ImportColumn("number", "text", "Number of the invoice, as in your accounts."),
        ImportColumn(
            "deal",
            "text",
            "Number of the won deal, such as D-4K7QXMP. It knows partner and customer.",
            required=False,
        ),
        ImportColumn(
            "partner",
            "text",
            "Number of the partner, such as P-7HM2KQV; only without a deal.",
            required=False,
        ),
        ImportColumn(
            "customer", "text", "Name of the customer; only without a deal.", required=False
        ),
        ImportColumn(
            "customer_country",
            "text",
            "ISO code of the customer's country, such as DE; only without a deal.",
            required=False,
        ),
        ImportColumn("issued_on", "day", "Day of the invoice, not in the future."),
        ImportColumn("currency", "currency", "ISO 4217 code; the currency of the deal."),
        ImportColumn("sku", "text", "Article number of the line, or a word for what it is."),
        ImportColumn("quantity", "quantity", "Pieces of the line."),
        ImportColumn("amount", "amount", "Net amount of the whole line; negative for a discount."),
        ImportColumn(
            "cost", "amount", "Cost of the whole line; empty: as the catalogue says.", False
        ),
        ImportColumn(
            "category", "text", "Category for commission; empty: as the catalogue says.", False
        ),
        ImportColumn(
            "commissionable",
            "yes or no",
            "Whether the line earns commission; empty: as the catalogue says, and no for what "
            "is not in it.",
            required=False,
        ),
        ImportColumn(
            "tax", "amount", "Tax of the whole invoice, once or the same in each row.", False
        ),
        ImportColumn(
            "freight", "amount", "Freight of the whole invoice, as for tax.", required=False
        ),
    ),
    sample="""\
INV-1001,D-4K7QXMP,,,,2026-11-03,EUR,BK-M82B-44,2,4049.98,,,,769.50,
INV-1001,D-4K7QXMP,,,,2026-11-03,EUR,INSTALL,1,120.00,80.00,services,no,,
INV-1002,,P-7HM2KQV,Bike World,DE,2026-11-04,EUR,HL-U509,10,209.90,,,,39.88,
""",
)
PAYMENTS = FileKind(
    name="payments",
    title="Payments",
    one="payment",
    lead="One row for each payment of one invoice. An invoice may be paid in parts.",
    columns=(
        ImportColumn("invoice", "text", "Number of the invoice that is paid."),
        ImportColumn(
            "reference", "text", "The bank's name for the payment; one invoice has it once."
        ),
        ImportColumn(
            "paid_at",
            "moment",
            "Day, or an instant with its zone; not in the future.",
        ),
        ImportColumn("amount", "amount", "What was paid, with tax and freight."),
        ImportColumn("currency", "currency", "ISO 4217 code; the currency of the invoice."),
    ),
    sample="""\
INV-1001,2026-11-10/4711,2026-11-10,2500.00,EUR
INV-1001,2026-11-17/4802,2026-11-17T09:30:00+01:00,2439.48,EUR
""",
)
CREDIT_NOTES = FileKind(
    name="credit-notes",
    title="Credit notes",
    one="credit note",
    lead="One row for each credit note. What was paid of it counts as given back.",
    columns=(
        ImportColumn("number", "text", "Number of the credit note, as in your accounts."),
        ImportColumn("invoice", "text", "Number of the invoice that it corrects."),
        ImportColumn("issued_at", "moment", "Day, or an instant with its zone; not in the future."),
        ImportColumn("amount", "amount", "Net amount; tax and freight follow in proportion."),
        ImportColumn("currency", "currency", "ISO 4217 code; the currency of the invoice."),
        ImportColumn("reason", "text", "Why, in words that the partner may read."),
    ),
    sample="CN-17,INV-1001,2026-11-20,500.00,EUR,One bicycle returned\n",
)
KINDS = {kind.name: kind for kind in (INVOICES, PAYMENTS, CREDIT_NOTES)}
