"""Where the pages of deals hang, and how a deal in an address is found."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, redirect, request, url_for
from sqlalchemy import select
from werkzeug import Response

from models import vendor
from models.calendars import BusinessCalendar
from models.deals import Deal, DealStatus
from models.people import Actor
from portal.database import session

pages = Blueprint("deals", __name__, url_prefix="/deals")

NEVER_SUBMITTED = (DealStatus.DRAFT, DealStatus.WITHDRAWN)


def deal_or_404(person: Actor, deal_id: UUID) -> Deal:
    """The deal, if this person may know of it; nobody at the vendor knows of drafts."""
    deal = session.scalar(select(Deal).where(Deal.id == deal_id)) or abort(404)
    if person.is_staff and deal.submitted_at is None and deal.status in NEVER_SUBMITTED:
        abort(404)
    return deal


def calendar() -> BusinessCalendar:
    return vendor.settings(session).calendar


def back_to(deal: Deal) -> Response:
    """To the next deal of the queue when the decision was made there, else to the deal."""
    if request.form.get("back") == "queue":
        following = request.form.get("next", "")
        return redirect(url_for("deals.queue", deal=following or None), 303)
    return redirect(url_for("deals.show", deal_id=deal.id), 303)
