"""Our own team leads a deal for a while: asked, agreed by the partner, given back."""

from __future__ import annotations

from typing import Any

from flask import flash
from werkzeug import Response

from models import handovers
from models.deals import OPEN, Deal
from models.handovers import LEAD_MOVES, LeadState
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.deals.answering import Answer, step
from portal.deals.blueprint import back_to, deal_or_404, pages
from portal.deals.forms import ReasonForm
from portal.permissions import Can, allow, may


def lead_of(person: Actor, deal: Deal) -> dict[str, Any]:
    """What the page says of it, and what this person may do."""
    lead = handovers.latest_of(session, deal.id)
    follows = may(person, Can.FOLLOW_DEAL, deal)
    own = may(person, Can.REGISTER_DEAL, deal)
    state = lead.state if lead else None
    goes_on = state in (LeadState.ASKED, LeadState.AGREED)

    def can(verb: str) -> bool:
        return state is not None and LEAD_MOVES.allows(verb, state) and deal.status in OPEN

    return {
        "it": lead if goes_on or state is LeadState.DECLINED else None,
        "is_direct": deal.direct_since is not None,
        "ask": follows and not goes_on and deal.status.value == "approved",
        "agree": own and can("agree"),
        "take_back": follows and can("take_back"),
        "give_back": (follows or own) and can("give_back"),
        "form": ReasonForm(formdata=None),
    }


@pages.post("/<uuid:deal_id>/lead")
@allow(Can.FOLLOW_DEAL, find=deal_or_404)
def ask_lead(person: Actor, deal: Deal) -> Answer:
    form = ReasonForm()

    def do() -> None:
        handovers.ask(session, deal, note=form.text.data, by=person, now=now())

    return step(deal, form, "Ask to lead this deal", "Ask", do, "Asked. The partner answers.")


@pages.post("/<uuid:deal_id>/lead/agreement")
@allow(Can.REGISTER_DEAL, find=deal_or_404)
def agree_lead(person: Actor, deal: Deal) -> Response:
    handovers.agree(session, deal, by=person, now=now())
    flash("Agreed. The deal, its protection and its commission stay yours.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/lead/declining")
@allow(Can.REGISTER_DEAL, find=deal_or_404)
def decline_lead(person: Actor, deal: Deal) -> Response:
    handovers.decline(session, deal, note="", by=person, now=now())
    flash("Declined. You go on leading.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/lead/end")
@allow(Can.FOLLOW_DEAL, find=deal_or_404)
def take_back_lead(person: Actor, deal: Deal) -> Response:
    handovers.take_back(session, deal, by=person, now=now())
    flash("The question is taken back.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/lead/return")
@allow(Can.COMMENT_DEAL, find=deal_or_404)
def give_back_lead(person: Actor, deal: Deal) -> Response:
    handovers.give_back(session, deal, note="", by=person, now=now())
    flash("The partner leads again. The days meanwhile do not count.")
    return back_to(deal)
