"""What the worker does about payouts again and again, because the clock alone causes it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models import payouts, vendor
from models.errors import Refused
from portal.payouts.rails import rails


def by_the_calendar(session: Session, now: datetime) -> None:
    """Prepare the runs whose day has come, and remind of those that wait for their release."""
    try:
        vendor.settings(session)
    except Refused:
        return  # nobody has set the portal up yet
    payouts.prepare_due(session, rails=rails(), now=now)
    payouts.remind_of_release(session, now=now)
