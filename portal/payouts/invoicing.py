"""Invoices to partners who owe us: asked for by finance, made by the worker, paid at Stripe."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import RadioField
from wtforms.validators import InputRequired, Length

from models.errors import Refused
from models.money import is_currency
from models.partners import Partner
from models.payouts.invoices import (
    MAKE,
    InvoiceKind,
    PartnerInvoice,
    ask_invoice,
    note_made,
    settle_invoice,
)
from models.payouts.provider.rules import INVOICE
from models.people import Actor, Person, Role
from portal.clock import now
from portal.database import session, transaction
from portal.fields import CurrencyField, MoneyField, TidyField
from portal.paging import Key, page_of
from portal.payouts.asking import attempt
from portal.payouts.blueprint import pages
from portal.payouts.stripe_connection import gateway, is_connected
from portal.payouts.stripe_gateway import StripeIsAway
from portal.payouts.stripe_invoices import InvoiceFacts
from portal.permissions import Can, allow

AWAY = timedelta(minutes=2)
LATEST = [Key(PartnerInvoice.asked_at, True), Key(PartnerInvoice.id, True)]
KINDS = {InvoiceKind.DEBT.value: "What it owes us already", InvoiceKind.FEE.value: "A fee"}


def typed_currency() -> str:
    """Of the amount beside it, which is read in it; what is no currency is refused there."""
    typed = request.form.get("currency", "").strip().upper()
    return typed if is_currency(typed) else "EUR"


class InvoiceForm(FlaskForm):
    partner = TidyField("Partner", [InputRequired("Enter its number, such as P-4K7QXMP.")])
    kind = RadioField("For", [InputRequired("Choose one.")], choices=KINDS)
    currency = CurrencyField("Currency", [InputRequired("Enter a currency.")], default="EUR")
    amount = MoneyField(
        "Amount", currency=typed_currency, validators=[InputRequired("Enter an amount.")]
    )
    about = TidyField(
        "What for", [InputRequired("Say what it is for."), Length(max=200)],
        description="The partner reads it on the invoice.",
    )  # fmt: skip


@pages.get("/partner-invoices")
@allow(Can.RUN_PAYOUTS)
def partner_invoices(_person: Actor) -> str:
    named = ("partner", "kind", "currency")
    wanted = {name: request.args[name] for name in named if name in request.args}
    return _list(InvoiceForm(formdata=None, data=wanted))


@pages.post("/partner-invoices")
@allow(Can.RUN_PAYOUTS)
def invoice_partner(person: Actor) -> Any:
    form = InvoiceForm()

    def do() -> Any:
        asked = select(Partner).where(Partner.number == (form.partner.data or "").upper())
        partner = session.scalar(asked)
        if partner is None:
            raise Refused("No partner has this number. It stands on the partner's page.")
        if not is_connected():
            raise Refused("Stripe is not connected; invoices are made there.")
        assert form.amount.data is not None
        row = ask_invoice(
            session, partner, form.amount.data, kind=InvoiceKind(form.kind.data),
            about=form.about.data or "", by=person, now=now(),
        )  # fmt: skip
        flash(f"Invoice {row.number} is asked for. The partner is told when it is open.")
        return redirect(url_for("payouts.partner_invoices"), 303)

    return attempt(form, do, lambda: _list(form))


def make_invoice(payload: dict[str, Any]) -> datetime | None:
    """At Stripe, step by step; what is made is kept before the next step."""
    if not is_connected():
        return now() + AWAY
    row_id = UUID(payload["row"])
    with transaction() as own:
        facts, made = _facts(own, own.get_one(PartnerInvoice, row_id))
    try:
        for what, key in gateway().make_invoice(made, facts):
            made[what] = key
            if "invoice" in made:
                with transaction() as own:
                    row = own.get_one(PartnerInvoice, row_id)
                    note_made(own, row, customer=made["customer"], invoice=made["invoice"])
        return read_invoice({"invoice": made["invoice"]})
    except StripeIsAway:
        return now() + AWAY


def read_invoice(payload: dict[str, Any]) -> datetime | None:
    """After an event; an invoice that is none of ours is left alone."""
    if not is_connected():
        return None
    asked = select(PartnerInvoice).where(PartnerInvoice.invoice_id == payload["invoice"])
    with transaction() as own:
        if own.scalars(asked).first() is None:
            return None
    try:
        read = gateway().invoice(payload["invoice"])
    except StripeIsAway:
        return now() + AWAY
    with transaction() as own:
        settle_invoice(own, own.scalars(asked).one(), read, now=now())
    return None


ERRANDS = {MAKE: make_invoice, INVOICE: read_invoice}


def _facts(own: Any, row: PartnerInvoice) -> tuple[InvoiceFacts, dict[str, str]]:
    partner = own.get_one(Partner, row.partner_id)
    email = own.scalar(
        select(Person.email)
        .where(Person.partner_id == partner.id, Person.role == Role.PARTNER_ADMINISTRATOR)
        .order_by(Person.created_at)
        .limit(1)
    )
    facts = InvoiceFacts(
        partner_key=f"customer:{partner.id}:{row.id}",
        name=partner.legal_name or partner.name,
        email=email or "",
        amount=row.amount,
        about=row.about,
        key=row.key("make"),
    )
    kept = {"customer": row.customer_id, "invoice": row.invoice_id or ""}
    return facts, {name: value for name, value in kept.items() if value}


def _list(form: InvoiceForm) -> str:
    asked = select(
        PartnerInvoice.id,
        PartnerInvoice.number,
        PartnerInvoice.partner_id,
        PartnerInvoice.kind,
        PartnerInvoice.status,
        PartnerInvoice.amount_minor,
        PartnerInvoice.amount_currency,
        PartnerInvoice.about,
        PartnerInvoice.asked_at,
        PartnerInvoice.paid_at,
        Partner.name.label("partner"),
    ).join(Partner, Partner.id == PartnerInvoice.partner_id)
    return render_template(
        "payouts/invoices.html",
        form=form,
        page=page_of(session, asked, LATEST),
        is_connected=is_connected(),
    )
