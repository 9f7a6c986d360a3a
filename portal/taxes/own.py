"""A partner's own taxes: its form, its agreement to self-billing, its invoices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, url_for
from sqlalchemy import select

from models import files, taxes, vendor
from models.errors import Refused
from models.partners import Partner
from models.partners.profiles import EU_VAT
from models.people import Actor
from models.taxes import FormKind, FormStatus, SelfBillingInvoice
from portal.clock import now
from portal.database import session
from portal.documents import pdf_response
from portal.fields import uploads
from portal.permissions import Can, allow
from portal.sealing import seal
from portal.taxes.blueprint import pages
from portal.taxes.forms import AgreeForm, TaxFormForm
from portal.taxes.papers import invoice_paper

AGREEMENT = (
    "{partner} agrees that {vendor} writes the invoices for its commission in its name "
    "(self-billing), in a series of numbers of its own, and accepts each of them unless it "
    "objects in writing within 14 days. {partner} tells {vendor} at once when its VAT number "
    "changes or ends. Either side may end this agreement at any time."
)


def invoice_or_404(_person: Actor, invoice_id: UUID) -> SelfBillingInvoice:
    asked = select(SelfBillingInvoice).where(SelfBillingInvoice.id == invoice_id)
    return session.scalar(asked) or abort(404)


@pages.get("/company/taxes")
@allow(Can.EDIT_COMPANY)
def own(person: Actor) -> str:
    partner = _own(person)
    kind = FormKind.W9 if partner.country == "US" else FormKind.W8BENE
    form = TaxFormForm(data={"kind": kind.value, "name": partner.legal_name or partner.name})
    return _page(partner, form, AgreeForm(formdata=None))


@pages.post("/company/taxes/forms")
@allow(Can.EDIT_COMPANY)
def send_form(person: Actor) -> Any:
    partner, form = _own(person), TaxFormForm()
    if form.validate():
        try:
            taxes.send_form(
                session, partner, form.details(), uploads(form.files), by=person, seal=seal(),
                now=now(),
            )  # fmt: skip
        except Refused as no:
            session.rollback()
            form.form_errors.append(str(no))
    if form.errors:
        return _page(_own(person), form, AgreeForm(formdata=None)), 422
    flash("Sent. Finance looks at it, and you are told.")
    return redirect(url_for("taxes.own"), 303)


@pages.post("/company/taxes/self-billing")
@allow(Can.EDIT_COMPANY)
def agree(person: Actor) -> Any:
    partner, form = _own(person), AgreeForm()
    if form.validate():
        try:
            taxes.agree_to_self_billing(
                session, partner, typed_name=form.typed_name.data, words=_agreement(partner),
                by=person, now=now(),
            )  # fmt: skip
        except Refused as no:
            session.rollback()
            form.form_errors.append(str(no))
    if form.errors:
        return _page(_own(person), TaxFormForm(formdata=None), form), 422
    flash("Agreed. With the next payout we write your invoice.")
    return redirect(url_for("taxes.own"), 303)


@pages.post("/company/taxes/self-billing/end")
@allow(Can.EDIT_COMPANY)
def end(person: Actor) -> Any:
    agreement = taxes.is_agreed(session, _own(person).id)
    if agreement is not None:
        taxes.end_self_billing(session, agreement, by=person, now=now())
    flash("Ended. From now on you write your own invoices.")
    return redirect(url_for("taxes.own"), 303)


@pages.get("/self-billing-invoices/<uuid:invoice_id>")
@allow(Can.SEE_PAYOUTS, find=invoice_or_404)
def invoice(_person: Actor, invoice: SelfBillingInvoice) -> Response:
    return pdf_response(invoice.number, invoice_paper(invoice, now=now()))


def _own(person: Actor) -> Partner:
    return session.get_one(Partner, person.partner_id)


def _agreement(partner: Partner) -> str:
    house = vendor.settings(session)
    return AGREEMENT.format(
        partner=partner.legal_name or partner.name, vendor=house.legal_name or house.name
    )


def _page(partner: Partner, form: TaxFormForm, agreeing: AgreeForm) -> str:
    form.offer(partner.country)
    house = vendor.settings(session)
    standing = taxes.current_form(session, partner.id, FormStatus.ON_FILE)
    waiting = taxes.current_form(session, partner.id, FormStatus.WAITING)
    invoices = select(SelfBillingInvoice).where(SelfBillingInvoice.partner_id == partner.id)
    return render_template(
        "taxes/own.html",
        partner=partner,
        form=form,
        agreeing=agreeing,
        asks_forms=house.country == "US",
        may_bill=house.country in EU_VAT and partner.country in EU_VAT,
        standing=standing,
        waiting=waiting,
        attached=files.attached(session, "tax_form", waiting.id) if waiting else [],
        refused=None if waiting else taxes.current_form(session, partner.id, FormStatus.REFUSED),
        agreement=taxes.is_agreed(session, partner.id),
        words=_agreement(partner),
        invoices=session.scalars(
            invoices.order_by(SelfBillingInvoice.series_number.desc()).limit(100)
        ).all(),
    )
