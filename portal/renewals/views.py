"""Renewals due: the list of partner and staff, the proposal, and its one button."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug import Response

from models import deals, renewals, vendor
from models.deals import Deal, DealStatus
from models.people import Actor, Role
from models.renewals import DAYS_BEFORE, RenewalFilter
from portal.clock import now
from portal.database import session
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may, staff
from portal.sheets import Column, sheet_response

pages = Blueprint("renewals", __name__, url_prefix="/renewals")

SOONEST_FIRST = [Key(Deal.renews_on), Key(Deal.id)]
OVERDUE_DAYS = 90
"""So long a renewal that nobody registered stays in the list after its day."""
MONTHS_AHEAD_DAYS = 366
VIEWS = (("To register", "open"), ("With those registered", "all"), ("The whole year", "year"))


def won_deal_or_404(_person: Actor, deal_id: UUID) -> Deal:
    won = select(Deal).where(Deal.id == deal_id, Deal.status == DealStatus.WON)
    return session.scalar(won) or abort(404)


@pages.get("")
@allow(Can.SEE_DEALS)
def index(person: Actor) -> str:
    view = _view()
    return render_template(
        "renewals/index.html",
        page=page_of(session, renewals.due(_wanted(person, view)), SOONEST_FIRST),
        views=[
            {"label": label, "url": url_for("renewals.index", view=key), "current": key == view}
            for label, key in VIEWS
        ],
        today=_today(),
        days=DAYS_BEFORE,
        sees_partners=_sees_partners(person),
    )


@pages.get("/export")
@allow(Can.SEE_DEALS, fresh=staff)
def export(person: Actor) -> Response:
    query = renewals.due(_wanted(person, _view())).order_by(Deal.renews_on, Deal.id)
    rows = session.execute(query.execution_options(yield_per=1000))
    columns = _columns(has_partner=_sees_partners(person))
    return sheet_response("Renewals", columns, rows, request.args.get("as", "csv"))


@pages.get("/<uuid:deal_id>")
@allow(Can.SEE_DEALS, find=won_deal_or_404)
def show(person: Actor, deal: Deal) -> str:
    """The proposal: what was sold, when it ends, and the button."""
    return render_template(
        "renewals/show.html",
        deal=deal,
        lines=deals.lines_of(session, deal.id),
        today=_today(),
        begun=renewals.renewal_begun(session, deal.id),
        is_registered=renewals.renewal_registered(session, deal),
        can_begin=may(person, Can.REGISTER_DEAL, deal),
    )


@pages.post("/<uuid:deal_id>")
@allow(Can.REGISTER_DEAL, find=won_deal_or_404)
def begin(person: Actor, deal: Deal) -> Response:
    """The draft with everything filled in; pressed twice, it is the same draft."""
    draft = renewals.begin(session, deal, by=person, now=now())
    if draft.status is not DealStatus.DRAFT:
        return redirect(url_for("deals.show", deal_id=draft.id), 303)
    flash("A draft is filled in. Look it over and submit it.")
    return redirect(url_for("deals.edit", deal_id=draft.id), 303)


def _columns(*, has_partner: bool) -> list[Column]:
    partner = [Column("Partner", lambda row: row.partner)] if has_partner else []
    today = _today()
    return [
        Column("Deal", lambda row: row.number),
        Column("Customer", lambda row: row.customer_name),
        *partner,
        Column("Product family", lambda row: row.family),
        Column("Value", lambda row: row.value, "money"),
        Column("Currency", lambda row: row.value.currency),
        Column("Won on", lambda row: row.won_on, "day"),
        Column("Renewal", lambda row: row.renews_on, "day"),
        Column("Days left", lambda row: (row.renews_on - today).days, "number"),
        Column("Proposed", lambda row: row.proposed_at, "instant"),
        Column("Registered", lambda row: "yes" if row.is_registered else "no"),
    ]


def _view() -> str:
    view: Any = request.args.get("view", "open")
    return view if view in {key for _, key in VIEWS} else "open"


def _wanted(person: Actor, view: str) -> RenewalFilter:
    """Of the coming months; a channel manager's own partners only where it is asked for."""
    today = _today()
    ahead = MONTHS_AHEAD_DAYS if view == "year" else max(DAYS_BEFORE)
    mine = request.args.get("whose") == "mine" and person.role is Role.CHANNEL_MANAGER
    return RenewalFilter(
        from_on=today - timedelta(days=OVERDUE_DAYS),
        to_on=today + timedelta(days=ahead),
        only_open=view == "open",
        channel_manager_id=person.id if mine else None,
    )


def _sees_partners(person: Actor) -> bool:
    return person.is_staff or bool(person.reads - {person.partner_id})


def _today() -> date:
    return vendor.settings(session).calendar.day_of(now())
