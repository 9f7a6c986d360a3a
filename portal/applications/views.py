"""Pages about applications: the public form, the list, the review."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug import Response

from models import applications, vendor
from models.applications import APPLICATION_MOVES, Application, ApplicationStatus, Filter
from models.errors import Refused
from models.partners import Partner, members
from models.people import Actor, Person
from portal.applications.forms import AcceptForm, ApplicationForm, DeclineForm, QuestionForm
from portal.clock import now
from portal.database import session
from portal.paging import Key, page_of
from portal.permissions import Can, allow, anyone, staff
from portal.sealing import seal
from portal.sheets import Column, sheet_response

pages = Blueprint("applications", __name__)

NEWEST_FIRST = [Key(Application.created_at, True), Key(Application.id, True)]

COLUMNS = [
    Column("Number", lambda row: row.number),
    Column("Company", lambda row: row.company),
    Column("Role", lambda row: row.role.value),
    Column("Country", lambda row: row.country),
    Column("Town", lambda row: row.town),
    Column("Contact", lambda row: row.contact_name),
    Column("E-mail", lambda row: row.contact_email),
    Column("Status", lambda row: row.status.value),
    Column("Reviewer", lambda row: row.reviewer),
    Column("Received", lambda row: row.created_at, "instant"),
]


@pages.get("/become-a-partner")
@anyone
def new() -> str:
    return render_template("applications/new.html", form=ApplicationForm())


@pages.post("/become-a-partner")
@anyone
def submit() -> Any:
    form = ApplicationForm()
    if form.website.data:  # a robot: it hears the same and nothing is kept
        return redirect(url_for("applications.thanks"), 303)
    if form.validate():
        try:
            applications.submit(
                session, form.enquiry(), address=request.remote_addr or "", now=now()
            )
        except Refused as refusal:
            form.form_errors.append(str(refusal))
    if form.errors:
        return render_template("applications/new.html", form=form), 422
    return redirect(url_for("applications.thanks"), 303)


@pages.get("/become-a-partner/thanks")
@anyone
def thanks() -> str:
    return render_template("applications/thanks.html")


@pages.get("/applications")
@allow(Can.REVIEW_APPLICATION)
def index(_person: Actor) -> str:
    chosen = _chosen()
    return render_template(
        "applications/index.html",
        page=page_of(session, applications.listed(chosen), NEWEST_FIRST),
        total=applications.counted(session, chosen),
        waiting=applications.counted(session, Filter(is_open=True)),
        chosen=chosen,
        statuses=list(ApplicationStatus),
    )


@pages.get("/applications/export")
@allow(Can.REVIEW_APPLICATION, fresh=staff)
def export(_person: Actor) -> Response:
    found = applications.listed(_chosen()).order_by(Application.created_at.desc())
    name = f"Applications {now():%Y-%m-%d}"
    return sheet_response(name, COLUMNS, session.execute(found), request.args.get("as", ""))


def application_or_404(_person: Actor, application_id: UUID) -> Application:
    found = select(Application).where(Application.id == application_id)
    return session.scalar(found) or abort(404)


@pages.get("/applications/<uuid:application_id>")
@allow(Can.REVIEW_APPLICATION, find=application_or_404)
def show(person: Actor, application: Application) -> str:
    form = _accept_form(application, fresh=True)
    if str(person.id) in form.channel_manager.choices:
        form.channel_manager.data = str(person.id)
    return _page(application, form)


@pages.post("/applications/<uuid:application_id>/review")
@allow(Can.REVIEW_APPLICATION, find=application_or_404)
def begin_review(person: Actor, application: Application) -> Response:
    applications.begin_review(session, application, by=person, now=now())
    flash(f"You review {application.company}.")
    return _back_to(application)


@pages.post("/applications/<uuid:application_id>/question")
@allow(Can.REVIEW_APPLICATION, find=application_or_404)
def ask(person: Actor, application: Application) -> Response:
    question = QuestionForm().question.data or ""
    applications.ask(session, application, by=person, question=question[:2000], now=now())
    flash("Your question is on its way.")
    return _back_to(application)


@pages.post("/applications/<uuid:application_id>/refusal")
@allow(Can.REVIEW_APPLICATION, find=application_or_404)
def decline(person: Actor, application: Application) -> Response:
    reason = DeclineForm().reason.data or ""
    applications.decline(session, application, by=person, reason=reason[:2000], now=now())
    flash(f"Declined. {application.contact_name} is told why.")
    return _back_to(application)


@pages.post("/applications/<uuid:application_id>/acceptance")
@allow(Can.REVIEW_APPLICATION, find=application_or_404)
def accept(person: Actor, application: Application) -> Any:
    form = _accept_form(application)
    if form.validate():
        try:
            partner = applications.accept(
                session,
                application,
                by=person,
                role=form.role.data,
                currency=form.currency.data,
                channel_manager_id=UUID(form.channel_manager.data),
                administrator_email=form.administrator_email.data,
                seal=seal(),
                now=now(),
            )
        except Refused as refusal:
            session.rollback()  # it was refused half-way; the page shows what is kept
            form.form_errors.append(str(refusal))
    if form.errors:
        return _page(application, form), 422
    flash(f"{partner.name} is onboarding, and its administrator is invited.")
    return redirect(url_for("partners.show", partner_id=partner.id), 303)


def _accept_form(application: Application, *, fresh: bool = False) -> AcceptForm:
    usual = {
        "role": application.role,
        "currency": _currency_of(application.country),
        "administrator_email": application.contact_email,
    }
    form = AcceptForm(formdata=None, data=usual) if fresh else AcceptForm(data=usual)
    form.channel_manager.choices = {str(key): name for key, name in members.managers(session)}
    return form


def _currency_of(country: str) -> str:
    """What a partner there is usually paid in; the vendor's own where we do not know."""
    usual = {"US": "USD", "CA": "CAD", "GB": "GBP", "AU": "AUD", "CH": "CHF", "JP": "JPY"}
    return usual.get(country) or vendor.settings(session).base_currency


def _page(application: Application, form: AcceptForm) -> str:
    partner = session.get(Partner, application.partner_id) if application.partner_id else None
    return render_template(
        "applications/show.html",
        application=application,
        routed_to=_routed_to(application),
        partner=partner,
        alike=applications.lookalikes(session, application),
        events=applications.timeline(session, application.id),
        verbs=APPLICATION_MOVES.possible_from(application.status),
        accept=form,
        question=QuestionForm(formdata=None),
        refusal=DeclineForm(formdata=None),
    )


def _routed_to(application: Application) -> list[str]:
    people = (application.channel_manager_id, application.sales_manager_id)
    found = session.execute(
        select(Person.id, Person.name).where(Person.id.in_(filter(None, people)))
    )
    names = {row.id: row.name for row in found}
    return [names[each] for each in dict.fromkeys(people) if each in names]


def _chosen() -> Filter:
    given = request.args
    return Filter(
        text=given.get("q", "")[:100],
        status=given.get("status", type=ApplicationStatus),
        is_open=given.get("open") == "1",
    )


def _back_to(application: Application) -> Response:
    return redirect(url_for("applications.show", application_id=application.id), 303)
