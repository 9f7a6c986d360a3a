"""The trace of one payout: lines, statement, run, file or transfer, bank; each with id and time.

Reads only.  To a partner it tells what is the partner's own: no people, no run, no books.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from models.commissions.tables import STANDS_ON, CommissionLine, Statement
from models.commissions.words import name_of
from models.ledger import Posting
from models.money import Money
from models.partners.destinations import PayoutDestination
from models.payouts.approvals import approvals_of
from models.payouts.queries import files_of, run_events_of, statements_of
from models.payouts.rules import PayoutStatus
from models.payouts.tables import Payout, PayoutRun
from models.payouts.transfers.tables import PayoutAttempt, PayoutReversal

MOST_LINES = 100
"""Of commission; the statement itself lists them all."""


LEFT = "Cannot be sent this way; it stays on the balance"
OWED_AGAIN = "It is owed again; the next payout brings it"


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing on the way of the money."""

    stage: str
    name: str
    key: str
    """What names it for ever: an id, a hash, a key."""
    at: datetime | date | None
    note: str = ""
    amount: Money | None = None
    path: str = ""
    """Of its page; empty when it has none."""


def trace_of(
    session: Session, payout: Payout, *, for_staff: bool, opens_runs: bool = False
) -> list[Mark]:
    """In the order in which it happened.  opens_runs: whether the reader may follow to the run."""
    statements = statements_of(session, payout)
    return [
        *_lines(session, statements),
        *_statements(session, statements, payout),
        *(_run(session, payout, opens_runs) if for_staff else ()),
        *_payout(session, payout),
        *(_handed_over(session, payout) if for_staff else ()),
        *_bank(payout),
        *(_books(session, payout, statements) if for_staff else ()),
    ]


def _lines(session: Session, statements: Sequence[Row]) -> Iterator[Mark]:
    ids = [row.id for row in statements]
    on_these = (Statement, and_(STANDS_ON, Statement.id.in_(ids)))
    count = session.scalar(select(func.count(CommissionLine.id)).join(*on_these)) or 0
    rows = session.execute(
        select(
            CommissionLine.id,
            CommissionLine.number,
            CommissionLine.code,
            CommissionLine.on,
            CommissionLine.payout_minor,
            CommissionLine.payout_currency,
            CommissionLine.working,
        )
        .join(*on_these)
        .order_by(CommissionLine.period, CommissionLine.id)
        .limit(MOST_LINES)
    )
    for row in rows:
        amount = Money(row.payout_minor, row.payout_currency)
        note = f"{name_of(row.code)}{_exchanged(row.working)}"
        path = f"/commissions/{row.id}"
        yield Mark("Line", row.number, str(row.id), row.on, note, amount, path)
    if count > MOST_LINES:
        yield Mark("Line", f"{count - MOST_LINES} more", "", None, "Their statement lists them.")


def _exchanged(working: dict[str, Any]) -> str:
    """The only place where money changes its currency: the line, at the rate of a day."""
    fx = working.get("fx") or {}
    if not fx.get("rate"):
        return ""
    source = f", {fx['source']}" if fx.get("source") else ""
    return f", {fx['from']} to {fx['to']} at {fx['rate']} of {fx.get('on')}{source}"


def _statements(session: Session, statements: Sequence[Row], payout: Payout) -> Iterator[Mark]:
    found = session.execute(
        select(Statement.id, Statement.closed_at).where(
            Statement.id.in_([row.id for row in statements])
        )
    )
    closed = {row.id: row.closed_at for row in found}
    for row in statements:
        amount = Money(row.amount_minor, payout.amount.currency)
        path = f"/statements/{row.id}"
        yield Mark("Statement", row.number, str(row.id), closed[row.id], "Closed", amount, path)


def _run(session: Session, payout: Payout, opens: bool) -> Iterator[Mark]:
    run = session.get_one(PayoutRun, payout.run_id)
    words = {"prepare": "Prepared", "release": "Released"}
    for event in run_events_of(session, run):
        if event.verb in words:
            path = f"/payout-runs/{run.id}" if opens else ""
            note = f"{words[event.verb]} by {event.by_name}"
            yield Mark("Run", run.number, str(run.id), event.at, note, None, path)
    for given in approvals_of(session, run):
        yield Mark("Run", run.number, given.seen, given.at, f"Approved by {given.name}")
    if run.released_seen:
        yield Mark("Run", run.key, run.released_seen, run.released_at, "What was seen and released")


def _payout(session: Session, payout: Payout) -> Iterator[Mark]:
    destination = session.get_one(PayoutDestination, payout.destination_id)
    note, path = f"To {destination.summary}", f"/payouts/{payout.id}"
    if payout.brought_minor:
        yield Mark(
            "Balance", "Of earlier payouts", payout.number, payout.created_at, "", payout.brought
        )
    yield Mark(
        "Payout", payout.number, str(payout.id), payout.created_at, note, payout.amount, path
    )
    if payout.left_minor:
        yield Mark(
            "Balance", "To the next payout", payout.number, payout.created_at, LEFT, payout.left
        )


def _handed_over(session: Session, payout: Payout) -> Iterator[Mark]:
    run = session.get_one(PayoutRun, payout.run_id)
    for file in files_of(session, run):
        if file.rail is payout.rail:
            yield Mark("Bank file", file.name, file.key, file.made_at, f"SHA-256 {file.sha256}")
    attempts = select(PayoutAttempt).where(PayoutAttempt.payout_id == payout.id)
    for attempt in session.scalars(attempts.order_by(PayoutAttempt.number)):
        name = f"Attempt {attempt.number}"
        yield Mark("Transfer", name, attempt.key, attempt.made_at, f"{attempt.state.value}")
        if attempt.transfer_id:
            yield Mark("Transfer", "At Stripe", attempt.transfer_id, attempt.answered_at)
    reversals = select(PayoutReversal).where(PayoutReversal.payout_id == payout.id)
    for back in session.scalars(reversals.order_by(PayoutReversal.asked_at)):
        key = back.reversal_id or back.key
        yield Mark("Transfer", "Reversal", key, back.asked_at, back.reason, back.amount)


def _bank(payout: Payout) -> Iterator[Mark]:
    if payout.paid_on is not None:
        came_back = payout.status is PayoutStatus.FAILED
        note = f"Sent back: {payout.reason}" if came_back else "Paid"
        yield Mark("Bank", payout.reference, payout.number, payout.paid_on, note, payout.amount)
        if payout.back and not came_back:
            yield Mark("Bank", "Came back in part", payout.number, None, OWED_AGAIN, payout.back)
    elif payout.status is PayoutStatus.FAILED:
        yield Mark("Bank", "Failed", payout.number, None, payout.reason)


def _books(session: Session, payout: Payout, statements: Sequence[Row]) -> Iterator[Mark]:
    unit = payout.amount.currency
    earned = [f"commission {row.period} {payout.partner_id} {unit}" for row in statements]
    rows = session.execute(
        select(Posting.id, Posting.key, Posting.kind, Posting.at)
        .where(Posting.key.in_(earned) | Posting.key.startswith(f"payout:{payout.id}:"))
        .order_by(Posting.at, Posting.id)
    )
    for row in rows:
        yield Mark("Ledger", row.kind.capitalize(), row.key, row.at, str(row.id))
