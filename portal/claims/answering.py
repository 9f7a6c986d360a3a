"""What a partner answers: it accepts or declines an offer, protests, withdraws, gives up."""

from __future__ import annotations

from flask import flash
from werkzeug import Response

from models import claims
from models.claims import TerritoryClaim
from models.people import Actor
from portal.claims.blueprint import Answer, back_to, claim_or_404, pages, step
from portal.claims.forms import NoteForm, TextForm
from portal.clock import now
from portal.database import session
from portal.permissions import Can, allow


@pages.post("/<uuid:claim_id>/submission")
@allow(Can.AGREE_CLAIM, find=claim_or_404)
def submit(person: Actor, claim: TerritoryClaim) -> Response:
    claims.submit(session, claim, by=person, now=now())
    flash("Submitted. Until it is decided the claim gives no right.")
    return back_to(claim)


@pages.post("/<uuid:claim_id>/acceptance")
@allow(Can.AGREE_CLAIM, find=claim_or_404)
def accept(person: Actor, claim: TerritoryClaim) -> Response:
    is_second = (offered := claims.terms_of(session, claim.id, "offered")) and offered.is_exclusive
    claims.accept(session, claim, by=person, now=now())
    flash(
        "Accepted. A second person at the vendor confirms it."
        if is_second
        else "Accepted. The territory is yours."
    )
    return back_to(claim)


@pages.post("/<uuid:claim_id>/declining")
@allow(Can.AGREE_CLAIM, find=claim_or_404)
def decline(person: Actor, claim: TerritoryClaim) -> Answer:
    form = NoteForm()
    text = form.text.data or ""
    return step(
        claim, form, "Decline the offer",
        lambda: claims.decline(session, claim, note=text, by=person, now=now()),
        "Declined. What you asked first stands again.",
    )  # fmt: skip


@pages.post("/<uuid:claim_id>/withdrawal")
@allow(Can.AGREE_CLAIM, find=claim_or_404)
def withdraw(person: Actor, claim: TerritoryClaim) -> Response:
    claims.withdraw(session, claim, by=person, now=now())
    flash("Withdrawn.")
    return back_to(claim)


@pages.post("/<uuid:claim_id>/protest")
@allow(Can.AGREE_CLAIM, find=claim_or_404)
def protest(person: Actor, claim: TerritoryClaim) -> Answer:
    form = TextForm()
    return step(
        claim, form, "Protest",
        lambda: claims.protest(session, claim, text=form.text.data, by=person, now=now()),
        "Your protest is in. The change waits for the answer.",
    )  # fmt: skip


@pages.post("/<uuid:claim_id>/giving-up")
@allow(Can.AGREE_CLAIM, find=claim_or_404)
def give_up(person: Actor, claim: TerritoryClaim) -> Answer:
    form = NoteForm()
    text = form.text.data or ""
    return step(
        claim, form, "Give the territory up",
        lambda: claims.give_up(session, claim, note=text, by=person, now=now()),
        "Given up. Your registered deals stay yours.",
    )  # fmt: skip
