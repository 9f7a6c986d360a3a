"""What the page of one run shows, and which of its buttons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import vendor
from models.calendars import next_month
from models.money import Money
from models.partners.destinations import DestinationKind
from models.payouts import PayoutRun, PayoutStatus, RunStatus, standing
from models.payouts import queries as asked
from models.payouts.approvals import approvals_of
from models.payouts.calendar import days_of
from models.payouts.operations.approving import colleagues
from models.payouts.previews import Preview, obstacles_in, progress_of, skips_in
from models.payouts.rails import BY_FILE, Rails
from models.payouts.reasons import HEADINGS
from models.payouts.rules import IN_FLIGHT
from models.payouts.tables import PayoutSkip
from models.payouts.terms import terms
from models.people import Actor
from portal.payouts import lists

MOST_SHOWN = 20
"""Of those who are not paid; the rest stands on a page of its own."""

STAYS_LIVE = timedelta(minutes=10)
"""So long after its last step the page asks by itself how far a run is."""

SETTLED = (PayoutStatus.PAID, PayoutStatus.FAILED, PayoutStatus.CANCELLED)

Progress = Mapping[PayoutStatus, tuple[int, Money]]


def run_page(
    session: Session, run: PayoutRun, person: Actor, rails: Rails, now: datetime
) -> dict[str, Any]:
    row = session.execute(asked.runs().where(PayoutRun.id == run.id)).one()
    before = Money(int(session.scalar(asked.paid_for(run.currency, _before(run)))), run.currency)
    open_rails = set(session.scalars(asked.open_rails(run))) - {DestinationKind.STRIPE}
    files = asked.files_of(session, run)
    total = Money(int(row.total_minor), run.currency)
    house = vendor.settings(session)
    return {
        "run": row,
        "total": total,
        "before": before,
        "difference": total - before,
        "result": "Paid" if run.status is RunStatus.CLOSED else "To pay",
        "days": days_of(run.period, terms(session).rhythm, house.calendar),
        "events": asked.run_events_of(session, run),
        "files": files,
        "has_tax": session.scalar(asked.has_tax(run)),
        "can_cancel": run.status is RunStatus.DRAFT
        or (run.status is RunStatus.RELEASED and not files),
        "can_take_file": bool(files) or not BY_FILE.isdisjoint(open_rails),
        "can_pay": bool(open_rails) and (bool(files) or BY_FILE.isdisjoint(open_rails)),
        **_draft(session, run, person, rails, now),
        **progress(session, run, now),
        **_not_paid(session, run),
        **shown_with(run),
    }


def progress(session: Session, run: PayoutRun, now: datetime) -> dict[str, Any]:
    """How far a released run is, by state; for the page and for the part that is asked again."""
    states = progress_of(session, run)
    of_run = {state: found for state, found in states.items() if state is not PayoutStatus.HELD}
    last = session.scalar(asked.last_step(run))
    return {
        "states": [
            (lists.state_of(state), *of_run[state]) for state in PayoutStatus if state in of_run
        ],
        "settled": sum(of_run[state][0] for state in SETTLED if state in of_run),
        "all_of_run": sum(count for count, _ in of_run.values()),
        "failed": of_run.get(PayoutStatus.FAILED, (0, None))[0],
        "is_under_way": run.status is not RunStatus.DRAFT,
        "is_live": run.status is RunStatus.RELEASED
        and any(state in of_run for state in IN_FLIGHT)
        and last is not None
        and now - last < STAYS_LIVE,
    }


def shown_with(run: PayoutRun) -> dict[str, Any]:
    """How rows of this run read."""
    return {
        "shown": lists.state_of,
        "where_to": lists.where_to,
        "amount": lists.amount,
        "change": lists.difference,
        "change_in_percent": lists.change_in_percent,
        "marks": lists.marks,
        "money": lambda minor: Money(int(minor), run.currency),
        "headings": HEADINGS,
    }


def _draft(
    session: Session, run: PayoutRun, person: Actor, rails: Rails, now: datetime
) -> dict[str, Any]:
    if run.status is not RunStatus.DRAFT:
        return {"is_draft": False, "seen": "", "changed": []}
    seen = asked.seen_of(session, run)
    given = [one for one in approvals_of(session, run) if one.seen == seen]
    needs_two = run.prepared_by_id is None and not terms(session).one_person_is_enough
    is_approved = any(one.by_id != person.id for one in given)
    has_approved = any(one.by_id == person.id for one in given)
    is_preparer = run.prepared_by_id == person.id
    return {
        "is_draft": True,
        "seen": seen,
        "changed": standing.changes_in(session, run, rails=rails, now=now),
        "others": colleagues(session, person.id),
        "is_preparer": is_preparer,
        "approved": given,
        "has_approved": has_approved,
        "needs_approval": needs_two and not given,
        "can_approve": needs_two and not has_approved and not is_approved,
        "may_release": not is_preparer and (not needs_two or is_approved),
    }


def _not_paid(session: Session, run: PayoutRun) -> dict[str, Any]:
    held = Preview(run).left_out().order_by(lists.BY_PARTNER[0].column).limit(MOST_SHOWN)
    skipped = skips_in(run).order_by(PayoutSkip.why, PayoutSkip.id).limit(MOST_SHOWN)
    obstacles = obstacles_in(session, run)
    left_out = progress_of(session, run).get(PayoutStatus.HELD, (0, None))[0]
    return {
        "held": session.execute(held).all(),
        "held_count": left_out,
        "skips": session.execute(skipped).all(),
        "obstacles": obstacles,
        "not_paid": left_out + sum(count for _, count, _ in obstacles),
    }


def _before(run: PayoutRun) -> str:
    return next_month(run.period, -1)
