"""What follows when a payout is settled: the partner is told, and the run may be over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import notices
from models.money import Money
from models.payouts.operations.advising import advise, in_words
from models.payouts.operations.steps import move
from models.payouts.rules import IN_FLIGHT, OURS_TO_MEND, Failure, RunStatus, remedy
from models.payouts.tables import Payout, PayoutRun
from models.people import Actor, Role


def close_when_settled(session: Session, run: PayoutRun, by: Actor, now: datetime) -> None:
    """The run is locked; whoever settles the last of its payouts closes it."""
    if run.status is not RunStatus.RELEASED:
        return
    session.flush()
    waiting = select(Payout.id).where(Payout.run_id == run.id, Payout.status.in_(IN_FLIGHT))
    if session.scalar(waiting.limit(1)) is not None:
        return
    move(session, run, "close", by=by, now=now)
    run.settled_at = now


def tell_paid(session: Session, payout: Payout, now: datetime) -> None:
    advise(session, payout, now=now)


def tell_failed(session: Session, payout: Payout, why: Failure, now: datetime) -> None:
    notices.tell_partner(
        session,
        payout.partner_id,
        "payout-failed",
        title=f"Our payment of {in_words(payout.amount)} did not arrive",
        body=f"{payout.reason} {remedy(why)}",
        link=f"/payouts/{payout.id}" if why in OURS_TO_MEND else "/company",
        now=now,
        key=f"payout-failed {payout.id}",
    )
    notices.tell_staff(
        session,
        Role.FINANCE,
        "payout-failed",
        title=f"Payout {payout.number} failed",
        body=f"{payout.reason} It is owed again; the next run picks it up.",
        link=f"/payouts/{payout.id}",
        now=now,
        key=f"payout-failed {payout.id}",
    )


def tell_taken_back(
    session: Session, payout: Payout, amount: Money, reason: str, key: str, now: datetime
) -> None:
    """key: names what came back, so that it is told once."""
    notices.tell_partner(
        session,
        payout.partner_id,
        "payout-taken-back",
        title=f"{in_words(amount)} of payout {payout.number} came back to us",
        body=f"{reason} It is owed to you again, and the next payout run pays it.",
        link=f"/payouts/{payout.id}",
        now=now,
        key=f"payout-taken-back {key}",
    )
