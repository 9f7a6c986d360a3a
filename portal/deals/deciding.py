"""What a channel manager decides, and takes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, request, url_for
from werkzeug import Response

from models import deals
from models.deals import Deal, DealStatus, Question, RejectReason
from models.errors import Refused
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.deals.answering import asked_again
from portal.deals.blueprint import back_to, back_to_same, deal_or_404, pages
from portal.deals.forms import AskForm, ReasonForm, RejectForm
from portal.permissions import Can, allow

Answer = Response | tuple[str, int]


@pages.post("/<uuid:deal_id>/approval")
@allow(Can.APPROVE_DEAL, find=deal_or_404)
def approve(person: Actor, deal: Deal) -> Response:
    deals.approve(session, deal, by=person, now=now())
    _say_done(deal, f"{deal.customer_name} {_done(deal)}.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/rejection")
@allow(Can.APPROVE_DEAL, find=deal_or_404)
def reject(person: Actor, deal: Deal) -> Answer:
    form = RejectForm()
    if not form.validate():
        return asked_again("Reject this deal", "Reject", form, deal)
    code = RejectReason(form.code.data)
    said = {"code": code, "text": form.text.data}
    if refusal := _refused(deals.reject, deal, person, **said):
        form.form_errors.append(refusal)
        return asked_again("Reject this deal", "Reject", form, deal)
    _say_done(deal, f"{deal.customer_name} rejected.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/question")
@allow(Can.APPROVE_DEAL, find=deal_or_404)
def ask(person: Actor, deal: Deal) -> Answer:
    form = AskForm()
    if not form.validate():
        return asked_again("Ask for information", "Ask", form, deal)
    questions = [Question(value) for value in form.fields_asked.data]
    said = {"questions": questions, "text": form.text.data}
    if refusal := _refused(deals.ask, deal, person, **said):
        form.form_errors.append(refusal)
        return asked_again("Ask for information", "Ask", form, deal)
    _say_done(deal, f"Asked about {deal.customer_name}. The clock stands until they answer.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/undo")
@allow(Can.APPROVE_DEAL, find=deal_or_404)
def undo(person: Actor, deal: Deal) -> Response:
    deals.undo(session, deal, by=person, now=now())
    flash(f"Taken back: {deal.customer_name} is as it was before. The partner was not told.")
    return back_to_same(deal)


@pages.post("/<uuid:deal_id>/matches/<uuid:match_id>/clearance")
@allow(Can.DECIDE_DEAL)
def clear_match(person: Actor, deal_id: UUID, match_id: UUID) -> Answer:
    deal, form = deal_or_404(person, deal_id), ReasonForm()
    if not form.validate():
        return asked_again("Not a duplicate", "Not a duplicate", form, deal)
    said = {"match_id": match_id, "reason": form.text.data}
    if refusal := _refused(deals.clear_match, deal, person, **said):
        form.form_errors.append(refusal)
        return asked_again("Not a duplicate", "Not a duplicate", form, deal)
    flash("Noted, with your name and reason.")
    return back_to_same(deal)


def _refused(decide: Callable[..., None], deal: Deal, person: Actor, **said: Any) -> str | None:
    """Why it was refused, for the form that keeps what was typed; None when it was done."""
    try:
        decide(session, deal, by=person, now=now(), **said)
    except Refused as refusal:
        session.rollback()
        return str(refusal)
    return None


def _done(deal: Deal) -> str:
    return "approved" if deal.status is DealStatus.APPROVED else "approved by you"


def _say_done(deal: Deal, text: str) -> None:
    """With the way back, for as long as it is open."""
    back: dict[str, Any] = {
        name: request.form[name] for name in ("back", "query") if name in request.form
    }
    toast: Any = {"text": text, "undo": url_for("deals.undo", deal_id=deal.id, **back)}
    flash(toast)
