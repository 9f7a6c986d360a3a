"""The list of invoices, its export, and one invoice with all that came of it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request
from sqlalchemy import Row
from werkzeug import Response

from models import commissions, sales
from models.commissions import LineFilter, words
from models.customers import Customer
from models.deals import Deal
from models.money import Money
from models.partners import Partner
from models.people import Actor
from models.sales import Invoice
from portal.database import session
from portal.formats import money
from portal.paging import page_of
from portal.permissions import Can, allow, may, staff
from portal.sales import lists
from portal.sales.blueprint import invoice_or_404, pages
from portal.sheets import sheet_response


@pages.get("/invoices")
@allow(Can.SEE_SALES)
def index(person: Actor) -> str:
    wanted, sort = lists.filter_from(request.args), lists.sort_from(request.args)
    totals = sales.totals(session, wanted)
    return render_template(
        "sales/index.html",
        page=page_of(session, sales.invoices(wanted), lists.keys_of(sort)),
        totals=totals,
        count=lists.total_count(totals),
        sort=sort,
        wanted=wanted,
        status_shown=lists.status_shown,
        can_record=may(person, Can.RECORD_SALES),
        sees_partners=lists.sees_partners(person),
    )


@pages.get("/invoices/export")
@allow(Can.SEE_SALES, fresh=staff)
def export(person: Actor) -> Response:
    query = sales.invoices(lists.filter_from(request.args))
    return sheet_response(
        "invoices",
        lists.columns(has_partner=lists.sees_partners(person)),
        session.execute(query.execution_options(yield_per=1000)),
        request.args.get("as", "csv"),
    )


@pages.get("/invoices/<uuid:invoice_id>")
@allow(Can.SEE_SALES, find=invoice_or_404)
def show(person: Actor, invoice: Invoice) -> str:
    of_invoice = commissions.CommissionLine.invoice_id == invoice.id
    lines = commissions.queries.lines(LineFilter()).where(of_invoice)
    earned = session.execute(lines.order_by(None).order_by(commissions.CommissionLine.id)).all()
    return render_template(
        "sales/show.html",
        invoice=invoice,
        status=lists.status_shown(invoice),
        standing=sales.standing_of(session, invoice),
        partner=session.get(Partner, invoice.partner_id),
        customer=session.get(Customer, invoice.customer_id),
        deal=session.get(Deal, invoice.deal_id) if invoice.deal_id else None,
        lines=sales.lines_of(session, invoice.id),
        payments=sales.payments_of(session, invoice.id),
        credit_notes=sales.credit_notes_of(session, invoice.id),
        earned=earned,
        earned_sums=_sums(earned),
        name_of=words.name_of,
        can_record=may(person, Can.RECORD_SALES),
        can_miss=bool(not earned and may(person, Can.DISPUTE_LINE, invoice)),
        sees_partners=lists.sees_partners(person),
        is_staff=person.is_staff,
    )


def _sums(earned: Sequence[Row]) -> list[tuple[str, str]]:
    """What all lines come to, in each currency that is paid."""
    sums: dict[str, int] = {}
    for line in earned:
        sums[line.payout_currency] = sums.get(line.payout_currency, 0) + line.payout_minor
    return [("Commission", money(Money(minor, currency))) for currency, minor in sums.items()]
