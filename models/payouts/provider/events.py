"""Events: kept once, answered at once, and looked into later.  None of them moves money."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import jobs, notices
from models.partners.destinations import DestinationStatus, PayoutDestination
from models.payouts.provider.rules import (
    ACCOUNT,
    ACCOUNTS,
    BANK,
    COMPARE,
    EVENT,
    INVOICE,
    INVOICES,
    TRANSFERS,
    Told,
)
from models.payouts.provider.tables import ProviderEvent
from models.payouts.tables import Payout
from models.payouts.transfers.tables import PayoutAttempt
from models.people import Role


def receive(session: Session, told: Told, *, now: datetime) -> bool:
    """Keep an event; False when it is kept already.  What follows is a job."""
    known = select(ProviderEvent.id).where(ProviderEvent.event_id == told.event_id)
    if session.scalar(known) is not None:
        return False
    row = ProviderEvent(
        event_id=told.event_id,
        kind=told.kind[:120],
        about_id=told.about_id[:120],
        account=told.account[:60],
        happened_at=told.happened_at,
        received_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # delivered twice at the same moment
        return False
    jobs.enqueue(session, EVENT, f"{EVENT} {told.event_id}", {"event": told.event_id}, run_at=now)
    return True


def event_of(session: Session, event_id: str) -> ProviderEvent | None:
    """Locked, for whoever looks into it."""
    asked = select(ProviderEvent).where(ProviderEvent.event_id == event_id)
    return session.scalars(asked.with_for_update()).first()


def handle(session: Session, row: ProviderEvent, *, now: datetime) -> None:
    """Ask for another look at what the event is about.  Again, it changes nothing."""
    if row.handled_at is not None:
        return
    row.handled_at, row.outcome = now, _look(session, row, now)


def _look(session: Session, row: ProviderEvent, now: datetime) -> str:
    if row.kind.startswith(TRANSFERS):
        return _at_transfer(session, row, now)
    if row.kind.startswith(BANK):
        return _at_bank(session, row, now)
    if row.kind.startswith(ACCOUNTS):
        account = row.account or row.about_id
        _ask(session, ACCOUNT, {"account": account}, f"{account} {row.event_id}", now)
        return "The account is read again."
    if row.kind.startswith(INVOICES):
        _ask(session, INVOICE, {"invoice": row.about_id}, f"{row.about_id} {row.event_id}", now)
        return "The invoice is read again."
    return "Kept; nothing depends on it."


def _at_transfer(session: Session, row: ProviderEvent, now: datetime) -> str:
    found = select(Payout).join(PayoutAttempt, PayoutAttempt.payout_id == Payout.id)
    payout = session.scalars(found.where(PayoutAttempt.transfer_id == row.about_id)).first()
    if payout is None:
        return "No payout of ours; the next comparison judges it."
    if row.kind == "transfer.created":
        return "Known."
    _ask(session, COMPARE, {}, row.event_id, now)
    return f"The movements are read again; it is about payout {payout.number}."


def _at_bank(session: Session, row: ProviderEvent, now: datetime) -> str:
    """From the partner's account to its bank: a status of theirs, never a payment of ours."""
    if row.kind != "payout.failed" or not row.account:
        return "Kept; the transfer stands."
    partner_id = session.scalar(
        select(PayoutDestination.partner_id)
        .where(PayoutDestination.account_id == row.account)
        .order_by(PayoutDestination.status == DestinationStatus.CURRENT)
        .limit(1)
    )
    if partner_id is None:
        return "Kept; no partner of ours has this account."
    notices.tell_partner(
        session,
        partner_id,
        "stripe-bank-failed",
        title="Your bank refused a payment from Stripe",
        body="The money lies on your account at Stripe. Correct the bank details there; Stripe "
        "pays it out again. We have not sent it twice.",
        link="/company",
        roles=[Role.PARTNER_ADMINISTRATOR],
        now=now,
        key=f"stripe-bank-failed {row.event_id}",
    )
    return "The partner was told to correct its bank details at Stripe."


def _ask(session: Session, topic: str, payload: dict[str, str], name: str, now: datetime) -> None:
    jobs.enqueue(session, topic, f"{topic} {name}"[:200], payload, run_at=now)
