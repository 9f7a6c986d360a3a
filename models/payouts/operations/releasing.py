"""Releasing a run: a second person lets go exactly what was seen, and the money is reserved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import jobs
from models.base import lock
from models.errors import Refused
from models.partners import Partner
from models.partners.destinations import DestinationKind
from models.payouts.operations.approving import (
    CHANGED,
    must_be_the_second,
    must_not_pay_alone_what_it_wrote,
)
from models.payouts.operations.postings import give_back, reserve
from models.payouts.operations.steps import links_of, lock_payouts, move, step
from models.payouts.provider.queries import open_differences
from models.payouts.queries import files_of, seen_of
from models.payouts.rails import Rails
from models.payouts.rules import PayoutStatus, RunStatus
from models.payouts.standing import changes, in_words
from models.payouts.tables import Payout, PayoutRun
from models.payouts.transfers.rules import LOOK, LOOK_GOOD_FOR, SEND
from models.people import Actor, Person

LANES, LANE_OF = 4, 50
"""As many workers at once may send a run by Stripe; one does for so many payouts."""


def release(
    session: Session, run: PayoutRun, *, seen: str, rails: Rails, by: Actor, now: datetime
) -> None:
    """Promise the money of a draft run.  `seen`: the hash on the page that was looked at."""
    lock(session, run)
    _must_be_draft(session, run)
    if by.id is None:
        raise Refused("A person releases a run, never the system.")
    payouts = lock_payouts(session, run, PayoutStatus.DRAFT)
    if not payouts:
        raise Refused("Nobody is left in this run. Cancel it.")
    if seen_of(session, run) != seen:
        raise Refused(CHANGED.format(verb="release"))
    must_be_the_second(session, run, seen, by)
    must_not_pay_alone_what_it_wrote(session, run, seen, by)
    _must_still_hold(session, run, payouts, rails, now)
    _must_agree_with_stripe(session, payouts)
    move(session, run, "release", by=by, now=now)
    run.released_by_id, run.released_at, run.released_seen = by.id, now, seen
    for payout in payouts:
        step(session, payout, "approve", by=by, now=now)
    reserve(session, payouts, now=now)
    _have_sent(session, run, payouts, now)


def cancel(session: Session, run: PayoutRun, *, reason: str, by: Actor, now: datetime) -> bool:
    """Take a run back, as long as nothing of it can have left; whether that is done.

    What goes by Stripe is looked for there first, by the worker: after a backup was restored
    our own books do not know what was sent.  Then it is to be cancelled again.
    """
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
    if _must_look_first(run, payouts, now):
        payload = {"run": str(run.id)}
        jobs.enqueue(session, LOOK, f"{LOOK} {run.id} {now.isoformat()}", payload, run_at=now)
        return False
    move(session, run, "cancel", by=by, now=now, note=reason.strip())
    run.settled_at = now
    give_back(session, [p for p in payouts if p.status is PayoutStatus.APPROVED], now=now)
    for payout in payouts:
        step(session, payout, "cancel", by=by, now=now, note=reason.strip())
        for link in links_of(session, payout):
            link.is_live = False
    return True


def _must_look_first(run: PayoutRun, payouts: Sequence[Payout], now: datetime) -> bool:
    is_promised = any(
        payout.rail is DestinationKind.STRIPE and payout.status is PayoutStatus.APPROVED
        for payout in payouts
    )
    return is_promised and (run.looked_at is None or now - run.looked_at > LOOK_GOOD_FOR)


def _must_agree_with_stripe(session: Session, payouts: Sequence[Payout]) -> None:
    """A difference stops what Stripe carries; other rails go on."""
    if all(payout.rail is not DestinationKind.STRIPE for payout in payouts):
        return
    if differences := open_differences(session):
        named = " ".join(row.words for row in differences[:3])
        more = f" And {len(differences) - 3} more." if len(differences) > 3 else ""
        raise Refused(
            f"Stripe and our books differ, so nothing is released through Stripe. {named}{more} "
            "Explain each on the page Stripe, or compare again."
        )


def _have_sent(session: Session, run: PayoutRun, payouts: Sequence[Payout], now: datetime) -> None:
    """What Stripe carries is sent by the workers: several at once when there is much of it."""
    count = sum(payout.rail is DestinationKind.STRIPE for payout in payouts)
    for lane in range(min(LANES, -(-count // LANE_OF))):
        payload = {"run": str(run.id)}
        jobs.enqueue(session, SEND, f"{SEND} {run.id} {lane}", payload, run_at=now)


def _must_be_draft(session: Session, run: PayoutRun) -> None:
    if run.status in (RunStatus.RELEASED, RunStatus.CLOSED):
        who = session.scalar(select(Person.name).where(Person.id == run.released_by_id))
        raise Refused(f"Run {run.number} is already released, by {who}.")


def _must_still_hold(
    session: Session, run: PayoutRun, payouts: Sequence[Payout], rails: Rails, now: datetime
) -> None:
    """Everything that was true when the run was prepared is asked again, under lock."""
    partners = [payout.partner_id for payout in payouts]
    session.execute(
        select(Partner.id).where(Partner.id.in_(partners)).order_by(Partner.id).with_for_update()
    )
    if found := changes(session, run, payouts, rails=rails, now=now):
        raise Refused(in_words(found))
