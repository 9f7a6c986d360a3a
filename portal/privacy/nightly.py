"""What is past its time goes at night: a job in parts, which is tried again when it fails."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import jobs, privacy, vendor
from models.jobs import Job
from portal.clock import now
from portal.database import transaction

SWEEP = "privacy.sweep"


def every_night(session: Session, at: datetime) -> None:
    """Once a day of the vendor's."""
    key = f"{SWEEP} {vendor.settings(session).calendar.day_of(at)}"
    if session.scalar(select(Job.id).where(Job.key == key)) is None:
        jobs.enqueue(session, SWEEP, key, {}, run_at=at)


def sweep_once(_payload: dict[str, Any]) -> datetime | None:
    """One part; the next at once as long as one was full."""
    with transaction() as session:
        gone = privacy.sweep(session, now())
    return now() if any(count >= privacy.BATCH for count in gone.values()) else None


ERRANDS = {SWEEP: sweep_once}
