"""What is true of deals: whose family, which days, who came first.  Pure: no session, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo


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
