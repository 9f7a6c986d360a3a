"""What can happen when a dispute is decided: above the programme's limit a second person agrees.

A decision edits nothing: it posts lines of its own in the open month.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, notices, vendor
from models.base import lock
from models.calendars import local_day
from models.commissions.adjustments import is_above_the_limit
from models.commissions.disputes.rules import DISPUTE_MOVES, Decision, DisputeStatus
from models.commissions.disputes.tables import (
    DECISION_MOVES,
    DecisionState,
    Dispute,
    DisputeDecision,
)
from models.commissions.operations.corresponding import (
    link_to,
    note,
    tell_of_the_decision,
    tidy,
)
from models.commissions.operations.disputing import settle, told_of
from models.commissions.operations.posting import OpenMonth
from models.commissions.tables import CommissionLine
from models.errors import Refused
from models.money import Money
from models.people import Actor, Person, PersonStatus, Role

DECIDE = (Role.FINANCE, Role.ADMINISTRATOR)


def decide_dispute(
    session: Session,
    dispute: Dispute,
    decision: Decision,
    *,
    by: Actor,
    at: datetime,
    now: datetime,
) -> list[CommissionLine]:
    """Release what was held, and add what the decision gives; the lines that say so.

    Above the limit of one person nothing happens yet: a second one is asked.
    """
    month = OpenMonth(session, now)
    lock(session, dispute)
    DISPUTE_MOVES.after(decision.verb, dispute.status)
    if waiting(session, dispute) is not None:
        raise Refused("A decision waits for a second person. Confirm it or send it back.")
    text = tidy(decision.text, "why you decide so")
    added = Money(_added(session, dispute, decision), dispute.currency)
    needs_second = bool(added) and by.id is not None and _is_large(session, dispute, added, by, at)
    made = DisputeDecision(
        dispute_id=dispute.id,
        state=DecisionState.WAITING if needs_second else DecisionState.GIVEN,
        verb=decision.verb,
        text=text,
        added_minor=added.minor,
        needs_second=needs_second,
        by_id=by.id,
        by_name=by.name,
        at=at,
    )
    session.add(made)
    session.flush()
    if not needs_second:
        return _give(session, month, dispute, made, by=by, at=at, now=now)
    detail = told_of(dispute) | {"added_minor": added.minor}
    audit.record(session, by, "dispute decision asked", dispute, detail=detail, now=now)
    _ask(session, dispute, made, now)
    return []


def confirm_decision(
    session: Session, dispute: Dispute, *, by: Actor, at: datetime, now: datetime
) -> list[CommissionLine]:
    """By somebody else than who decided: now the partner reads it, and its lines are posted."""
    month = OpenMonth(session, now)
    lock(session, dispute)
    made = _second(session, dispute, "confirm", by, at)
    lines = _give(session, month, dispute, made, by=by, at=at, now=now)
    _tell_decider(session, dispute, made, f"{by.name} agreed to your decision", made.text, now)
    return lines


def send_back_decision(
    session: Session, dispute: Dispute, *, reason: str, by: Actor, at: datetime, now: datetime
) -> None:
    """By somebody else: the dispute waits for another decision."""
    reason = tidy(reason, "why it goes back")
    lock(session, dispute)
    made = _second(session, dispute, "send_back", by, at)
    made.note = reason
    session.flush()
    detail = told_of(dispute) | {"why": reason}
    audit.record(session, by, "dispute decision sent back", dispute, detail=detail, now=now)
    _tell_decider(session, dispute, made, f"{by.name} sent your decision back", reason, now)


def waiting(session: Session, dispute: Dispute) -> DisputeDecision | None:
    """The decision that waits for a second person."""
    return session.scalar(
        select(DisputeDecision).where(
            DisputeDecision.dispute_id == dispute.id,
            DisputeDecision.state == DecisionState.WAITING,
        )
    )


def _give(
    session: Session,
    month: OpenMonth,
    dispute: Dispute,
    made: DisputeDecision,
    *,
    by: Actor,
    at: datetime,
    now: datetime,
) -> list[CommissionLine]:
    after: DisputeStatus = DISPUTE_MOVES.after(made.verb, dispute.status)
    dispute.decision_text = made.text
    added = made.added_minor
    lines = settle(session, month, dispute, after, added_minor=added, by=by, at=at)
    note(session, dispute, made.verb, made.text, by=by, at=at)
    detail = told_of(dispute) | {"added_minor": added, "decided_by": made.by_name}
    audit.record(session, by, f"dispute {after.words.lower()}", dispute, detail=detail, now=now)
    tell_of_the_decision(session, dispute, now=now)
    return lines


def _second(
    session: Session, dispute: Dispute, verb: str, by: Actor, at: datetime
) -> DisputeDecision:
    made = waiting(session, dispute)
    if made is None:
        raise Refused("No decision waits for a second person.")
    if by.id is None or by.id == made.by_id:
        raise Refused("You made this decision, so a second person must agree to it.")
    made.state = DECISION_MOVES.after(verb, made.state)
    made.second_by_id, made.second_by_name, made.second_at = by.id, by.name, at
    session.flush()
    return made


def _is_large(session: Session, dispute: Dispute, added: Money, by: Actor, at: datetime) -> bool:
    house = vendor.settings(session)
    on = local_day(at, house.time_zone)
    return is_above_the_limit(session, house, dispute.partner_id, added, by_id=by.id, on=on)


def _added(session: Session, dispute: Dispute, decision: Decision) -> int:
    """What the decision gives on top, in minor units.  Raises Refused when it does not fit."""
    if decision.verb == "deny":
        return 0
    asked = asked_minor(session, dispute)
    if decision.added is None:
        if decision.verb == "accept" and asked is not None:
            return asked
        raise Refused("Say how much is added.")
    added = decision.added
    if added.currency != dispute.currency or added.minor <= 0:
        raise Refused("What is added must be more than nothing; otherwise deny it.")
    if asked is not None and added.minor > asked:
        raise Refused("That is more than the partner asks for; add what it asks for, or less.")
    if decision.verb == "accept" and asked is not None and added.minor < asked:
        raise Refused("That is less than the partner asks for: accept it in part.")
    return added.minor


def asked_minor(session: Session, dispute: Dispute) -> int | None:
    """What the partner asks for beyond what it has; None when it names no figure."""
    if dispute.line_id is None:
        return dispute.amount_minor
    if dispute.claimed_minor is None:
        return None
    return dispute.claimed_minor - session.get_one(CommissionLine, dispute.line_id).amount_minor


def _ask(session: Session, dispute: Dispute, made: DisputeDecision, now: datetime) -> None:
    amount = Money(made.added_minor, dispute.currency)
    asked = select(Person.id).where(
        Person.role.in_(DECIDE), Person.status == PersonStatus.ACTIVE, Person.id != made.by_id
    )
    for person_id in session.scalars(asked):
        notices.tell(
            session, person_id, "dispute-decision-asked", now=now, link=link_to(dispute),
            title=f"{made.by_name} wants to add {amount.major:,} {amount.currency}",
            body=f"{dispute.number}: {made.text}",
        )  # fmt: skip


def _tell_decider(
    session: Session, dispute: Dispute, made: DisputeDecision, title: str, body: str, now: datetime
) -> None:
    if made.by_id is not None:
        notices.tell(
            session, made.by_id, "dispute-decision-looked-at", now=now, link=link_to(dispute),
            title=f"{dispute.number}: {title}", body=body,
        )  # fmt: skip
