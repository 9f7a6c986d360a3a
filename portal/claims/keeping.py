"""What managers do about a claim that holds, and about the deals of one that has ended."""

from __future__ import annotations

from uuid import UUID

from flask import flash, request
from werkzeug import Response

from models import claims
from models.claims import Change, TerritoryClaim
from models.people import Actor
from portal.claims.blueprint import Answer, back_to, claim_or_404, pages, step
from portal.claims.forms import NoteForm, NoticeForm, ProtestAnswerForm, with_currency
from portal.clock import now
from portal.database import session
from portal.permissions import Can, allow


@pages.post("/<uuid:claim_id>/notice")
@allow(Can.DECIDE_CLAIM, find=claim_or_404)
def give_notice(person: Actor, claim: TerritoryClaim) -> Answer:
    form = with_currency(NoticeForm(), claim.currency)

    def do() -> None:
        minimum = form.minimum.data
        claims.give_notice(
            session, claim, Change(form.change.data), on=form.on.data, note=form.text.data,
            minimum_minor=minimum.minor if minimum is not None else None, by=person, now=now(),
        )  # fmt: skip

    return step(claim, form, "Announce a change", do, "Announced. The partner may protest.")


@pages.post("/<uuid:claim_id>/notice/end")
@allow(Can.DECIDE_CLAIM, find=claim_or_404)
def take_back(person: Actor, claim: TerritoryClaim) -> Answer:
    form = NoteForm()
    text = form.text.data or ""
    return step(
        claim, form, "Take the change back",
        lambda: claims.take_back(session, claim, note=text, by=person, now=now()),
        "Taken back. Nothing changes.",
    )  # fmt: skip


@pages.post("/<uuid:claim_id>/protest/answer")
@allow(Can.DECIDE_CLAIM, find=claim_or_404)
def answer_protest(person: Actor, claim: TerritoryClaim) -> Answer:
    form = ProtestAnswerForm()

    def do() -> None:
        stays = form.stays.data == "yes"
        claims.answer_protest(
            session, claim, stays=stays, text=form.text.data, by=person, now=now()
        )  # fmt: skip

    return step(claim, form, "Answer the protest", do, "Answered. The partner reads your words.")


@pages.post("/<uuid:claim_id>/renewal")
@allow(Can.DECIDE_CLAIM, find=claim_or_404)
def renew(person: Actor, claim: TerritoryClaim) -> Response:
    claims.renew(session, claim, by=person, now=now())
    flash("Renewed for as long again.")
    return back_to(claim)


@pages.post("/<uuid:claim_id>/renewal/by-itself")
@allow(Can.DECIDE_CLAIM, find=claim_or_404)
def set_renewal(person: Actor, claim: TerritoryClaim) -> Response:
    renews = request.form.get("renews") == "yes"
    claims.set_renewal(session, claim, renews=renews, by=person, now=now())
    flash("It goes on by itself while its minimum is met." if renews else "It ends with its day.")
    return back_to(claim)


@pages.post("/<uuid:claim_id>/hand-over")
@allow(Can.DECIDE_CLAIM, find=claim_or_404)
def hand_over(person: Actor, claim: TerritoryClaim) -> Response:
    ids = [deal.id for deal in claims.open_deals(session, claim)]
    wanted = set(request.form.getlist("deals"))
    chosen: list[UUID] = [each for each in ids if str(each) in wanted]
    count = claims.hand_over(session, claim, chosen, by=person, now=now())
    flash(f"{count} handed over." if count else "Tick the deals that go elsewhere.")
    return back_to(claim)
