"""The list of conflict cases for the vendor, and a partner's own; the same rows as a file."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from sqlalchemy import func, select
from werkzeug import Response

from models.deals import conflicts
from models.deals.conflicts import (
    Conflict,
    ConflictFilter,
    ConflictSide,
    ConflictStatus,
    Outcome,
)
from models.people import Actor, Role
from portal.clock import now
from portal.conflicts.blueprint import TONES, pages
from portal.database import session
from portal.paging import Key, page_of
from portal.permissions import Can, allow, staff
from portal.sheets import Column, sheet_response

NEWEST_FIRST = [Key(Conflict.opened_at, True), Key(Conflict.id, True)]
OWN_NEWEST_FIRST = [Key(ConflictSide.opened_at, True), Key(ConflictSide.id, True)]
VIEWS = (
    ("To decide", (ConflictStatus.OPEN, ConflictStatus.APPEALED)),
    ("Decided", (ConflictStatus.DECIDED,)),
    ("Final", (ConflictStatus.FINAL, ConflictStatus.SETTLED)),
    ("All", ()),
)
COLUMNS = [
    Column("Case", lambda row: row.number),
    Column("Customer", lambda row: row.customer),
    Column("Product family", lambda row: row.family),
    Column("Status", lambda row: row.status.words),
    Column("Partners", lambda row: row.parties, "number"),
    Column("Our own sales", lambda row: "yes" if row.touch_id else "no"),
    Column("In charge", lambda row: row.manager),
    Column("Opened", lambda row: row.opened_at, "instant"),
    Column("Evidence until", lambda row: row.evidence_by, "instant"),
    Column("Decide by", lambda row: row.decide_by, "instant"),
    Column("Ended", lambda row: row.ended_at, "instant"),
    Column("Decision", lambda row: row.outcome and row.outcome.words),
    Column("Rule", lambda row: row.rule and row.rule.words),
    Column("Decided by", lambda row: row.decided_by_name),
]


@pages.get("")
@allow(Can.SEE_CONFLICTS)
def index(person: Actor) -> str:
    wanted = _wanted(person)
    counted = conflicts.how_many(session, wanted)
    return render_template(
        "conflicts/index.html",
        page=page_of(session, conflicts.listed(wanted), NEWEST_FIRST),
        count=sum(n for status, n in counted.items() if status in (wanted.statuses or counted)),
        views=_views(wanted, counted),
        wanted=wanted,
        outcomes=list(Outcome),
        can_be_mine=person.role is Role.CHANNEL_MANAGER,
        tone=TONES,
        now=now(),
    )


@pages.get("/export")
@allow(Can.SEE_CONFLICTS, fresh=staff)
def export(person: Actor) -> Response:
    """The filtered rows, in the order of the list."""
    order = Conflict.opened_at.desc(), Conflict.id.desc()
    rows = session.execute(
        conflicts.listed(_wanted(person)).order_by(*order).execution_options(yield_per=1000)
    )
    return sheet_response("Conflict cases", COLUMNS, rows, request.args.get("as", "csv"))


@pages.get("/sides")
@allow(Can.SEE_OWN_CONFLICT)
def sides(_person: Actor) -> str:
    """A partner's own cases."""
    return render_template(
        "conflicts/sides.html",
        page=page_of(session, conflicts.own_sides(), OWN_NEWEST_FIRST),
        count=session.scalar(select(func.count(ConflictSide.id))),
        tone=TONES,
    )


def _wanted(person: Actor) -> ConflictFilter:
    """What cannot be read narrows nothing; without a word, what waits for a decision."""
    args = request.args
    asked = set(args.getlist("status")) or {status.value for status in VIEWS[0][1]}
    statuses = tuple(status for status in ConflictStatus if status in asked)
    outcome = args.get("outcome", "")
    return ConflictFilter(
        statuses=() if "all" in asked else statuses,
        outcome=Outcome(outcome) if outcome in set(Outcome) else None,
        manager_id=person.id if args.get("whose") == "mine" else None,
        text=args.get("q", "").replace("\x00", "").strip()[:100],
    )


def _views(wanted: ConflictFilter, counted: dict[ConflictStatus, int]) -> list[dict[str, Any]]:
    """Tabs that keep the other filters."""
    kept: dict[str, Any] = {
        name: request.args[name] for name in ("q", "whose", "outcome") if name in request.args
    }
    return [
        {
            "label": label,
            "url": url_for("conflicts.index", status=list(statuses) or "all", **kept),
            "count": sum(n for status, n in counted.items() if status in (statuses or counted)),
            "current": set(statuses) == set(wanted.statuses),
        }
        for label, statuses in VIEWS
    ]
