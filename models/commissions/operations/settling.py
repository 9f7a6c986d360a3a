"""What can happen to a month with much left to rate: the worker does it, partners after partners.

`settle_month` does what is little at once.  What is more becomes a job, which keeps in its
payload how far it is: killed anywhere, the next run goes on, and a second one finds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import jobs
from models.base import new_id
from models.commissions import tallies
from models.commissions.operations.rating import catch_up
from models.commissions.operations.releasing import due_through, release_due
from models.commissions.rated import RatedEvent, RatingProblem
from models.jobs import Job, JobState
from models.sales import EarningEvent
from models.wins import DealOrder

SETTLE = "settle month"
"""The job; its payload is {"key", "month", "total", "done", "after"}: the last partner done."""
AT_ONCE = 2_000
"""So many events and deals are done while one waits; more are left to the worker."""
WAITED_FOR = (JobState.WAITING, JobState.RUNNING)


class Settling(NamedTuple):
    """How far the worker is, in payments, refunds and orders."""

    done: int
    total: int


def settle_month(session: Session, month: str, *, now: datetime) -> None:
    """Rate what was not rated and pay out what is due, so that its amounts are what it states."""
    catch_up(session, now=now)
    release_due(session, through=due_through(session, month, now), now=now)


def leave_to_worker(session: Session, month: str, *, again: bool = False, now: datetime) -> bool:
    """Whether the worker settles it, because that is much, or it has to be added up again because
    its lines are many; it is asked here, unless the worker is at it.

    again: what could not be rated before is to be tried once more.
    """
    if settling_of(session, month) is not None:
        return True
    events = sum(_not_rated(session, again=again))
    through = due_through(session, month, now)
    due = session.scalar(select(func.count(RatedEvent.id)).where(RatedEvent.due_on <= through)) or 0
    if events + due <= AT_ONCE and not tallies.is_wanted(session, month):
        return False
    key = f"{SETTLE} {month} {new_id()}"
    payload = {"key": key, "month": month, "total": events, "done": 0, "after": None}
    jobs.enqueue(session, SETTLE, key, payload, run_at=now)
    return True


def settled_through(session: Session, key: str, partner_id: UUID, *, events: int) -> None:
    """Keep how far the job is: everybody through this partner, with so many events more."""
    job = session.scalars(select(Job).where(Job.key == key).with_for_update()).one()
    done = job.payload["done"] + events
    job.payload = job.payload | {"after": str(partner_id), "done": done}


def settling_of(session: Session, month: str) -> Settling | None:
    """None: the worker is not asked, or is done."""
    payload: dict[str, Any] | None = session.scalar(
        select(Job.payload)
        .where(Job.topic == SETTLE, Job.state.in_(WAITED_FOR))
        .where(Job.key.startswith(f"{SETTLE} {month} "))
        .limit(1)
    )
    return None if payload is None else Settling(payload["done"], payload["total"])


def _not_rated(session: Session, *, again: bool) -> Sequence[int]:
    """How many events, and how many orders."""
    found = []
    tables: tuple[Any, ...] = (EarningEvent, DealOrder)
    for table in tables:
        rated = select(RatedEvent.id).where(RatedEvent.id == table.id)
        waiting = select(func.count(table.id)).where(~rated.exists())
        if not again:
            stuck = select(RatingProblem.id).where(RatingProblem.source_id == table.id)
            waiting = waiting.where(~stuck.exists())
        found.append(session.scalar(waiting) or 0)
    return found
