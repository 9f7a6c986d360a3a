"""Pages on which a partner draws up a claim: the form, its draft, its files."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug import Response

from models import claims, files
from models.claims import ClaimStatus, TerritoryClaim
from models.errors import Refused
from models.files import StoredFile
from models.people import Actor
from portal.claims.blueprint import Answer, back_to, claim_or_404, pages, today
from portal.claims.forms import ClaimForm
from portal.claims.looking import Seen, seen_by
from portal.claims.writing import DAY, ask_of, claim_form, places_text
from portal.clock import now
from portal.database import session
from portal.fields import uploads
from portal.permissions import Can, allow, may


def draft_or_404(person: Actor, claim_id: UUID) -> TerritoryClaim:
    claim = claim_or_404(person, claim_id)
    if claim.status is not ClaimStatus.DRAFT:
        raise Refused("Only a draft can be changed. Withdraw this claim and draw up another.")
    return claim


@pages.get("/new")
@allow(Can.DRAW_CLAIM)
def new(person: Actor) -> str:
    form = claim_form(person, None, formdata=None)
    form.places.data = request.args.get("places", "")[:12_000]
    form.from_on.data = today()
    form.through.data = _a_year_later(today()) - DAY
    return _page(person, form, None)


@pages.post("")
@allow(Can.DRAW_CLAIM)
def create(person: Actor) -> Answer:
    return _take(person, None)


@pages.get("/<uuid:claim_id>/edit")
@allow(Can.DRAW_CLAIM, find=draft_or_404)
def edit(person: Actor, claim: TerritoryClaim) -> str:
    return _page(person, claim_form(person, claim, formdata=None), claim)


@pages.post("/<uuid:claim_id>")
@allow(Can.DRAW_CLAIM, find=draft_or_404)
def update(person: Actor, claim: TerritoryClaim) -> Answer:
    return _take(person, claim)


def file_or_404(person: Actor, claim_id: UUID, file_id: UUID) -> StoredFile:
    claim = draft_or_404(person, claim_id)
    asked = select(StoredFile).where(
        StoredFile.id == file_id,
        StoredFile.about_kind == "claim",
        StoredFile.about_id == claim.id,
        StoredFile.removed_at.is_(None),
    )
    return session.scalar(asked) or abort(404)


@pages.post("/<uuid:claim_id>/files/<uuid:file_id>/removal")
@allow(Can.DRAW_CLAIM, find=file_or_404)
def detach(person: Actor, file: StoredFile) -> Response:
    claim = session.get_one(TerritoryClaim, file.about_id)
    claims.detach(session, claim, file, by=person, now=now())
    flash("Taken away.")
    return redirect(url_for("claims.edit", claim_id=claim.id), 303)


def _take(person: Actor, claim: TerritoryClaim | None) -> Answer:
    """One of the form's buttons: look, save, choose on the map, submit."""
    form, button = claim_form(person, claim), request.form.get("button", "save")
    whole = form.validate()
    ask = ask_of(form)
    if not whole or ask is None:
        return _page(person, form, claim), 422
    if button == "look":
        return _page(person, form, claim, seen_by(person, form))
    if button == "submit" and not may(person, Can.AGREE_CLAIM):
        abort(403)
    try:
        if claim is None:
            claim = claims.draft(session, ask, by=person, now=now())
        else:
            claims.save(session, claim, ask, now=now())
        for upload in uploads(form.files):
            claims.attach(session, claim, upload, by=person, now=now())
        if button == "submit":
            claims.submit(session, claim, by=person, now=now())
        session.flush()
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        session.rollback()
        return _page(person, form, _still_there(claim)), 422
    if button == "map":
        text = places_text(ask.terms.places)
        return redirect(url_for("claims.on_map", claim=claim.id, places=text), 303)
    if button == "submit":
        flash("Submitted. Until it is decided the claim gives no right.")
        return back_to(claim)
    flash("Draft saved. Nobody sees it before you submit it.")
    return redirect(url_for("claims.edit", claim_id=claim.id), 303)


def _a_year_later(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return date(day.year + 1, 3, 1)


def _still_there(claim: TerritoryClaim | None) -> TerritoryClaim | None:
    """The draft, unless it was never kept."""
    return session.get(TerritoryClaim, claim.id) if claim is not None else None


def _page(
    person: Actor, form: ClaimForm, claim: TerritoryClaim | None, seen: Seen | None = None
) -> str:
    return render_template(
        "claims/form.html",
        form=form,
        claim=claim,
        seen=seen,
        files=files.attached(session, "claim", claim.id) if claim else [],
        may_submit=may(person, Can.AGREE_CLAIM),
    )
