"""Reversals: money taken back from a transfer, asked for by us or found at Stripe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, jobs, ledger
from models.base import lock, new_id
from models.errors import Refused
from models.ledger import Account, Entry, credit, debit
from models.money import Money
from models.partners.destinations import DestinationKind
from models.payouts.operations.advising import in_words
from models.payouts.operations.billing import take_bill_back, take_part_of_bill_back
from models.payouts.operations.postings import posting_month
from models.payouts.operations.steps import links_of, step
from models.payouts.operations.telling import tell_taken_back
from models.payouts.rules import PayoutStatus
from models.payouts.tables import Payout
from models.payouts.taxing import Taxed
from models.payouts.transfers.operations.alarms import alarm
from models.payouts.transfers.queries import reversed_of
from models.payouts.transfers.rules import REVERSE, AttemptState, is_spent
from models.payouts.transfers.tables import PayoutReversal
from models.payouts.transfers.units import on_the_wire, payable_part
from models.people import SYSTEM, Actor


@dataclass(frozen=True, slots=True)
class ClaimedReversal:
    reversal_id: UUID
    transfer_id: str
    key: str
    wire: int
    must_look: bool


def ask_reversal(
    session: Session, payout: Payout, amount: Money, *, reason: str, by: Actor, now: datetime
) -> PayoutReversal:
    """Take money back from a transfer; the worker asks Stripe for it, under a key of its own."""
    lock(session, payout)
    if payout.rail is not DestinationKind.STRIPE or payout.status is not PayoutStatus.PAID:
        raise Refused(f"{payout.number} has no transfer at Stripe that could be reversed.")
    if not reason.strip():
        raise Refused("Say why money is taken back; the partner will ask.")
    if _asked(session, payout, AttemptState.OPEN):
        raise Refused(f"A reversal of {payout.number} is on its way already.")
    left = payout.amount - reversed_of(session, payout)
    if not 0 < amount.minor <= left.minor or payable_part(amount) != amount:
        raise Refused(f"Enter an amount up to {left.major} {left.currency}; so much is left of it.")
    number = 1 + len(_asked(session, payout))
    row = PayoutReversal(
        id=new_id(),
        payout_id=payout.id,
        key=f"{payout.reference}:reversal:{number}",
        amount=amount,
        reason=reason.strip()[:300],
        asked_by_id=by.id,
        asked_at=now,
    )
    session.add(row)
    detail = {"amount": str(amount.major), "reason": row.reason}
    audit.record(session, by, "transfer reversal asked", payout, now=now, detail=detail)
    jobs.enqueue(session, REVERSE, f"{REVERSE} {row.id}", {"reversal": str(row.id)}, run_at=now)
    return row


def claim_reversal(session: Session, reversal_id: UUID, *, now: datetime) -> ClaimedReversal | None:
    """None when it is settled already."""
    row = session.get_one(PayoutReversal, reversal_id)
    lock(session, row)
    if row.state is not AttemptState.OPEN:
        return None
    payout = session.get_one(Payout, row.payout_id)
    return ClaimedReversal(
        reversal_id=row.id,
        transfer_id=payout.reference,
        key=row.key,
        wire=on_the_wire(row.amount),
        must_look=is_spent(row.asked_at, now),
    )


def settle_reversal(session: Session, row_id: UUID, reversal_id: str, *, now: datetime) -> None:
    """It is done: the money is ours again, and owed again.  Once, whoever says it."""
    row = session.get_one(PayoutReversal, row_id)
    payout = session.get_one(Payout, row.payout_id)
    lock(session, payout)
    lock(session, row)
    if row.state is AttemptState.OPEN:
        row.state, row.reversal_id, row.answer = AttemptState.OK, reversal_id, reversal_id
        _book(session, payout, row, now)


def refuse_reversal(session: Session, row_id: UUID, message: str, *, now: datetime) -> None:
    """Stripe said no; finance is told, nothing has moved."""
    row = session.get_one(PayoutReversal, row_id)
    lock(session, row)
    if row.state is not AttemptState.OPEN:
        return
    row.state, row.answer = AttemptState.REJECTED, message[:500]
    payout = session.get_one(Payout, row.payout_id)
    alarm(
        session,
        f"stripe-reversal {row.id}",
        title=f"The reversal of {payout.number} was refused",
        body=f"Stripe says: {message}",
        link=f"/payouts/{payout.id}",
        now=now,
    )


def book_found_reversal(
    session: Session, payout: Payout, reversal_id: str, amount: Money, *, now: datetime
) -> bool:
    """Book a reversal made in Stripe's dashboard; False when it is booked already."""
    lock(session, payout)
    known = session.scalar(
        select(PayoutReversal.id).where(
            (PayoutReversal.reversal_id == reversal_id) | (PayoutReversal.key == reversal_id)
        )
    )
    if known is not None:
        return False
    ours = [r for r in _asked(session, payout, AttemptState.OPEN) if r.amount == amount]
    if ours:  # ours, whose answer was lost
        settle_reversal(session, ours[0].id, reversal_id, now=now)
        return True
    row = PayoutReversal(
        id=new_id(),
        payout_id=payout.id,
        key=reversal_id,
        amount=amount,
        reason="Reversed at Stripe.",
        asked_by_id=None,
        asked_at=now,
        state=AttemptState.OK,
        reversal_id=reversal_id,
    )
    session.add(row)
    _book(session, payout, row, now)
    return True


