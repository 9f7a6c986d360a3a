"""An appeal: one, for a while, to somebody other than who decided.  Pure.

The same for a rejected deal and for a decided conflict case.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from models.calendars import BusinessCalendar
from models.errors import Refused
from models.people import Actor


def appeal_by(calendar: BusinessCalendar, decided_at: datetime, business_days: int) -> datetime:
    """Until when an appeal may be made, that instant included."""
    return calendar.add_business_days(decided_at, business_days)


def must_be_in_time(*, until: datetime, appealed_at: datetime | None, now: datetime) -> None:
    """Raises Refused for a second appeal, or one that comes too late."""
    if appealed_at is not None:
        raise Refused("You have appealed already; there is one appeal, and it is being looked at.")
    if now > until:
        raise Refused(f"An appeal was possible until {until:%-d %B %Y}. The decision is final now.")


def must_be_somebody_else(by: Actor, *, decided_by_id: UUID | None, decided_by_name: str) -> None:
    """Raises Refused when the decider would judge the appeal against their own decision."""
    if by.id is not None and by.id == decided_by_id:
        raise Refused("You made this decision yourself; somebody else has to judge the appeal.")
    if decided_by_id is None and by.name == decided_by_name:
        raise Refused("You made this decision yourself; somebody else has to judge the appeal.")
