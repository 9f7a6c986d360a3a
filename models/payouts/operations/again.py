"""Preparing once more: a draft that no longer holds, or what failed of a released run."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import lock
from models.errors import Refused
from models.payouts.operations.preparing import exclude, prepare
from models.payouts.operations.releasing import cancel
from models.payouts.rails import Rails
from models.payouts.rules import PayoutStatus, RunStatus
from models.payouts.tables import Payout, PayoutRun
from models.people import Actor


def prepare_again(
    session: Session, run: PayoutRun, *, rails: Rails, by: Actor, now: datetime
) -> PayoutRun:
    """Cancel a draft and prepare it anew from what is due now.

    Whom a person left out stays left out, for the same reason.
    """
    lock(session, run)
    if run.status is not RunStatus.DRAFT:
        raise Refused(f"Run {run.number} is {run.status}: it cannot be prepared again.")
    rows = session.execute(
        select(Payout.partner_id, Payout.reason).where(
            Payout.run_id == run.id, Payout.status == PayoutStatus.HELD
        )
    )
    left_out = {row.partner_id: row.reason for row in rows}
    cancel(session, run, reason="Prepared again", by=by, now=now)
    session.flush()  # there is one draft at a time
    fresh = prepare(session, run.period, run.currency, rails=rails, by=by, now=now)
    for payout in session.scalars(select(Payout).where(Payout.run_id == fresh.id)).all():
        if payout.partner_id in left_out:
            exclude(session, payout, reason=left_out[payout.partner_id], by=by, now=now)
    return fresh


def retry(session: Session, run: PayoutRun, *, rails: Rails, by: Actor, now: datetime) -> PayoutRun:
    """A further run for those whose payment failed, as far as they can be paid now."""
    lock(session, run)
    failed = session.scalars(
        select(Payout.partner_id).where(
            Payout.run_id == run.id, Payout.status == PayoutStatus.FAILED
        )
    ).all()
    if not failed:
        raise Refused(f"Nothing of run {run.number} has failed.")
    return prepare(session, run.period, run.currency, rails=rails, by=by, now=now, only=failed)
