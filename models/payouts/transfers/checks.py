"""What must be true of transfers at any moment, one sentence for each that is not.  Reads only.

The numbers are those of docs/payouts.md.  What needs Stripe's side to be judged is judged by
the reconciliation, and in the tests by tests/stripe/provider.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.commissions.tables import MonthClose
from models.ledger import Account, Posting, PostingLine
from models.partners.destinations import DestinationKind
from models.payouts.operations.postings import GIVEN_BACK, RESERVED, SENT
from models.payouts.rules import PayoutStatus
from models.payouts.tables import Payout, PayoutRun
from models.payouts.transfers.rules import AttemptState
from models.payouts.transfers.tables import PayoutAttempt, PayoutReversal
from models.payouts.transfers.units import on_the_wire

LIVE = (AttemptState.OPEN, AttemptState.OK)
NEEDS_ATTEMPT = (PayoutStatus.SENDING, PayoutStatus.UNKNOWN, PayoutStatus.REVIEW)
COMMISSION = "commission"
MANY = 1000


def check_transfers(session: Session) -> list[str]:
    return [
        *_one_posting_a_fact(session),
        *_one_live_attempt(session),
        *_paid_by_its_transfer(session),
        *_released_only_when_refused(session),
        *_payout_is_reserve_is_transfer(session),
        *_run_is_unique_and_of_two(session),
        *_nothing_in_a_closed_month(session),
        *_reversals_in_the_ledger(session),
    ]


def _one_posting_a_fact(session: Session) -> Iterable[str]:
    """3: whatever was paid was posted under the key that names it, and nothing else was."""
    posted = _posted(session, SENT)
    paid = session.execute(
        select(Payout.id, Payout.number).where(
            Payout.paid_on.is_not(None), Payout.rail == DestinationKind.STRIPE
        )
    )
    for payout_id, number in paid:
        if payout_id not in posted:
            yield f"Payout {number} is paid, but not in the ledger."


def _one_live_attempt(session: Session) -> Iterable[str]:
    """4 and 5: at most one live attempt, and one for whatever may have been called."""
    live = func.count(PayoutAttempt.id)
    doubled = session.scalars(
        select(Payout.number)
        .join(PayoutAttempt, PayoutAttempt.payout_id == Payout.id)
        .where(PayoutAttempt.state.in_(LIVE))
        .group_by(Payout.number)
        .having(live > 1)
    )
    yield from (f"Payout {number} has several live attempts." for number in doubled)
    uncalled = session.scalars(
        select(Payout.number).where(
            Payout.rail == DestinationKind.STRIPE,
            Payout.status.in_(NEEDS_ATTEMPT),
            ~select(PayoutAttempt.id).where(PayoutAttempt.payout_id == Payout.id).exists(),
        )
    )
    yield from (f"Payout {number} is being sent without an attempt." for number in uncalled)


def _paid_by_its_transfer(session: Session) -> Iterable[str]:
    """Paid when, and only when, its attempt found a transfer; the reference is its id."""
    ok = (
        select(PayoutAttempt.transfer_id)
        .where(PayoutAttempt.payout_id == Payout.id, PayoutAttempt.state == AttemptState.OK)
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Payout.number, Payout.reference, ok.label("transfer_id")).where(
            Payout.rail == DestinationKind.STRIPE,
            or_(
                Payout.paid_on.is_not(None) & ok.is_distinct_from(Payout.reference),
                Payout.paid_on.is_(None) & ok.is_not(None),
            ),
        )
    )
    for number, reference, transfer_id in rows:
        yield f"Payout {number} says “{reference}”, its attempt says {transfer_id}."


def _released_only_when_refused(session: Session) -> Iterable[str]:
    """6: money went back only on an explicit no, on proven absence, or before any call."""
    given_back = _posted(session, GIVEN_BACK)
    rows = session.execute(
        select(Payout.id, Payout.number, PayoutAttempt.state)
        .join(PayoutAttempt, PayoutAttempt.payout_id == Payout.id)
        .where(PayoutAttempt.state.in_(LIVE))
        .execution_options(yield_per=MANY)
    )
    for payout_id, number, state in rows:
        if payout_id in given_back:
            yield f"Payout {number} was given back while an attempt is {state}."


def _payout_is_reserve_is_transfer(session: Session) -> Iterable[str]:
    """8, 13 and 14: what an attempt asks for is its payout, in units that Stripe can pay."""
    rows = session.execute(
        select(Payout.number, Payout.amount, PayoutAttempt.params, Payout.partner_id)
        .join(PayoutAttempt, PayoutAttempt.payout_id == Payout.id)
        .execution_options(yield_per=MANY)
    )
    for number, amount, params, partner_id in rows:
        asked = (params["amount"], params["currency"], params["metadata"]["partner"])
        if asked != (on_the_wire(amount), amount.currency.lower(), str(partner_id)):
            yield f"Payout {number} is of {amount.minor}, an attempt asks for {asked[0]}."
    reserved = {
        _payout_of(key): -minor
        for key, minor in session.execute(
            select(Posting.key, PostingLine.amount_minor)
            .join(PostingLine, PostingLine.posting_id == Posting.id)
            .where(
                Posting.kind == f"payout {RESERVED}", PostingLine.account == Account.PAYOUT_CLEARING
            )
        )
    }
    for payout_id, number, minor in session.execute(
        select(Payout.id, Payout.number, Payout.amount_minor)
    ):
        if reserved.get(payout_id, minor) != minor:
            yield f"Payout {number} is of {minor}, {reserved[payout_id]} is reserved for it."


def _run_is_unique_and_of_two(session: Session) -> Iterable[str]:
    """10 and 11; the database refuses both, this says so if it ever did not."""
    several = func.count(PayoutRun.id)
    names = (PayoutRun.program, PayoutRun.period, PayoutRun.seq, PayoutRun.currency)
    for *name, _ in session.execute(select(*names, several).group_by(*names).having(several > 1)):
        yield f"There are several runs {'-'.join(map(str, name))}."
    alone = select(PayoutRun.number).where(PayoutRun.released_by_id == PayoutRun.prepared_by_id)
    for number in session.scalars(alone):
        yield f"Run {number} was prepared and released by the same person."


def _nothing_in_a_closed_month(session: Session) -> Iterable[str]:
    """12: after its close a month takes nothing; what comes later goes into the open one."""
    late = session.scalars(
        select(Posting.key)
        .join(MonthClose, MonthClose.month == Posting.period)
        .where(Posting.kind != COMMISSION, Posting.at > MonthClose.finished_at)
    )
    yield from (f"Posting {key} was made in a month that was closed." for key in late)


def _reversals_in_the_ledger(session: Session) -> Iterable[str]:
    posted = set(session.scalars(select(Posting.key).where(Posting.kind == "payout reversed")))
    rows = session.execute(
        select(PayoutReversal.payout_id, PayoutReversal.reversal_id).where(
            PayoutReversal.state == AttemptState.OK
        )
    )
    booked = {f"payout:{payout_id}:reversal:{name}" for payout_id, name in rows}
    yield from (f"{key} is not in the ledger." for key in sorted(booked - posted))
    yield from (f"{key} is in the ledger only." for key in sorted(posted - booked))
    back = (
        select(func.coalesce(func.sum(PayoutReversal.amount_minor), 0))
        .where(PayoutReversal.payout_id == Payout.id, PayoutReversal.state == AttemptState.OK)
        .scalar_subquery()
    )
    noted = Payout.back_minor + Payout.back_vat_minor - Payout.back_withheld_minor
    for number in session.scalars(select(Payout.number).where(noted != back)):
        yield f"Payout {number} does not say what came back of it."


def _posted(session: Session, fact: str) -> set[UUID]:
    """The payouts for which this fact is in the ledger."""
    keys = session.scalars(select(Posting.key).where(Posting.kind == f"payout {fact}"))
    return {_payout_of(key) for key in keys}


def _payout_of(key: str) -> UUID:
    """Of a posting key such as payout:<id>:sent."""
    return UUID(key.split(":")[1])
