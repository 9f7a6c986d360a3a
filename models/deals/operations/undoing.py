"""Taking a decision back: for ten seconds, by whoever took it, unless something has followed.

The three decisions of a manager are kept with all they changed, and what they tell waits until
they can no longer be taken back; so a partner is never told what was not meant.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import audit, journal, vendor
from models.base import lock
from models.customers import Customer
from models.deals.decisions import (
    GRACE_SECONDS,
    UNDO_SECONDS,
    DealDecision,
    holds,
    latest_final,
    latest_of,
    waited,
)
from models.deals.operations import deciding
from models.deals.operations.steps import remember
from models.deals.queries import evidence
from models.deals.rules import ago_in_words
from models.deals.tables import Deal, DealEvent, DealNote
from models.errors import Refused
from models.jobs import Job, JobState
from models.journal import Journal
from models.notices import Notice
from models.partners import Partner
from models.people import Actor


def can_be_undone(decide: Callable[..., None]) -> Callable[..., None]:
    """Keep what `decide` changes, how long it took, and hold back what it tells."""

    @wraps(decide)
    def kept(
        session: Session,
        deal: Deal,
        *,
        by: Actor,
        now: datetime,
        together: UUID | None = None,
        **said: Any,
    ) -> None:
        with journal.opened(session) as changed:
            decide(session, deal, by=by, now=now, **said)
            _hold_back(session, changed, until=now)
        decision = _decision(session, deal, changed, decide.__name__, by=by, now=now)
        decision.together = together
        if decision.counts:
            _nothing_counts(session, deal)
        session.add(decision)

    return kept


approve = can_be_undone(deciding.approve)
reject = can_be_undone(deciding.reject)
ask = can_be_undone(deciding.ask)


def undo(session: Session, deal: Deal, *, by: Actor, now: datetime) -> None:
    """Put the deal back to where it stood before `by`'s decision.

    Raises Refused when it was somebody else's, is too long ago, or something has followed.
    """
    if deal.customer_id:
        lock(session, session.get_one(Customer, deal.customer_id))
    lock(session, deal)
    decision = latest_of(session, deal.id)
    _refuse_late_or_foreign(decision, by=by, now=now)
    assert decision is not None
    before = deal.status
    if not decision.changes or not _is_untold(session, decision.changes):
        raise Refused("The partner has been told already. Nothing was changed.")
    if _has_followed(session, decision) or not journal.put_back(session, decision.changes):
        raise Refused("Something has happened to this deal since. Nothing was changed.")
    decision.undone_at, decision.counts = now, False
    session.flush()
    if earlier := latest_final(session, deal.id):
        earlier.counts = True
    remember(session, deal, "undo", by=by, now=now, before=before)
    audit.record(
        session, by, "deal: undo", deal, now=now, detail={"from": before, "to": deal.status}
    )


def _refuse_late_or_foreign(decision: DealDecision | None, *, by: Actor, now: datetime) -> None:
    if decision is None:
        raise Refused("Nothing was decided on this deal yet.")
    if decision.undone_at is not None:
        raise Refused("This decision was taken back already. Nothing was changed.")
    if decision.by_id != by.id:
        raise Refused(f"This is {decision.by_name}'s decision; only they can take it back.")
    if now > decision.open_until:
        raise Refused(
            f"You decided this {ago_in_words(decision.at, now)}, and the partner has been told. "
            f"A decision can be taken back for {UNDO_SECONDS} seconds."
        )


def _hold_back(session: Session, changed: Journal, *, until: datetime) -> None:
    """Whatever the decision tells or sets in motion waits until it can no longer be undone."""
    session.flush()
    until = until + timedelta(seconds=UNDO_SECONDS + GRACE_SECONDS)
    for row in changed.added:
        if isinstance(row, Notice):
            row.not_before = until
        elif isinstance(row, Job):
            row.run_at = max(row.run_at, until)
    session.flush()


def _has_followed(session: Session, decision: DealDecision) -> bool:
    """Whether anybody has done or said anything about the deal since."""
    return any(
        session.scalar(
            select(kind.id).where(kind.deal_id == decision.deal_id, kind.at > decision.at).limit(1)
        )
        for kind in (DealEvent, DealNote)
    )


def _is_untold(session: Session, changes: journal.Page) -> bool:
    """Whether no mail has left and no job has run."""
    for table, key in changes["added"]:
        if table == Notice.__tablename__:
            notice = session.get(Notice, UUID(key))
            if notice is None or notice.mailed_at is not None:
                return False
        elif table == Job.__tablename__:
            job = session.get(Job, UUID(key))
            if job is None or job.state is not JobState.WAITING:
                return False
    return True


def _decision(
    session: Session, deal: Deal, changed: Journal, verb: str, *, by: Actor, now: datetime
) -> DealDecision:
    due_at = changed.before(deal, "decide_by")
    is_final = holds(deal)
    today = vendor.settings(session).calendar.day_of(now)
    return DealDecision(
        deal_id=deal.id,
        verb=verb,
        by_id=by.id,
        by_name=by.name,
        at=now,
        is_final=is_final,
        counts=is_final,
        tier=session.get_one(Partner, deal.partner_id).tier,
        took_seconds=int(waited(session, deal.id, until=now).total_seconds()),
        due_at=due_at,
        is_late=due_at is not None and now > due_at,
        had_conflict=is_final and bool(evidence(session, deal, on=today)),
        code=deal.reject_code if verb == "reject" else None,
        changes=changed.page(),
    )


def _nothing_counts(session: Session, deal: Deal) -> None:
    session.execute(
        update(DealDecision).where(DealDecision.deal_id == deal.id).values(counts=False)
    )
