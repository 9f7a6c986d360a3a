"""An invoice that we write for a partner, as PDF, from the facts kept with it."""

from __future__ import annotations

from datetime import datetime

from models.money import Money
from models.taxes import SelfBillingInvoice
from portal import documents
from portal.documents import Paper, Party, SettledStatement, Term, Total
from portal.formats import country, day, money


def invoice_paper(invoice: SelfBillingInvoice, *, now: datetime) -> bytes:
    net = Money(invoice.net_minor, invoice.currency)
    vat = Money(invoice.vat_minor, invoice.currency)
    seller, buyer = invoice.facts["seller"], invoice.facts["buyer"]
    rate = f"{(invoice.vat_rate * 100).normalize():f} %"
    paper: Paper[SettledStatement] = Paper(
        title="Self-billing invoice" if invoice.cancels_id is None else "Correction of an invoice",
        number=invoice.number,
        vendor=_party(buyer),
        partner=_party(seller),
        facts=[
            ("Date of invoice", day(invoice.issued_on)),
            ("Supplier (VAT number)", seller["vat_id"] or "–"),
            ("Recipient (VAT number)", buyer["vat_id"] or "–"),
        ],
        equation=[
            Term("Net", money(net)),
            Term(f"VAT {rate}", money(vat), "+"),
            Term("Total", money(net + vat), "="),
        ],
        lines=[],
        total=Total("Total", money(net + vat)),
        notes=[
            f"{invoice.wording}.",
            f"For: {invoice.facts['about']}.",
            f"Written by {buyer['name']} in the name of {seller['name']}.",
        ],
    )
    return documents.invoice(paper, now=now)


def _party(side: dict[str, str]) -> Party:
    lines = [side["street"], side["place"], country(side["country"])]
    return Party(side["name"], [line for line in lines if line])
