"""One complaint: its clock, what both sides wrote, and the answer.  Two people read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug import Response

from models import complaints
from models.complaints import COMPLAINT_MOVES, NOTE_WORDS, Complaint, ComplaintStatus, Outcome
from models.errors import Refused
from models.people import Actor, Person
from portal.clock import now
from portal.complaints.blueprint import pages
from portal.complaints.forms import AnswerForm, HandOnForm, WritingForm
from portal.database import session
from portal.permissions import Can, allow

Answer = Response | tuple[str, int] | str

LINKS = {
    "deal": ("deals.show", "deal_id"),
    "application": ("applications.show", "application_id"),
    "dispute": ("commissions.dispute", "dispute_id"),
    "territory_claim": ("claims.show", "claim_id"),
    "statement": ("commissions.statement", "statement_id"),
}
"""Where what a complaint is about is shown."""


def complaint_or_404(person: Actor, complaint_id: UUID) -> Complaint:
    return complaints.find(session, complaint_id, person) or abort(404)


def heard_or_404(person: Actor, complaint_id: UUID) -> Complaint:
    """One that this person hears."""
    complaint = complaint_or_404(person, complaint_id)
    return complaint if complaint.handler_id == person.id else abort(404)


@pages.get("/<uuid:complaint_id>")
@allow(Can.COMPLAIN, find=complaint_or_404)
def show(person: Actor, complaint: Complaint) -> str:
    return _page(person, complaint)


@pages.post("/<uuid:complaint_id>/acknowledgement")
@allow(Can.HEAR_COMPLAINT, find=heard_or_404)
def acknowledge(person: Actor, complaint: Complaint) -> Response:
    complaints.acknowledge(session, complaint, by=person, now=now())
    flash("Taken up. The author is told.")
    return _back(complaint.id)


@pages.post("/<uuid:complaint_id>/notes")
@allow(Can.COMPLAIN, find=complaint_or_404)
def write(person: Actor, complaint: Complaint) -> Answer:
    form, key = WritingForm(), complaint.id

    def do() -> None:
        complaints.write(session, key, text=form.words.data or "", by=person, now=now())

    return _step(person, complaint, form, do, "Sent. The other side is told.")


@pages.post("/<uuid:complaint_id>/handing-on")
@allow(Can.HEAR_COMPLAINT, find=heard_or_404)
def hand_on(person: Actor, complaint: Complaint) -> Answer:
    form = HandOnForm()

    def do() -> None:
        complaints.hand_on(session, complaint, why=form.why.data or "", by=person, now=now())

    said = "Handed on. You no longer read it."
    return _step(person, complaint, form, do, said, url_for("complaints.index"))


@pages.post("/<uuid:complaint_id>/answer")
@allow(Can.HEAR_COMPLAINT, find=heard_or_404)
def answer(person: Actor, complaint: Complaint) -> Answer:
    form = AnswerForm()

    def do() -> None:
        outcome = Outcome(form.outcome.data)
        complaints.answer(
            session, complaint, outcome=outcome, text=form.answer.data or "", by=person, now=now()
        )

    return _step(person, complaint, form, do, "Answered. The author reads your words.")


@pages.post("/<uuid:complaint_id>/withdrawal")
@allow(Can.COMPLAIN, find=complaint_or_404)
def withdraw(person: Actor, complaint: Complaint) -> Response:
    if complaint.person_id != person.id:
        abort(403)
    key = complaint.id
    complaints.withdraw(session, key, by=person, now=now())
    flash("Withdrawn.")
    return _back(key)


def _step(
    person: Actor,
    complaint: Complaint,
    form: FlaskForm,
    do: Callable[[], None],
    said: str,
    where: str = "",
) -> Answer:
    """Do it, or show the page again with what was typed."""
    key = complaint.id
    if not COMPLAINT_MOVES.allows("answer", complaint.status):
        raise Refused("This complaint is closed. Make another one if it is not settled.")
    if not form.validate():
        return _page(person, complaint, form), 422
    try:
        do()
    except Refused as refusal:
        session.rollback()
        form.form_errors.append(str(refusal))
        return _page(person, complaint, form), 422
    flash(said)
    return redirect(where, 303) if where else _back(key)


def _page(person: Actor, complaint: Complaint, sent: FlaskForm | None = None) -> str:
    is_open = COMPLAINT_MOVES.allows("answer", complaint.status)
    hears = complaint.handler_id == person.id
    forms = {form: form(formdata=None) for form in (WritingForm, HandOnForm, AnswerForm)}
    if sent is not None:
        forms[type(sent)] = sent
    return render_template(
        "complaints/show.html",
        complaint=complaint,
        about=_name(complaint.about_person_id),
        handler=_name(complaint.handler_id),
        link=_link(complaint) if hears or complaint.about_kind != "application" else None,
        notes=complaints.notes_of(session, complaint.id),
        noted=NOTE_WORDS,
        writing=forms[WritingForm],
        handing_on=forms[HandOnForm],
        answering=forms[AnswerForm],
        hears=hears,
        is_open=is_open,
        can_acknowledge=hears and complaint.status is ComplaintStatus.RECEIVED,
        can_withdraw=is_open and complaint.person_id == person.id,
        is_late=is_open and complaint.answer_by < now(),
    )


def _name(person_id: UUID | None) -> str | None:
    found = session.get(Person, person_id) if person_id else None
    return found.name if found else None


def _link(complaint: Complaint) -> str | None:
    if complaint.about_kind not in LINKS:
        return None
    endpoint, name = LINKS[complaint.about_kind]
    ids: dict[str, Any] = {name: complaint.about_id}
    return url_for(endpoint, **ids)


def _back(complaint_id: UUID) -> Response:
    return redirect(url_for("complaints.show", complaint_id=complaint_id), 303)
