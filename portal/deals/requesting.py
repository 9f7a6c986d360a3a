"""The page of what waits besides registrations: appeals, changes, letters, more time."""

from __future__ import annotations

from flask import render_template, request, url_for
from werkzeug import Response

from models import deals
from models.deals import Asked
from models.deals.requests import KINDS, how_many_requests, requests
from models.people import Actor, Role
from portal.clock import now
from portal.database import session
from portal.deals.blueprint import pages
from portal.permissions import Can, allow, staff
from portal.sheets import Column, sheet_response

MOST = 200
"""Who has more than that waiting needs help, not a longer page."""

COLUMNS = [
    Column("What", lambda row: KINDS[row.kind]),
    Column("Deal", lambda row: row.number),
    Column("Customer", lambda row: row.customer_name),
    Column("Partner", lambda row: row.partner),
    Column("Since", lambda row: row.asked_at),
    Column("In their words", lambda row: row.note),
    Column("Judge", lambda row: row.judge),
    Column("Due", lambda row: row.due_at),
]


@pages.get("/requests")
@allow(Can.APPROVE_DEAL)
def asked_for(person: Actor) -> str:
    view = _view(person)
    rows = session.execute(requests(_whose(person, view)).limit(MOST)).all()
    labels = {"mine": "Waits for me", "all": "Everybody's"}
    views = [
        {
            "label": label,
            "url": url_for("deals.asked_for", view=key),
            "current": key == view,
            "count": len(rows) if key == view else None,
        }
        for key, label in labels.items()
    ]
    return render_template(
        "deals/requests.html", rows=rows, view=view, views=views, kinds=KINDS,
        count=how_many_requests(session, _whose(person, view)),
    )  # fmt: skip


@pages.get("/requests/export")
@allow(Can.APPROVE_DEAL, fresh=staff)
def export_asked_for(person: Actor) -> Response:
    rows = session.execute(requests(_whose(person, _view(person)))).all()
    return sheet_response("Requests", COLUMNS, rows, request.args.get("as", "csv"))


def _view(person: Actor) -> str:
    usual = "all" if person.role is Role.ADMINISTRATOR else "mine"
    wanted = request.args.get("view", usual)
    return wanted if wanted in ("mine", "all") else usual


def _whose(person: Actor, view: str) -> Asked | None:
    return deals.asked_of(session, person, now=now()) if view == "mine" else None
