"""Another partner fulfils a deal: proposed on the deal's page, chosen by the vendor, ended."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import flash, render_template

from models import wins
from models.deals import Deal
from models.people import Actor
from portal.agreeing import agreed
from portal.clock import now
from portal.database import session
from portal.deals.answering import Answer, step
from portal.deals.blueprint import back_to, deal_or_404, pages
from portal.deals.forms import ReasonForm
from portal.deals.win_forms import ProposalForm, offer_form
from portal.permissions import Can, allow


@pages.post("/<uuid:deal_id>/sharing")
@allow(Can.REGISTER_DEAL, find=deal_or_404)
def propose_sharing(person: Actor, deal: Deal) -> Answer:
    form = ProposalForm()

    def do() -> None:
        wins.propose(
            session,
            deal,
            named=form.named.data,
            own_percent=form.own_percent.data or Decimal(0),
            message=form.message.data or "",
            by=person,
            now=now(),
        )

    said = "Proposed. We find out who it is and ask them."
    return step(deal, form, "Another partner fulfils it", "Propose", do, said)


@pages.get("/<uuid:deal_id>/sharing/offer")
@allow(Can.DECIDE_DEAL, find=deal_or_404)
def new_offer(person: Actor, deal: Deal) -> str:
    return _page(deal, _form(deal))


@pages.post("/<uuid:deal_id>/sharing/offer")
@allow(Can.DECIDE_DEAL, find=deal_or_404)
def offer_sharing(person: Actor, deal: Deal) -> Answer:
    form = _form(deal)

    def do() -> None:
        wins.offer(
            session,
            deal,
            fulfilling_id=UUID(form.fulfilling.data),
            registering_percent=form.registering_percent.data,
            message=form.message.data or "",
            by=person,
            now=now(),
        )

    if not agreed(form, do):
        return _page(deal, form), 422
    flash("Offered. Both are asked; neither is named to the other before both agree.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/sharing/end")
@allow(Can.SHARE_DEAL, find=deal_or_404)
def end_sharing(person: Actor, deal: Deal) -> Answer:
    form = ReasonForm()

    def do() -> None:
        wins.end(session, deal.id, reason=form.text.data, by=person, now=now())

    said = "Ended. Whoever took part is told."
    return step(deal, form, "End the sharing", "End", do, said)


def _form(deal: Deal) -> Any:
    """With what the registering partner proposed, and whoever it named by name or number."""
    live = wins.sharing_of(session, deal.id)
    partners = wins.who_could_fulfil(session, but_not=deal.partner_id)
    named = live.named.casefold() if live else ""
    known = next(
        (one.id for one in partners if named in (one.name.casefold(), one.number.casefold())), ""
    )
    choices = [(str(one.id), f"{one.name}, {one.number}") for one in partners]
    usual = {
        "fulfilling": str(known),
        "registering_percent": live.registering_percent if live else None,
        "message": live.message if live else "",
    }
    return offer_form(choices)(data=usual)


def _page(deal: Deal, form: Any) -> str:
    live = wins.sharing_of(session, deal.id)
    return render_template("deals/share_offer.html", deal=deal, form=form, live=live)
