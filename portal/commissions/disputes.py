"""Pages about disputes: the list with its clock, for both sides, and one opened from a line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug import Response

from models import commissions, vendor
from models.commissions import CommissionLine, disputes
from models.commissions.disputes import Dispute, DisputeFilter, DisputeStatus
from models.errors import Refused
from models.money import Money
from models.people import Actor
from portal.agreeing import agreed
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.commissions.dispute_forms import ObjectionForm, objection_form
from portal.commissions.lines import disputable, line_or_404
from portal.commissions.shown import all_shown
from portal.database import session
from portal.fields import uploads
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may, staff
from portal.sheets import Column, sheet_response

Answer = Response | tuple[str, int] | str

MOST_PRESSING = [Key(Dispute.decide_by), Key(Dispute.id)]
LATEST_FIRST = [Key(Dispute.id, descending=True)]
OPEN = (DisputeStatus.OPEN,)
VIEWS = (
    ("Open", "open", OPEN),
    ("Decided", "decided", (DisputeStatus.ACCEPTED, DisputeStatus.PART, DisputeStatus.DENIED)),
    ("Withdrawn", "withdrawn", (DisputeStatus.WITHDRAWN,)),
    ("All", "all", ()),
)
TONES = {
    DisputeStatus.OPEN: "warn",
    DisputeStatus.ACCEPTED: "good",
    DisputeStatus.PART: "good",
    DisputeStatus.DENIED: "bad",
}


@pages.get("/disputes", endpoint="disputes")
@allow(Can.SEE_COMMISSIONS)
def index(person: Actor) -> str:
    wanted, view = _wanted(person)
    counted = disputes.counts(session, wanted)
    order = MOST_PRESSING if wanted.statuses == OPEN else LATEST_FIRST
    return render_template(
        "commissions/disputes.html",
        page=page_of(session, disputes.listed(wanted), order),
        count=sum(n for status, n in counted.items() if status in (wanted.statuses or counted)),
        views=_views(counted, view),
        held=disputes.sums_held(session, wanted),
        wanted=wanted,
        can_miss=may(person, Can.DISPUTE_LINE),
        tone=TONES,
        for_staff=person.is_staff,
        now=now(),
    )


@pages.get("/disputes/export")
@allow(Can.SEE_COMMISSIONS, fresh=staff)
def disputes_export(person: Actor) -> Response:
    """The filtered rows, the latest first."""
    wanted, _view = _wanted(person)
    rows = session.execute(
        disputes.listed(wanted).order_by(Dispute.id.desc()).execution_options(yield_per=1000)
    )
    return sheet_response(
        "disputes", _columns(has_partner=person.is_staff), rows, request.args.get("as", "csv")
    )


@pages.get("/commissions/<uuid:line_id>/dispute")
@allow(Can.DISPUTE_LINE, find=line_or_404)
def new_dispute(_person: Actor, row: Row) -> Answer:
    kept = session.get_one(CommissionLine, row.id)
    known = disputes.of_lines(session, [row.id]).get(row.id, [])
    if known and known[0].status is DisputeStatus.OPEN:
        return redirect(url_for("commissions.dispute", dispute_id=known[0].id), 303)
    if reason := disputable(row):
        raise Refused(reason)
    return _form(row, objection_form(commissions.most_to_dispute(session, kept), fresh=True))


@pages.post("/commissions/<uuid:line_id>/dispute")
@allow(Can.DISPUTE_LINE, find=line_or_404)
def open_dispute(person: Actor, row: Row) -> Answer:
    kept = session.get_one(CommissionLine, row.id)
    form = objection_form(commissions.most_to_dispute(session, kept))
    opened: list[UUID] = []

    def do() -> None:
        opened.append(
            commissions.open_dispute(
                session, row.id, form.objection(), uploads=uploads(form["files"]), by=person,
                at=now(), now=now(),
            )
        )  # fmt: skip

    if not agreed(form, do):
        return _form(row, form), 422
    flash("Sent. You see here when we have to decide, and what we decide.")
    return redirect(url_for("commissions.dispute", dispute_id=opened[0]), 303)


def _form(row: Row, form: ObjectionForm) -> str:
    return render_template(
        "commissions/dispute_new.html",
        line=all_shown(session, [row])[0],
        form=form,
        business_days=vendor.settings(session).dispute_business_days,
    )


def _wanted(person: Actor) -> tuple[DisputeFilter, str]:
    """What cannot be read narrows nothing; without a word, what is open."""
    view = request.args.get("view", "open")
    statuses = {key: statuses for _label, key, statuses in VIEWS}
    words = request.args.get("q", "").replace("\x00", "").strip()[:100]
    view = view if view in statuses else "open"
    return DisputeFilter(statuses[view], person.partner_id, words), view


def _views(counted: dict[DisputeStatus, int], chosen: str) -> list[dict[str, Any]]:
    kept: dict[str, Any] = {"q": request.args["q"]} if request.args.get("q") else {}
    return [
        {
            "label": label,
            "url": url_for("commissions.disputes", view=key, **kept),
            "count": sum(n for status, n in counted.items() if status in (statuses or counted)),
            "current": key == chosen,
        }
        for label, key, statuses in VIEWS
    ]


def _columns(*, has_partner: bool) -> list[Column]:
    partner = [Column("Partner", lambda row: row.partner_name)] if has_partner else []
    return [
        Column("Dispute", lambda row: row.number),
        *partner,
        Column("Customer", lambda row: row.customer_name),
        Column("Missing sale", lambda row: row.missing_sale),
        Column("Line", lambda row: row.line_number),
        Column("Statement", lambda row: row.statement_number),
        Column("Reason", lambda row: row.reason.words),
        Column("In question", lambda row: Money(row.amount_minor, row.currency), "money"),
        Column("Added", lambda row: Money(row.added_minor, row.currency), "money"),
        Column("Currency", lambda row: row.currency),
        Column("Status", lambda row: row.status.words),
        Column("Opened", lambda row: row.opened_at, "instant"),
        Column("Decide by", lambda row: row.decide_by, "instant"),
        Column("Closed", lambda row: row.closed_at, "instant"),
        Column("Closed by", lambda row: row.closed_by_name),
    ]
