"""Pages about statements: the list, one statement opened to its last cent, its files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import abort, render_template, request
from werkzeug import Response

from models import commissions, vendor
from models.calendars import local_day
from models.commissions import Code, Statement, disputes
from models.money import Money
from models.partners import Partner
from models.payouts.queries import payment_of
from models.people import Actor
from portal.charts import bars
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.commissions.filing import filed
from portal.commissions.shown import (
    ShownLine,
    all_shown,
    changes,
    equation,
    standing_of,
)
from portal.database import session
from portal.formats import short_money, short_month
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may, staff
from portal.sheets import Column, sheet_response

LINES = 500
"""Lines on one page; a longer statement has several."""
AS_EARNED = [Key(column) for column in commissions.queries.AS_EARNED]
LATEST_FIRST = [Key(Statement.period, descending=True), Key(Statement.id, descending=True)]


def statement_or_404(_person: Actor, statement_id: UUID) -> Statement:
    return commissions.queries.statement(session, statement_id) or abort(404)


@pages.get("/statements")
@allow(Can.SEE_COMMISSIONS)
def statements(person: Actor) -> str:
    return render_template(
        "commissions/statements.html",
        page=page_of(session, _wanted(person), LATEST_FIRST),
        can_see_taken_back=may(person, Can.SEE_TAKEN_BACK),
        for_staff=person.is_staff,
    )


@pages.get("/statements/export")
@allow(Can.SEE_COMMISSIONS, fresh=staff)
def statements_export(person: Actor) -> Response:
    rows = session.execute(_wanted(person).execution_options(yield_per=1000))
    return sheet_response("statements", COLUMNS, rows, request.args.get("as", "csv"))


@pages.get("/statements/<uuid:statement_id>")
@allow(Can.SEE_COMMISSIONS, find=statement_or_404)
def statement(person: Actor, statement: Statement) -> str:
    page = page_of(session, commissions.queries.lines_of(statement.id), AS_EARNED, size=LINES)
    lines = all_shown(session, page.rows, for_staff=person.is_staff)
    earlier = commissions.queries.statements_before(session, statement)
    before = earlier[0] if earlier else None
    payment = payment_of(session, statement.id)
    both = [one.id for one in (statement, before) if one is not None]
    sums = commissions.queries.by_code(session, *both)
    parts, result = equation(statement, sums[statement.id], standing_of(statement, payment))
    return render_template(
        "commissions/statement.html",
        statement=statement,
        whose=_whose(statement, lines),
        lines=lines,
        page=page,
        total=Money(statement.net_minor, statement.currency),
        parts=parts,
        result=result,
        payment=payment,
        still_owed=_still_owed(statement, payment),
        draw_owed=statement.draw_balance_minor,
        chart=_chart(statement, earlier),
        before=before,
        changes=changes(*(sums[one] for one in both), unit=statement.currency) if before else [],
        corrected=_corrected(lines),
        disputes=disputes.of_lines(session, [line.id for line in lines]),
        disputable=_disputable(person, statement, lines),
        can_miss=may(person, Can.DISPUTE_LINE),
        can_see_payouts=may(person, Can.SEE_PAYOUTS),
        for_staff=person.is_staff,
    )


@pages.get("/statements/<uuid:statement_id>/document.pdf")
@allow(Can.SEE_COMMISSIONS, find=statement_or_404)
def statement_document(_person: Actor, statement: Statement) -> Response:
    return filed(statement, "pdf")


@pages.get("/statements/<uuid:statement_id>/export")
@allow(Can.SEE_COMMISSIONS, find=statement_or_404)
def statement_export(_person: Actor, statement: Statement) -> Response:
    return filed(statement, request.args.get("as", "csv"))


def _still_owed(statement: Statement, payment: Any) -> Money | None:
    """What its payout could not carry, or what came back of it in part."""
    minor = payment.left_minor + payment.back_minor if payment else 0
    return Money(minor, statement.currency) if minor else None


def _disputable(person: Actor, statement: Statement, lines: list[Any]) -> set[UUID]:
    """The lines that this person may dispute today."""
    if not may(person, Can.DISPUTE_LINE, statement):
        return set()
    house = vendor.settings(session)
    said: dict[str, Any] = {
        "closed_on": local_day(statement.closed_at, house.time_zone),
        "today": local_day(now(), house.time_zone),
        "window_days": house.dispute_window_days,
    }
    return {line.id for line in lines if disputes.why_not(Code(line.row.code), **said) is None}


def _wanted(person: Actor) -> Any:
    return commissions.queries.statements(
        partner_id=person.partner_id,
        month=request.args.get("month", "")[:7],
        words=request.args.get("q", "").strip()[:100],
    )


def _chart(statement: Statement, earlier: Sequence[Statement]) -> Any:
    """Net commission of twelve months; a statement alone in its year needs no chart."""
    months = commissions.queries.by_month(statement, earlier)
    if sum(1 for _, minor in months if minor) < 2:
        return None
    unit = statement.currency
    return bars(
        [(short_month(month), minor, short_money(Money(minor, unit))) for month, minor in months]
    )


def _whose(statement: Statement, lines: list[ShownLine]) -> str:
    """Each line says it; only a statement without lines has to ask."""
    if lines:
        return lines[0].row.partner_name
    return session.get_one(Partner, statement.partner_id).name


def _corrected(lines: list[Any]) -> dict[str, list[Any]]:
    """{line id: the earlier lines it corrects}, so that a clawback names its statement."""
    wanted = {str(line.id): line.row.corrects for line in lines if line.row.corrects}
    listed = commissions.queries.corrected(
        session, sorted({one for ids in wanted.values() for one in ids})[:500]
    )
    found = {row.id.hex: row for row in listed}
    return {line_id: [found[one] for one in ids if one in found] for line_id, ids in wanted.items()}


def _amount(name: str) -> Any:
    return lambda row: Money(getattr(row, name), row.currency)


COLUMNS = [
    Column("Statement", lambda row: row.number),
    Column("Month", lambda row: row.period),
    Column("Partner", lambda row: row.partner_name),
    Column("Opening", _amount("opening_minor"), "money"),
    Column("Earned", _amount("earned_minor"), "money"),
    Column("Taken back", _amount("taken_back_minor"), "money"),
    Column("Payable", _amount("payable_minor"), "money"),
    Column("Carried", _amount("closing_minor"), "money"),
    Column("Currency", lambda row: row.currency),
    Column("Lines", lambda row: row.line_count, "number"),
]
