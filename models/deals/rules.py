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

    Nothing is left of a clock that had run out before the question.
    """
    return after_business_time(calendar, answered_at, business_time(calendar, asked_at, decide_by))


def business_time(calendar: BusinessCalendar, start: datetime, end: datetime) -> timedelta:
    """The time between them in which the vendor works: a business day counts as 24 hours."""
    start = calendar.add_business_days(start, 0)  # what begins on a free day waits for the next
    if end <= start:
        return timedelta()
    day, last, days = calendar.day_of(start), calendar.day_of(end), 0
    while (day := calendar.next_business_day(day)) <= last:
        days += 1
    zone = ZoneInfo(calendar.time_zone)
    rest = _clock(end, zone) - _clock(start, zone)
    return max(timedelta(days=days) + rest, timedelta())


def after_business_time(
    calendar: BusinessCalendar, start: datetime, time_left: timedelta
) -> datetime:
    """The instant so much business time after `start`.

    Whole business days are counted as such, the rest as hours.
    """
    zone = ZoneInfo(calendar.time_zone)
    due = calendar.add_business_days(start, time_left.days)
    due += time_left - timedelta(days=time_left.days)
    if not calendar.is_business_day(calendar.day_of(due)):
        midnight = ends_at(calendar.next_business_day(calendar.day_of(due)), calendar.time_zone)
        due = midnight - timedelta(days=1) + _clock(due, zone)
    return due


def percent_of_clock(
    calendar: BusinessCalendar,
    *,
    running_since: datetime,
    decide_by: datetime,
    business_days: int,
    percent: int,
) -> datetime | None:
    """When that share of the whole clock has run; None when that was before `running_since`.

    business_days: the whole clock, of which some may have run before it was stopped.
    """
    whole = timedelta(days=business_days)
    if percent >= 100:
        return after_business_time(calendar, decide_by, whole * (percent - 100) / 100)
    left = business_time(calendar, running_since, decide_by) - whole * (100 - percent) / 100
    return after_business_time(calendar, running_since, left) if left > timedelta() else None


def _clock(instant: datetime, zone: ZoneInfo) -> timedelta:
    """The local time of day, as time since midnight."""
    local = instant.astimezone(zone)
    return timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
