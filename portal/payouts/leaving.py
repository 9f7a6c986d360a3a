"""Pages about leaving: what is still to be settled with a partner, and who owes us."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from uuid import UUID

from flask import Response, abort, render_template, request
from sqlalchemy import select

from models.commissions.tables import CommissionLine, Statement
from models.money import Money
from models.partners import Partner, PartnerStatus
from models.payouts import Payout
from models.payouts import queries as asked
from models.payouts.leavers import DEBTS, leavers, leaving_of, owing
from models.people import Actor
from portal.clock import now
from portal.database import session
from portal.paging import Key, page_of
from portal.payouts import lists
from portal.payouts.blueprint import pages
from portal.permissions import Can, allow, staff
from portal.sheets import Column, safe_name, sheet_response, write_csv

OWING_ORDER = [Key(Partner.name), Key(Partner.id), Key(DEBTS.c.currency)]
LEAVERS_ORDER = [Key(Partner.name), Key(Partner.id)]


def leaver_or_404(_person: Actor, partner_id: UUID) -> Partner:
    partner = session.scalar(select(Partner).where(Partner.id == partner_id)) or abort(404)
    return partner if partner.status is PartnerStatus.ENDED else abort(404)


@pages.get("/leavers")
@allow(Can.SETTLE_LEAVERS)
def leaver_list(_person: Actor) -> str:
    return render_template("payouts/leavers.html", page=page_of(session, leavers(), LEAVERS_ORDER))


@pages.get("/leavers/<uuid:partner_id>")
@allow(Can.SETTLE_LEAVERS, find=leaver_or_404)
def leaver(_person: Actor, partner: Partner) -> str:
    return render_template(
        "payouts/leaver.html", partner=partner, leaving=leaving_of(session, partner, now=now())
    )


@pages.get("/leavers/<uuid:partner_id>/file")
@allow(Can.SETTLE_LEAVERS, find=leaver_or_404, fresh=staff)
def leaver_pack(_person: Actor, partner: Partner) -> Response:
    """Everything that was stated and paid, in one file to keep."""
    found: dict[str, tuple[list[Column], Any]] = {
        "statements": (STATEMENT_COLUMNS, _of(Statement, partner)),
        "lines": (LINE_COLUMNS, _of(CommissionLine, partner)),
        "payouts": (
            lists.PAYOUT_COLUMNS,
            session.execute(asked.payouts_of(partner.id).order_by(Payout.id)),
        ),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (columns, rows) in found.items():
            sheet = io.BytesIO()
            write_csv(sheet, columns, rows)
            archive.writestr(f"{name}.csv", sheet.getvalue())
    response = Response(packed.getvalue(), mimetype="application/zip")
    name = f"{safe_name(partner.name)}-{partner.number}.zip"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@pages.get("/payout-runs/owing")
@allow(Can.SETTLE_LEAVERS)
def owing_list(_person: Actor) -> str:
    return render_template(
        "payouts/owing.html", page=page_of(session, owing(), OWING_ORDER), money=_debt
    )


@pages.get("/payout-runs/owing/export")
@allow(Can.SETTLE_LEAVERS, fresh=staff)
def export_owing(_person: Actor) -> Response:
    rows = session.execute(owing().order_by(*lists.in_order(OWING_ORDER)))
    return sheet_response("owing", OWING_COLUMNS, rows, request.args.get("as", "csv"))


def _of(table: Any, partner: Partner) -> Any:
    rows = select(table).where(table.partner_id == partner.id).order_by(table.period, table.id)
    return session.scalars(rows.execution_options(yield_per=1000))


def _debt(row: Any) -> Money:
    """What it owes, as a positive amount."""
    return Money(-row.minor, row.currency)


def _in(name: str) -> Any:
    return lambda row: Money(getattr(row, name), row.currency)


OWING_COLUMNS = [
    Column("Partner", lambda row: row.name),
    Column("Number", lambda row: row.number),
    Column("Status", lambda row: row.status.value),
    Column("Owes", _debt, "money"),
    Column("Currency", lambda row: row.currency),
    Column("Contract ended", lambda row: row.ended_on, "day"),
    Column("Earns until", lambda row: row.tail_through, "day"),
]
STATEMENT_COLUMNS = [
    Column("Statement", lambda row: row.number),
    Column("Month", lambda row: row.period),
    Column("Currency", lambda row: row.currency),
    Column("Opening", _in("opening_minor"), "money"),
    Column("Earned", _in("earned_minor"), "money"),
    Column("Taken back", _in("taken_back_minor"), "money"),
    Column("Payable", _in("payable_minor"), "money"),
    Column("Carried", _in("closing_minor"), "money"),
]
LINE_COLUMNS = [
    Column("Line", lambda row: row.number),
    Column("Month", lambda row: row.period),
    Column("Day", lambda row: row.on, "day"),
    Column("For", lambda row: row.code.value),
    Column("Amount", lambda row: row.payout, "money"),
    Column("Currency", lambda row: row.payout_currency),
]
