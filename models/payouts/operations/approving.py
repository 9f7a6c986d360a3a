"""Two people: who may still be the second, and what each has looked at."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import lock
from models.errors import Refused
from models.payouts.approvals import PayoutApproval, approvals_of
from models.payouts.operations.steps import tell_run
from models.payouts.queries import seen_of
from models.payouts.rated import assigners_in, versions_in
from models.payouts.rules import RunStatus
from models.payouts.tables import PayoutRun
from models.payouts.terms import terms
from models.people import Actor, Person, PersonStatus, Role

CHANGED = "This run has changed since you looked at it. Look again, then {verb}."


def approve(session: Session, run: PayoutRun, *, seen: str, by: Actor, now: datetime) -> None:
    """Say that one has looked at a run which nobody prepared, so that another may release it.

    seen: the hash on the page that was looked at.  Approving the same twice changes nothing.
    """
    lock(session, run)
    if run.status is not RunStatus.DRAFT:
        raise Refused(f"Run {run.number} is {run.status}: there is nothing to approve.")
    if run.prepared_by_id is not None:
        raise Refused(f"A person prepared run {run.number}; another one releases it at once.")
    if by.id is None:
        raise Refused("A person approves a run, never the system.")
    if seen_of(session, run) != seen:
        raise Refused(CHANGED.format(verb="approve"))
    if any((one.by_id, one.seen) == (by.id, seen) for one in approvals_of(session, run)):
        return
    session.add(PayoutApproval(run_id=run.id, by_id=by.id, seen=seen, at=now))
    tell_run(session, run, "approve", by=by, now=now)


def must_be_the_second(session: Session, run: PayoutRun, seen: str, by: Actor) -> None:
    """Raises Refused unless somebody else prepared, or approved, exactly what is released."""
    if run.prepared_by_id == by.id:
        raise Refused(
            "You prepared this run, so a second person must release it. " + who_else(session, by.id)
        )
    if run.prepared_by_id is not None or terms(session).one_person_is_enough:
        return
    if is_approved_for(session, run, seen, by):
        return
    given = approvals_of(session, run)
    if any(one.seen == seen for one in given):
        raise Refused(
            "You approved this run, so a second person must release it. " + who_else(session, by.id)
        )
    if given:
        raise Refused(
            f"This run was changed after {given[0].name} approved it. "
            "One person approves it again, another releases it."
        )
    raise Refused(
        "Nobody prepared this run but Counterpart, so two people let it go: "
        "one approves it, another releases it. Approve it, then ask for the release. "
        + who_else(session, by.id)
    )


def must_not_pay_alone_what_it_wrote(
    session: Session, run: PayoutRun, seen: str, by: Actor
) -> None:
    """Who wrote a plan version that rated lines of the run does not let its money go alone.

    Somebody who wrote none of these versions has prepared the run, or approved exactly this.
    """
    rated = versions_in(session, run)
    looked = {run.prepared_by_id}
    looked |= {one.by_id for one in approvals_of(session, run) if one.seen == seen}
    own = [version for version in rated if str(by.id) in version.authors]
    wrote = {person_id for version in rated for person_id in version.authors}
    if own and not any(one is not None and str(one) not in wrote for one in looked):
        named = " and ".join(f"version {row.number} of “{row.plan_name}”" for row in own[:3])
        raise Refused(
            f"You wrote {named}, which rated what this run pays, and nobody else has looked at "
            "the run. Somebody who did not write it has to release the run, or to prepare or "
            "approve it. " + who_else(session, by.id)
        )
    _must_not_pay_alone_whom_it_chose(session, run, looked, by)


def _must_not_pay_alone_whom_it_chose(
    session: Session, run: PayoutRun, looked: set[UUID | None], by: Actor
) -> None:
    """The same of who said that a plan is for a partner."""
    assigned = assigners_in(session, run)
    if by.id not in assigned or any(one is not None and one not in assigned for one in looked):
        return
    raise Refused(
        f"You assigned “{assigned[by.id]}”, which rated what this run pays, and nobody else has "
        "looked at the run. Somebody who did not assign it has to release the run, or to prepare "
        "or approve it. " + who_else(session, by.id)
    )


def is_approved_for(session: Session, run: PayoutRun, seen: str, by: Actor) -> bool:
    """Whether somebody other than `by` has approved exactly this."""
    return any(one.seen == seen and one.by_id != by.id for one in approvals_of(session, run))


def who_else(session: Session, but: UUID | None) -> str:
    names = colleagues(session, but)
    if not names:
        return "Nobody else has the finance role yet: ask an administrator to invite somebody."
    return f"Ask {' or '.join(names)}."


def colleagues(session: Session, but: UUID | None) -> list[str]:
    """Names of some others who may release."""
    return list(
        session.scalars(
            select(Person.name)
            .where(Person.role == Role.FINANCE, Person.status == PersonStatus.ACTIVE)
            .where(Person.id != but)
            .order_by(Person.name)
            .limit(5)
        )
    )
