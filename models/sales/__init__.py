"""Sales: what customers were invoiced, paid and got credited; the events that earn.

An invoice stands open, paid in part, paid, or credited in full.  Each payment, and each
credit note that gives back something paid, leaves one earning event with its net part.
"""

from models.sales.operations import (
    RefusedSale,
    invoice_of_deal,
    keep_report,
    record_credit_note,
    record_invoice,
    record_payment,
)
from models.sales.queries import (
    IS_WON,
    CurrencyTotal,
    InvoiceFilter,
    credit_note_numbered,
    credit_notes_of,
    deals_to_invoice,
    imports,
    invoice_numbered,
    invoices,
    lines_of,
    lines_of_deal,
    payment_of,
    payments_of,
    standing_of,
    totals,
)
from models.sales.rules import EarningKind, InvoiceDetails, InvoiceStatus, LineDetails, Standing
from models.sales.tables import (
    CreditNote,
    EarningEvent,
    Invoice,
    InvoiceLine,
    Payment,
    SalesImport,
)

__all__ = [
    "IS_WON",
    "CreditNote",
    "CurrencyTotal",
    "EarningEvent",
    "EarningKind",
    "Invoice",
    "InvoiceDetails",
    "InvoiceFilter",
    "InvoiceLine",
    "InvoiceStatus",
    "LineDetails",
    "Payment",
    "RefusedSale",
    "SalesImport",
    "Standing",
    "credit_note_numbered",
    "credit_notes_of",
    "deals_to_invoice",
    "imports",
    "invoice_numbered",
    "invoice_of_deal",
    "invoices",
    "keep_report",
    "lines_of",
    "lines_of_deal",
    "payment_of",
    "payments_of",
    "record_credit_note",
    "record_invoice",
    "record_payment",
    "standing_of",
    "totals",
]
