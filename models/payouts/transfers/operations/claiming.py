"""Claiming: what is going to be called is written down, with its key, before it is called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.partners.destinations import DestinationKind, PayoutDestination
from models.payouts.operations.steps import step
from models.payouts.rules import PayoutStatus
from models.payouts.tables import Payout, PayoutRun
from models.payouts.transfers.rules import (
    LEASE,
    AttemptState,
    Wanted,
    is_spent,
    key_of,
    params_of,
    transfer_group,
)
from models.payouts.transfers.tables import PayoutAttempt
from models.people import SYSTEM

SENDABLE = (PayoutStatus.APPROVED, PayoutStatus.SENDING, PayoutStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A call that is ours to make until the lease ends; committed before it is made."""

    attempt_id: UUID
    key: str
    params: dict[str, Any]
    lease_until: datetime
    must_look: bool
    """The key is too old to call with: look whether the transfer exists."""
    tries: int


def group_of(run: PayoutRun, environment: str) -> str:
    return transfer_group(environment, run.program, run.period, run.seq, run.currency)


def claim(
    session: Session, run_id: UUID, *, environment: str, most: int, now: datetime
) -> list[Claimed]:
    """Up to so many payouts of a released run that nobody else is sending."""
    payouts = _waiting(session, run_id, most, now)
    run = session.get_one(PayoutRun, run_id)
    accounts = _accounts(session, payouts)
    attempts = _attempts(session, payouts)
    claimed = []
    for payout in payouts:
        made = attempts.get(payout.id, [])
        attempt = next((one for one in made if one.state is AttemptState.OPEN), None)
        if attempt is None:
            attempt = new_attempt(
                session,
                payout,
                wanted(run, payout, accounts[payout.destination_id], environment),
                number=max((one.number for one in made), default=0) + 1,
                now=now,
            )
        elif attempt.lease_until is not None and attempt.lease_until > now:
            continue  # taken by another while we waited for the row
        attempt.lease_until = now + LEASE
        payout.try_after = None
        if payout.status is PayoutStatus.APPROVED:
            step(session, payout, "send", by=SYSTEM, now=now, note=f"Attempt {attempt.number}")
        claimed.append(_as_claimed(attempt, now))
    return claimed


def let_go(session: Session, attempt_ids: Iterable[UUID]) -> None:
    """What was claimed and not called may be claimed again at once."""
    held = session.scalars(
        select(PayoutAttempt)
        .where(PayoutAttempt.id.in_(list(attempt_ids)), PayoutAttempt.state == AttemptState.OPEN)
        .order_by(PayoutAttempt.id)
        .with_for_update()
    )
    for attempt in held:
        attempt.lease_until = None


def new_attempt(
    session: Session, payout: Payout, what: Wanted, *, number: int, now: datetime
) -> PayoutAttempt:
    attempt = PayoutAttempt(
        payout_id=payout.id,
        number=number,
        key=key_of(what.group, payout.partner_id, number),
        params=params_of(what, number),
        made_at=now,
        state=AttemptState.OPEN,
    )
    session.add(attempt)
    session.flush()
    return attempt


def wanted(run: PayoutRun, payout: Payout, account: str, environment: str) -> Wanted:
    return Wanted(
        group=group_of(run, environment),
        partner_id=payout.partner_id,
        amount=payout.amount,
        account=account,
        period=run.period,
        seq=run.seq,
        about=f"{run.program.capitalize()} {run.period}",
    )


def account_of(session: Session, payout: Payout) -> str:
    return _accounts(session, [payout])[payout.destination_id]


def _as_claimed(attempt: PayoutAttempt, now: datetime) -> Claimed:
    assert attempt.lease_until is not None
    return Claimed(
        attempt_id=attempt.id,
        key=attempt.key,
        params=attempt.params,
        lease_until=attempt.lease_until,
        must_look=is_spent(attempt.made_at, now),
        tries=attempt.tries,
    )


def _waiting(session: Session, run_id: UUID, most: int, now: datetime) -> list[Payout]:
    """Locked; rows that another holds are passed over."""
    being_called = (
        select(PayoutAttempt.id)
        .where(
            PayoutAttempt.payout_id == Payout.id,
            PayoutAttempt.state == AttemptState.OPEN,
            PayoutAttempt.lease_until > now,
        )
        .exists()
    )
    return list(
        session.scalars(
            select(Payout)
            .where(
                Payout.run_id == run_id,
                Payout.rail == DestinationKind.STRIPE,
                Payout.status.in_(SENDABLE),
                or_(Payout.try_after.is_(None), Payout.try_after <= now),
                ~being_called,
            )
            .order_by(Payout.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
    )


def _accounts(session: Session, payouts: Sequence[Payout]) -> dict[UUID, str]:
    rows = session.execute(
        select(PayoutDestination.id, PayoutDestination.account_id).where(
            PayoutDestination.id.in_([payout.destination_id for payout in payouts])
        )
    )
    return {key: account for key, account in rows if account}


def _attempts(session: Session, payouts: Sequence[Payout]) -> dict[UUID, list[PayoutAttempt]]:
    """Read after the payouts are locked, so that what another has committed is seen."""
    found: dict[UUID, list[PayoutAttempt]] = {}
    rows = session.scalars(
        select(PayoutAttempt)
        .where(PayoutAttempt.payout_id.in_([payout.id for payout in payouts]))
        .order_by(PayoutAttempt.number)
        .execution_options(populate_existing=True)
    )
    for attempt in rows:
        found.setdefault(attempt.payout_id, []).append(attempt)
    return found
