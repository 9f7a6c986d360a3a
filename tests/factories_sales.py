"""Invoices and payments, as tests want them: recorded through the real operations."""

from uuid import UUID

from models import sales
from models.deals import Deal
from models.money import Money
from models.people import SYSTEM
from models.sales import CreditNote, Invoice, InvoiceDetails, LineDetails, Payment
from tests.factories_deals import DealFactories
from tests.factories_places import PlacesFactories


class SalesFactories(DealFactories, PlacesFactories):
    def invoice(
        self,
        *,
        deal: Deal | None = None,
        partner_id: UUID | None = None,
        customer_id: UUID | None = None,
        net: int = 1_000_00,
        lines: list[LineDetails] | None = None,
        **said,
    ) -> Invoice:
        """An invoice of `net` minor units; of a new partner and customer when there is no deal."""
        self.programme()
        parties = {"deal": deal}
        if deal is None:
            parties = {
                "partner_id": partner_id or self.partner().id,
                "customer_id": customer_id or self.customer().id,
            }
        usual = {
            "number": f"INV-{self.number}",
            "issued_on": self.now.date(),
            "currency": deal.value.currency if deal else "EUR",
            "lines": lines or [LineDetails("BIKE", 1, net, commissionable=True)],
        }
        details = InvoiceDetails(**(usual | said))
        return sales.record_invoice(self.session, details, **parties, by=SYSTEM, now=self.now)

    def payment(self, invoice: Invoice, minor: int | None = None, **said) -> Payment:
        """All that is open, unless an amount is said."""
        amount = Money(invoice.open_minor if minor is None else minor, invoice.currency)
        usual = {"reference": f"bank {self.number}", "paid_at": self.now, "amount": amount}
        return sales.record_payment(
            self.session, invoice, **(usual | said), by=SYSTEM, now=self.now
        )

    def credit_note(self, invoice: Invoice, minor: int, **said) -> CreditNote:
        usual = {
            "number": f"CN-{self.number}",
            "issued_at": self.now,
            "amount": Money(minor, invoice.currency),
            "reason": "Returned",
        }
        return sales.record_credit_note(
            self.session, invoice, **(usual | said), by=SYSTEM, now=self.now
        )

    def line(self, sku: str, minor: int, **said) -> LineDetails:
        return LineDetails(sku, 1, minor, **said)
