"""A payout under review: a person has looked at Stripe and says what is true there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, vendor
from models.base import lock
from models.errors import Refused
from models.payouts.operations.postings import send
from models.payouts.operations.steps import step
from models.payouts.operations.telling import close_when_settled, tell_paid
from models.payouts.rules import Failure, PayoutStatus
from models.payouts.tables import Payout, PayoutRun
from models.payouts.transfers.operations.settling import fail_declined
from models.payouts.transfers.rules import AttemptState
from models.payouts.transfers.tables import PayoutAttempt
from models.people import Actor


def decide_sent(
    session: Session, payout: Payout, *, transfer_id: str, by: Actor, now: datetime
) -> None:
    """Stripe shows this transfer for it."""
    transfer_id = transfer_id.strip()
    run, attempt = _reviewed(session, payout)
    if not transfer_id.startswith("tr_"):
        raise Refused("Enter the transfer's id as Stripe shows it; it begins with tr_.")
    taken = select(Payout.number).where(Payout.reference == transfer_id, Payout.id != payout.id)
    if other := session.scalar(taken):
        raise Refused(f"Transfer {transfer_id} belongs to {other}.")
    attempt = attempt or _another(session, payout, transfer_id, now)
    attempt.state, attempt.transfer_id = AttemptState.OK, transfer_id
    attempt.answer = f"{by.name}: {transfer_id}"
    payout.paid_on = vendor.settings(session).calendar.day_of(now)
    step(session, payout, "pay", by=by, now=now, note=transfer_id)
    payout.reference, payout.reason = transfer_id, ""
    audit.record(session, by, "payout decided sent", payout, now=now, detail={"id": transfer_id})
    send(session, [payout], now=now)
    tell_paid(session, payout, now)
    close_when_settled(session, run, by, now)


def decide_not_sent(
    session: Session, payout: Payout, *, note: str, by: Actor, now: datetime
) -> None:
    """Stripe shows no transfer for it: it is owed again."""
    run, attempt = _reviewed(session, payout)
    if not note.strip():
        raise Refused("Say how you made sure that Stripe holds no transfer for this payout.")
    if attempt is not None:
        attempt.state, attempt.answer = AttemptState.ABSENT, f"{by.name}: {note}"[:500]
    audit.record(session, by, "payout decided not sent", payout, now=now, detail={"note": note})
    fail_declined(session, payout, Failure.DECLINED, note.strip(), now=now)
    close_when_settled(session, run, by, now)


def _reviewed(session: Session, payout: Payout) -> tuple[PayoutRun, PayoutAttempt | None]:
    run = session.get_one(PayoutRun, payout.run_id)
    lock(session, run)
    lock(session, payout)
    if payout.status is not PayoutStatus.REVIEW:
        raise Refused(f"{payout.number} is {payout.status}: there is nothing to decide about it.")
    attempt = session.scalars(
        select(PayoutAttempt)
        .where(PayoutAttempt.payout_id == payout.id, PayoutAttempt.state == AttemptState.OPEN)
        .with_for_update()
    ).first()
    return run, attempt


def _another(session: Session, payout: Payout, transfer_id: str, now: datetime) -> PayoutAttempt:
    """A transfer that none of our open attempts made, written down as one more."""
    last = session.scalars(
        select(PayoutAttempt)
        .where(PayoutAttempt.payout_id == payout.id)
        .order_by(PayoutAttempt.number.desc())
        .limit(1)
    ).one()
    attempt = PayoutAttempt(
        payout_id=payout.id,
        number=last.number + 1,
        key=f"{payout.number}:{transfer_id}",
        params=last.params,
        made_at=now,
    )
    session.add(attempt)
    return attempt
