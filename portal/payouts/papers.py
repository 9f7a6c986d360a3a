"""The remittance advice: what we know about a payment, in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from models.money import Money
from models.partners import Partner
from models.partners.destinations import DestinationKind, PayoutDestination
from models.payouts import Payout, PayoutStatus
from models.payouts.rails import BY_FILE
from models.vendor import Vendor
from portal import documents
from portal.documents import Paper, Party, SettledStatement, Term, Total
from portal.formats import country, day, money, month


def remittance(
    payout: Payout,
    statements: Sequence[Any],
    *,
    vendor: Vendor,
    partner: Partner,
    destination: PayoutDestination,
    now: datetime,
) -> bytes:
    """The PDF for one payout that is paid or on its way."""
    paid = money(payout.amount)
    is_paid = payout.status is PayoutStatus.PAID
    verb = "Paid" if is_paid else "To be paid"
    paper = Paper(
        title="Remittance advice",
        number=payout.number,
        vendor=_party(vendor, vendor.legal_name or vendor.name),
        partner=_party(partner, partner.legal_name or partner.name),
        facts=[
            ("Paid on", _paid_on(payout.paid_on)),
            ("Paid to", _where(destination)),
            ("Reference", payout.reference or "–"),
            *_on_bank_statement(payout),
        ],
        equation=[
            *_terms(statements, payout.amount.currency),
            *_rests(payout),
            *_taxes(payout),
            Term(verb, paid, "="),
        ],
        lines=[_line(row, payout.amount.currency) for row in statements],
        total=Total(verb, paid),
        notes=[
            f"Statements are paid in {payout.amount.currency}. Each one, with the working of every"
            " line, is in the portal under Statements.",
            *([payout.tax_words] if payout.tax_words else []),
        ],
    )
    return documents.remittance(paper, now=now)


def _on_bank_statement(payout: Payout) -> list[tuple[str, str]]:
    """Only a bank file carries our number to the partner's bank."""
    if payout.rail not in BY_FILE:
        return []
    return [("On your bank statement", payout.number)]


def _terms(statements: Sequence[Any], currency: str) -> list[Term]:
    """Opening of the first, all that was earned and taken back, less what the last carries on."""
    opening = statements[0].opening_minor if statements else 0
    earned = sum(row.earned_minor for row in statements)
    taken_back = -sum(row.taken_back_minor for row in statements)
    paid = sum(row.amount_minor for row in statements)
    carried = opening + earned - taken_back - paid
    terms = [("Opening", opening, ""), ("Earned", earned, "+"), ("Taken back", taken_back, "−")]
    if carried:
        terms.append(("Carried forward", carried, "−"))
    return [Term(label, money(Money(minor, currency)), sign) for label, minor, sign in terms]


def _rests(payout: Payout) -> list[Term]:
    terms = [
        ("Left of earlier payouts", payout.brought, "+"),
        ("To the next payout", payout.left, "−"),
    ]
    return [Term(label, money(amount), sign) for label, amount, sign in terms if amount]


def _taxes(payout: Payout) -> list[Term]:
    terms = [("VAT", payout.vat, "+"), ("Withheld for the tax office", payout.withheld, "−")]
    return [Term(label, money(amount), sign) for label, amount, sign in terms if amount]


def _line(row: Any, currency: str) -> SettledStatement:
    return SettledStatement(
        statement=row.number,
        period=month(row.period),
        opening=money(row.opening_minor, currency),
        earned=money(row.earned_minor, currency),
        taken_back=money(row.taken_back_minor, currency),
        amount=money(row.amount_minor, currency),
    )


def _party(company: Vendor | Partner, name: str) -> Party:
    street = " ".join(filter(None, [company.street, company.building]))
    place = " ".join(filter(None, [company.postal_code, company.town]))
    return Party(name, list(filter(None, [street, place, country(company.country)])))


def _where(destination: PayoutDestination) -> str:
    if destination.kind is DestinationKind.BY_HAND:
        return f"By hand, {destination.holder}"
    if destination.kind is DestinationKind.STRIPE:
        return f"{destination.holder}, by Stripe"
    return f"{destination.holder}, account ending {destination.iban_last4}"


def _paid_on(paid_on: date | None) -> str:
    return day(paid_on) if paid_on else "not yet recorded as paid"
