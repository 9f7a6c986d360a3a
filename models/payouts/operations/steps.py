"""One step of a payout or of a run: the state moves, and an event says who, when and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.payouts.rules import PAYOUT_MOVES, RUN_MOVES, PayoutStatus, RunStatus
from models.payouts.tables import Payout, PayoutEvent, PayoutRun, PayoutRunEvent, PayoutStatement
from models.people import Actor


def step(
    session: Session, payout: Payout, verb: str, *, by: Actor, now: datetime, note: str = ""
) -> None:
    """Move a payout that is locked.  Raises Refused when its state does not allow it."""
    before = payout.status
    payout.status = PayoutStatus(PAYOUT_MOVES.after(verb, before))
    session.add(
        PayoutEvent(
            partner_id=payout.partner_id,
            payout_id=payout.id,
            verb=verb,
            from_status=before,
            to_status=payout.status,
            at=now,
            by_id=by.id,
            by_name=by.name,
            note=note,
        )
    )


def move(
    session: Session, run: PayoutRun, verb: str, *, by: Actor, now: datetime, note: str = ""
) -> None:
    """Move a run that is locked.  Raises Refused when its state does not allow it."""
    run.status = RunStatus(RUN_MOVES.after(verb, run.status))
    tell_run(session, run, verb, by=by, now=now, note=note)


def tell_run(
    session: Session, run: PayoutRun, verb: str, *, by: Actor, now: datetime, note: str = ""
) -> None:
    """Keep what happened to a run, in its timeline and in the audit."""
    session.add(
        PayoutRunEvent(run_id=run.id, verb=verb, at=now, by_id=by.id, by_name=by.name, note=note)
    )
    audit.record(session, by, f"payout run {verb}", run, now=now, detail={"note": note})


def lock_payouts(session: Session, run: PayoutRun, *only: PayoutStatus) -> list[Payout]:
    """The run's payouts, held until the transaction ends; all states when none is named."""
    session.flush()
    wanted = select(Payout).where(Payout.run_id == run.id).order_by(Payout.id)
    if only:
        wanted = wanted.where(Payout.status.in_(only))
    held = wanted.with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(held))


def links_of(session: Session, payout: Payout) -> list[PayoutStatement]:
    links = select(PayoutStatement).where(PayoutStatement.payout_id == payout.id)
    return list(session.scalars(links.order_by(PayoutStatement.id)))
