"""What can happen to sales: an invoice, a payment, a credit note is recorded.

Each is recorded once: the same again, by its number or reference, changes nothing, and
something else under the same number is refused.
"""

from models.sales.operations.checks import RefusedSale
from models.sales.operations.invoices import invoice_of_deal, record_invoice
from models.sales.operations.payments import record_credit_note, record_payment
from models.sales.operations.reports import keep_report

__all__ = [
    "RefusedSale",
    "invoice_of_deal",
    "keep_report",
    "record_credit_note",
    "record_invoice",
    "record_payment",
]
