"""What a channel manager decides, and takes back."""

from __future__ import annotations

from uuid import UUID

from flask import flash
from werkzeug import Response

from models import deals
from models.deals import Deal, DealStatus, Question, RejectReason
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.deals.answering import Answer, step, with_the_way_back
from portal.deals.blueprint import back_to, back_to_same, deal_or_404, pages
from portal.deals.forms import AskForm, ReasonForm, RejectForm
from portal.permissions import Can, allow


@pages.post("/<uuid:deal_id>/approval")
@allow(Can.APPROVE_DEAL, find=deal_or_404)
def approve(person: Actor, deal: Deal) -> Response:
    deals.approve(session, deal, by=person, now=now())
    done = "approved" if deal.status is DealStatus.APPROVED else "approved by you"
    flash(with_the_way_back(deal, f"{deal.customer_name} {done}."))
    return back_to(deal)


@pages.post("/<uuid:deal_id>/rejection")
@allow(Can.APPROVE_DEAL, find=deal_or_404)
def reject(person: Actor, deal: Deal) -> Answer:
    form = RejectForm()

    def do() -> None:
        code = RejectReason(form.code.data)
        deals.reject(session, deal, code=code, text=form.text.data, by=person, now=now())

    said = with_the_way_back(deal, f"{deal.customer_name} rejected.")
    return step(deal, form, "Reject this deal", "Reject", do, said)


@pages.post("/<uuid:deal_id>/question")
@allow(Can.APPROVE_DEAL, find=deal_or_404)
def ask(person: Actor, deal: Deal) -> Answer:
    form = AskForm()

    def do() -> None:
        questions = [Question(value) for value in form.fields_asked.data]
        deals.ask(session, deal, questions=questions, text=form.text.data, by=person, now=now())

    said = f"Asked about {deal.customer_name}. The clock stands until they answer."
    return step(deal, form, "Ask for information", "Ask", do, with_the_way_back(deal, said))


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

    def do() -> None:
        deals.clear_match(session, deal, match_id, reason=form.text.data, by=person, now=now())

    said = "Noted, with your name and reason."
    return step(deal, form, "Not a duplicate", "Not a duplicate", do, said, back=back_to_same)
