"""Who hears complaints, in which order and how fast: staff read it, administrators change it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug import Response
from wtforms import EmailField, IntegerField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from models import complaints, vendor
from models.complaints import ComplaintOfficer
from models.errors import Refused
from models.people import Actor, Person, PersonStatus
from portal.clock import now
from portal.database import session
from portal.permissions import Can, allow, may
from portal.programme.blueprint import pages
from portal.programme.changing import change

ADDRESS = r"\s*[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]+\s*$"


class OfficerForm(FlaskForm):
    person = SelectField("Who", [InputRequired("Choose somebody.")])
    answers_to = SelectField("Their superior", [Optional()])


class RulesForm(FlaskForm):
    complaint_acknowledge_days = IntegerField(
        "Taken up within", [InputRequired(), NumberRange(1, 30)], description="Business days."
    )
    complaint_answer_days = IntegerField(
        "Answered within", [InputRequired(), NumberRange(1, 90)], description="Business days."
    )
    complaint_outside_email = EmailField(
        "When everybody of ours is involved, it goes to",
        [
            Optional(),
            Length(max=254),
            Regexp(ADDRESS, message="Enter an address such as name@company.com."),
        ],
        description="An address outside, such as a lawyer's. Empty: it waits for another officer.",
    )


@pages.get("/complaints")
@allow(Can.SEE_PROGRAMME)
def complaint_rules(person: Actor) -> str:
    return _page(person)


@pages.post("/complaints")
@allow(Can.EDIT_PROGRAMME)
def save_complaint_rules(person: Actor) -> Any:
    form = RulesForm()
    if not form.validate():
        return _page(person, rules=form), 422
    values = {field.name: field.data for field in form if field.name != "csrf_token"}
    values["complaint_outside_email"] = (values["complaint_outside_email"] or "").strip().lower()
    changed = change(vendor.settings(session), values, person)
    flash("Saved. It counts for complaints from now on." if changed else "Nothing was different.")
    return _back()


@pages.post("/complaints/officers")
@allow(Can.EDIT_PROGRAMME)
def name_officer(person: Actor) -> Any:
    form = _officer_form()
    if not form.validate():
        return _page(person, officer=form), 422
    superior = UUID(form.answers_to.data) if form.answers_to.data else None
    try:
        complaints.name_officer(session, UUID(form.person.data), superior, by=person, now=now())
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _page(person, officer=form), 422
    flash("Named.")
    return _back()


def officer_or_404(_person: Actor, officer_id: UUID) -> ComplaintOfficer:
    return session.get(ComplaintOfficer, officer_id) or abort(404)


@pages.post("/complaints/officers/<uuid:officer_id>/removal")
@allow(Can.EDIT_PROGRAMME, find=officer_or_404)
def remove_officer(person: Actor, officer: ComplaintOfficer) -> Response:
    complaints.remove_officer(session, officer, by=person, now=now())
    flash("Removed. What was given to them already stays with them.")
    return _back()


def _page(
    person: Actor, *, rules: RulesForm | None = None, officer: OfficerForm | None = None
) -> str:
    return render_template(
        "programme/complaints.html",
        rules=rules or RulesForm(formdata=None, obj=vendor.settings(session)),
        officer=officer or _officer_form(fresh=True),
        officers=complaints.officers(session),
        programme=vendor.settings(session),
        can_edit=may(person, Can.EDIT_PROGRAMME),
    )


def _officer_form(*, fresh: bool = False) -> OfficerForm:
    form = OfficerForm(formdata=None) if fresh else OfficerForm()
    ours = select(Person.id, Person.name).where(
        Person.partner_id.is_(None), Person.status == PersonStatus.ACTIVE
    )
    people = {str(row.id): row.name for row in session.execute(ours.order_by(Person.name))}
    form.person.choices = {"": "Choose"} | people
    form.answers_to.choices = {"": "Nobody of these"} | people
    return form


def _back() -> Response:
    return redirect(url_for("programme.complaint_rules"), 303)
