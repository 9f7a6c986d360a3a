"""Places chosen on a map: a click adds one or takes it back; the address holds what is chosen."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug import Response

from models import claims
from models.claims import Terms, TerritoryClaim, read_places
from models.errors import Refused
from models.people import Actor
from models.scope import vendor_side
from models.territories import Area, AreaKind, lines
from portal.claims.blueprint import claim_or_404, pages, today
from portal.claims.writing import places_text
from portal.clock import now
from portal.database import session, transaction
from portal.fields import country_choices
from portal.maps import WORLD, AreaMap, Paint, area_map
from portal.permissions import Can, allow

LEGEND = [
    ("chosen", "Chosen"), ("mine", "Yours"), ("held", "Held by another partner, at least in part"),
    ("free", "Not held by anybody alone"),
]  # fmt: skip


@pages.get("/map")
@allow(Can.DRAW_CLAIM)
def on_map(person: Actor) -> str:
    of = request.args.get("of", WORLD)
    of = of if of in country_choices() and of else WORLD
    chosen, _faults = read_places(request.args.get("places", "")[:12_000], "")
    claim = _own_draft(person, request.args.get("claim", ""))
    too_often = _too_often(person, of)
    return render_template(
        "claims/map.html",
        drawn=_drawn(person, of, chosen, claim, tells=not too_often),
        too_often=too_often,
        of=of,
        country=country_choices().get(of),
        whole=_toggled(of, chosen, Area(AreaKind.COUNTRY, of), claim) if of != WORLD else None,
        has_whole=Area(AreaKind.COUNTRY, of) in chosen,
        chosen=places_text(chosen),
        count=len(chosen),
        claim=claim,
        kept=_kept(chosen, claim),
    )


@pages.post("/<uuid:claim_id>/places")
@allow(Can.DRAW_CLAIM, find=claim_or_404)
def take_places(_person: Actor, claim: TerritoryClaim) -> Response:
    """The draft gets what was chosen; postal codes that it had stay."""
    chosen, _faults = read_places(request.form.get("places", "")[:12_000], "")
    kept = [area for area in claim.terms.places if area.kind is AreaKind.POSTAL]
    claims.save_places(session, claim, [*chosen, *kept], now=now())
    flash("The places are in your draft.")
    return redirect(url_for("claims.edit", claim_id=claim.id), 303)


def _too_often(person: Actor, of: str) -> str:
    """Each map is a look at an area, counted with all others; kept although nothing is asked."""
    area = Area(AreaKind.GLOBAL) if of == WORLD else Area(AreaKind.COUNTRY, of)
    try:
        with transaction() as own:
            claims.note_look(own, Terms(places=(area,)), by=person, now=now())
    except Refused as refusal:
        return str(refusal)
    return ""


def _drawn(
    person: Actor, of: str, chosen: list[Area], claim: TerritoryClaim | None, *, tells: bool
) -> AreaMap:
    """tells: whether it says what is held, besides what is chosen."""
    assert person.partner_id
    with vendor_side(session) as beside:
        held = claims.held_from(beside, today(), partner_id=person.partner_id) if tells else []
    kind = AreaKind.COUNTRY if of == WORLD else AreaKind.SUBDIVISION

    def paint(code: str) -> Paint:
        area = Area(kind, code)
        if of == WORLD:
            url = url_for("claims.on_map", of=code, **_kept(chosen, claim))
        else:
            url = _toggled(of, chosen, area, claim)
        spans = lines.places([area])
        if area in chosen:
            return Paint("chosen", "Chosen", url)
        if of == WORLD and any(each.value.startswith(f"{code}-") for each in chosen):
            return Paint("chosen", "Chosen in part", url)
        for each in held:
            if lines.meet(spans, each.spans):
                return Paint("mine", "Yours, at least in part", url) if each.is_own else Paint(
                    "held", f"Held by another partner, at least in part{_until(each.until)}", url
                )  # fmt: skip
        if not tells:
            return Paint("none", "Not told now", url)
        return Paint("none" if of == WORLD else "free", "Not held by anybody alone", url)

    return area_map(of, {}, legend=LEGEND[:-1] if of == WORLD else LEGEND, rest=paint)


def _until(end: date | None) -> str:
    return f", until {end:%-d %B %Y}" if end else ""


def _toggled(of: str, chosen: list[Area], area: Area, claim: TerritoryClaim | None) -> str:
    others = [each for each in chosen if each != area]
    after = others if area in chosen else [*others, area]
    return url_for("claims.on_map", of=of, **_kept(after, claim))


def _kept(chosen: list[Area], claim: TerritoryClaim | None) -> dict[str, Any]:
    kept = {"places": places_text(chosen)} if chosen else {}
    return kept | ({"claim": str(claim.id)} if claim else {})


def _own_draft(person: Actor, text: str) -> TerritoryClaim | None:
    try:
        claim = session.get(TerritoryClaim, UUID(text))
    except ValueError:
        return None
    return claim if claim and claim.partner_id == person.partner_id else None
