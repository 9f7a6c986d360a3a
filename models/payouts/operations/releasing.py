"""Releasing a run: a second person lets go exactly what was seen, and the money is reserved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import vendor
from models.base import lock
from models.errors import Refused
from models.partners import Partner
from models.payouts.due import Due, dues, obstacle
from models.payouts.operations.postings import give_back, reserve
from models.payouts.operations.steps import links_of, lock_payouts, move, step
from models.payouts.queries import files_of, seen_of
from models.payouts.rails import Rails
from models.payouts.rules import PayoutStatus, RunStatus
from models.payouts.tables import Payout, PayoutRun
from models.people import Actor, Person, PersonStatus, Role
from models.vendor import Vendor


def release(
    session: Session, run: PayoutRun, *, seen: str, rails: Rails, by: Actor, now: datetime
) -> None:
    """Promise the money of a draft run.  `seen`: the hash on the page that was looked at."""
    lock(session, run)
    _must_be_another(session, run, by)
    payouts = lock_payouts(session, run, PayoutStatus.DRAFT)
    if not payouts:
        raise Refused("Nobody is left in this run. Cancel it.")
    if seen_of(session, run) != seen:
        raise Refused("This run has changed since you looked at it. Look again, then release.")
    _must_still_hold(session, run, payouts, rails, now)
    move(session, run, "release", by=by, now=now)
    run.released_by_id, run.released_at, run.released_seen = by.id, now, seen
    for payout in payouts:
        step(session, payout, "approve", by=by, now=now)
    reserve(session, payouts, now=now)


def cancel(session: Session, run: PayoutRun, *, reason: str, by: Actor, now: datetime) -> None:
    """Take a run back, as long as nothing of it can have left."""
    lock(session, run)
    if run.status is RunStatus.CANCELLED:
        raise Refused(f"Run {run.number} is already cancelled.")
    if not reason.strip():
        raise Refused("Say why the run is cancelled.")
    if files_of(session, run):
        raise Refused(
            f"The bank file of run {run.number} has been made. "
            "Record each payment as paid or failed instead."
        )
    payouts = lock_payouts(session, run)
    if any(payout.status in (PayoutStatus.PAID, PayoutStatus.FAILED) for payout in payouts):
        raise Refused(f"Run {run.number} has payments that are settled; it cannot be cancelled.")
    move(session, run, "cancel", by=by, now=now, note=reason.strip())
    run.settled_at = now
    give_back(session, [p for p in payouts if p.status is PayoutStatus.APPROVED], now=now)
    for payout in payouts:
        step(session, payout, "cancel", by=by, now=now, note=reason.strip())
        for link in links_of(session, payout):
            link.is_live = False


def _must_be_another(session: Session, run: PayoutRun, by: Actor) -> None:
    if run.status is RunStatus.RELEASED or run.status is RunStatus.CLOSED:
        who = session.scalar(select(Person.name).where(Person.id == run.released_by_id))
        raise Refused(f"Run {run.number} is already released, by {who}.")
    if by.id is None:
        raise Refused("A person releases a run, never the system.")
    if run.prepared_by_id == by.id:
        raise Refused(
            "You prepared this run, so a second person must release it. "
            + _who_else(session, by.id)
        )


def _who_else(session: Session, but: UUID) -> str:
    names = session.scalars(
        select(Person.name)
        .where(Person.role == Role.FINANCE, Person.status == PersonStatus.ACTIVE, Person.id != but)
        .order_by(Person.name)
        .limit(5)
    ).all()
    if not names:
        return "Nobody else has the finance role yet: ask an administrator to invite somebody."
    return f"Ask {' or '.join(names)}."


def _must_still_hold(
    session: Session, run: PayoutRun, payouts: Sequence[Payout], rails: Rails, now: datetime
) -> None:
    """Everything that was true when the run was prepared is asked again, under lock."""
    house = vendor.settings(session)
    partners = [payout.partner_id for payout in payouts]
    session.execute(
        select(Partner.id).where(Partner.id.in_(partners)).order_by(Partner.id).with_for_update()
    )
    standing = dues(session, run.currency, through=run.period, only=partners)
    now_due = {due.partner.id: due for due in standing}
    for payout in payouts:
        due = replace(now_due[payout.partner_id], amount=payout.amount)
        reason = _changed(payout, due) or _obstacle(due, house, rails, now)
        if reason:
            raise Refused(
                f"{due.partner.name} cannot be paid any more. {reason} Leave it out of the run."
            )


def _changed(payout: Payout, due: Due) -> str | None:
    if due.owed < payout.amount:
        return "The ledger owes it less than this payout."
    if due.destination is None or due.destination.id != payout.destination_id:
        return "Its bank details were changed after the run was prepared."
    return None


def _obstacle(due: Due, house: Vendor, rails: Rails, now: datetime) -> str | None:
    problem = obstacle(due, house, rails, now=now)
    return problem.reason if problem else None
