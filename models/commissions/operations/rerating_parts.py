"""What can happen to a month that the worker rates anew: asked, done in parts, finished."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, jobs
from models.base import lock
from models.commissions.operations.rating import catch_up
from models.commissions.operations.rerating import (
    Change,
    must_be_open,
    preview_rerate,
    rerate_range,
)
from models.commissions.rerating_tables import MonthRerating, ReratingState
from models.commissions.slicing import rated_since, rated_since_count
from models.errors import Refused
from models.people import SYSTEM, Actor

RERATE = "rate month anew"
"""The job; its payload is {"rerating": id}."""
AT_ONCE = 2_000
"""About so many events in one transaction."""


def ask_rerate(
    session: Session, month: str, *, seen: str, by: Actor, now: datetime
) -> MonthRerating:
    """Leave it to the worker.  seen: the hash of the changes that were looked at.

    Raises Refused when the month is closed, or something is rated anew already.
    """
    must_be_open(session, month)
    goes_on = waiting_rerating(session)
    if goes_on is not None:
        raise Refused(f"{goes_on.month} is being rated anew for {goes_on.by_name}; wait for it.")
    rerating = MonthRerating(
        month=month,
        seen=seen,
        event_count=rated_since_count(session, month),
        by_id=by.id,
        by_name=by.name,
        asked_at=now,
    )
    session.add(rerating)
    session.flush()
    payload = {"rerating": str(rerating.id)}
    jobs.enqueue(session, RERATE, f"{RERATE} {rerating.id}", payload, run_at=now)
    detail = {"month": month, "events": rerating.event_count}
    audit.record(session, by, "rating anew asked", rerating, detail=detail, now=now)
    return rerating


def rerate_some(session: Session, rerating: MonthRerating, *, now: datetime) -> bool:
    """Some partners more; whether there is more to do.  It may be killed and called again."""
    lock(session, rerating)
    if rerating.state is not ReratingState.WAITING:
        return False
    try:
        must_be_open(session, rerating.month)
        if rerating.through_id is None and not _is_as_seen(session, rerating, now):
            return _finish(session, rerating, ReratingState.VOID, now=now)
        part = rated_since(session, rerating.month, after=rerating.through_id, about=AT_ONCE)
        if part is None:
            catch_up(session, now=now)
            return _finish(session, rerating, ReratingState.DONE, now=now)
        with session.begin_nested():
            rerate_range(session, rerating.month, part.partners, now=now)
    except Refused as refusal:
        rerating.why = str(refusal)
        return _finish(session, rerating, ReratingState.REFUSED, now=now)
    rerating.through_id = part.last
    rerating.done_count += part.events
    session.flush()
    return True


def waiting_rerating(session: Session) -> MonthRerating | None:
    return session.scalar(select(MonthRerating).where(MonthRerating.state == ReratingState.WAITING))


def stop_rerate(
    session: Session, rerating: MonthRerating, *, why: str, by: Actor, now: datetime
) -> None:
    """What was rated anew stays so; the month can be closed, or rated anew once more."""
    lock(session, rerating)
    if rerating.state is not ReratingState.WAITING:
        raise Refused("It is over already.")
    rerating.why = why
    _finish(session, rerating, ReratingState.REFUSED, by=by, now=now)


def latest_rerating(session: Session, month: str) -> MonthRerating | None:
    return session.scalar(
        select(MonthRerating)
        .where(MonthRerating.month == month)
        .order_by(MonthRerating.id.desc())
        .limit(1)
    )


def seen_of_changes(changes: Iterable[Change]) -> str:
    """The hash of what somebody looks at."""
    told = "|".join(
        f"{one.partner_id} {one.currency} {one.before_minor} {one.after_minor}" for one in changes
    )
    return hashlib.sha256(told.encode()).hexdigest()


def _is_as_seen(session: Session, rerating: MonthRerating, now: datetime) -> bool:
    changes = preview_rerate(session, rerating.month, now=now)
    rerating.changed_count = len({change.partner_id for change in changes})
    return seen_of_changes(changes) == rerating.seen


def _finish(
    session: Session,
    rerating: MonthRerating,
    state: ReratingState,
    *,
    by: Actor = SYSTEM,
    now: datetime,
) -> bool:
    rerating.state, rerating.finished_at = state, now
    if state is ReratingState.DONE:
        rerating.done_count = rerating.event_count
    session.flush()
    detail = {"month": rerating.month, "state": state.value, "partners": rerating.changed_count}
    audit.record(session, by, "month rated anew", rerating, detail=detail, now=now)
    return False
