"""Finishing: when everything of a run is settled, it is closed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.base import lock
from models.payouts.operations.telling import close_when_settled
from models.payouts.tables import PayoutRun
from models.people import SYSTEM


def finish(session: Session, run_id: UUID, *, now: datetime) -> None:
    """Close the run when nothing of it is in flight any more."""
    run = session.get_one(PayoutRun, run_id)
    lock(session, run)
    close_when_settled(session, run, SYSTEM, now)
