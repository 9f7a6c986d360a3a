"""What managers decide about a claim: approve, limit, offer otherwise, refuse, look again."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import flash, render_template, request
from werkzeug import Response

from models import claims
from models.claims import ClaimStatus, RefuseReason, Terms, TerritoryClaim
from models.errors import Refused
from models.people import Actor
from portal.claims.blueprint import Answer, back_to, claim_or_404, pages, step
from portal.claims.forms import RefuseForm, TextForm
from portal.claims.writing import limit_form, terms_of
from portal.clock import now
from portal.database import session
from portal.permissions import Can, allow

LIMIT, OFFER = "Give less than was asked", "Make a counter-offer"


@pages.post("/<uuid:claim_id>/approval")
@allow(Can.DECIDE_CLAIM, find=claim_or_404)
def approve(person: Actor, claim: TerritoryClaim) -> Response:
    claims.approve(session, claim, moves=_ticked(), by=person, now=now())
    flash(_said(claim))
    return back_to(claim)


@pages.get("/<uuid:claim_id>/limit")
@allow(Can.DECIDE_CLAIM, find=claim_or_404)
def new_limit(_person: Actor, claim: TerritoryClaim) -> str:
    return _page(claim, limit_form(claim, formdata=None), LIMIT)


@pages.post("/<uuid:claim_id>/limit")
@allow(Can.DECIDE_CLAIM, find=claim_or_404)
def limit(person: Actor, claim: TerritoryClaim) -> Answer:
    def do(terms: Terms, reason: str) -> None:
        claims.limit(session, claim, terms, reason=reason, by=person, now=now())

    return _with_terms(claim, LIMIT, do, lambda: _said(claim))


@pages.get("/<uuid:claim_id>/offer")
@allow(Can.DECIDE_CLAIM, find=claim_or_404)
def new_offer(_person: Actor, claim: TerritoryClaim) -> str:
    return _page(claim, limit_form(claim, formdata=None), OFFER)


@pages.post("/<uuid:claim_id>/offer")
@allow(Can.DECIDE_CLAIM, find=claim_or_404)
def offer(person: Actor, claim: TerritoryClaim) -> Answer:
    def do(terms: Terms, reason: str) -> None:
        claims.offer(session, claim, terms, note=reason, by=person, now=now())

    return _with_terms(claim, OFFER, do, lambda: "Offered. The partner accepts or declines it.")


@pages.post("/<uuid:claim_id>/refusal")
@allow(Can.DECIDE_CLAIM, find=claim_or_404)
def refuse(person: Actor, claim: TerritoryClaim) -> Answer:
    form = RefuseForm()

    def do() -> None:
        code = RefuseReason(form.code.data)
        claims.refuse(session, claim, code=code, text=form.text.data, by=person, now=now())

    return step(claim, form, "Refuse the claim", do, "Refused. The partner reads your words.")


@pages.post("/<uuid:claim_id>/return")
@allow(Can.DECIDE_CLAIM, find=claim_or_404)
def send_back(person: Actor, claim: TerritoryClaim) -> Answer:
    form = TextForm()
    return step(
        claim, form, "Look at it again",
        lambda: claims.send_back(session, claim, note=form.text.data, by=person, now=now()),
        "Back to the first manager. The partner is not told.",
    )  # fmt: skip


def _with_terms(
    claim: TerritoryClaim,
    title: str,
    do: Callable[[Terms, str], None],
    said: Callable[[], str],
) -> Answer:
    form = limit_form(claim)
    whole = form.validate()
    terms = terms_of(form)
    if not whole or terms is None:
        return _page(claim, form, title), 422
    try:
        do(terms, form.reason.data)
        session.flush()
    except Refused as refusal:
        session.rollback()
        form.form_errors.append(str(refusal))
        return _page(claim, form, title), 422
    flash(said())
    return back_to(claim)


def _ticked() -> list[UUID]:
    found = []
    for text in request.form.getlist("moves"):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _said(claim: TerritoryClaim) -> str:
    if claim.status is ClaimStatus.BACKED:
        return "Approved by you. It is exclusive, so a second person confirms it."
    return "Approved. It is a territory now, and the partner is told."


def _page(claim: TerritoryClaim, form: object, title: str) -> str:
    return render_template("claims/terms.html", claim=claim, form=form, title=title)
