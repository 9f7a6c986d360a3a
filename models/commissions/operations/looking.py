"""What can happen before a month is rated anew: who would gain and who lose is worked out.

Partners are tried in parts and taken back, each part in a transaction of its own; what is kept
is by how much each partner's open months would differ.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, delete, func, insert, select, update
from sqlalchemy.orm import Session

from models import bulk, jobs
from models.base import lock, new_id
from models.commissions.operations.rerating import Sums, differences, must_be_open
from models.commissions.queries import is_open
from models.commissions.rerating_tables import MonthRerating, ReratingChange, ReratingState
from models.commissions.slicing import Part, rated_since, rated_since_count
from models.commissions.tables import CommissionLine
from models.errors import Refused
from models.jobs import Job, JobState
from models.people import Actor

LOOK = "look at month rated anew"
"""The job; its payload is {"rerating": id}."""
AT_ONCE = 2_000
"""So many events are tried while one waits; more are left to the worker."""
PART = 2_000
"""About so many events in one transaction."""
TABLE: Any = ReratingChange.__table__
ROWS = 5_000
"""Rows in one statement."""


def look(session: Session, month: str, *, by: Actor, now: datetime) -> MonthRerating:
    """Who would gain and who would lose; where that is much the worker works it out.

    Raises Refused when the month is closed or being closed.
    """
    must_be_open(session, month)
    goes_on = session.scalar(
        select(MonthRerating).where(
            MonthRerating.month == month, MonthRerating.state == ReratingState.LOOKING
        )
    )
    if goes_on is not None:
        if _is_alive(session, goes_on):
            return goes_on
        stop_looking(session, goes_on, why="The worker gave it up.", now=now)
    looking = MonthRerating(
        month=month,
        state=ReratingState.LOOKING,
        event_count=rated_since_count(session, month),
        by_id=by.id,
        by_name=by.name,
        asked_at=now,
    )
    session.add(looking)
    session.flush()
    if looking.event_count > AT_ONCE:
        payload = {"rerating": str(looking.id)}
        jobs.enqueue(session, LOOK, f"{LOOK} {looking.id}", payload, run_at=now)
        return looking
    while look_some(session, looking, now=now):
        pass
    return looking


def look_some(session: Session, looking: MonthRerating, *, now: datetime) -> bool:
    """Some partners more; whether there is more to do.  It may be killed and called again."""
    lock(session, looking)
    if looking.state is not ReratingState.LOOKING:
        return False
    try:
        must_be_open(session, looking.month)
        if tried(session, looking, now=now):
            return True
    except Refused as refusal:
        stop_looking(session, looking, why=str(refusal), now=now)
        return False
    looking.seen = told(session, looking)
    looking.state, looking.finished_at = ReratingState.LOOKED, now
    looking.done_count = looking.event_count
    session.flush()
    return False


def stop_looking(session: Session, looking: MonthRerating, *, why: str, now: datetime) -> None:
    """It could not be worked out."""
    looking.state, looking.why, looking.finished_at = ReratingState.REFUSED, why, now
    session.flush()


def _is_alive(session: Session, looking: MonthRerating) -> bool:
    """Whether the worker is at it, or comes to it."""
    state = session.scalar(select(Job.state).where(Job.key == f"{LOOK} {looking.id}"))
    return state in (JobState.WAITING, JobState.RUNNING)


def begin_again(session: Session, looked: MonthRerating) -> None:
    """Forget what was found."""
    session.execute(delete(ReratingChange).where(ReratingChange.rerating_id == looked.id))
    looked.through_id, looked.done_count = None, 0


def tried(session: Session, looking: MonthRerating, *, now: datetime) -> Part | None:
    """Keep by how much some partners more would differ; None: all were tried before."""
    part = rated_since(session, looking.month, after=looking.through_id, about=PART)
    if part is None:
        return None
    with session.begin_nested():
        found = differences(session, looking.month, part.partners, now=now)
        _add(session, looking, found)
    went_on(looking, part)
    session.flush()
    return part


def went_on(rerating: MonthRerating, part: Part) -> None:
    rerating.through_id = part.last
    rerating.done_count = min(rerating.done_count + part.events, rerating.event_count)


def told(session: Session, looking: MonthRerating) -> str:
    """Say beside each difference what there is now; the hash of all of it."""
    mine = ReratingChange.rerating_id == looking.id
    nothing = mine & (ReratingChange.difference_minor == 0)
    session.execute(delete(ReratingChange).where(nothing))
    now_there = (
        select(func.coalesce(func.sum(CommissionLine.payout_minor), 0).cast(BigInteger))
        .where(
            CommissionLine.partner_id == ReratingChange.partner_id,
            CommissionLine.payout_currency == ReratingChange.currency,
            CommissionLine.period >= looking.month,
            is_open(),
        )
        .scalar_subquery()
    )
    size = func.abs(ReratingChange.difference_minor)
    session.execute(
        update(ReratingChange)
        .where(mine)
        .values(before_minor=now_there, size_minor=size)
        .execution_options(synchronize_session=False)
    )
    seen, partners = hashlib.sha256(looking.month.encode()), set()
    of = ReratingChange
    rows = session.execute(
        select(of.partner_id, of.currency, of.before_minor, of.difference_minor)
        .where(mine)
        .order_by(of.partner_id, of.currency)
        .execution_options(yield_per=1000)
    )
    for partner_id, currency, before, difference in rows:
        partners.add(partner_id)
        seen.update(f"|{partner_id} {currency} {before} {difference}".encode())
    looking.changed_count = len(partners)
    return seen.hexdigest()


def _add(session: Session, looking: MonthRerating, found: Sums) -> None:
    """A distributor gains by the sales of partners that are tried in different parts."""
    who = [one.hex for one, _ in found]
    of = ReratingChange
    known: dict[tuple[UUID, str], UUID] = {
        (row.partner_id, row.currency): row.id
        for row in session.execute(
            select(of.id, of.partner_id, of.currency).where(
                of.rerating_id == looking.id, bulk.among(session, of.partner_id, who)
            )
        )
    }
    for place in known.keys() & found.keys():
        more = of.difference_minor + found[place]
        session.execute(update(of).where(of.id == known[place]).values(difference_minor=more))
    new = [
        {"id": new_id(), "rerating_id": looking.id, "partner_id": place[0],
         "currency": place[1], "difference_minor": minor}
        for place, minor in found.items()
        if place not in known
    ]  # fmt: skip
    for start in range(0, len(new), ROWS):
        session.execute(insert(ReratingChange), new[start : start + ROWS])
