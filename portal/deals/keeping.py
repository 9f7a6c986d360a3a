"""The days that a customer is kept: extended or not, taken back."""

from __future__ import annotations

from flask import flash
from werkzeug import Response

from models import deals
from models.deals import Deal, RevokeReason
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.deals.answering import Answer, step
from portal.deals.blueprint import back_to, deal_or_404, pages
from portal.deals.forms import ReasonForm
from portal.deals.request_forms import RevokeForm
from portal.permissions import Can, allow


@pages.post("/<uuid:deal_id>/revocation")
@allow(Can.DECIDE_DEAL, find=deal_or_404)
def revoke(person: Actor, deal: Deal) -> Answer:
    form = RevokeForm()

    def do() -> None:
        code, text = RevokeReason(form.code.data), form.text.data
        deals.revoke(session, deal, code=code, text=text, by=person, now=now())

    said = "Revoked. The partner reads your words."
    return step(deal, form, "Revoke the protection", "Revoke", do, said)


@pages.post("/<uuid:deal_id>/extension")
@allow(Can.DECIDE_DEAL, find=deal_or_404)
def extend(person: Actor, deal: Deal) -> Response:
    deals.extend(session, deal, by=person, now=now())
    flash("Extended. The partner is told.")
    return back_to(deal)


@pages.post("/<uuid:deal_id>/extension-refusal")
@allow(Can.DECIDE_DEAL, find=deal_or_404)
def refuse_extension(person: Actor, deal: Deal) -> Answer:
    form = ReasonForm()

    def do() -> None:
        deals.refuse_extension(session, deal, text=form.text.data, by=person, now=now())

    said = "Not extended. The partner reads your words."
    return step(deal, form, "Do not extend", "Do not extend", do, said)
