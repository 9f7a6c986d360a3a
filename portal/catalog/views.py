"""Pages about products: the list with prices, one product, adding and changing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug import Response

from models import catalog, vendor
from models.catalog import Product, ProductFamily
from models.errors import Refused
from models.people import Actor
from portal.catalog import prices, prices_shown
from portal.catalog.forms import TIERS, FamilyForm, product_form
from portal.clock import now
from portal.database import session
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may
from portal.sheets import sheet_response

pages = Blueprint("catalog", __name__)
prices.add_to(pages)

SORTS: dict[str, Any] = {"name": Product.name, "sku": Product.sku}


def product_or_404(person: Actor, product_id: UUID) -> Product:
    product = session.get(Product, product_id)
    if product is None or not (product.is_offered or may(person, Can.SEE_PRICES)):
        abort(404)
    return product


@pages.get("/products")
@allow(Can.SEE_CATALOG)
def index(person: Actor) -> str:
    shown, query, sort = prices_shown.prices_for(person), _wanted(person), _sort()
    key, down = SORTS[sort.removeprefix("-")], sort.startswith("-")
    return render_template(
        "catalog/index.html",
        page=page_of(session, shown.added_to(query), [Key(key, down), Key(Product.id, down)]),
        count=catalog.how_many(session, query),
        sort=sort,
        prices=shown,
        families=list(session.execute(catalog.families())),
        tiers=TIERS,
        sees_all=may(person, Can.SEE_PRICES),
        can_edit=may(person, Can.EDIT_CATALOG),
    )


@pages.get("/products/export")
@allow(Can.SEE_CATALOG)
def export(person: Actor) -> Response:
    shown = prices_shown.prices_for(person)
    query = shown.added_to(_wanted(person)).order_by(Product.name, Product.id)
    rows = session.execute(query.execution_options(yield_per=1000))
    return sheet_response("Products", shown.columns(), rows, request.args.get("as", "csv"))


@pages.get("/products/<uuid:product_id>")
@allow(Can.SEE_CATALOG, find=product_or_404)
def show(person: Actor, product: Product) -> str:
    shown = prices_shown.prices_for(person)
    sees_all = may(person, Can.SEE_PRICES)
    return render_template(
        "catalog/show.html",
        product=product,
        family=session.get(ProductFamily, product.family_id),
        own_price=catalog.price_of(session, product.id, shown.currency, shown.tier, shown.on),
        listed=list(session.execute(catalog.prices_of(product.id))) if sees_all else [],
        sees_all=sees_all,
        can_edit=may(person, Can.EDIT_CATALOG),
    )


@pages.get("/products/new")
@allow(Can.EDIT_CATALOG)
def new(_person: Actor) -> str:
    return _form_page(_product_form(is_new=True))


@pages.post("/products")
@allow(Can.EDIT_CATALOG)
def create(person: Actor) -> Response | tuple[str, int]:
    form = _product_form(is_new=True)
    if not form.validate():
        return _form_page(form), 422
    typed = _typed(form)
    typed.pop("is_offered")
    try:
        product = catalog.add_product(session, **typed, by=person, now=now())
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _form_page(form), 422
    flash(f"{product.name} is in the catalogue. Put its price on a list next.")
    return redirect(url_for("catalog.show", product_id=product.id), 303)


@pages.get("/products/<uuid:product_id>/edit")
@allow(Can.EDIT_CATALOG, find=product_or_404)
def edit(_person: Actor, product: Product) -> str:
    return _form_page(_product_form(is_new=False, product=product), product)


@pages.post("/products/<uuid:product_id>")
@allow(Can.EDIT_CATALOG, find=product_or_404)
def change(person: Actor, product: Product) -> Response | tuple[str, int]:
    form = _product_form(is_new=False, product=product)
    if not form.validate():
        return _form_page(form, product), 422
    catalog.change_product(session, product, **_typed(form), by=person, now=now())
    flash(f"{product.name} is changed.")
    return redirect(url_for("catalog.show", product_id=product.id), 303)


@pages.get("/product-families")
@allow(Can.SEE_PRICES)
def families(person: Actor) -> str:
    return _families_page(person, FamilyForm())


@pages.post("/product-families")
@allow(Can.EDIT_CATALOG)
def add_family(person: Actor) -> Response | tuple[str, int]:
    form = FamilyForm()
    if not form.validate():
        return _families_page(person, form), 422
    try:
        family = catalog.add_family(
            session, code=form.code.data, name=form.name.data, by=person, now=now()
        )
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _families_page(person, form), 422
    flash(f"{family.name} is added.")
    return redirect(url_for("catalog.families"), 303)


def _families_page(person: Actor, form: FamilyForm) -> str:
    return render_template(
        "catalog/families.html",
        families=list(session.execute(catalog.families())),
        form=form,
        can_edit=may(person, Can.EDIT_CATALOG),
    )


def _product_form(*, is_new: bool, product: Product | None = None) -> FlaskForm:
    cost = product.standard_cost if product else None
    currency = cost.currency if cost else vendor.settings(session).base_currency
    form: Any = product_form(lambda: currency, is_new=is_new)(obj=product)
    form.family_id.choices = {"": "Choose"} | {
        str(row.id): row.name for row in session.execute(catalog.families())
    }
    return form


def _form_page(form: FlaskForm, product: Product | None = None) -> str:
    return render_template("catalog/form.html", form=form, product=product)


def _typed(form: FlaskForm) -> dict[str, Any]:
    return {field.name: field.data for field in form if field.name != "csrf_token"}


def _sort() -> str:
    sort = request.args.get("sort", "name")
    return sort if sort.removeprefix("-") in SORTS else "name"


def _wanted(person: Actor) -> Any:
    """What the filters in the address ask for; partners see what is offered."""
    try:
        family_id = UUID(request.args.get("family", ""))
    except ValueError:
        family_id = None
    return catalog.products(
        search=request.args.get("q", "").replace("\x00", "")[:100],
        family_id=family_id,
        offered_only=not may(person, Can.SEE_PRICES),
    )
