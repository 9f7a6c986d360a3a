"""The list of what is wrong with the territories: ties, holes, and managers without each other."""

from __future__ import annotations

from flask import render_template

from models import redrawing, territories
from models.money import Money
from models.people import Actor
from models.redrawing import Gaps
from portal import formats
from portal.database import session
from portal.permissions import Can, allow, may
from portal.territories.blueprint import pages, today

MOST_SHOWN = 50


@pages.get("/territories/gaps")
@allow(Can.SEE_TERRITORIES)
def gaps(person: Actor) -> str:
    found = redrawing.simulate(session, [], instead=False, today=today())
    told = redrawing.gaps_of(session, found, today=today())
    return render_template(
        "territories/gaps.html",
        gaps=told,
        tiles=_tiles(told),
        subdivision=territories.subdivision_name,
        ties=told.ties[:MOST_SHOWN],
        holes=told.holes[:MOST_SHOWN],
        unmanaged=told.unmanaged[:MOST_SHOWN],
        money=lambda minor: formats.short_money(Money(minor, found.currency)),
        can_edit=may(person, Can.EDIT_TERRITORY),
    )


def _tiles(told: Gaps) -> list[dict]:
    counted = (
        ("Ties between territories", told.ties, "#ties", "bad"),
        ("Exclusive ones that meet", told.unheld, "#unheld", "bad"),
        ("Places with customers of nobody", told.holes, "#holes", "warn"),
        ("Territories without a manager", told.unmanaged, "#unmanaged", "warn"),
        ("Managers without a territory", told.idle, "#idle", "warn"),
    )
    return [
        {"label": label, "value": len(found), "url": url, "tone": tone if found else "good"}
        for label, found, url, tone in counted
    ]
