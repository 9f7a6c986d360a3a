"""Pages about complaints: one's own, those one hears, a new one, and the applicant's form."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug import Response

from models import complaints, vendor
from models.accounts import ROLE_NAMES
from models.complaints import Complaint, ComplaintStatus, Mine
from models.errors import Refused
from models.people import Actor
from portal.clock import now
from portal.complaints import one
from portal.complaints.blueprint import pages
from portal.complaints.forms import ApplicantForm, ComplaintForm
from portal.database import session
from portal.paging import Key, page_of
from portal.permissions import Can, allow, anyone

__all__ = ["one", "pages"]

Answer = Response | tuple[str, int] | str

MOST_PRESSING = [Key(Complaint.answer_by), Key(Complaint.id)]
LATEST_FIRST = [Key(Complaint.id, descending=True)]
TONES = {ComplaintStatus.RECEIVED: "warn", ComplaintStatus.ACKNOWLEDGED: "info"}


@pages.get("")
@allow(Can.COMPLAIN)
def index(person: Actor) -> str:
    views = _views(person)
    chosen = request.args.get("view", "")
    view = chosen if chosen in views else next(iter(views))
    wanted = views[view][1]
    return render_template(
        "complaints/index.html",
        page=page_of(
            session, complaints.listed(wanted), MOST_PRESSING if wanted.is_open else LATEST_FIRST
        ),
        count=complaints.heard_by(session, wanted),
        views=[
            {
                "label": label,
                "url": url_for("complaints.index", view=key),
                "count": complaints.heard_by(session, each),
                "current": key == view,
            }
            for key, (label, each) in views.items()
        ],
        hears=wanted.hears,
        overdue=complaints.overdue_count(session, person.id, now()) if person.is_staff else 0,
        tone=TONES,
        now=now(),
    )


@pages.get("/new")
@allow(Can.COMPLAIN)
def new(person: Actor) -> str:
    form = _form(person, fresh=True)
    form.matter.data = request.args.get("about", "")[:30]
    return _page(form)


@pages.post("")
@allow(Can.COMPLAIN)
def complain(person: Actor) -> Answer:
    form = _form(person)
    if not form.validate():
        return _page(form), 422
    try:
        made = complaints.complain(session, form.grievance(), by=person, now=now())
    except Refused as refusal:
        session.rollback()
        form.form_errors.append(str(refusal))
        return _page(form), 422
    flash("Sent. You see here who hears it, and the answer.")
    return redirect(url_for("complaints.show", complaint_id=made), 303)


@pages.get("/application")
@anyone
def of_an_application() -> str:
    return render_template("complaints/application.html", form=ApplicantForm())


@pages.post("/application")
@anyone
def complain_as_applicant() -> Any:
    form = ApplicantForm()
    if form.website.data:  # a robot: it hears the same and nothing is kept
        return redirect(url_for("complaints.thanks"), 303)
    if form.validate():
        try:
            complaints.complain_as_applicant(
                session, number=form.number.data, email=form.contact_email.data,
                text=form.text.data, address=request.remote_addr or "", now=now(),
            )  # fmt: skip
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    if form.errors:
        return render_template("complaints/application.html", form=form), 422
    return redirect(url_for("complaints.thanks"), 303)


@pages.get("/thanks")
@anyone
def thanks() -> str:
    return render_template("complaints/thanks.html")


def _views(person: Actor) -> dict[str, tuple[str, Mine]]:
    """What the person hears comes first, if there is anything."""
    heard = {
        "heard": ("To hear", Mine(person.id, hears=True, is_open=True)),
        "closed": ("Heard", Mine(person.id, hears=True)),
    }
    own = {"own": ("Yours", Mine(person.id))}
    hears = person.is_staff and complaints.heard_by(session, heard["closed"][1])
    return heard | own if hears else own


def _form(person: Actor, *, fresh: bool = False) -> ComplaintForm:
    form = ComplaintForm(formdata=None) if fresh else ComplaintForm()
    people = complaints.people_to_name(session, person)
    form.about_person.choices = {"": "Nobody by name"} | {
        str(row.id): f"{row.name}, {ROLE_NAMES[row.role]}" for row in people
    }
    return form


def _page(form: ComplaintForm) -> str:
    return render_template(
        "complaints/new.html", form=form, days=vendor.settings(session).complaint_answer_days
    )
