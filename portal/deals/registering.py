"""Pages on which a partner registers a deal: the form, drafts, the live check, answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug import Response

from models import deals, vendor
from models.customers import CustomerDetails
from models.deals import Deal, DealStatus, Precheck, Question, Registration
from models.errors import Refused
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.deals.blueprint import calendar, deal_or_404, pages
from portal.deals.writing import Desk, registration_of
from portal.permissions import Can, allow

EDITABLE = (DealStatus.DRAFT, DealStatus.REJECTED)
Answer = Response | tuple[str, int] | str


def editable_or_404(person: Actor, deal_id: UUID) -> Deal:
    deal = deal_or_404(person, deal_id)
    if deal.status not in EDITABLE:
        raise Refused(f"This deal is {deal.status.words.lower()}; it cannot be edited now.")
    return deal


def asked_or_404(person: Actor, deal_id: UUID) -> Deal:
    deal = deal_or_404(person, deal_id)
    if deal.status is not DealStatus.INFO_REQUESTED:
        raise Refused("Nothing is asked about this deal now.")
    return deal


@pages.get("/new")
@allow(Can.REGISTER_DEAL)
def new(person: Actor) -> Answer:
    desk = Desk(person)
    return _form_page(desk, desk.form(), None)


@pages.post("")
@allow(Can.REGISTER_DEAL)
def create(person: Actor) -> Answer:
    return _take(person, _draft_begun(person))


@pages.get("/<uuid:deal_id>/edit")
@allow(Can.REGISTER_DEAL, find=editable_or_404)
def edit(person: Actor, deal: Deal) -> Answer:
    desk = Desk(person)
    return _form_page(desk, desk.form(registration_of(deal), more="more" in request.args), deal)


@pages.post("/<uuid:deal_id>/registration")
@allow(Can.REGISTER_DEAL, find=editable_or_404)
def update(person: Actor, deal: Deal) -> Answer:
    return _take(person, deal)


@pages.post("/draft")
@allow(Can.REGISTER_DEAL)
def autosave(person: Actor) -> Response:
    """Keeps what can be read of a half-written form, while its writer goes on writing."""
    deal, desk = _draft_begun(person), Desk(person)
    form = desk.form()
    form.validate()
    deal = _keep(person, deal, desk.written(form, registration_of(deal)))
    answer = make_response(render_template("deals/draft_state.html", deal=deal, at=now()))
    answer.headers["HX-Replace-Url"] = url_for("deals.edit", deal_id=deal.id)
    return answer


@pages.get("/check")
@allow(Can.REGISTER_DEAL)
def check(person: Actor) -> Answer:
    """The live check: says free or needs review, and names nobody."""
    desk = Desk(person)
    form = desk.form(Registration())
    form.process(request.args)
    return render_template(
        "deals/check.html", found=_precheck(desk, desk.written(form, Registration()))
    )


@pages.get("/<uuid:deal_id>/answer")
@allow(Can.REGISTER_DEAL, find=asked_or_404)
def question(person: Actor, deal: Deal) -> Answer:
    desk = Desk(person)
    return _answer_page(
        desk, _only_asked(desk.form(registration_of(deal), with_note=True), deal), deal
    )


@pages.post("/<uuid:deal_id>/answer")
@allow(Can.REGISTER_DEAL, find=asked_or_404)
def answer(person: Actor, deal: Deal) -> Answer:
    desk, before = Desk(person), registration_of(deal)
    form = _only_asked(desk.form(with_note=True), deal)
    written = desk.written(form, before) if form.validate() else None
    if written is None or not _is_complete(desk, form, written):
        return _answer_page(desk, form, deal), 422
    deals.answer(session, deal, written, note=form.note.data, by=person, now=now())
    flash("Answered. The decision clock runs on.")
    return redirect(url_for("deals.show", deal_id=deal.id), 303)


def _take(person: Actor, deal: Deal | None) -> Answer:
    """One of the form's three buttons: submit, save, or add a line."""
    desk, button = Desk(person), request.form.get("button", "submit")
    form = desk.form()
    readable = form.validate()
    written = desk.written(form, registration_of(deal))
    if button == "line":
        deal = _keep(person, deal, written)
        return redirect(url_for("deals.edit", deal_id=deal.id, more=1, _anchor="lines"), 303)
    if not readable or not desk.judge_lines(form):
        if button == "submit":
            _is_complete(desk, form, written)
        return _form_page(desk, form, deal), 422
    if button == "save":
        deal = _keep(person, deal, written)
        flash("Draft saved. Nobody sees it before you submit it.")
        return redirect(url_for("deals.edit", deal_id=deal.id), 303)
    if not _is_complete(desk, form, written):
        return _form_page(desk, form, deal), 422
    try:
        deal = _keep(person, deal, written)
        deals.submit(session, deal, by=person, now=now())
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _form_page(desk, form, None), 422
    flash("Registered. The customer is provisionally yours until we decide.")
    return redirect(url_for("deals.show", deal_id=deal.id), 303)


def _keep(person: Actor, deal: Deal | None, written: Registration) -> Deal:
    if deal is None:
        assert person.partner_id
        deal = deals.draft(session, written, partner_id=person.partner_id, by=person, now=now())
    else:
        deals.save(session, deal, written, now=now())
    session.flush()
    return deal


def _is_complete(desk: Desk, form: Any, written: Registration) -> bool:
    missing = deals.what_is_missing(written, today=calendar().day_of(now()))
    desk.show_missing(form, missing)
    return not missing and desk.judge_lines(form)


def _draft_begun(person: Actor) -> Deal | None:
    """The draft that this form was saved as while it was being written."""
    try:
        draft_id = UUID(request.form.get("draft_id", ""))
    except ValueError:
        return None
    own = (Deal.id == draft_id, Deal.partner_id == person.partner_id)
    deal = session.scalar(select(Deal).where(*own)) or abort(404)
    return deal if deal.status in EDITABLE else abort(404)


def _only_asked(form: Any, deal: Deal) -> Any:
    """The same form with the fields that were asked about, and the answer."""
    open_now = deals.fields_open(map(Question, deal.asked_fields)) | {"note", "csrf_token"}
    for name in [field.name for field in form if field.name not in open_now]:
        del form[name]
    return form


def _form_page(desk: Desk, form: Any, deal: Deal | None) -> str:
    programme = vendor.settings(session)
    at = now()
    today = programme.calendar.day_of(at)
    return render_template(
        "deals/form.html",
        form=form,
        deal=deal,
        currency=desk.partner.currency,
        programme=programme,
        decide_by=programme.calendar.add_business_days(at, programme.decision_business_days),
        protected_through=deals.protected_through(today, programme.protection_days),
        found=_precheck(desk, registration_of(deal)) if deal else None,
    )


def _answer_page(desk: Desk, form: Any, deal: Deal) -> str:
    return render_template(
        "deals/answer.html",
        form=form,
        deal=deal,
        currency=desk.partner.currency,
        about=[Question(field).words for field in deal.asked_fields],
    )


def _precheck(desk: Desk, written: Registration) -> Precheck | None:
    """None while there is too little to compare."""
    if not written.customer_name or not written.customer_country:
        return None
    details = CustomerDetails(
        name=written.customer_name,
        country=written.customer_country,
        domain=written.customer_domain,
        postal_code=written.customer_postal_code,
        vat_id=written.customer_vat_id,
    )
    return deals.precheck(
        session,
        details,
        partner_id=desk.partner.id,
        family_id=desk.family_of(written),
        on=calendar().day_of(now()),
    )
