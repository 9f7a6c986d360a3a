"""Settling: handed over to the bank, then paid or failed; each recorded once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import audit, vendor
from models.base import lock
from models.errors import Refused
from models.partners.destinations import DestinationKind
from models.payouts.calendar import days_of
from models.payouts.operations.postings import give_back, send, take_back
from models.payouts.operations.steps import links_of, lock_payouts, step, tell_run
from models.payouts.operations.telling import close_when_settled, tell_failed, tell_paid
from models.payouts.orders import orders_of, payer_of
from models.payouts.rails import BY_FILE, Errand, Rail
from models.payouts.rules import (
    FAILURES,
    IN_FLIGHT,
    Failure,
    PayoutStatus,
    RunStatus,
)
from models.payouts.tables import Payout, PayoutFile, PayoutRun
from models.payouts.terms import terms
from models.people import Actor
from models.sealing import Seal
from models.vendor import Vendor


def hand_over(
    session: Session, run: PayoutRun, rail: Rail, *, seal: Seal, by: Actor, now: datetime
) -> PayoutFile:
    """The run's file for one rail: made at the first call, the very same at each later one.

    Its payouts are `sending` from then on: what is on paper may be on its way.
    """
    lock(session, run)
    file = session.scalars(
        select(PayoutFile).where(PayoutFile.run_id == run.id, PayoutFile.rail == rail.kind)
    ).first()
    if file is None:
        file = _make_file(session, run, rail, seal, by, now)
    audit.record(
        session, by, "payout file taken", run, now=now, detail={"file": file.name, "of": file.key}
    )
    return file


def mark_paid(
    session: Session, payout: Payout, *, reference: str, paid_on: date, by: Actor, now: datetime
) -> None:
    """Record that a payout reached the partner.  Recording it again changes nothing."""
    run = session.get_one(PayoutRun, payout.run_id)
    lock(session, run)
    lock(session, payout)
    if not _is_the_same_press(payout, _said(reference), paid_on):
        _pay(session, run, [payout], _said(reference), paid_on, by, now)
    close_when_settled(session, run, by, now)


def mark_run_paid(
    session: Session, run: PayoutRun, *, reference: str, paid_on: date, by: Actor, now: datetime
) -> int:
    """Record every payout of a released run that is still open as paid; how many there were."""
    lock(session, run)
    if run.status not in (RunStatus.RELEASED, RunStatus.CLOSED):
        raise Refused(f"Run {run.number} is {run.status}: nothing of it can be paid.")
    waiting = [
        payout
        for payout in lock_payouts(session, run)
        if payout.status in IN_FLIGHT and payout.rail is not DestinationKind.STRIPE
    ]
    if waiting:
        _pay(session, run, waiting, _said(reference), paid_on, by, now)
        tell_run(session, run, "pay", by=by, now=now, note=reference)
    close_when_settled(session, run, by, now)
    return len(waiting)


def fail(
    session: Session, payout: Payout, *, why: Failure, note: str, by: Actor, now: datetime
) -> None:
    """Record that a payout did not arrive: it is owed again, and the partner is told."""
    run = session.get_one(PayoutRun, payout.run_id)
    lock(session, run)
    lock(session, payout)
    if payout.status is PayoutStatus.FAILED:
        raise Refused(f"{payout.number} is already recorded as failed: {payout.reason}")
    _must_not_be_stripes(payout)
    was_paid = payout.status is PayoutStatus.PAID
    reason = " ".join(filter(None, [FAILURES[why], note.strip()]))
    step(session, payout, "fail", by=by, now=now, note=f"{why.value}: {reason}")
    payout.reason = reason
    (take_back if was_paid else give_back)(session, [payout], now=now)
    for link in links_of(session, payout):
        link.is_live = False
    audit.record(session, by, "payout failed", payout, now=now, detail={"why": why.value})
    tell_failed(session, payout, why, now)
    close_when_settled(session, run, by, now)


def _pay_day(session: Session, run: PayoutRun, house: Vendor, now: datetime) -> date:
    """The calendar's, as long as a bank can still keep it; then the next business day."""
    agreed = days_of(run.period, terms(session).rhythm, house.calendar).pay_on
    return max(agreed, house.calendar.next_business_day(house.calendar.day_of(now)))


