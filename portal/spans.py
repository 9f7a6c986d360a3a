"""Spans of the vendor's days in an address: `from` and `to`, both inclusive."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from models import vendor
from models.calendars import start_of_day
from portal.database import session


def read_day(text: str | None) -> date | None:
    """None for what is no day of our time."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def first_instant(day: date | None) -> datetime | None:
    return start_of_day(day, _time_zone()) if day else None


def last_instant(day: date | None) -> datetime | None:
    """The first instant that is no longer in it."""
    return start_of_day(day + timedelta(days=1), _time_zone()) if day else None


def _time_zone() -> str:
    return vendor.settings(session).time_zone
