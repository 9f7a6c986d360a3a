"""Settling: what an answer does to its payout.  Only an open attempt is settled, and once."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from models import audit, vendor
from models.base import lock
from models.payouts.operations.postings import give_back, send
from models.payouts.operations.steps import links_of, step
from models.payouts.operations.telling import tell_failed, tell_paid
from models.payouts.rules import FAILURES, Failure, PayoutStatus
from models.payouts.tables import Payout
from models.payouts.transfers.operations.alarms import alarm
from models.payouts.transfers.rules import (
    FUNDS_PAUSE,
    NO_FUNDS,
    Absent,
    Answer,
    AttemptState,
    Declined,
    Later,
    Mismatch,
    Sent,
    Transfer,
    Unsure,
    pause_after,
)
from models.payouts.transfers.tables import PayoutAttempt
from models.payouts.transfers.units import from_the_wire
from models.people import SYSTEM

WAIT = timedelta(seconds=30)
"""After “not now”."""
LONG_WAIT = timedelta(minutes=10)
"""After “not with this key”: a person has to look."""

UNCLEAR = "It is not clear yet whether this payment was sent; we look into it."

FAILED_AS = {"account_closed": Failure.CLOSED_ACCOUNT}
NOT_READY = frozenset({"insufficient_capabilities_for_transfer", "account_invalid"})


def settle(session: Session, attempt_id: UUID, answer: Answer, *, now: datetime) -> None:
    """Record what came of a call.  Does nothing when another has settled it meanwhile."""
    attempt = session.get_one(PayoutAttempt, attempt_id)
    payout = session.get_one(Payout, attempt.payout_id)
    lock(session, payout)
    lock(session, attempt)
    if attempt.state is AttemptState.OPEN:
        settle_locked(session, payout, attempt, answer, now=now)


def settle_locked(
    session: Session, payout: Payout, attempt: PayoutAttempt, answer: Answer, *, now: datetime
) -> None:
    attempt.lease_until, attempt.answered_at = None, now
    match answer:
        case Sent(transfer):
            _sent(session, payout, attempt, transfer, now)
        case Declined(code, message):
            _declined(session, payout, attempt, code, message, now)
        case Later(message, needs_a_person):
            _later(session, payout, attempt, message, needs_a_person, now)
        case Unsure(message):
            _unsure(session, payout, attempt, message, now)
        case Mismatch(message):
            review(session, payout, attempt, message, now=now)
        case Absent():
            attempt.state, attempt.answer = AttemptState.ABSENT, "Not found at Stripe."
            step(session, payout, "wait", by=SYSTEM, now=now, note="Not found at Stripe; again.")


def review(
    session: Session, payout: Payout, attempt: PayoutAttempt | None, why: str, *, now: datetime
) -> None:
    """Stop this payout until a person has decided; no money moves."""
    if attempt is not None:
        attempt.answer = why[:500]
    if payout.status is not PayoutStatus.REVIEW:
        step(session, payout, "review", by=SYSTEM, now=now, note=why[:500])
    payout.reason = UNCLEAR  # the partner reads it; what Stripe said stands in the attempt
    alarm(
        session,
        f"stripe-review {payout.id}",
        title=f"Payout {payout.number} needs a decision",
        body=f"{why} Nothing more is sent for it until somebody has decided.",
        link=f"/payouts/{payout.id}",
        now=now,
    )


def _sent(
    session: Session, payout: Payout, attempt: PayoutAttempt, transfer: Transfer, now: datetime
) -> None:
    asked = from_the_wire(attempt.params["amount"], attempt.params["currency"])
    if (transfer.amount, transfer.destination) != (asked, attempt.params["destination"]):
        why = f"Transfer {transfer.id} at Stripe is of {transfer.amount.major} to "
        review(session, payout, attempt, why + f"{transfer.destination}, not ours.", now=now)
        return
    attempt.state, attempt.transfer_id = AttemptState.OK, transfer.id
    attempt.answer = transfer.id
    payout.paid_on = vendor.settings(session).calendar.day_of(now)
    step(session, payout, "pay", by=SYSTEM, now=now, note=transfer.id)
    payout.reference, payout.reason, payout.try_after = transfer.id, "", None
    audit.record(session, SYSTEM, "payout paid", payout, now=now, detail={"reference": transfer.id})
    send(session, [payout], now=now)
    tell_paid(session, payout, now)


def _declined(
    session: Session,
    payout: Payout,
    attempt: PayoutAttempt,
    code: str,
    message: str,
    now: datetime,
) -> None:
    attempt.state, attempt.answer = AttemptState.REJECTED, f"{code}: {message}"[:500]
    if code == NO_FUNDS:
        payout.reason = "Waits for money: the balance at Stripe is too low."
        payout.try_after = now + FUNDS_PAUSE
        step(session, payout, "wait", by=SYSTEM, now=now, note=payout.reason)
        alarm(
            session,
            f"stripe-funds {payout.run_id} {now:%Y-%m-%d}",
            title="The balance at Stripe is too low",
            body=f"Payout {payout.number} waits, and others with it. Top the balance up.",
            link=f"/payout-runs/{payout.run_id}",
            now=now,
        )
        return
    fail_declined(session, payout, _failure(code, attempt), message, now=now)


def fail_declined(
    session: Session, payout: Payout, why: Failure, message: str, *, now: datetime
) -> None:
    """Release the money of a payout that Stripe refused, and tell the partner."""
    step(session, payout, "fail", by=SYSTEM, now=now, note=f"{why.value}: {message}"[:500])
    payout.reason, payout.try_after = FAILURES[why], None
    give_back(session, [payout], now=now)
    for link in links_of(session, payout):
        link.is_live = False
    audit.record(session, SYSTEM, "payout failed", payout, now=now, detail={"why": why.value})
    tell_failed(session, payout, why, now)


def _failure(code: str, attempt: PayoutAttempt) -> Failure:
    if code in NOT_READY or (code == "resource_missing" and "destination" in attempt.answer):
        return Failure.NOT_READY
    return FAILED_AS.get(code, Failure.DECLINED)


def _later(
    session: Session,
    payout: Payout,
    attempt: PayoutAttempt,
    message: str,
    needs_a_person: bool,
    now: datetime,
) -> None:
    """Neither the payout's state nor the attempt's changes."""
    attempt.answer = message[:500]
    payout.try_after = now + (LONG_WAIT if needs_a_person else WAIT)
    if needs_a_person:
        tell_key_refused(session, payout.run_id, message, now=now)


def tell_key_refused(session: Session, run_id: UUID, message: str, *, now: datetime) -> None:
    alarm(
        session,
        f"stripe-key {run_id} {now:%Y-%m-%d}",
        title="Stripe refuses our key",
        body=f"{message} Nothing is paid by Stripe until the key is mended.",
        link=f"/payout-runs/{run_id}",
        now=now,
    )


def _unsure(
    session: Session, payout: Payout, attempt: PayoutAttempt, message: str, now: datetime
) -> None:
    attempt.tries += 1
    attempt.answer = message[:500]
    payout.try_after = now + pause_after(attempt.tries)
    if payout.status is PayoutStatus.SENDING:
        step(session, payout, "lose", by=SYSTEM, now=now, note="No sure answer; asked again.")
