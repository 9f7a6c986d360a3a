"""What can happen before a month is closed: one person proposes it, another confirms it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, jobs, notices
from models.base import lock
from models.commissions import closes
from models.commissions.close_tables import CloseProposal, ProposalState
from models.commissions.closes import Item
from models.commissions.operations.closing import begin_close
from models.commissions.operations.desk import shut_months
from models.commissions.operations.settling import settle_month
from models.commissions.operations.tallying import forget_tallies
from models.commissions.queries import month_in_words
from models.commissions.tables import MonthClose
from models.errors import Refused
from models.jobs import Job, JobState
from models.people import SYSTEM, Actor, Person, PersonStatus, Role

CLOSE = "close month"
"""The job that states the partners of a month; its payload is {"close": id}."""

REFUSED = f"{Refused.__name__}: "
"""How the worker writes down a refusal."""

BLOCKED = {
    Item.ENDED: "The month has not ended; say that it is closed early.",
    Item.EARLIER: "An earlier month is still open; close it first.",
    Item.RATES: "Payments wait for an exchange rate; add it in the catalogue.",
    Item.PLANS: "Payments wait for a plan; assign one to the partner.",
    Item.RERATING: "Open months are being rated anew; wait until that is done.",
    Item.UNRATED: "Some payments cannot be rated; the page Months says why.",
}


def propose_close(
    session: Session, month: str, *, seen: str, early: bool, by: Actor, now: datetime
) -> CloseProposal | None:
    """None when the amounts are no longer what was looked at.  Raises Refused while it is blocked.

    seen: the hash on the page.
    """
    if by.id is None:
        raise Refused("A person proposes to close a month.")
    shut_months(session)
    _must_be_open(session, month)
    settle_month(session, month, now=now)
    _must_not_be_blocked(session, month, now=now, early=early)
    if closes.seen_of(session, month) != seen:
        forget_tallies(session, month, through=month)
        return None
    _end_standing(session, month, ProposalState.VOID, by=by, now=now)
    proposal = _proposal(session, month, seen, early=early, by=by, now=now)
    title = f"{by.name} proposes to close {month_in_words(month)}"
    body = "Look at the largest changes, then confirm it. A change of any amount voids it."
    for person_id in _others(session, by.id):
        notices.tell(
            session, person_id, "close-proposed", title=title, body=body,
            link=f"/months/{month}", now=now,
        )  # fmt: skip
    return proposal


def confirm_close(
    session: Session, proposal: CloseProposal, *, by: Actor, now: datetime
) -> MonthClose | None:
    """Close exactly what was proposed: the month takes nothing more, the worker states it.

    None when the amounts have changed since; then the proposal is void.
    """
    shut_months(session)
    lock(session, proposal)
    if proposal.state is not ProposalState.OPEN:
        raise Refused(f"This proposal is {proposal.state.value}; propose the close again.")
    if by.id is None or by.id == proposal.proposed_by_id:
        raise Refused("You proposed to close this month, so a second person must confirm it.")
    settle_month(session, proposal.month, now=now)
    if closes.seen_of(session, proposal.month) != proposal.seen:
        _end(session, proposal, ProposalState.VOID, by=by, now=now)
        return None
    _must_not_be_blocked(session, proposal.month, now=now, early=proposal.is_early)
    proposal.confirmed_by_id = by.id
    _end(session, proposal, ProposalState.CONFIRMED, by=by, now=now)
    close = begin_close(session, proposal.month, by=by, now=now, early=proposal.is_early)
    close.proposal_id = proposal.id
    jobs.enqueue(session, CLOSE, f"{CLOSE} {close.month}", {"close": str(close.id)}, run_at=now)
    return close


def close_trouble(session: Session, month: str) -> str:
    """Why the worker could not go on with the statements; empty while it can."""
    asked = select(Job.last_error).where(Job.key == f"{CLOSE} {month}")
    told = session.scalar(asked.where(Job.state != JobState.DONE)) or ""
    if not told or told.startswith(REFUSED):
        return told.removeprefix(REFUSED)
    return "Something went wrong. An administrator finds what on the page of the worker."


def go_on_with_close(session: Session, month: str, *, by: Actor, now: datetime) -> None:
    """After what it waited for was mended: the worker does not wait for its next try."""
    job = session.scalars(select(Job).where(Job.key == f"{CLOSE} {month}")).one_or_none()
    if job is None or job.state is JobState.RUNNING:
        return
    jobs.revive(session, job, by=by, now=now)
    if job.state is JobState.WAITING:
        job.run_at = now


def withdraw_close(session: Session, proposal: CloseProposal, *, by: Actor, now: datetime) -> None:
    lock(session, proposal)
    if proposal.state is not ProposalState.OPEN:
        raise Refused(f"This proposal is {proposal.state.value} already.")
    _end(session, proposal, ProposalState.WITHDRAWN, by=by, now=now)


def close_by_command(
    session: Session, month: str, *, confirmed_by: Actor, reason: str, early: bool, now: datetime
) -> MonthClose:
    """The server proposes, a person who is named has confirmed, and it is kept why."""
    if not reason.strip():
        raise Refused("Say with --reason why the month is closed by command.")
    if confirmed_by.role is not Role.FINANCE:
        raise Refused(f"{confirmed_by.name} has not the finance role and cannot confirm a close.")
    shut_months(session)
    _must_be_open(session, month)
    settle_month(session, month, now=now)
    _end_standing(session, month, ProposalState.VOID, by=confirmed_by, now=now)
    seen = closes.seen_of(session, month)
    proposal = _proposal(
        session, month, seen, early=early, by=SYSTEM, now=now, reason=reason.strip()
    )
    close = confirm_close(session, proposal, by=confirmed_by, now=now)
    assert close is not None, "nothing changed in between: the months are shut"
    return close


def _proposal(
    session: Session,
    month: str,
    seen: str,
    *,
    early: bool,
    by: Actor,
    now: datetime,
    reason: str = "",
) -> CloseProposal:
    proposal = CloseProposal(
        month=month,
        seen=seen,
        is_early=early,
        proposed_by_id=by.id,
        proposed_by_name=by.name,
        proposed_at=now,
        reason=reason,
    )
    session.add(proposal)
    session.flush()
    detail = {"month": month, "seen": seen} | ({"why": reason} if reason else {})
    audit.record(session, by, "close proposed", proposal, detail=detail, now=now)
    return proposal


def _must_be_open(session: Session, month: str) -> None:
    if closes.is_begun(session, month):
        raise Refused(f"{month_in_words(month)} is closed already.")


def _must_not_be_blocked(session: Session, month: str, *, now: datetime, early: bool) -> None:
    found = closes.checks(session, month, now=now, early=early)
    blocked = [BLOCKED[one.item] for one in found if one.blocks and one.count]
    if blocked:
        raise Refused(" ".join(blocked))


def _end_standing(
    session: Session, month: str, state: ProposalState, *, by: Actor, now: datetime
) -> None:
    standing = closes.proposal_of(session, month)
    if standing is not None:
        _end(session, standing, state, by=by, now=now)


def _end(
    session: Session, proposal: CloseProposal, state: ProposalState, *, by: Actor, now: datetime
) -> None:
    proposal.state, proposal.ended_by_name, proposal.ended_at = state, by.name, now
    session.flush()
    detail = {"month": proposal.month}
    audit.record(session, by, f"close proposal {state.value}", proposal, detail=detail, now=now)


def _others(session: Session, but: UUID) -> Iterable[UUID]:
    return session.scalars(
        select(Person.id).where(
            Person.role == Role.FINANCE, Person.status == PersonStatus.ACTIVE, Person.id != but
        )
    )
