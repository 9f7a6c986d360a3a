"""What is true of deals: whose family, which days, who came first.  Pure: no session, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from models.calendars import BusinessCalendar


def main_family(lines: Sequence[tuple[UUID, int]]) -> UUID:
    """The product family that a deal is about: the one with the most value, earlier first.

    lines: (family id, amount in minor units).
    """
    sums: dict[UUID, int] = {}
    for family_id, amount_minor in lines:
        sums[family_id] = sums.get(family_id, 0) + amount_minor
    return max(sums, key=lambda family_id: sums[family_id])


EXTENSION_DAYS = 30
EXTENSION_NEEDS_ACTIVITY_DAYS = 30
WARN_DAYS_BEFORE = (14, 7, 1)


def protected_through(approved_on: date, days: int) -> date:
    """The last day, inclusive, on which nobody else is given the customer."""
    return approved_on + timedelta(days=days)


def ends_at(through: date, time_zone: str) -> datetime:
    """The local midnight at which protection through that day is over."""
    midnight = datetime.combine(through + timedelta(days=1), time(), ZoneInfo(time_zone))
    return midnight.astimezone(UTC)


def ago_in_words(then: datetime, now: datetime) -> str:
    """Such as "2 min ago"."""
    minutes = max(0, int((now - then).total_seconds() // 60))
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 24 * 60:
        return f"{minutes // 60} h ago"
    days = minutes // (24 * 60)
    return "a day ago" if days == 1 else f"{days} days ago"


def clock_resumed(
    calendar: BusinessCalendar, *, asked_at: datetime, decide_by: datetime, answered_at: datetime
) -> datetime:
    """When the decision is due after a question: what was left of the clock runs on.

    Whole business days are counted as such, the rest as hours; nothing is left
    of a clock that had run out before the question.
    """
    if decide_by <= asked_at:
        return answered_at
    day, last, days = calendar.day_of(asked_at), calendar.day_of(decide_by), 0
    while (day := calendar.next_business_day(day)) <= last:
        days += 1
    zone = ZoneInfo(calendar.time_zone)
    rest = _clock(decide_by, zone) - _clock(asked_at, zone)
    if rest < timedelta():
        days, rest = days - 1, rest + timedelta(days=1)
    due = calendar.add_business_days(answered_at, max(days, 0)) + rest
    if not calendar.is_business_day(calendar.day_of(due)):
        midnight = ends_at(calendar.next_business_day(calendar.day_of(due)), calendar.time_zone)
        due = midnight - timedelta(days=1) + _clock(due, zone)
    return due


def _clock(instant: datetime, zone: ZoneInfo) -> timedelta:
    """The local time of day, as time since midnight."""
    local = instant.astimezone(zone)
    return timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
