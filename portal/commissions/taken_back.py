"""What was taken back and is not set off yet: finance's ageing list, and a partner's own."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request
from werkzeug import Response

from models import commissions, vendor
from models.calendars import local_day, month_of
from models.commissions.taken_back import Owed, lines_taken_back, owed_back
from models.partners.endings import ending_of
from models.people import Actor
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.database import session
from portal.permissions import Can, allow, staff
from portal.sheets import Column, sheet_response


@pages.get("/commissions/taken-back", endpoint="taken_back")
@allow(Can.SEE_TAKEN_BACK)
def index(person: Actor) -> str:
    month = _month()
    lines = lines_taken_back(session, person.partner_id) if person.partner_id else []
    ids = [one for line in lines for one in line.corrects]
    earlier = {row.id: row for row in commissions.queries.corrected(session, ids)}
    named = {line.id: [earlier[UUID(one)] for one in line.corrects] for line in lines}
    return render_template(
        "commissions/taken_back.html",
        owed=owed_back(session, month, partner_id=person.partner_id),
        month=month,
        lines=lines,
        named=named,
        for_staff=person.is_staff,
        has_left=_has_left(person),
    )


@pages.get("/commissions/taken-back/export")
@allow(Can.SEE_TAKEN_BACK, fresh=staff)
def taken_back_export(person: Actor) -> Response:
    rows = owed_back(session, _month(), partner_id=person.partner_id)
    return sheet_response("taken-back", COLUMNS, rows, request.args.get("as", "csv"))


def _has_left(person: Actor) -> bool:
    """Nothing more is earned that it could be set off against."""
    return person.partner_id is not None and ending_of(session, person.partner_id) is not None


def _month() -> str:
    return month_of(local_day(now(), vendor.settings(session).time_zone))


def _age(owed: Owed) -> int:
    return owed.months


COLUMNS = [
    Column("Partner", lambda owed: owed.partner),
    Column("Since", lambda owed: owed.since),
    Column("Months", _age, "number"),
    Column("Age", lambda owed: owed.band),
    Column("Carried", lambda owed: owed.carried, "money"),
    Column("Put off", lambda owed: owed.deferred, "money"),
    Column("Advanced", lambda owed: owed.advanced, "money"),
    Column("Instalments left", lambda owed: owed.parts, "number"),
    Column("To be taken", lambda owed: owed.total, "money"),
    Column("Currency", lambda owed: owed.currency),
]
