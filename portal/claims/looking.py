"""What a partner sees of an area while it draws: held until when, and how much lies free there.

Never by whom: what others hold comes as a date, what is free as a band.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template

from models import claims
from models.claims import Terms, WhiteSpace
from models.errors import Refused
from models.people import Actor
from models.scope import vendor_side
from portal.claims.blueprint import pages, today
from portal.claims.writing import claim_form, terms_of
from portal.clock import now
from portal.database import session
from portal.permissions import Can, allow


@dataclass(frozen=True)
class Seen:
    """held: the ends of what others hold alone, the latest first; None: without an end."""

    held: list[date | None]
    own: list[str]
    space: WhiteSpace | None = None
    refused: str = ""


@pages.post("/look")
@allow(Can.DRAW_CLAIM)
def look(person: Actor) -> str:
    """A part of the form's page, for its script; the same without script by a button."""
    form = claim_form(person, None)
    form.validate()
    return render_template("claims/look.html", seen=seen_by(person, form))


def seen_by(person: Actor, form: Any) -> Seen | None:
    """None while there is nothing to look at yet."""
    terms = terms_of(form)
    if terms is None or not terms.places or terms.faults(today=today()):
        return None
    return look_at(person, terms)


def look_at(person: Actor, terms: Terms) -> Seen:
    assert person.partner_id
    try:
        claims.note_look(session, terms, by=person, now=now())
    except Refused as refusal:
        return Seen([], [], refused=str(refusal))
    with vendor_side(session) as beside:
        met = claims.overlaps(beside, terms, partner_id=person.partner_id)
        space = claims.white_space(beside, terms, today=today())
    ends = {each.until for each in met if each.kind == "held"}
    held = sorted(ends, key=lambda end: end or date.max, reverse=True)
    return Seen(held, [each.name for each in met if each.kind == "own"], space)
