"""Pages on which a partner registers a deal: two screens, drafts, answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug import Response

from models import deals
from models.deals import Deal, DealStatus, Question, Registration
from models.errors import Refused
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.deals.attaching import AttachForm, attached_to
from portal.deals.blueprint import calendar, deal_or_404, pages
from portal.deals.entry_form import ON_FIRST, Screen
from portal.deals.offering import offer
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
    begun = Registration(kind=desk.rules_of(Registration()).kind)
    form = desk.form(begun, screen=Screen.CUSTOMER, sent=False)
    return _form_page(desk, form, None, begun, Screen.CUSTOMER)


@pages.post("")
@allow(Can.REGISTER_DEAL)
def create(person: Actor) -> Answer:
    deal = _draft_begun(person)
    if deal and deal.status not in EDITABLE:  # pressed twice
        return redirect(url_for("deals.show", deal_id=deal.id), 303)
    return _take(person, deal)


@pages.get("/<uuid:deal_id>/edit")
@allow(Can.REGISTER_DEAL, find=editable_or_404)
def edit(person: Actor, deal: Deal) -> Answer:
    """The second screen, unless the customer is not named yet or is asked for."""
    desk, kept = Desk(person, deal), registration_of(deal)
    named = kept.customer_name and kept.customer_country
    first = not named or request.args.get("screen") == Screen.CUSTOMER
    screen = Screen.CUSTOMER if first else Screen.DEAL
    form = desk.form(kept, screen=screen, sent=False, more="more" in request.args)
    return _form_page(desk, form, deal, kept, screen)


@pages.post("/<uuid:deal_id>/registration")
@allow(Can.REGISTER_DEAL, find=editable_or_404)
def update(person: Actor, deal: Deal) -> Answer:
    return _take(person, deal)


@pages.post("/draft")
@allow(Can.REGISTER_DEAL)
def autosave(person: Actor) -> Response:
    """Keeps what can be read of a half-written form, while its writer goes on writing."""
    deal, screen = _draft_begun(person), _screen()
    desk = Desk(person, deal)
    if deal and deal.status not in EDITABLE:
        return Response(status=204)  # it was submitted while this was on its way
    before = registration_of(deal)
    form = desk.form(before, screen=screen)
    form.validate()
    written = desk.written(form, before)
    deal = _keep(person, deal, written)
    answer = make_response(
        render_template(
            "deals/draft_state.html",
            deal=deal,
            at=now(),
            screen=screen,
            offer=offer(desk, deal, written),
        )
    )
    answer.headers["HX-Replace-Url"] = _address(deal, screen)
    return answer


@pages.get("/<uuid:deal_id>/answer")
@allow(Can.REGISTER_DEAL, find=asked_or_404)
def question(person: Actor, deal: Deal) -> Answer:
    desk = Desk(person, deal)
    form = _only_asked(desk.form(registration_of(deal), sent=False, with_note=True), deal)
    return _answer_page(desk, form, deal)


@pages.post("/<uuid:deal_id>/answer")
@allow(Can.REGISTER_DEAL, find=asked_or_404)
def answer(person: Actor, deal: Deal) -> Answer:
    desk, before = Desk(person, deal), registration_of(deal)
    form = _only_asked(desk.form(before, with_note=True), deal)
    written = desk.written(form, before) if form.validate() else None
    if written is None or not _is_complete(desk, form, written):
        return _answer_page(desk, form, deal), 422
    deals.answer(session, deal, written, note=form.note.data, by=person, now=now())
    flash("Answered. The decision clock runs on.")
    return redirect(url_for("deals.show", deal_id=deal.id), 303)


def _take(person: Actor, deal: Deal | None) -> Answer:
    """One of the form's buttons: submit, continue, go back, save, or add a line."""
    desk, button, screen = Desk(person, deal), request.form.get("button", "submit"), _screen()
    before = registration_of(deal)
    form = desk.form(before, screen=screen)
    readable = form.validate()
    written = desk.written(form, before)
    if button in ("line", "back"):
        deal = _keep(person, deal, written)
        return redirect(_address(deal, screen, button), 303)
    whole = readable and desk.judge_lines(form)
    if button == "save" and whole:
        deal = _keep(person, deal, written)
        flash("Draft saved. Nobody sees it before you submit it.")
        return redirect(_address(deal, screen), 303)
    only = ON_FIRST if button == "next" else None
    if button == "save" or not _is_complete(desk, form, written, only) or not whole:
        return _form_page(desk, form, deal, written, screen), 422
    if button == "next":
        return _go_on(person, desk, form, deal, written)
    return _submit(person, desk, form, deal, written, screen)


