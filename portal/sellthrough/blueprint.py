"""Where the pages of point-of-sale reports hang, and how what they are about is found."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort
from sqlalchemy import Row, select
from werkzeug import Response

from models import sellthrough, vendor
from models.calendars import BusinessCalendar
from models.partners import Partner
from models.people import Actor
from models.sellthrough import PosReport, ReportState
from portal.database import session

pages = Blueprint("sellthrough", __name__, url_prefix="/point-of-sale")
Answer = Response | tuple[str, int] | str
TONES = {ReportState.READING: "info", ReportState.DONE: "good", ReportState.REFUSED: "bad"}


def report_or_404(_person: Actor, pos_report_id: UUID) -> PosReport:
    found = select(PosReport).where(PosReport.id == pos_report_id)
    return session.scalar(found) or abort(404)


def line_or_404(person: Actor, pos_line_id: UUID) -> Row:
    return sellthrough.one_line(session, pos_line_id, is_staff=person.is_staff) or abort(404)


def own_company(person: Actor) -> Partner | None:
    """None for the vendor's people."""
    return session.get(Partner, person.partner_id) if person.partner_id else None


def calendar() -> BusinessCalendar:
    return vendor.settings(session).calendar
