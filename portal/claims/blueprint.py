"""Where the pages of claims hang, and how a claim in an address is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug import Response

from models import vendor
from models.claims import TerritoryClaim
from models.people import Actor
from portal.agreeing import agreed
from portal.clock import now
from portal.database import session

pages = Blueprint("claims", __name__, url_prefix="/claims")
Answer = Response | tuple[str, int] | str


def claim_or_404(person: Actor, claim_id: UUID) -> TerritoryClaim:
    """The claim, if this person may know of it; nobody at the vendor knows of drafts."""
    found = select(TerritoryClaim).where(TerritoryClaim.id == claim_id)
    claim = session.scalar(found) or abort(404)
    if person.is_staff and claim.submitted_at is None:
        abort(404)
    return claim


def back_to(claim: TerritoryClaim) -> Response:
    return redirect(url_for("claims.show", claim_id=claim.id), 303)


def today() -> date:
    return vendor.settings(session).calendar.day_of(now())


def step(
    claim: TerritoryClaim, form: Any, title: str, do: Callable[[], object], said: str
) -> Answer:
    """Do it when the form is whole, then go back; otherwise the form again, all of it kept."""
    if not agreed(form, do):
        return asked_again(claim, form, title)
    flash(said)
    return back_to(claim)


def asked_again(claim: TerritoryClaim, form: Any, title: str) -> tuple[str, int]:
    page = render_template(
        "claims/one_form.html", claim=claim, form=form, title=title, url=request.path
    )
    return page, 422
