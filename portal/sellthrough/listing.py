"""The list of lines with its filters and its file, and one line."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response as Download
from flask import render_template, request
from sqlalchemy import Row, or_, select

from models import sellthrough
from models.money import Money
from models.people import Actor, Person
from models.sellthrough import LineFilter, PosLine, PosReport
from models.territories import Territory
from portal.database import session
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may, staff
from portal.sellthrough.blueprint import line_or_404, pages
from portal.sheets import Column, sheet_response

LATEST_FIRST = [Key(PosLine.sold_on, True), Key(PosLine.id, True)]
SHEET = [
    Column("Report", lambda row: row.report_name),
    Column("Sold on", lambda row: row.sold_on, "day"),
    Column("Invoice", lambda row: row.invoice_number),
    Column("Article", lambda row: row.sku),
    Column("Product", lambda row: row.product),
    Column("Pieces", lambda row: row.quantity, "number"),
    Column("Price of one", lambda row: Money(row.unit_minor, row.currency), "money"),
    Column("Currency", lambda row: row.currency),
    Column("Reseller", lambda row: row.reseller_name or row.reseller_ref),
    Column("End customer", lambda row: row.end_user_name),
    Column("Postal code", lambda row: row.end_user_postal),
    Column("Country", lambda row: row.end_user_country),
    Column("Serial numbers", lambda row: "; ".join(row.serials)),
    Column("Deal", lambda row: row.deal),
    Column("Counts", lambda row: "no" if row.replaced_at else "yes"),
]
FOR_STAFF = [
    Column("Distributor", lambda row: row.partner),
    Column("Our customer", lambda row: row.customer),
    Column("Why this deal", lambda row: row.deal_why),
    Column("Territory", lambda row: row.territory),
    Column("Channel manager", lambda row: row.channel_manager),
    Column("Why", lambda row: row.why),
]


@pages.get("/lines")
@allow(Can.SEE_POS)
def lines(person: Actor) -> str:
    query = sellthrough.lines(_wanted(person), is_staff=person.is_staff)
    return render_template(
        "sellthrough/lines.html",
        page=page_of(session, query, LATEST_FIRST),
        total=sellthrough.how_many(session, query),
        is_staff=person.is_staff,
        distributors=_distributors(person),
        territories=_territories(person),
        managers=_managers(person),
    )


@pages.get("/lines/export")
@allow(Can.SEE_POS, fresh=staff)
def lines_export(person: Actor) -> Download:
    query = sellthrough.lines(_wanted(person), is_staff=person.is_staff)
    rows = session.execute(query.order_by(PosLine.sold_on.desc(), PosLine.id.desc()))
    columns = [*SHEET, *(FOR_STAFF if person.is_staff else [])]
    return sheet_response("Point-of-sale lines", columns, rows, request.args.get("as", "csv"))


@pages.get("/lines/<uuid:pos_line_id>")
@allow(Can.SEE_POS, find=line_or_404)
def line(person: Actor, line: Row) -> str:
    return render_template(
        "sellthrough/line.html",
        line=line,
        unit=Money(line.unit_minor, line.currency),
        amount=Money(line.unit_minor * line.quantity, line.currency),
        returns=_line_of(line.returns_id, person),
        replaced_by=_report_of(line.replaced_by_id),
        is_staff=person.is_staff,
        sees_routing=may(person, Can.SEE_ROUTING),
    )


def _line_of(line_id: UUID | None, person: Actor) -> Row | None:
    return sellthrough.one_line(session, line_id, is_staff=person.is_staff) if line_id else None


def _report_of(report_id: UUID | None) -> Row | None:
    query = select(PosReport.id, PosReport.name, PosReport.number)
    return session.execute(query.where(PosReport.id == report_id)).first() if report_id else None


def _wanted(person: Actor) -> LineFilter:
    args = {name: value.replace("\x00", "") for name, value in request.args.items()}
    whose = person.id if args.get("whose") == "mine" else _id(args.get("manager", ""))
    return LineFilter(
        text=args.get("q", "")[:100],
        partner_id=_id(args.get("distributor", "")),
        report=args.get("report", "")[:20],
        from_on=_day(args.get("from", "")),
        to_on=_day(args.get("to", "")),
        territory_id=_id(args.get("territory", "")) if person.is_staff else None,
        person_id=whose if person.is_staff else None,
        sku=args.get("sku", "")[:64],
        is_matched={"yes": True, "no": False}.get(args.get("deal", "")),
    )


def _distributors(person: Actor) -> Any:
    return session.execute(sellthrough.distributors()).all() if person.is_staff else []


def _territories(person: Actor) -> Any:
    """Those that hold a line."""
    if not person.is_staff:
        return []
    held = select(sellthrough.PosRouting.territory_id)
    query = select(Territory.id, Territory.name).where(Territory.id.in_(held))
    return session.execute(query.order_by(Territory.name, Territory.id)).all()


def _managers(person: Actor) -> Any:
    """Those to whom a line was routed."""
    if not person.is_staff:
        return []
    routing = sellthrough.PosRouting
    columns = (routing.channel_manager_id, routing.sales_manager_id)
    has = or_(*(Person.id.in_(select(column)) for column in columns))
    return session.execute(
        select(Person.id, Person.name).where(has).order_by(Person.name, Person.id)
    ).all()


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
