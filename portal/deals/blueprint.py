"""Where the pages of deals hang, and how a deal in an address is found."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode
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


KEPT = ("view", "q", "family", "after", "before")
"""What an address of the queue may say beside the opened deal."""


def queue_address(said: Iterable[tuple[str, str]], deal_id: UUID | str | None = None) -> str:
    """The queue with the same filters and page, and this deal opened."""
    kept = [pair for pair in said if pair[0] in KEPT and pair[1]]
    query = urlencode([*kept, *([("deal", str(deal_id))] if deal_id else [])])
    return url_for("deals.queue") + (f"?{query}" if query else "")


def back_to(deal: Deal) -> Response:
    """To the next deal of the queue when the decision was made there, else to the deal."""
    if request.values.get("back") == "queue":
        here = parse_qsl(request.values.get("query", ""))
        return redirect(queue_address(here, request.form.get("next")), 303)
    return redirect(url_for("deals.show", deal_id=deal.id), 303)


def back_to_same(deal: Deal) -> Response:
    """To the same deal, in the queue when it was opened there."""
    if request.values.get("back") == "queue":
        here = parse_qsl(request.values.get("query", ""))
        return redirect(queue_address(here, deal.id), 303)
    return redirect(url_for("deals.show", deal_id=deal.id), 303)
