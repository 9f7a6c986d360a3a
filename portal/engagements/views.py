"""Pages about our own sales people at customers: the list, the form, the file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask import Response as Download
from sqlalchemy import func, select
from werkzeug import Response
from wtforms import SelectChoice

from models import customers, engagements, vendor
from models.catalog import ProductFamily
from models.customers import Customer, CustomerDetails
from models.deals import conflicts
from models.deals.conflicts import operations as verbs
from models.engagements import Recorded, Touch, TouchDetails, TouchFilter, TouchKind
from models.errors import Refused
from models.people import STAFF, Actor, Person, PersonStatus
from portal.agreeing import agreed
from portal.clock import now
from portal.database import session
from portal.engagements.forms import FileForm, TouchForm
from portal.engagements.loading import COLUMNS, SAMPLE, Loaded, load
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may, staff
from portal.sheets import Column, sheet_response

pages = Blueprint("engagements", __name__, url_prefix="/own-sales")
LATEST_FIRST = [Key(Touch.happened_on, True), Key(Touch.id, True)]
SHEET = [
    Column("Customer", lambda row: row.customer),
    Column("Product family", lambda row: row.family),
    Column("Who", lambda row: row.person_name),
    Column("What", lambda row: row.kind.words),
    Column("When", lambda row: row.happened_on, "day"),
    Column("Over", lambda row: row.ended_on, "day"),
    Column("On the protected deal", lambda row: row.breached),
    Column("Note", lambda row: row.note),
    Column("Recorded by", lambda row: row.recorded_by_name),
    Column("Recorded", lambda row: row.recorded_at, "instant"),
]
Answer = Response | tuple[str, int] | str


@pages.get("")
@allow(Can.SEE_ENGAGEMENTS)
def index(person: Actor) -> str:
    query = _wanted()
    return render_template(
        "engagements/index.html",
        page=page_of(session, query, LATEST_FIRST),
        count=session.scalar(select(func.count()).select_from(query.subquery())),
        kinds=list(TouchKind),
        can_record=may(person, Can.RECORD_ENGAGEMENT),
    )


@pages.get("/export")
@allow(Can.SEE_ENGAGEMENTS, fresh=staff)
def export(_person: Actor) -> Response:
    rows = session.execute(_wanted().order_by(Touch.happened_on.desc(), Touch.id.desc()))
    return sheet_response("Own sales", SHEET, rows, request.args.get("as", "csv"))


@pages.get("/new")
@allow(Can.RECORD_ENGAGEMENT)
def new(person: Actor) -> str:
    form = _form(formdata=None)
    form.person.data, form.happened_on.data = str(person.id), _today()
    if customer := _customer(request.args.get("customer", "")):
        form.customer_id.data = str(customer.id)
        form.customer_name.data, form.customer_country.data = customer.name, customer.country
    family = request.args.get("family", "")
    if family in {choice.value for choice in form.family.choices}:
        form.family.data = family
    return _page(form)


@pages.post("")
@allow(Can.RECORD_ENGAGEMENT)
def create(person: Actor) -> Answer:
    form, kept = _form(), list[Recorded]()

    def do() -> None:
        kept.append(verbs.record_touch(session, _details(form), by=person, now=now()))

    if not agreed(form, do):
        return _page(form), 422
    (recorded,) = kept
    flash("Recorded." if recorded.is_new else "This was recorded before; nothing was changed.")
    return redirect(url_for("engagements.index"), 303)


def touch_or_404(_person: Actor, touch_id: UUID) -> Touch:
    return session.scalar(select(Touch).where(Touch.id == touch_id)) or abort(404)


@pages.post("/<uuid:touch_id>/closing")
@allow(Can.RECORD_ENGAGEMENT, find=touch_or_404)
def close(person: Actor, touch: Touch) -> Response:
    engagements.close(session, touch, on=_today(), by=person, now=now())
    flash("The direct opportunity is over.")
    return redirect(url_for("engagements.index"), 303)


@pages.get("/file")
@allow(Can.RECORD_ENGAGEMENT)
def new_file(_person: Actor) -> str:
    return _file_page(FileForm())


@pages.get("/file/sample")
@allow(Can.RECORD_ENGAGEMENT)
def sample(_person: Actor) -> Download:
    header = ",".join(column.name for column in COLUMNS)
    answer = Download(f"\ufeff{header}\n{SAMPLE}", mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="own-sales-sample.csv"'
    return answer


@pages.post("/file")
@allow(Can.RECORD_ENGAGEMENT)
def hand_in(person: Actor) -> Answer:
    """Good rows are kept.  The report is this answer: sending the file again changes nothing."""
    form = FileForm()
    if not form.validate():
        return _file_page(form), 422
    try:
        loaded = load(session, form.file.data.read(), by=person, now=now())
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _file_page(form), 422
    if not loaded.problems:
        flash(f"{loaded.new:,} recorded, {loaded.known:,} known before.")
        return redirect(url_for("engagements.index"), 303)
    return _file_page(FileForm(formdata=None), loaded)


def _wanted() -> Any:
    """What the filters in the address ask for; what cannot be read narrows nothing."""
    kind = request.args.get("kind", "")
    wanted = TouchFilter(
        kind=TouchKind(kind) if kind in set(TouchKind) else None,
        text=request.args.get("q", "").replace("\x00", "").strip()[:100],
        is_open=request.args.get("only") == "open",
    )
    return conflicts.touches_listed(wanted, breaches=request.args.get("only") == "breaches")


def _form(**options: Any) -> TouchForm:
    families = session.execute(
        select(ProductFamily.id, ProductFamily.name).order_by(ProductFamily.name)
    )
    people = session.execute(
        select(Person.id, Person.name)
        .where(Person.role.in_(list(STAFF)), Person.status == PersonStatus.ACTIVE)
        .order_by(Person.name)
    )
    return TouchForm(
        [SelectChoice(str(row.id), row.name) for row in families],
        [SelectChoice(str(row.id), row.name) for row in people],
        **options,
    )


def _details(form: TouchForm) -> TouchDetails:
    who = session.get_one(Person, UUID(form.person.data))
    return TouchDetails(
        customer_id=_which_customer(form),
        family_id=UUID(form.family.data),
        person_id=who.id,
        person_name=who.name,
        kind=TouchKind(form.kind.data),
        happened_on=form.happened_on.data,
        note=form.note.data or "",
    )


def _which_customer(form: TouchForm) -> UUID:
    """The one it was recorded from, unless another was typed; never a new look-alike."""
    chosen = _customer(form.customer_id.data or "")
    if chosen and chosen.name == form.customer_name.data:
        return chosen.id
    details = CustomerDetails(name=form.customer_name.data, country=form.customer_country.data)
    found = customers.recognise(session, details, now=now())
    if found.created and found.matches:
        raise Refused(
            f"Did you mean {found.matches[0].name}? Write the name so, or record it from the "
            "customer's page."
        )
    return found.customer_id


def _customer(text: str) -> Customer | None:
    try:
        return session.get(Customer, UUID(text))
    except ValueError:
        return None


def _page(form: TouchForm) -> str:
    return render_template("engagements/new.html", form=form)


def _file_page(form: FileForm, loaded: Loaded | None = None) -> str:
    return render_template("engagements/file.html", form=form, columns=COLUMNS, loaded=loaded)


def _today():
    return vendor.settings(session).calendar.day_of(now())