def _make_file(
    session: Session, run: PayoutRun, rail: Rail, seal: Seal, by: Actor, now: datetime
) -> PayoutFile:
    if run.status is not RunStatus.RELEASED:
        raise Refused(f"Run {run.number} is {run.status}: there is no bank file to make.")
    payouts = [p for p in lock_payouts(session, run, PayoutStatus.APPROVED) if p.rail == rail.kind]
    house = vendor.settings(session)
    handed = (
        rail.carry(
            Errand(
                key=run.key,
                payer=payer_of(house),
                orders=orders_of(session, payouts),
                made_at=now,
                execute_on=_pay_day(session, run, house, now),
                nth_today=_made_since(session, rail, now) + 1,
            )
        )
        if payouts
        else None
    )
    if handed is None:
        raise Refused(f"Run {run.number} has no payment that goes to the bank in a file.")
    file = PayoutFile(
        run_id=run.id,
        rail=rail.kind,
        key=run.key,
        name=handed.file_name,
        sha256=hashlib.sha256(handed.content).hexdigest(),
        count=handed.count,
        total=handed.total,
        content_sealed=seal.close(handed.content.decode()),
        made_by_id=by.id,
        made_at=now,
    )
    session.add(file)
    for payout in payouts:
        step(session, payout, "hand_over", by=by, now=now, note=file.name)
    tell_run(session, run, "hand_over", by=by, now=now, note=f"{file.name} {file.sha256}")
    return file


def _made_since(session: Session, rail: Rail, now: datetime) -> int:
    """Files of this rail made in the last 24 hours."""
    asked = select(func.count(PayoutFile.id)).where(
        PayoutFile.rail == rail.kind, PayoutFile.made_at > now - timedelta(hours=24)
    )
    return session.scalar(asked) or 0


def _is_the_same_press(payout: Payout, reference: str, paid_on: date) -> bool:
    """Whether just this was recorded before.  Raises Refused when something else was."""
    if payout.status is not PayoutStatus.PAID:
        return False
    if (payout.reference, payout.paid_on) == (reference, paid_on):
        return True
    raise Refused(
        f"{payout.number} was already recorded as paid on {payout.paid_on:%Y-%m-%d}"
        f" with reference {payout.reference}."
    )


def _pay(
    session: Session,
    run: PayoutRun,
    payouts: Sequence[Payout],
    reference: str,
    paid_on: date,
    by: Actor,
    now: datetime,
) -> None:
    _must_be_a_likely_day(session, run, paid_on, now)
    for payout in payouts:
        _must_not_be_stripes(payout)
        if payout.rail in BY_FILE and payout.status is PayoutStatus.APPROVED:
            raise Refused(
                f"Make the bank file of run {run.number} first; {payout.number} is in it."
            )
        step(session, payout, "pay", by=by, now=now, note=reference)
        payout.paid_on, payout.reference = paid_on, reference
        audit.record(session, by, "payout paid", payout, now=now, detail={"reference": reference})
    send(session, payouts, now=now)
    for payout in payouts:
        tell_paid(session, payout, now)


def _must_not_be_stripes(payout: Payout) -> None:
    """What Stripe carries is settled by what Stripe says (models/payouts/transfers)."""
    if payout.rail is DestinationKind.STRIPE:
        raise Refused(
            f"{payout.number} goes by Stripe: it is settled by what Stripe answers, not by hand."
        )


def _said(reference: str) -> str:
    reference = " ".join(reference.split())
    if not reference:
        raise Refused("Enter the reference of the payment, as it stands on our bank statement.")
    return reference


def _must_be_a_likely_day(session: Session, run: PayoutRun, paid_on: date, now: datetime) -> None:
    calendar = vendor.settings(session).calendar
    if run.released_at is None:
        raise Refused(f"Run {run.number} is not released: nothing of it can be paid.")
    if not calendar.day_of(run.released_at) <= paid_on <= calendar.day_of(now):
        raise Refused(
            "The day of payment lies between the release on "
            f"{calendar.day_of(run.released_at):%Y-%m-%d} and today."
        )
