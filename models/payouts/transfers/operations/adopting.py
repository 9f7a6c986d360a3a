"""Adopting: what Stripe has already done for this run is taken over before anything is sent.

A database restored from last night's backup has forgotten; Stripe has not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.payouts.rules import PayoutStatus
from models.payouts.tables import Payout, PayoutRun
from models.payouts.transfers.operations.alarms import alarm
from models.payouts.transfers.operations.claiming import (
    SENDABLE,
    account_of,
    new_attempt,
    wanted,
)
from models.payouts.transfers.operations.settling import review, settle_locked
from models.payouts.transfers.rules import AttemptState, Sent, Transfer
from models.payouts.transfers.tables import PayoutAttempt


def adopt(
    session: Session,
    run_id: UUID,
    found: Sequence[Transfer],
    *,
    environment: str,
    now: datetime,
) -> int:
    """Take over the transfers of the run's group that we do not know; how many."""
    known = set(
        session.scalars(
            select(PayoutAttempt.transfer_id).where(
                PayoutAttempt.transfer_id.in_([transfer.id for transfer in found])
            )
        )
    )
    new = [transfer for transfer in found if transfer.id not in known]
    if not new:
        return 0
    run = session.get_one(PayoutRun, run_id)
    payouts = _locked(session, run_id, new)
    for transfer in new:
        payout = payouts.get(transfer.metadata.get("partner", ""))
        if payout is None or payout.status not in (*SENDABLE, PayoutStatus.REVIEW):
            _stray(session, run, transfer, payout, now)
        elif payout.status is not PayoutStatus.REVIEW:
            _take_over(session, run, payout, transfer, environment, now)
    return len(new)


def _locked(session: Session, run_id: UUID, found: Sequence[Transfer]) -> dict[str, Payout]:
    """{partner's id as text: payout}"""
    partners = []
    for transfer in found:
        try:
            partners.append(UUID(transfer.metadata.get("partner", "")))
        except ValueError:
            continue  # made by hand; told as a stray
    rows = session.scalars(
        select(Payout)
        .where(Payout.run_id == run_id, Payout.partner_id.in_(partners))
        .order_by(Payout.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {str(payout.partner_id): payout for payout in rows}


def _take_over(
    session: Session,
    run: PayoutRun,
    payout: Payout,
    transfer: Transfer,
    environment: str,
    now: datetime,
) -> None:
    said = transfer.metadata.get("attempt", "1")
    number = int(said) if said.isdigit() else 1
    made = {
        attempt.number: attempt
        for attempt in session.scalars(
            select(PayoutAttempt)
            .where(PayoutAttempt.payout_id == payout.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    same = made.get(number)
    if same is None and not _is_open(made.values()):
        what = wanted(run, payout, account_of(session, payout), environment)
        same = new_attempt(session, payout, what, number=number, now=now)
    if same is None or same.state is not AttemptState.OPEN:
        why = f"Transfer {transfer.id} is at Stripe as attempt {number}, which we do not know as "
        review(session, payout, same, why + "sent.", now=now)
    elif transfer.is_undone:
        same.state, same.answer = AttemptState.REJECTED, f"{transfer.id} was reversed."
    else:
        settle_locked(session, payout, same, Sent(transfer), now=now)


def _is_open(attempts: Iterable[PayoutAttempt]) -> bool:
    return any(attempt.state is AttemptState.OPEN for attempt in attempts)


def _stray(
    session: Session, run: PayoutRun, transfer: Transfer, payout: Payout | None, now: datetime
) -> None:
    if transfer.is_undone:
        return
    whom = f"payout {payout.number}, which is {payout.status}" if payout else "nobody in the run"
    alarm(
        session,
        f"stripe-stray {transfer.id}",
        title=f"Run {run.number}: a transfer that we did not expect",
        body=f"Stripe has transfer {transfer.id} of {transfer.amount.major:,f} "
        f"{transfer.amount.currency} for {whom}. Reverse it at Stripe if it is wrong.",
        link=f"/payout-runs/{run.id}",
        now=now,
    )
