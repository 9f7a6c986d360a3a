"""Pages about commission lines: the open month as it grows, every line with its working."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for
from sqlalchemy import Row
from werkzeug import Response

from models import commissions, vendor
from models.calendars import first_day, local_day
from models.commissions import Code, CommissionLine, LineFilter, disputes, words
from models.commissions.disputes import DisputeStatus
from models.errors import Refused
from models.money import Money
from models.partners import Partner
from models.people import Actor
from models.scope import vendor_side
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.commissions.shown import all_shown, shown
from portal.database import session
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may, staff
from portal.sheets import Column, sheet_response

LATEST_FIRST = [Key(CommissionLine.id, descending=True)]

VIEWS = (("Open", "open"), ("All", "all"))


def line_or_404(_person: Actor, line_id: UUID) -> Row:
    return commissions.queries.line(session, line_id) or abort(404)


@pages.get("/commissions")
@allow(Can.SEE_COMMISSIONS)
def lines(person: Actor) -> str:
    wanted = filter_from(person)
    sums = commissions.queries.sums(session, wanted)
    page = page_of(session, commissions.queries.lines(wanted), LATEST_FIRST)
    return render_template(
        "commissions/lines.html",
        page=page,
        rows=all_shown(session, page.rows, for_staff=person.is_staff),
        sums=sums,
        count=sum(one.lines for one in sums),
        wanted=wanted,
        codes=[(code, words.name_of(code)) for code in Code],
        views=_views(wanted),
        for_staff=person.is_staff,
        why=_why(person),
    )


@pages.get("/commissions/export")
@allow(Can.SEE_COMMISSIONS, fresh=staff)
def lines_export(person: Actor) -> Response:
    query = commissions.queries.lines(filter_from(person))
    rows = session.execute(query.execution_options(yield_per=1000))
    return sheet_response(
        "commissions", columns(has_partner=person.is_staff), rows, request.args.get("as", "csv")
    )


@pages.get("/commissions/<uuid:line_id>")
@allow(Can.SEE_COMMISSIONS, find=line_or_404)
def line(person: Actor, row: Row) -> str:
    statement = row.statement_id and commissions.queries.statement(session, row.statement_id)
    kept = session.get_one(CommissionLine, row.id)
    told = disputes.of_lines(session, [row.id]).get(row.id, [])
    return render_template(
        "commissions/line.html",
        line=all_shown(session, [row], for_staff=person.is_staff)[0],
        disputes=told,
        can_dispute=may(person, Can.DISPUTE_LINE, row)
        and not any(one.status is DisputeStatus.OPEN for one in told)
        and disputable(row) is None,
        statement=statement,
        corrected=commissions.queries.corrected(session, kept.corrects),
        for_staff=person.is_staff,
    )


def disputable(row: Row) -> str | None:
    """Why a line cannot be disputed today; None when it can."""
    house = vendor.settings(session)
    zone, days = house.time_zone, house.dispute_window_days
    statement = row.statement_id and commissions.queries.statement(session, row.statement_id)
    closed_on = local_day(statement.closed_at, zone) if statement else None
    today = local_day(now(), zone)
    return disputes.why_not(Code(row.code), closed_on=closed_on, today=today, window_days=days)


def filter_from(person: Actor) -> LineFilter:
    """From the address; what cannot be read narrows nothing.  A partner sees its own."""
    args = request.args
    month, code = args.get("month", ""), args.get("code", "")
    return LineFilter(
        words=args.get("q", "").strip()[:100],
        month=month if _is_month(month) else "",
        code=Code(code) if code in list(Code) else None,
        partner_id=person.partner_id,
        only_open=args.get("view", "open") != "all" and not _is_month(month),
    )


def columns(*, has_partner: bool) -> list[Column]:
    """The list as a file; a partner's own file does not repeat the partner."""
    partner = [Column("Partner", lambda row: row.partner_name)] if has_partner else []
    return [
        Column("Line", lambda row: row.number),
        Column("Month", lambda row: row.period),
        Column("Day", lambda row: row.on, "day"),
        *partner,
        Column("Invoice", lambda row: row.invoice_number),
        Column("Deal", lambda row: row.deal_number),
        Column("Customer", lambda row: row.customer_name or row.deal_customer),
        Column("For", lambda row: words.name_of(row.code)),
        Column("Rule", lambda row: shown(row, for_staff=has_partner).rule),
        Column("Amount", lambda row: Money(row.amount_minor, row.currency), "money"),
        Column("Currency", lambda row: row.currency),
        Column("Commission", lambda row: Money(row.payout_minor, row.payout_currency), "money"),
        Column("Paid in", lambda row: row.payout_currency),
    ]


def _why(person: Actor) -> str:
    """Which plan the partner is on and why; empty for staff and where none is assigned."""
    if person.partner_id is None:
        return ""
    with vendor_side(session) as vendors:
        partner = vendors.get_one(Partner, person.partner_id)
        today = local_day(now(), vendor.settings(vendors).time_zone)
        try:
            return commissions.plan_for(vendors, partner, today).why
        except Refused:
            return ""


def _views(wanted: LineFilter) -> list[dict[str, Any]]:
    chosen = "" if wanted.month else "open" if wanted.only_open else "all"
    return [
        {
            "label": label,
            "url": url_for("commissions.lines", view=key),
            "current": key == chosen,
        }
        for label, key in VIEWS
    ]


def _is_month(text: str) -> bool:
    try:
        first_day(text)
    except ValueError:
        return False
    return True