def _go_on(
    person: Actor, desk: Desk, form: Any, deal: Deal | None, written: Registration
) -> Answer:
    """To the second screen, unless no such registration can be taken at all."""
    against = deals.obstacles(session, written, partner_id=desk.partner.id, now=now())
    for obstacle in against:
        if obstacle.field == "kind":
            form.kind.errors = [obstacle.words]
            return _form_page(desk, form, deal, written, Screen.CUSTOMER), 422
    deal = _keep(person, deal, written)
    return redirect(url_for("deals.edit", deal_id=deal.id), 303)


def _submit(
    person: Actor, desk: Desk, form: Any, deal: Deal | None, written: Registration, screen: Screen
) -> Answer:
    try:
        kept = _keep(person, deal, written)
        deals.submit(session, kept, by=person, now=now())
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _form_page(desk, form, deal, written, screen), 422
    flash("Registered. The customer is provisionally yours until we decide.")
    return redirect(url_for("deals.show", deal_id=kept.id), 303)


def _keep(person: Actor, deal: Deal | None, written: Registration) -> Deal:
    if deal is None:
        assert person.partner_id
        deal = deals.draft(session, written, partner_id=person.partner_id, by=person, now=now())
    else:
        deals.save(session, deal, written, now=now())
    session.flush()
    return deal


def _is_complete(
    desk: Desk, form: Any, written: Registration, only: frozenset[str] | None = None
) -> bool:
    """only: the fields that must be there by now; None: all."""
    today = calendar().day_of(now())
    missing = deals.what_is_missing(written, today=today, rules=desk.types[written.kind])
    wanted = {name: said for name, said in missing.items() if only is None or name in only}
    desk.show_missing(form, wanted)
    return not wanted and desk.judge_lines(form)


def _screen() -> Screen:
    said = request.form.get("screen", "")
    return Screen(said) if said in set(Screen) else Screen.BOTH


def _address(deal: Deal, screen: Screen, button: str = "") -> str:
    """Where the form goes on."""
    if button == "line":
        return url_for("deals.edit", deal_id=deal.id, more=1, _anchor="lines")
    if button == "back" or screen is Screen.CUSTOMER:
        return url_for("deals.edit", deal_id=deal.id, screen=Screen.CUSTOMER.value)
    return url_for("deals.edit", deal_id=deal.id)


def _draft_begun(person: Actor) -> Deal | None:
    """The draft that this form was saved as while it was being written."""
    try:
        draft_id = UUID(request.form.get("draft_id", ""))
    except ValueError:
        return None
    own = (Deal.id == draft_id, Deal.partner_id == person.partner_id)
    return session.scalar(select(Deal).where(*own)) or abort(404)


def _only_asked(form: Any, deal: Deal) -> Any:
    """The same form with the fields that were asked about, and the answer."""
    open_now = deals.fields_open(map(Question, deal.asked_fields)) | {"note", "csrf_token"}
    for name in [field.name for field in form if field.name not in open_now]:
        del form[name]
    return form


def _form_page(
    desk: Desk, form: Any, deal: Deal | None, written: Registration, screen: Screen
) -> str:
    """deal: None where nothing is kept yet."""
    return render_template(
        "deals/form.html",
        form=form,
        deal=deal,
        currency=desk.currency,
        screen=screen,
        written=written,
        offer=offer(desk, deal, written),
        files=attached_to(deal) if deal else [],
        attach_form=AttachForm(formdata=None),
    )


def _answer_page(desk: Desk, form: Any, deal: Deal) -> str:
    return render_template(
        "deals/answer.html",
        form=form,
        deal=deal,
        currency=desk.currency,
        about=[Question(field).words for field in deal.asked_fields],
    )
