"""Where the pages of territories hang, and how what an address names is found."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, abort
from sqlalchemy import select

from models import vendor
from models.calendars import local_day
from models.people import Actor, Person
from models.territories import Territory, TerritoryDrawing
from portal.clock import now
from portal.database import session

pages = Blueprint("territories", __name__)


def territory_or_404(_person: Actor, territory_id: UUID) -> Territory:
    """One that stands, or stood; those of drafts have pages of their own."""
    found = session.get(Territory, territory_id)
    return found if found and found.drawing_id is None else abort(404)


def drawing_or_404(_person: Actor, drawing_id: UUID) -> TerritoryDrawing:
    return session.get(TerritoryDrawing, drawing_id) or abort(404)


def today() -> date:
    """The vendor's."""
    return local_day(now(), vendor.settings(session).time_zone)


def person_name(person_id: UUID | None) -> str | None:
    return session.scalar(select(Person.name).where(Person.id == person_id))
