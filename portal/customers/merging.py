"""Pages on which staff merge two records of one customer, and take that back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import Row, select
from werkzeug import Response
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from models import customers, deals
from models.customers import Customer, CustomerMerge
from models.deals import Deal
from models.errors import Refused
from models.partners import Partner
from models.people import Actor
from portal.agreeing import agreed
from portal.clock import now
from portal.customers.blueprint import customer_or_404, pages
from portal.database import session
from portal.formats import country
from portal.permissions import Can, allow

Answer = Response | tuple[str, int] | str
MOST_FOUND = 20
MOST_DEALS = 100


class ReasonForm(FlaskForm):
    reason = TextAreaField(
        "Why",
        [InputRequired("Say why, in a few words."), Length(max=2000)],
        description="Kept with your name, for whoever wonders.",
    )


def merge_or_404(_person: Actor, merge_id: UUID) -> CustomerMerge:
    return session.scalar(select(CustomerMerge).where(CustomerMerge.id == merge_id)) or abort(404)


@pages.get("/customers/duplicates")
@allow(Can.EDIT_CUSTOMER)
def duplicates(_person: Actor) -> str:
    pairs, before = customers.possible_duplicates(session, before=_id_in(request.args, "before"))
    return render_template("customers/duplicates.html", pairs=pairs, before=before)


@pages.post("/customers/duplicates/apart")
@allow(Can.EDIT_CUSTOMER)
def set_apart(person: Actor) -> Response:
    one, other = (_named(request.form, name) or abort(404) for name in ("one", "other"))
    customers.set_apart(session, one.id, other.id, by=person, now=now())
    flash(f"{one.name} and {other.name} are two customers.")
    return redirect(url_for("customers.duplicates"), 303)


@pages.get("/customers/<uuid:customer_id>/merge")
@allow(Can.EDIT_CUSTOMER, find=customer_or_404)
def merge(_person: Actor, customer: Customer) -> Answer:
    """Choose the record that this one is merged into, then look at what would move."""
    into = _named(request.args, "into")
    if into is None or into.id == customer.id:
        return _choice(customer)
    return _preview(customer, into, ReasonForm())


@pages.post("/customers/<uuid:customer_id>/merge")
@allow(Can.EDIT_CUSTOMER, find=customer_or_404)
def confirm_merge(person: Actor, customer: Customer) -> Answer:
    into, form = _named(request.form, "into"), ReasonForm()
    if into is None:
        abort(404)
    if customer.id == into.id:
        raise Refused("These two are one record already. Nothing was changed.")

    def do() -> None:
        why = form.reason.data or ""
        deals.merge_customers(session, into, customer, reason=why, by=person, now=now())

    if not agreed(form, do):
        return _preview(customer, into, form), 422
    flash(f"{customer.name} is another name of {into.name} now.")
    return redirect(url_for("customers.show", customer_id=into.id), 303)


@pages.get("/customers/merges/<uuid:merge_id>/undo")
@allow(Can.EDIT_CUSTOMER, find=merge_or_404)
def undo_merge(_person: Actor, done: CustomerMerge) -> Answer:
    return _undo_page(done, ReasonForm())


@pages.post("/customers/merges/<uuid:merge_id>/undo")
@allow(Can.EDIT_CUSTOMER, find=merge_or_404)
def confirm_undo(person: Actor, done: CustomerMerge) -> Answer:
    form = ReasonForm()

    def do() -> None:
        deals.undo_merge(session, done, reason=form.reason.data or "", by=person, now=now())

    if not agreed(form, do):
        return _undo_page(done, form), 422
    merged = session.get_one(Customer, done.merged_id)
    flash(f"{merged.name} stands for itself again, with what it had.")
    return redirect(url_for("customers.show", customer_id=merged.id), 303)


def _choice(customer: Customer) -> str:
    search = request.args.get("q", "").replace("\x00", "").strip()[:100]
    found = customers.listed(search=search).where(Customer.id != customer.id)
    rows = session.execute(found.order_by(Customer.name, Customer.id).limit(MOST_FOUND))
    return render_template(
        "customers/merge_choice.html",
        customer=customer,
        alike=customers.matches_of(session, customer.company, but_not=customer.id),
        found=rows.all() if search else [],
        search=search,
    )


def _preview(customer: Customer, into: Customer, form: ReasonForm) -> str:
    return render_template(
        "customers/merge.html",
        customer=customer,
        into=into,
        rows=_side_by_side(customer, into),
        moved=customers.preview(session, into, customer),
        deals=_deals_of(customer),
        forbidden=deals.what_forbids_merging(session, into.id, customer.id),
        form=form,
    )


def _undo_page(done: CustomerMerge, form: ReasonForm) -> str:
    return render_template(
        "customers/undo_merge.html",
        done=done,
        survivor=session.get_one(Customer, done.survivor_id),
        merged=session.get_one(Customer, done.merged_id),
        form=form,
    )


def _side_by_side(customer: Customer, into: Customer) -> list[tuple[str, Any, Any, str | None]]:
    lines = [
        ("Web address", customer.domain, into.domain),
        ("Town", customer.town, into.town),
        ("Postal code", customer.postal_code, into.postal_code),
        ("Country", country(customer.country), country(into.country)),
        ("VAT number", customer.vat_id, into.vat_id),
        ("DUNS number", customer.duns, into.duns),
        ("LEI", customer.lei, into.lei),
        ("Told apart by", customer.core_name, into.core_name),
    ]
    return [
        (name, one or None, other or None, "same" if one and one == other else None)
        for name, one, other in lines
    ]


def _deals_of(customer: Customer) -> list[Row]:
    query = (
        select(Deal.id, Deal.number, Deal.status, Partner.name.label("partner_name"))
        .join(Partner, Partner.id == Deal.partner_id)
        .where(Deal.customer_id == customer.id)
        .order_by(Deal.updated_at.desc(), Deal.id.desc())
        .limit(MOST_DEALS)
    )
    return list(session.execute(query))


def _named(said: Any, name: str) -> Customer | None:
    """The customer whose id stands under this name; the survivor of a merged one."""
    key = _id_in(said, name)
    survivor_id = customers.survivor_of(session, key) if key else None
    return session.get(Customer, survivor_id) if survivor_id else None


def _id_in(said: Any, name: str) -> UUID | None:
    try:
        return UUID(said.get(name, ""))
    except ValueError:
        return None
