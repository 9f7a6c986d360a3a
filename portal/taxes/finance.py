"""Finance's pages: forms to look at, rates and thresholds, what was paid in a year."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from models import audit, files, taxes, vendor
from models.errors import Refused
from models.money import Money
from models.payouts.tax_years import paid_in, reported_in, without_a_form
from models.people import Actor
from models.taxes import FormPolicy, TaxForm, TaxTerm, TermKind
from portal.clock import now
from portal.database import session
from portal.permissions import Can, allow, everybody, staff
from portal.sealing import seal
from portal.sheets import Column, sheet_response
from portal.taxes.blueprint import pages
from portal.taxes.forms import TERMS, RefusalForm, TermForm

YEARS = range(2020, 2100)
TOTALS = [
    Column("Partner", lambda row: row.name),
    Column("Number", lambda row: row.number),
    Column("Country", lambda row: row.country),
    Column("Payouts", lambda row: int(row.payouts), "number"),
    Column("Commission", lambda row: Money(int(row.commission_minor), row.currency), "money"),
    Column("VAT", lambda row: Money(int(row.vat_minor), row.currency), "money"),
    Column("Withheld", lambda row: Money(int(row.withheld_minor), row.currency), "money"),
    Column("Paid", lambda row: Money(int(row.amount_minor), row.currency), "money"),
]
FORM_1099 = [
    Column("Recipient name", lambda row: row.name),
    Column("Recipient TIN", lambda row: row.tin),
    Column("Street", lambda row: row.street),
    Column("City", lambda row: row.town),
    Column("State", lambda row: row.state),
    Column("ZIP", lambda row: row.postal_code),
    Column("Account number", lambda row: row.account),
    Column("Box 1 Nonemployee compensation", lambda row: str(row.paid.major)),
    Column("Box 4 Federal income tax withheld", lambda row: str(row.withheld.major)),
]


def form_or_404(_person: Actor, form_id: UUID) -> TaxForm:
    return session.scalar(select(TaxForm).where(TaxForm.id == form_id)) or abort(404)


@pages.get("/taxes")
@allow(Can.KEEP_TAXES)
def index(_person: Actor) -> str:
    return _page(TermForm(formdata=None), RefusalForm(formdata=None))


@pages.post("/tax-forms/<uuid:form_id>/acceptance")
@allow(Can.KEEP_TAXES, find=form_or_404)
def accept(person: Actor, form: TaxForm) -> Any:
    taxes.accept_form(session, form, by=person, now=now())
    flash(f"The {form.kind.value} of {form.name} is on file.")
    return redirect(url_for("taxes.index"), 303)


@pages.post("/tax-forms/<uuid:form_id>/refusal")
@allow(Can.KEEP_TAXES, find=form_or_404)
def refuse(person: Actor, form: TaxForm) -> Any:
    refusal = RefusalForm()
    if not refusal.validate():
        return _page(TermForm(formdata=None), refusal), 422
    taxes.refuse_form(session, form, reason=refusal.reason.data or "", by=person, now=now())
    flash("Refused. The partner reads why, and sends another.")
    return redirect(url_for("taxes.index"), 303)


@pages.post("/tax-terms")
@allow(Can.KEEP_TAXES)
def enter_term(person: Actor) -> Any:
    form = TermForm()
    if form.validate():
        try:
            _enter(person, form)
        except Refused as no:
            session.rollback()
            form.form_errors.append(str(no))
    if form.errors:
        return _page(form, RefusalForm(formdata=None)), 422
    flash("Entered. What was paid before stays as it was.")
    return redirect(url_for("taxes.index"), 303)


@pages.get("/tax-years/<int:year>")
@allow(Can.KEEP_TAXES)
def year(_person: Actor, year: int) -> str:
    _must_be_a_year(year)
    return render_template(
        "taxes/year.html",
        year=year,
        rows=session.execute(paid_in(year)).all(),
        **_american(year),
    )


def _american(year: int) -> dict[str, Any]:
    is_american = vendor.settings(session).country == "US"
    missing = without_a_form(session, year) if is_american else []
    return {"is_american": is_american, "without_a_form": missing}


@pages.get("/tax-years/<int:year>/export")
@allow(Can.KEEP_TAXES, fresh=staff)
def export_year(_person: Actor, year: int) -> Response:
    _must_be_a_year(year)
    rows = session.execute(paid_in(year))
    return sheet_response(f"tax-year-{year}", TOTALS, rows, request.args.get("as", "csv"))


@pages.post("/tax-years/<int:year>/1099")
@allow(Can.KEEP_TAXES, fresh=everybody)
def export_1099(person: Actor, year: int) -> Response:
    """A POST, because it opens taxpayer numbers, and that is written down."""
    _must_be_a_year(year)
    rows = reported_in(session, year, seal=seal())
    house = vendor.settings(session)
    detail = {"year": year, "recipients": len(rows)}
    audit.record(session, person, "1099 file taken", house, now=now(), detail=detail)
    return sheet_response(f"1099-nec-{year}", FORM_1099, rows, "csv")


def _enter(person: Actor, form: TermForm) -> None:
    kind = TermKind(form.kind.data)
    home = vendor.settings(session).country
    assert form.from_on.data is not None
    taxes.set_term(
        session,
        kind,
        country=home if kind is TermKind.VAT else "US",
        from_on=form.from_on.data,
        value=form.exact(),
        by=person,
        now=now(),
    )


def _page(terms: TermForm, refusal: RefusalForm) -> str:
    house = vendor.settings(session)
    today = house.calendar.day_of(now())
    waiting = taxes.forms_waiting(session)
    return render_template(
        "taxes/index.html",
        waiting=waiting,
        attached={row.id: files.attached(session, "tax_form", row.id) for row in waiting},
        refusal=refusal,
        terms=terms,
        in_force=taxes.terms_in_force(session, house.country, today),
        labels=TERMS,
        entered=session.scalars(select(TaxTerm).order_by(TaxTerm.from_on.desc())).all(),
        policy=FormPolicy(house.tax_form_policy).words,
        is_american=house.country == "US",
        years=[today.year, today.year - 1],
    )


def _must_be_a_year(year: int) -> None:
    if year not in YEARS:
        abort(404)
