"""What can happen to a month that the worker rates anew: asked, done in parts, finished."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models import audit, jobs
from models.base import lock
from models.commissions.operations.looking import begin_again, told, tried, went_on
from models.commissions.operations.rating import catch_up
from models.commissions.operations.rerating import must_be_open, rerate_range
from models.commissions.rerating_tables import MonthRerating, ReratingState
from models.commissions.reratings import waiting_rerating
from models.commissions.slicing import rated_since
from models.errors import Refused
from models.people import SYSTEM, Actor

RERATE = "rate month anew"
"""The job; its payload is {"rerating": id}."""
AT_ONCE = 2_000
"""About so many events in one transaction."""


def ask_rerate(
    session: Session, looked: MonthRerating, *, by: Actor, now: datetime
) -> MonthRerating:
    """Leave what was looked at to the worker, which does it if nothing has changed since.

    Raises Refused when the month is closed, or something is rated anew already.
    """
    lock(session, looked)
    must_be_open(session, looked.month)
    goes_on = waiting_rerating(session)
    if goes_on is not None:
        raise Refused(f"{goes_on.month} is being rated anew for {goes_on.by_name}; wait for it.")
    if looked.state is not ReratingState.LOOKED:
        raise Refused("Look again at who would gain and who would lose.")
    begin_again(session, looked)
    looked.state, looked.finished_at = ReratingState.WAITING, None
    looked.by_id, looked.by_name, looked.asked_at = by.id, by.name, now
    session.flush()
    payload = {"rerating": str(looked.id)}
    jobs.enqueue(session, RERATE, f"{RERATE} {looked.id}", payload, run_at=now)
    detail = {"month": looked.month, "events": looked.event_count}
    audit.record(session, by, "rating anew asked", looked, detail=detail, now=now)
    return looked


def rerate_some(session: Session, rerating: MonthRerating, *, now: datetime) -> bool:
    """Some partners more; whether there is more to do.  It may be killed and called again."""
    lock(session, rerating)
    if rerating.state is not ReratingState.WAITING:
        return False
    try:
        must_be_open(session, rerating.month)
        if not rerating.is_checked:
            return _check_some(session, rerating, now=now)
        part = rated_since(session, rerating.month, after=rerating.through_id, about=AT_ONCE)
        if part is None:
            catch_up(session, now=now)
            return _finish(session, rerating, ReratingState.DONE, now=now)
        with session.begin_nested():
            rerate_range(session, rerating.month, part.partners, now=now)
    except Refused as refusal:
        rerating.why = str(refusal)
        return _finish(session, rerating, ReratingState.REFUSED, now=now)
    went_on(rerating, part)
    session.flush()
    return True


def stop_rerate(
    session: Session, rerating: MonthRerating, *, why: str, by: Actor, now: datetime
) -> None:
    """What was rated anew stays so; the month can be closed, or rated anew once more."""
    lock(session, rerating)
    if rerating.state is not ReratingState.WAITING:
        raise Refused("It is over already.")
    rerating.why = why
    _finish(session, rerating, ReratingState.REFUSED, by=by, now=now)


def _check_some(session: Session, rerating: MonthRerating, *, now: datetime) -> bool:
    """All is tried once more, and must come to what was looked at."""
    if tried(session, rerating, now=now):
        return True
    if told(session, rerating) != rerating.seen:
        return _finish(session, rerating, ReratingState.VOID, now=now)
    rerating.is_checked, rerating.through_id, rerating.done_count = True, None, 0
    session.flush()
    return True


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
