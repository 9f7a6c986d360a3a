"""Where the pages of sales hang, and how an invoice in an address is found."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, url_for
from sqlalchemy import select
from werkzeug import Response

from models import commissions, vendor
from models.calendars import local_day
from models.people import Actor
from models.sales import Invoice
from portal.clock import now
from portal.database import session

pages = Blueprint("sales", __name__)


def invoice_or_404(_person: Actor, invoice_id: UUID) -> Invoice:
    return session.scalar(select(Invoice).where(Invoice.id == invoice_id)) or abort(404)


def time_zone() -> str:
    return vendor.settings(session).time_zone


def today() -> date:
    return local_day(now(), time_zone())


def recorded(invoice: Invoice, message: str) -> Response:
    """What was recorded earns at once, in the same transaction."""
    commissions.catch_up(session, partner_id=invoice.partner_id, now=now())
    flash(message)
    return redirect(url_for("sales.show", invoice_id=invoice.id), 303)
