"""Forms that record a payment or a credit note of one invoice."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_wtf import FlaskForm
from werkzeug import Response

from models import sales
from models.errors import Refused
from models.money import Money
from models.people import Actor
from models.sales import Invoice
from portal.clock import now
from portal.database import session
from portal.permissions import Can, allow
from portal.sales.blueprint import invoice_or_404, pages, recorded, time_zone, today
from portal.sales.forms import credit_note_form, payment_form, show_refusal
from portal.sales.recording import noon


@pages.get("/invoices/<uuid:invoice_id>/payments/new")
@allow(Can.RECORD_SALES, find=invoice_or_404)
def new_payment(_person: Actor, invoice: Invoice) -> str:
    form = payment_form(invoice.currency)(data={"paid_at": today(), "amount": invoice.open})
    return _payment_page(invoice, form)


@pages.post("/invoices/<uuid:invoice_id>/payments")
@allow(Can.RECORD_SALES, find=invoice_or_404)
def record_payment(person: Actor, invoice: Invoice) -> Response | tuple[str, int]:
    form: Any = payment_form(invoice.currency)()
    if not form.validate():
        return _payment_page(invoice, form), 422
    try:
        sales.record_payment(
            session,
            invoice,
            reference=form.reference.data,
            paid_at=noon(form.paid_at.data, time_zone()),
            amount=form.amount.data,
            by=person,
            now=now(),
        )
    except Refused as refusal:
        show_refusal(form, refusal)
        return _payment_page(invoice, form), 422
    return recorded(invoice, "Payment recorded.")


@pages.get("/invoices/<uuid:invoice_id>/credit-notes/new")
@allow(Can.RECORD_SALES, find=invoice_or_404)
def new_credit_note(_person: Actor, invoice: Invoice) -> str:
    form = credit_note_form(invoice.currency)(data={"issued_at": today()})
    return _credit_note_page(invoice, form)


@pages.post("/invoices/<uuid:invoice_id>/credit-notes")
@allow(Can.RECORD_SALES, find=invoice_or_404)
def record_credit_note(person: Actor, invoice: Invoice) -> Response | tuple[str, int]:
    form: Any = credit_note_form(invoice.currency)()
    if not form.validate():
        return _credit_note_page(invoice, form), 422
    try:
        sales.record_credit_note(
            session,
            invoice,
            number=form.number.data,
            issued_at=noon(form.issued_at.data, time_zone()),
            amount=form.amount.data,
            reason=form.reason.data,
            by=person,
            now=now(),
        )
    except Refused as refusal:
        show_refusal(form, refusal)
        return _credit_note_page(invoice, form), 422
    return recorded(invoice, "Credit note recorded.")


def _payment_page(invoice: Invoice, form: FlaskForm) -> str:
    return render_template("sales/payment.html", invoice=invoice, form=form)


def _credit_note_page(invoice: Invoice, form: FlaskForm) -> str:
    left = sales.standing_of(session, invoice).creditable_minor
    return render_template(
        "sales/credit_note.html", invoice=invoice, form=form, left=Money(left, invoice.currency)
    )
