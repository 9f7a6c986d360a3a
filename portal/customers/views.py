"""Pages about customers: the list, one customer with its deals and look-alikes, its correction."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Row, select
from werkzeug import Response

from models import customers, engagements
from models.customers import Customer
from models.deals import Deal
from models.partners import Partner
from models.people import Actor
from portal.agreeing import agreed
from portal.clock import now
from portal.customers import merging
from portal.customers.blueprint import customer_or_404, pages
from portal.customers.forms import COUNTRIES, CustomerForm
from portal.database import session
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may, staff
from portal.sheets import Column, sheet_response

__all__ = ["merging", "pages"]

BY_NAME = [Key(Customer.name), Key(Customer.id)]
SORTS = {
    "name": BY_NAME,
    "-name": [Key(Customer.name, True), Key(Customer.id, True)],
    "-added": [Key(Customer.created_at, True), Key(Customer.id, True)],
    "added": [Key(Customer.created_at), Key(Customer.id)],
}
MOST_DEALS = 100

COLUMNS = [
    Column("Name", lambda row: row.name),
    Column("Web address", lambda row: row.domain),
    Column("Street", lambda row: row.street),
    Column("Postal code", lambda row: row.postal_code),
    Column("Town", lambda row: row.town),
    Column("State or province", lambda row: row.subdivision),
    Column("Country", lambda row: row.country),
    Column("Kind", lambda row: row.kind),
    Column("Added", lambda row: row.created_at, "instant"),
]


@pages.get("/customers")
@allow(Can.SEE_CUSTOMERS)
def index(person: Actor) -> str:
    sort = request.args.get("sort", "name")
    query = _wanted()
    return render_template(
        "customers/index.html",
        page=page_of(session, query, SORTS.get(sort, BY_NAME)),
        count=customers.how_many(session, query),
        sort=sort if sort in SORTS else "name",
        countries=COUNTRIES,
        can_edit=may(person, Can.EDIT_CUSTOMER),
    )


@pages.get("/customers/export")
@allow(Can.SEE_CUSTOMERS, fresh=staff)
def export(_person: Actor) -> Response:
    rows = session.execute(
        _wanted().order_by(Customer.name, Customer.id).execution_options(yield_per=1000)
    )
    return sheet_response("Customers", COLUMNS, rows, request.args.get("as", "csv"))


@pages.get("/customers/<uuid:customer_id>")
@allow(Can.SEE_CUSTOMERS, find=customer_or_404)
def show(person: Actor, customer: Customer) -> str | Response:
    if request.path != (here := url_for("customers.show", customer_id=customer.id)):
        return redirect(here)  # it was merged, and is now known by the other record
    can_edit = may(person, Can.EDIT_CUSTOMER)
    alike = customers.matches_of(session, customer.company, but_not=customer.id) if can_edit else []
    return render_template(
        "customers/show.html",
        customer=customer,
        industry=customers.industry_name(customer.naics),
        deals=_deals_of(customer),
        alike=alike,
        merged=customers.merges_of(session, customer.id) if can_edit else [],
        touches=_touches(person, customer),
        can_record=may(person, Can.RECORD_ENGAGEMENT),
        can_edit=can_edit,
        sees_partners=may(person, Can.SEE_PARTNERS),
    )


@pages.get("/customers/<uuid:customer_id>/edit")
@allow(Can.EDIT_CUSTOMER, find=customer_or_404)
def edit(_person: Actor, customer: Customer) -> str:
    return _edit_page(customer, CustomerForm(obj=customer))


@pages.post("/customers/<uuid:customer_id>")
@allow(Can.EDIT_CUSTOMER, find=customer_or_404)
def correct(person: Actor, customer: Customer) -> Response | tuple[str, int]:
    form = CustomerForm()

    def do() -> None:
        customers.correct(session, customer, form.details(customer), by=person, now=now())

    if not agreed(form, do):
        return _edit_page(customer, form), 422
    flash(f"{customer.name} is corrected.")
    return redirect(url_for("customers.show", customer_id=customer.id), 303)


def _edit_page(customer: Customer, form: CustomerForm) -> str:
    return render_template("customers/edit.html", customer=customer, form=form)


def _wanted() -> Any:
    """What the filters in the address ask for."""
    search = request.args.get("q", "").replace("\x00", "").strip()[:100]
    country = request.args.get("country", "")
    return customers.listed(search=search, country=country if len(country) == 2 else "")


def _touches(person: Actor, customer: Customer) -> list[Row] | None:
    """Our own people there; None for who may not know."""
    if not may(person, Can.SEE_ENGAGEMENTS):
        return None
    return engagements.of_customer(session, customer.id)


def _deals_of(customer: Customer) -> list[Row]:
    """Those the asking person may see, the latest first."""
    query = (
        select(
            Deal.id,
            Deal.number,
            Deal.status,
            Deal.value,
            Deal.updated_at,
            Partner.name.label("partner_name"),
        )
        .join(Partner, Partner.id == Deal.partner_id)
        .where(Deal.customer_id == customer.id)
        .order_by(Deal.updated_at.desc(), Deal.id.desc())
        .limit(MOST_DEALS)
    )
    return list(session.execute(query))
