"""The form that records an invoice: of a won deal, or of a sale that nobody registered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, render_template, request
from sqlalchemy import select
from werkzeug import Response

from models import customers, sales, vendor
from models.customers import CustomerDetails
from models.deals import Deal
from models.errors import Refused
from models.money import Money, is_currency
from models.partners import Partner
from models.people import Actor
from models.sales import InvoiceDetails, LineDetails, RefusedSale
from portal.clock import now
from portal.database import session
from portal.permissions import Can, allow
from portal.sales.blueprint import pages, recorded, today
from portal.sales.forms import invoice_form, show_refusal

SPARE_LINES = 3
MORE_LINES = 5


@pages.get("/invoices/new")
@allow(Can.RECORD_SALES)
def new(_person: Actor) -> str:
    """Choose the won deal first; the form follows."""
    words = request.args.get("q", "").strip()[:100]
    rows = session.execute(sales.deals_to_invoice(words).limit(50)).all()
    return render_template("sales/choose_deal.html", rows=rows, words=words)


@pages.get("/invoices/new/loose")
@allow(Can.RECORD_SALES)
def new_loose(_person: Actor) -> str:
    currency = vendor.settings(session).base_currency
    form = invoice_form(_typed_currency, has_deal=False)(
        data={"issued_on": today(), "currency": currency, "lines": [{}] * SPARE_LINES}
    )
    return _page(form, None)


@pages.post("/invoices")
@allow(Can.RECORD_SALES)
def create_loose(person: Actor) -> Response | str | tuple[str, int]:
    form: Any = invoice_form(_typed_currency, has_deal=False)()
    return _create(form, None, person)


def won_deal_or_404(_person: Actor, deal_id: UUID) -> Deal:
    won = select(Deal).where(Deal.id == deal_id, sales.IS_WON)
    return session.scalar(won) or abort(404)


@pages.get("/deals/<uuid:deal_id>/invoices/new")
@allow(Can.RECORD_SALES, find=won_deal_or_404)
def new_of_deal(_person: Actor, deal: Deal) -> str:
    """The form with the lines of the deal, ready to be sent as it is."""
    currency = deal.value.currency
    lines = [
        {"sku": line.sku, "quantity": line.quantity, "amount": Money(line.amount_minor, currency)}
        for line in sales.lines_of_deal(session, deal)
    ]
    data = {"issued_on": today(), "lines": [*lines, {}]}
    return _page(invoice_form(lambda: currency, has_deal=True)(data=data), deal)


@pages.post("/deals/<uuid:deal_id>/invoices")
@allow(Can.RECORD_SALES, find=won_deal_or_404)
def create_of_deal(person: Actor, deal: Deal) -> Response | str | tuple[str, int]:
    form: Any = invoice_form(lambda: deal.value.currency, has_deal=True)()
    return _create(form, deal, person)


def _create(form: Any, deal: Deal | None, person: Actor) -> Response | str | tuple[str, int]:
    if "more" in request.form:
        for _ in range(MORE_LINES):
            form.lines.append_entry()
        return _page(form, deal)
    if not form.validate():
        return _page(form, deal), 422
    try:
        parties = {"deal": deal} if deal else _parties(form)
        details = _details(form, deal.value.currency if deal else form.currency.data)
        invoice = sales.record_invoice(session, details, **parties, by=person, now=now())
    except Refused as refusal:
        show_refusal(form, refusal)
        return _page(form, deal), 422
    return recorded(invoice, "Invoice recorded.")


def _page(form: Any, deal: Deal | None) -> str:
    return render_template("sales/invoice_form.html", form=form, deal=deal)


def _details(form: Any, currency: str) -> InvoiceDetails:
    lines = [line.form for line in form.lines if not line.form.is_blank]
    return InvoiceDetails(
        number=form.number.data,
        issued_on=form.issued_on.data,
        currency=currency,
        lines=[
            LineDetails(
                sku=line.sku.data,
                quantity=line.quantity.data or 1,
                amount_minor=line.amount.data.minor,
                commissionable={"yes": True, "no": False}.get(line.commissionable.data),
            )
            for line in lines
        ],
        tax_minor=form.tax.data.minor if form.tax.data else 0,
        freight_minor=form.freight.data.minor if form.freight.data else 0,
    )


def _parties(form: Any) -> dict[str, Any]:
    partner_id = session.scalar(select(Partner.id).where(Partner.number == form.partner.data))
    if partner_id is None:
        raise RefusedSale(
            "partner",
            f"There is no partner {form.partner.data}. Copy the number from the partner's page.",
        )
    details = CustomerDetails(name=form.customer.data, country=form.customer_country.data)
    found = customers.recognise(session, details, now=now())
    return {"partner_id": partner_id, "customer_id": found.customer_id}


def _typed_currency() -> str:
    """The currency in the form on its way; amounts are read in it."""
    typed = request.form.get("currency", "").strip().upper()
    return typed if is_currency(typed) else vendor.settings(session).base_currency
