"""The page on which staff read every move of a deal: the table that the business obeys."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from werkzeug import Response

from models.deals import VERBS_DONE, DealStatus
from models.deals.transitions import TRANSITIONS, Transition, steps_of
from models.people import PARTNER_ROLES, STAFF, Actor, Role
from portal.deals.blueprint import pages
from portal.formats import words
from portal.permissions import Can, allow, staff
from portal.sheets import Column, sheet_response

COLUMNS = [
    Column("Move", lambda row: row["verb"]),
    Column("From and to", lambda row: "; ".join(row["steps"])),
    Column("Who may", lambda row: row["who"]),
    Column("Fields that open", lambda row: row["fields"]),
    Column("Condition", lambda row: row["condition"]),
    Column("Tells the partner", lambda row: ", ".join(row["tells_partner"])),
    Column("Tells the vendor", lambda row: ", ".join(row["tells_staff"])),
    Column("Audit", lambda row: row["audit"]),
]


@pages.get("/moves")
@allow(Can.SEE_PROGRAMME)
def moves(_person: Actor) -> str:
    states = [{"words": state.words, "verbs": _leaving(state)} for state in DealStatus]
    return render_template("deals/moves.html", rows=_rows(), states=states)


@pages.get("/moves/export")
@allow(Can.SEE_PROGRAMME, fresh=staff)
def export_moves(_person: Actor) -> Response:
    return sheet_response("Moves of a deal", COLUMNS, _rows(), request.args.get("as", "csv"))


def _rows() -> list[dict[str, Any]]:
    return [_row(verb, transition) for verb, transition in TRANSITIONS.items()]


def _row(verb: str, row: Transition) -> dict[str, Any]:
    return {
        "verb": verb.replace("_", " ").capitalize(),
        "done": f"… {VERBS_DONE[verb]} the deal",
        "steps": [
            f"{before.words} → {after.words}" if before is not after else f"{before.words}, stays"
            for before, after in steps_of(verb)
        ],
        "who": _who(row.who),
        "fields": row.fields,
        "condition": row.condition,
        "tells_partner": [kind.replace("-", " ") for kind in row.tells_partner],
        "tells_staff": [kind.replace("-", " ") for kind in row.tells_staff],
        "audit": f"deal: {verb.replace('_', ' ')}",
    }


def _who(roles: frozenset[Role]) -> str:
    if not roles:
        return "Time alone"
    named = []
    if roles >= PARTNER_ROLES:
        named.append("the partner")
    if roles >= STAFF:
        named.append("whoever the rules name")
    else:
        named += [words(role).lower() for role in Role if role in roles and role in STAFF]
    said = ", ".join(named)
    return said[0].upper() + said[1:]


def _leaving(state: DealStatus) -> list[str]:
    return [
        verb.replace("_", " ")
        for verb in TRANSITIONS
        if any(before is state for before, _after in steps_of(verb))
    ]
