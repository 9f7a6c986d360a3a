"""The list of claims: a partner's own, or everybody's for the vendor."""

from __future__ import annotations

from flask import render_template, request
from sqlalchemy import Select
from werkzeug import Response

from models import claims
from models.claims import ClaimFilter, ClaimStatus, TerritoryClaim, last_day
from models.people import Actor
from portal.claims.blueprint import pages
from portal.database import session
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may, staff
from portal.sheets import Column, sheet_response

LATEST_FIRST = [Key(TerritoryClaim.updated_at, True), Key(TerritoryClaim.id, True)]
TONES = {
    ClaimStatus.SUBMITTED: "info",
    ClaimStatus.OFFERED: "warn",
    ClaimStatus.BACKED: "info",
    ClaimStatus.ACTIVE: "good",
    ClaimStatus.WARNED: "warn",
    ClaimStatus.NOTICE: "warn",
    ClaimStatus.REFUSED: "bad",
}
COLUMNS = [
    Column("Number", lambda row: row.number),
    Column("Name", lambda row: row.name),
    Column("Partner", lambda row: row.partner),
    Column("State", lambda row: row.status.words),
    Column("Exclusive", lambda row: "yes" if row.is_exclusive else "no"),
    Column("From", lambda row: row.from_on, "day"),
    Column("Through", lambda row: last_day(row.to_on) if row.to_on else None, "day"),
    Column("Channel manager", lambda row: row.manager),
]


@pages.get("")
@allow(Can.SEE_CLAIMS)
def index(person: Actor) -> str:
    query = _wanted(person)
    return render_template(
        "claims/index.html",
        page=page_of(session, query, LATEST_FIRST),
        count=claims.how_many(session, query),
        states=[state for state in ClaimStatus if not person.is_staff or state.value != "draft"],
        tones=TONES,
        last_day=last_day,
        can_draw=may(person, Can.DRAW_CLAIM),
    )


@pages.get("/export")
@allow(Can.SEE_CLAIMS, fresh=staff)
def export(person: Actor) -> Response:
    rows = session.execute(_wanted(person).order_by(TerritoryClaim.updated_at.desc()))
    return sheet_response("Claims", COLUMNS, rows, request.args.get("as", "csv"))


def _wanted(person: Actor) -> Select:
    """What the filters in the address ask for; what cannot be read narrows nothing."""
    state = request.args.get("status", "")
    wanted = ClaimFilter(
        status=ClaimStatus(state) if state in set(ClaimStatus) else None,
        is_waiting=request.args.get("only") == "waiting",
        text=request.args.get("q", "").replace("\x00", "").strip()[:100],
    )
    return claims.listed(wanted, with_drafts=not person.is_staff)
