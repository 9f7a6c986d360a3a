"""Pages about territories; importing each module of them hangs its pages on the blueprint."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug import Response

from models import territories
from models.errors import Refused
from models.partners import Partner
from models.people import Actor
from models.territories import ManagerAbsence, Territory, TerritoryStatus
from portal.agreeing import agreed
from portal.clock import now
from portal.database import session
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may
from portal.sheets import sheet_response
from portal.territories import chores, drafting, drawing, filing, looking, mapping, trying
from portal.territories.blueprint import pages, person_name, territory_or_404, today
from portal.territories.forms import ROLES, AbsenceForm, TerritoryForm
from portal.territories.lists import COLUMNS, TONES, for_export, place_of

__all__ = ["chores", "drafting", "filing", "looking", "mapping", "pages"]

BY_NAME = [Key(Territory.name), Key(Territory.id)]
LAST_ROUTED = 20


def absence_or_404(_person: Actor, absence_id: UUID) -> ManagerAbsence:
    return session.get(ManagerAbsence, absence_id) or abort(404)


@pages.get("/territories")
@allow(Can.SEE_TERRITORIES)
def index(person: Actor) -> str:
    query = _wanted()
    return render_template(
        "territories/index.html",
        page=page_of(session, query, BY_NAME),
        count=territories.how_many(session, query),
        states=list(TerritoryStatus),
        tones=TONES,
        can_edit=may(person, Can.EDIT_TERRITORY),
        on=asked_day("on"),
    )


@pages.get("/territories/export")
@allow(Can.SEE_TERRITORIES)
def export(_person: Actor) -> Response:
    rows = for_export(session, _wanted().order_by(Territory.name, Territory.id))
    return sheet_response("Territories", COLUMNS, rows, request.args.get("as", "csv"))


@pages.get("/territories/trial")
@allow(Can.SEE_TERRITORIES)
def trial(_person: Actor) -> str | tuple[str, int]:
    form = trying.form_from(request.args, today(), drawing.families())
    if not request.args:
        return render_template("territories/trial.html", form=form, routing=None)
    if not form.validate():
        return render_template("territories/trial.html", form=form, routing=None), 422
    routing = territories.preview(session, trying.facts_from(form, today()))
    return render_template(
        "territories/trial.html",
        form=form,
        routing=routing,
        action=territories.ACTION_WORDS[routing.action],
        names=trying.names_of(session, routing),
    )


@pages.get("/territories/new")
@allow(Can.EDIT_TERRITORY)
def new(_person: Actor) -> str:
    form = drawing.offered(TerritoryForm())
    form.leave_room()
    return _form_page(form)


@pages.post("/territories")
@allow(Can.EDIT_TERRITORY)
def create(person: Actor) -> Response | str | tuple[str, int]:
    form = drawing.offered(TerritoryForm())
    if "more" in request.form:
        form.leave_room()
        return _form_page(form)
    details = drawing.details_of(form) if form.validate() else None
    if details is None:
        return _form_page(form), 422
    try:
        territory = territories.draw(session, details, by=person, now=now())
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _form_page(form), 422
    flash(f"{territory.name} is drawn. What comes from now on is routed by it.")
    return redirect(url_for("territories.show", territory_id=territory.id), 303)


@pages.get("/territories/<uuid:territory_id>")
@allow(Can.SEE_TERRITORIES, find=territory_or_404)
def show(person: Actor, territory: Territory) -> str:
    return render_template(
        "territories/show.html",
        territory=territory,
        tone=TONES[territory.status],
        areas=[place_of(row) for row in territory.areas if not row.is_exclusion],
        excluded=[place_of(row) for row in territory.areas if row.is_exclusion],
        parent=territory.parent_id and session.get(Territory, territory.parent_id),
        owner=territory.owner_id and session.get(Partner, territory.owner_id),
        channel_manager=person_name(territory.channel_manager_id),
        sales_manager=person_name(territory.sales_manager_id),
        product_names=[
            name for code, name in drawing.families().items() if code in territory.products
        ],
        role_names=[ROLES[role] for role in territory.partner_roles],
        money_a_year=drawing.money_a_year(territory),
        successor=territories.successor_of(session, territory.id),
        routed=list(session.execute(territories.routed_to(territory.id, limit=LAST_ROUTED))),
        can_edit=may(person, Can.EDIT_TERRITORY),
    )


@pages.get("/territories/<uuid:territory_id>/edit")
@allow(Can.EDIT_TERRITORY, find=territory_or_404)
def edit(_person: Actor, territory: Territory) -> str:
    return _form_page(drawing.form_of(territory), territory)


@pages.post("/territories/<uuid:territory_id>")
@allow(Can.EDIT_TERRITORY, find=territory_or_404)
def change(person: Actor, territory: Territory) -> Response | str | tuple[str, int]:
    form = drawing.offered(TerritoryForm(), but_not=territory.id)
    if "more" in request.form:
        form.leave_room()
        return _form_page(form, territory)
    details = drawing.details_of(form) if form.validate() else None
    if details is None:
        return _form_page(form, territory), 422
    try:
        territories.redraw(session, territory, details, by=person, now=now())
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _form_page(form, territory), 422
    flash(f"{territory.name} is changed. What was routed stays where it is.")
    return redirect(url_for("territories.show", territory_id=territory.id), 303)


@pages.get("/absences")
@allow(Can.SEE_TERRITORIES)
def absences(person: Actor) -> str:
    return _absences_page(person, _absence_form())


@pages.post("/absences")
@allow(Can.EDIT_TERRITORY)
def note_absence(person: Actor) -> Response | tuple[str, int]:
    form = _absence_form()

    def do() -> None:
        typed = {field.name: field.data for field in form if field.name != "csrf_token"}
        territories.note_absence(session, **typed, by=person, now=now())

    if not agreed(form, do):
        return _absences_page(person, form), 422
    flash("Noted. What comes in these days goes to whoever stands in.")
    return redirect(url_for("territories.absences"), 303)


@pages.post("/absences/<uuid:absence_id>/end")
@allow(Can.EDIT_TERRITORY, find=absence_or_404)
def end_absence(person: Actor, away: ManagerAbsence) -> Response:
    territories.end_absence(session, away, by=person, now=now())
    flash("Taken back.")
    return redirect(url_for("territories.absences"), 303)


def asked_day(name: str) -> date | None:
    """A day in the address; what is none is not asked."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _form_page(form: TerritoryForm, territory: Territory | None = None) -> str:
    here = ("Territories", url_for("territories.index"))
    target = url_for("territories.create")
    if territory:
        here = (territory.name, url_for("territories.show", territory_id=territory.id))
        target = url_for("territories.change", territory_id=territory.id)
    lead = "A change counts for what comes; what was routed stays where it is."
    return render_template(
        "territories/form.html", form=form, territory=territory, target=target, back=here, lead=lead
    )


def _absence_form() -> AbsenceForm:
    form = AbsenceForm()
    people = {"": "Choose"} | {str(key): name for key, name in drawing.staff()}
    form.person_id.choices = form.delegate_id.choices = people
    return form


def _absences_page(person: Actor, form: AbsenceForm) -> str:
    return render_template(
        "territories/absences.html",
        form=form,
        away=list(session.execute(territories.absences_from(today()))),
        can_edit=may(person, Can.EDIT_TERRITORY),
    )


def _wanted() -> Any:
    """What the filters in the address ask for."""
    status = request.args.get("status", "")
    return territories.listed(
        search=request.args.get("q", "").replace("\x00", "")[:100],
        status=TerritoryStatus(status) if status in list(TerritoryStatus) else None,
        on=asked_day("on"),
    )
