"""What can happen to an invoice: it is paid, it is credited; and what partners earn by it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models import audit
from models.base import lock, new_id
from models.money import Money
from models.people import Actor
from models.sales.operations.checks import RefusedSale, never_in_the_future, plain, positive
from models.sales.queries import credit_note_numbered, payment_of, refunded_at, standing_of
from models.sales.rules import EarningKind
from models.sales.tables import CreditNote, EarningEvent, Invoice, Payment


def record_payment(
    session: Session,
    invoice: Invoice,
    *,
    reference: str,
    paid_at: datetime,
    amount: Money,
    by: Actor,
    now: datetime,
) -> Payment:
    """Record money that came in for an invoice; its net part is what partners earn on.

    amount: gross.  Raises Refused when it is more than is open, in another currency, in
    the future, or when the reference stands for another payment of this invoice.
    """
    never_in_the_future(session, "paid_at", paid_at, now)
    positive(amount, invoice, "payment")
    lock(session, invoice)
    if known := payment_of(session, invoice, reference):
        return _the_same_payment(known, invoice, amount, paid_at)
    _not_more_than_open(amount, invoice)
    payment = Payment(
        id=new_id(),
        partner_id=invoice.partner_id,
        invoice_id=invoice.id,
        reference=reference,
        paid_at=paid_at,
        amount_minor=amount.minor,
        recorded_at=now,
    )
    session.add(payment)
    net_minor = standing_of(session, invoice).net_part_of(amount.minor)
    invoice.paid_minor += amount.minor
    invoice.open_minor -= amount.minor
    _earn(session, EarningKind.PAID, payment, paid_at, Money(net_minor, amount.currency), invoice)
    _audit(session, by, "payment recorded", payment, reference, amount, invoice)
    return payment


def record_credit_note(
    session: Session,
    invoice: Invoice,
    *,
    number: str,
    issued_at: datetime,
    amount: Money,
    reason: str,
    by: Actor,
    now: datetime,
) -> CreditNote:
    """Take back part or all of an invoice; what was paid of that part is a refund.

    amount: net.  Raises Refused when it is more than is left of the invoice's net, in
    another currency, in the future, or when the number stands for another credit note.
    """
    never_in_the_future(session, "issued_at", issued_at, now)
    positive(amount, invoice, "credit note")
    lock(session, invoice)
    if known := credit_note_numbered(session, number):
        return _the_same_note(known, invoice, amount, issued_at)
    before = standing_of(session, invoice)
    _not_more_than_creditable(amount, invoice, before.creditable_minor)
    note = CreditNote(
        id=new_id(),
        partner_id=invoice.partner_id,
        number=number,
        invoice_id=invoice.id,
        issued_at=issued_at,
        amount_minor=amount.minor,
        reason=reason,
        recorded_at=now,
    )
    session.add(note)
    refund = Money(before.refund_part_of(amount.minor), amount.currency)
    invoice.credited_minor += amount.minor
    invoice.open_minor = standing_of(session, invoice).open_minor
    _earn(session, EarningKind.REFUND, note, refunded_at(session, note), refund, invoice)
    _audit(session, by, "credit note recorded", note, number, amount, invoice)
    return note


def _not_more_than_open(amount: Money, invoice: Invoice) -> None:
    if amount.minor > invoice.open_minor:
        raise RefusedSale(
            "amount",
            f"Invoice {invoice.number} has {plain(invoice.open)} open; a payment of "
            f"{plain(amount)} is more. Check the amount, or split it over the right invoices.",
        )


def _not_more_than_creditable(amount: Money, invoice: Invoice, creditable_minor: int) -> None:
    if amount.minor > creditable_minor:
        left = Money(creditable_minor, invoice.currency)
        raise RefusedSale(
            "amount",
            f"Invoice {invoice.number} has {plain(left)} net left to credit; {plain(amount)} is "
            "more. Check the amount; tax and freight are not part of it.",
        )


def _the_same_payment(
    known: Payment, invoice: Invoice, amount: Money, paid_at: datetime
) -> Payment:
    if (known.amount_minor, known.paid_at) == (amount.minor, paid_at):
        return known
    raise RefusedSale(
        "reference",
        f"Invoice {invoice.number} already has a payment {known.reference}, of another amount or "
        "day. Give this one its own reference, or leave it out if it is the same.",
    )


def _the_same_note(
    known: CreditNote, invoice: Invoice, amount: Money, issued_at: datetime
) -> CreditNote:
    same = (invoice.id, amount.minor, issued_at)
    if (known.invoice_id, known.amount_minor, known.issued_at) == same:
        return known
    raise RefusedSale(
        "number",
        f"Credit note {known.number} is already recorded with another invoice, amount or day. "
        "Give this one its own number, or leave it out if it is the same.",
    )


def _earn(
    session: Session,
    kind: EarningKind,
    source: Payment | CreditNote,
    at: datetime,
    net: Money,
    invoice: Invoice,
) -> None:
    """Leave the news for commissions; nothing when no net money moved."""
    if net:
        session.add(
            EarningEvent(
                partner_id=invoice.partner_id,
                kind=kind,
                deal_id=invoice.deal_id,
                invoice_id=invoice.id,
                source_id=source.id,
                at=at,
                amount_minor=net.minor,
                currency=net.currency,
                recorded_at=source.recorded_at,
            )
        )


def _audit(
    session: Session,
    by: Actor,
    action: str,
    about: Payment | CreditNote,
    name: str,
    amount: Money,
    invoice: Invoice,
) -> None:
    detail = {"invoice": invoice.number, "name": name, "amount": plain(amount)}
    audit.record(session, by, action, about, now=about.recorded_at, detail=detail)
    session.flush()
