"""Looking again at Stripe: after an event, every night at its events, and at its movements."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import jobs, vendor
from models.jobs import Job
from models.payouts import provider, transfers
from models.payouts.provider import Move
from models.payouts.provider.rules import COMPARE, EVENT, EVENTS
from models.payouts.tables import Payout
from models.payouts.transfers import PayoutAttempt
from portal.clock import now
from portal.database import reading, transaction
from portal.payouts.stripe_connection import gateway, is_connected
from portal.payouts.stripe_gateway import StripeIsAway

AWAY = timedelta(minutes=5)
EVENTS_BACK = timedelta(days=3)
MOVES_BACK = timedelta(days=7)
BATCH = 200


def look_at_event(payload: dict[str, Any]) -> None:
    with transaction() as session:
        row = provider.event_of(session, payload["event"])
        if row is not None:
            provider.handle(session, row, now=now())


def list_events(_payload: dict[str, Any]) -> datetime | None:
    """What never reached us is kept as if it had; what did is known already."""
    if not is_connected():
        return None
    batch: list[provider.Told] = []
    try:
        for told in gateway().events(since=now() - EVENTS_BACK):
            batch.append(told)
            if len(batch) == BATCH:
                _receive(batch)
                batch = []
    except StripeIsAway:
        return now() + AWAY
    _receive(batch)
    return None


def compare(_payload: dict[str, Any]) -> datetime | None:
    """Every movement of the last days against our books; reversals found are booked first."""
    if not is_connected():
        return None
    since = now() - MOVES_BACK
    try:
        moves = list(gateway().moves(since=since))
        _book_reversals(moves)
    except StripeIsAway:
        return now() + AWAY
    with transaction() as session:
        provider.compare(session, moves, since=since, now=now())
    return None


ERRANDS = {EVENT: look_at_event, EVENTS: list_events, COMPARE: compare}


def every_night(session: Session, at: datetime) -> None:
    """Once a day of the vendor's, as long as Stripe is connected."""
    if not is_connected():
        return
    day = vendor.settings(session).calendar.day_of(at)
    for topic in (EVENTS, COMPARE):
        key = f"{topic} {day}"
        if session.scalar(select(Job.id).where(Job.key == key)) is None:
            jobs.enqueue(session, topic, key, {}, run_at=at)


def ask_comparison(session: Session, at: datetime) -> None:
    """Compare soon; who asks twice in a minute is answered once."""
    key = f"{COMPARE} asked {at:%Y-%m-%d %H:%M}"
    if session.scalar(select(Job.id).where(Job.key == key)) is None:
        jobs.enqueue(session, COMPARE, key, {}, run_at=at)


def _receive(batch: list[provider.Told]) -> None:
    with transaction() as session:
        for told in batch:
            provider.receive(session, told, now=now())


def _book_reversals(moves: list[Move]) -> None:
    """Of transfers of ours; made in Stripe's dashboard, or by us and their answer was lost."""
    for move in moves:
        if not move.transfer_id or _is_booked(move):
            continue
        with transaction() as session:
            asked = select(Payout).join(PayoutAttempt, PayoutAttempt.payout_id == Payout.id)
            payout = session.scalars(
                asked.where(PayoutAttempt.transfer_id == move.transfer_id)
            ).first()
            if payout is not None:
                transfers.book_found_reversal(session, payout, move.source, move.amount, now=now())


def _is_booked(move: Move) -> bool:
    with reading() as session:
        known = select(transfers.PayoutReversal.id).where(
            transfers.PayoutReversal.reversal_id == move.source
        )
        return session.scalar(known) is not None
