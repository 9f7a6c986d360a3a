"""What we can ask about transfers.  Reads only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from models import ledger
from models.ledger import Account
from models.money import Money
from models.partners.destinations import DestinationKind
from models.payouts.rules import IN_FLIGHT, PayoutStatus
from models.payouts.tables import Payout, PayoutRun
from models.payouts.transfers.rules import AttemptState
from models.payouts.transfers.tables import PayoutAttempt, PayoutReversal, StripeBalance

MANY = 1000
SENDABLE = IN_FLIGHT - {PayoutStatus.REVIEW}


def next_call_at(session: Session, run_id: UUID, *, now: datetime) -> datetime | None:
    """When something of the run may be called again; None when nothing is left to call."""
    sendable = (
        Payout.run_id == run_id,
        Payout.rail == DestinationKind.STRIPE,
        Payout.status.in_(SENDABLE),
    )
    if session.scalar(select(Payout.id).where(*sendable).limit(1)) is None:
        return None
    is_open = PayoutAttempt.state == AttemptState.OPEN
    rows = session.execute(
        select(Payout.try_after, PayoutAttempt.lease_until)
        .outerjoin(PayoutAttempt, (PayoutAttempt.payout_id == Payout.id) & is_open)
        .where(*sendable)
        .order_by(Payout.try_after, PayoutAttempt.lease_until)
        .limit(MANY)
    )
    return min(max(after or now, lease or now) for after, lease in rows)


def attempts_of(session: Session, payout: Payout) -> list[Row]:
    """Every attempt to send it, the first first."""
    return list(
        session.execute(
            select(
                PayoutAttempt.number,
                PayoutAttempt.key,
                PayoutAttempt.made_at,
                PayoutAttempt.state,
                PayoutAttempt.tries,
                PayoutAttempt.transfer_id,
                PayoutAttempt.answer,
                PayoutAttempt.answered_at,
            )
            .where(PayoutAttempt.payout_id == payout.id)
            .order_by(PayoutAttempt.number)
        )
    )


def reversals_of(session: Session, payout: Payout) -> list[PayoutReversal]:
    return list(
        session.scalars(
            select(PayoutReversal)
            .where(PayoutReversal.payout_id == payout.id)
            .order_by(PayoutReversal.id)
        )
    )


def reversed_of(session: Session, payout: Payout) -> Money:
    """What came back of it, in the ledger."""
    minor = session.scalar(
        select(func.coalesce(func.sum(PayoutReversal.amount_minor), 0)).where(
            PayoutReversal.payout_id == payout.id, PayoutReversal.state == AttemptState.OK
        )
    )
    return Money(int(minor or 0), payout.amount.currency)


def needed_at_stripe(session: Session, run: PayoutRun) -> Money:
    """What the run is still going to draw from the balance."""
    minor = session.scalar(
        select(func.coalesce(func.sum(Payout.amount_minor), 0)).where(
            Payout.run_id == run.id,
            Payout.rail == DestinationKind.STRIPE,
            Payout.status.in_([*SENDABLE, PayoutStatus.DRAFT]),
        )
    )
    return Money(int(minor or 0), run.currency)


def pays_by_stripe(session: Session, run: PayoutRun) -> bool:
    any_of_it = select(Payout.id).where(
        Payout.run_id == run.id, Payout.rail == DestinationKind.STRIPE
    )
    return session.scalar(any_of_it.limit(1)) is not None


def balance_read(session: Session, currency: str) -> StripeBalance | None:
    """What lay at Stripe when it was last read; None when it never was."""
    return session.scalars(select(StripeBalance).where(StripeBalance.currency == currency)).first()


def balance_booked(session: Session, currency: str) -> Money:
    """What lies at Stripe by our own books."""
    return ledger.balance(session, Account.STRIPE_BALANCE, currency)


def progress(session: Session, run: PayoutRun) -> dict[PayoutStatus, int]:
    """How many payouts of the run are in which state; the rows are the progress."""
    rows = session.execute(
        select(Payout.status, func.count(Payout.id).label("payouts"))
        .where(Payout.run_id == run.id, Payout.rail == DestinationKind.STRIPE)
        .group_by(Payout.status)
    )
    return {row.status: row.payouts for row in rows}
