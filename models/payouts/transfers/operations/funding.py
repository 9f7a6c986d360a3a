"""Money at Stripe: what was read there, and what finance put into it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, jobs, ledger
from models.errors import Refused
from models.ledger import Account, Posting, credit, debit
from models.money import Money
from models.partners.destinations import DestinationKind
from models.payouts.operations.postings import posting_month
from models.payouts.rules import PayoutStatus
from models.payouts.tables import Payout
from models.payouts.transfers.rules import SEND
from models.payouts.transfers.tables import StripeBalance
from models.people import Actor


def record_balances(
    session: Session, read: Mapping[str, tuple[Money, Money]], *, now: datetime
) -> None:
    """Keep what lies at Stripe, {currency: (available, pending)}."""
    kept = {row.currency: row for row in session.scalars(select(StripeBalance).with_for_update())}
    for currency in sorted({*kept, *read}):
        nothing = Money(0, currency)
        available, pending = read.get(currency, (nothing, nothing))
        row = kept.get(currency)
        if row is None:
            row = StripeBalance(currency=currency)
            session.add(row)
        row.available_minor, row.pending_minor = available.minor, pending.minor
        row.read_at = now


def top_up(session: Session, amount: Money, *, reference: str, by: Actor, now: datetime) -> None:
    """Record money that was sent to the balance at Stripe; payouts that wait for it go on."""
    reference = " ".join(reference.split())
    if amount.minor <= 0:
        raise Refused("Enter how much was topped up; it is more than nothing.")
    if not reference.startswith("tu_"):
        raise Refused("Enter the top-up's id as Stripe shows it; it begins with tu_.")
    key = f"top-up:{reference}"
    if session.scalar(select(Posting.id).where(Posting.key == key)) is not None:
        raise Refused(f"The top-up {reference} is recorded already.")
    ledger.post(
        session,
        key=key,
        kind="top-up",
        period=posting_month(session, now),
        entries=[debit(Account.STRIPE_BALANCE, amount), credit(Account.BANK, amount)],
        now=now,
    )
    detail = {"amount": str(amount.major), "currency": amount.currency, "reference": reference}
    audit.record(session, by, "stripe balance topped up", None, now=now, detail=detail)
    _wake(session, amount.currency, reference, now)


def book_fee(session: Session, amount: Money, *, key: str, now: datetime) -> None:
    """What Stripe took for itself; `key` names its balance transaction."""
    ledger.post(
        session,
        key=f"stripe-fee:{key}",
        kind="stripe fee",
        period=posting_month(session, now),
        entries=[debit(Account.FEES, amount), credit(Account.STRIPE_BALANCE, amount)],
        now=now,
    )


def _wake(session: Session, currency: str, reference: str, now: datetime) -> None:
    waiting = session.scalars(
        select(Payout)
        .where(
            Payout.amount_currency == currency,
            Payout.rail == DestinationKind.STRIPE,
            Payout.status == PayoutStatus.APPROVED,
            Payout.try_after > now,
        )
        .order_by(Payout.id)
        .with_for_update()
    ).all()
    for payout in waiting:
        payout.try_after = None
    for run_id in sorted({payout.run_id for payout in waiting}):
        jobs.enqueue(
            session, SEND, f"{SEND} {run_id} {reference}"[:200], {"run": str(run_id)}, run_at=now
        )