def _book(session: Session, payout: Payout, row: PayoutReversal, now: datetime) -> None:
    session.flush()
    shares = _shares(session, payout, row)
    ledger.post(
        session,
        key=f"payout:{payout.id}:reversal:{row.reversal_id}",
        kind="payout reversed",
        period=posting_month(session, now),
        entries=[debit(Account.STRIPE_BALANCE, row.amount), *_owed_again(payout, shares)],
        now=now,
    )
    note = f"{in_words(row.amount)} came back. {row.reason}"
    audit.record(
        session, SYSTEM, "transfer reversed", payout, now=now,
        detail={"note": f"{row.reversal_id}: {note}"},
    )  # fmt: skip
    if payout.amount <= reversed_of(session, payout):
        step(session, payout, "fail", by=SYSTEM, now=now, note=note)
        payout.reason = f"The transfer was reversed. {row.reason}"[:500]
        for link in links_of(session, payout):
            link.is_live = False
        take_bill_back(session, payout, now=now)
    else:
        step(session, payout, "take_part_back", by=SYSTEM, now=now, note=note)
        net, vat = shares.commission, shares.vat
        take_part_of_bill_back(session, payout, net=net, vat=vat, now=now)
    tell_taken_back(session, payout, row.amount, row.reason, row.key, now)


def _shares(session: Session, payout: Payout, row: PayoutReversal) -> Taxed:
    """What came back, in its parts; noted on the payout, so that the next one brings it.

    Shares are what has come back by now less what had before, so that all of it together is
    exactly what was paid.
    """
    after = reversed_of(session, payout)
    before = after - row.amount
    vat = payout.vat_in(after) - payout.vat_in(before)
    withheld = payout.withheld_from(after) - payout.withheld_from(before)
    shares = Taxed(row.amount - vat + withheld, vat, withheld, payout.tax_words)
    payout.back_minor += shares.commission.minor
    payout.back_vat_minor += vat.minor
    payout.back_withheld_minor += withheld.minor
    return shares


def _owed_again(payout: Payout, shares: Taxed) -> list[Entry]:
    """The commission is owed again before tax; its share of the taxes is not owed any more."""
    parts = [
        credit(Account.PARTNER_PAYABLE, shares.commission, payout.partner_id),
        credit(Account.INPUT_VAT, shares.vat, payout.partner_id),
        debit(Account.TAX_WITHHELD, shares.withheld, payout.partner_id),
    ]
    return [part for part in parts if part.money]


def _asked(
    session: Session, payout: Payout, state: AttemptState | None = None
) -> list[PayoutReversal]:
    rows = select(PayoutReversal).where(PayoutReversal.payout_id == payout.id)
    if state is not None:
        rows = rows.where(PayoutReversal.state == state)
    return list(session.scalars(rows.order_by(PayoutReversal.id)))
