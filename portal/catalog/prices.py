"""Pages about price lists and exchange rates.  Part of the catalogue's pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug import Response

from models import catalog
from models.catalog import PriceList, Product
from models.errors import Refused
from models.people import Actor
from portal.catalog.forms import PriceListForm, RateForm, price_form
from portal.catalog.prices_shown import today
from portal.clock import now
from portal.database import session
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may


def price_list_or_404(_person: Actor, price_list_id: UUID) -> PriceList:
    return session.get(PriceList, price_list_id) or abort(404)


@allow(Can.SEE_PRICES)
def price_lists(person: Actor) -> str:
    return _lists_page(person, PriceListForm())


@allow(Can.EDIT_CATALOG)
def add_price_list(person: Actor) -> Response | tuple[str, int]:
    form = PriceListForm()
    if not form.validate():
        return _lists_page(person, form), 422
    try:
        added = catalog.add_price_list(session, **_typed(form), by=person, now=now())
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _lists_page(person, form), 422
    flash(f"{added.name} is added. Put prices on it.")
    return redirect(url_for("catalog.price_list", price_list_id=added.id), 303)


@allow(Can.SEE_PRICES, find=price_list_or_404)
def price_list(person: Actor, on: PriceList) -> str:
    return _list_page(person, on, price_form(on.currency)())


@allow(Can.EDIT_CATALOG, find=price_list_or_404)
def set_price(person: Actor, on: PriceList) -> Response | tuple[str, int]:
    form: Any = price_form(on.currency)()
    if not form.validate():
        return _list_page(person, on, form), 422
    product = session.scalar(select(Product).where(Product.sku == form.sku.data))
    if product is None:
        form.sku.errors = ["No product has this number. Add it to the catalogue first."]
        return _list_page(person, on, form), 422
    try:
        catalog.set_price(session, on, product.id, form.unit.data, by=person, now=now())
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _list_page(person, on, form), 422
    flash(f"{product.name} has its price.")
    return redirect(url_for("catalog.price_list", price_list_id=on.id), 303)


@allow(Can.SEE_PRICES)
def rates(person: Actor) -> str:
    return _rates_page(person, RateForm(on=today()))


@allow(Can.EDIT_CATALOG)
def set_rate(person: Actor) -> Response | tuple[str, int]:
    form = RateForm()
    if not form.validate():
        return _rates_page(person, form), 422
    try:
        catalog.set_rate(session, **_typed(form), by=person, now=now())
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _rates_page(person, form), 422
    flash("The rate is kept.")
    return redirect(url_for("catalog.rates"), 303)


def add_to(pages: Blueprint) -> None:
    """Give these pages their addresses."""
    pages.get("/price-lists")(price_lists)
    pages.post("/price-lists")(add_price_list)
    pages.get("/price-lists/<uuid:price_list_id>")(price_list)
    pages.post("/price-lists/<uuid:price_list_id>/prices")(set_price)
    pages.get("/exchange-rates")(rates)
    pages.post("/exchange-rates")(set_rate)


def _lists_page(person: Actor, form: PriceListForm) -> str:
    return render_template(
        "catalog/price_lists.html",
        lists=list(session.execute(catalog.price_lists())),
        form=form,
        can_edit=may(person, Can.EDIT_CATALOG),
    )


def _list_page(person: Actor, on: PriceList, form: FlaskForm) -> str:
    query = catalog.prices_on(on.id)
    return render_template(
        "catalog/price_list.html",
        on=on,
        page=page_of(session, query, [Key(Product.name), Key(Product.id)]),
        count=catalog.how_many(session, query),
        form=form,
        can_edit=may(person, Can.EDIT_CATALOG),
    )


def _rates_page(person: Actor, form: RateForm) -> str:
    return render_template(
        "catalog/rates.html",
        rates=list(session.execute(catalog.latest_rates(today()))),
        form=form,
        can_edit=may(person, Can.EDIT_CATALOG),
    )


def _typed(form: FlaskForm) -> dict[str, Any]:
    return {field.name: field.data for field in form if field.name != "csrf_token"}
