"""What can happen to an objection: the amount is held, later released, perhaps added to.

A decision edits nothing: it posts lines of its own in the open month.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import audit, vendor
from models.base import human_number, lock, new_id
from models.calendars import local_day
from models.commissions.disputes.rules import (
    BUSINESS_DAYS,
    DISPUTE_MOVES,
    Decision,
    DisputeStatus,
    Objection,
    why_not,
)
from models.commissions.disputes.tables import Dispute
from models.commissions.engine import Code
from models.commissions.operations.corresponding import (
    attach,
    note,
    queue_the_clock,
    tell_of_the_decision,
    tell_of_the_opening,
    tell_of_the_withdrawal,
    tidy,
)
from models.commissions.operations.posting import OpenMonth
from models.commissions.tables import CommissionLine, Statement
from models.errors import Refused
from models.files import Upload
from models.money import Money
from models.people import Actor
from models.scope import vendor_side


def open_dispute(
    session: Session,
    line_id: UUID,
    objection: Objection,
    *,
    uploads: Sequence[Upload] = (),
    by: Actor,
    at: datetime,
    now: datetime,
) -> UUID:
    """Hold what is disputed of a line, in the open month; the id of the dispute."""
    text = tidy(objection.text, "what is wrong")
    with vendor_side(session) as beside:
        month = OpenMonth(beside, now)
        line = beside.get_one(CommissionLine, line_id)
        lock(beside, line)
        _check(beside, line, objection, now=now)
        dispute = _new(beside, line, objection, by=by, at=at)
        beside.add(dispute)
        beside.flush()
        if line.amount_minor > 0:
            said = {"dispute": dispute.number}
            hold = month.add(
                line, Code.DISPUTE_HOLD, -objection.amount.minor, source_id=dispute.id, at=at,
                said=said,
            )  # fmt: skip
            dispute.hold_line_id = hold.id
        attach(beside, dispute, uploads, by=by, now=now)
        note(beside, dispute, "open", text, by=by, at=at)
        audit.record(beside, by, "dispute opened", dispute, detail=_told(dispute), now=now)
        queue_the_clock(beside, dispute)
        tell_of_the_opening(beside, dispute, line, now=now)
        return dispute.id


def decide_dispute(
    session: Session,
    dispute: Dispute,
    decision: Decision,
    *,
    by: Actor,
    at: datetime,
    now: datetime,
) -> list[CommissionLine]:
    """Release what was held, and add what the decision gives; the lines that say so."""
    month = OpenMonth(session, now)
    lock(session, dispute)
    after = DISPUTE_MOVES.after(decision.verb, dispute.status)
    text = tidy(decision.text, "why you decide so")
    added = _added(dispute, session.get_one(CommissionLine, dispute.line_id), decision)
    dispute.decision_text = text
    lines = settle(session, month, dispute, after, added_minor=added, by=by, at=at)
    note(session, dispute, decision.verb, text, by=by, at=at)
    detail = _told(dispute) | {"added_minor": added}
    audit.record(session, by, f"dispute {after.words.lower()}", dispute, detail=detail, now=now)
    tell_of_the_decision(session, dispute, now=now)
    return lines


def settle(
    session: Session,
    month: OpenMonth,
    dispute: Dispute,
    after: DisputeStatus,
    *,
    released_minor: int | None = None,
    added_minor: int = 0,
    by: Actor,
    at: datetime,
) -> list[CommissionLine]:
    """Close it with its lines; released: None for all that was held."""
    released = dispute.amount_minor if released_minor is None else released_minor
    if not 0 <= released <= dispute.amount_minor:
        raise Refused("Release not more than what was held.")
    lines, said = [], {"dispute": dispute.number}
    if dispute.hold_line_id is not None and released:
        hold = session.get_one(CommissionLine, dispute.hold_line_id)
        code = Code.DISPUTE_RELEASE
        lines.append(month.add(hold, code, released, source_id=dispute.id, at=at, said=said))
    if added_minor:
        line, code = session.get_one(CommissionLine, dispute.line_id), Code.ADJUSTMENT
        lines.append(month.add(line, code, added_minor, source_id=dispute.id, at=at, said=said))
    dispute.status, dispute.closed_at, dispute.closed_by_name = after, at, by.name
    dispute.added_minor = added_minor
    session.flush()
    return lines


def withdraw_dispute(
    session: Session, dispute_id: UUID, *, by: Actor, at: datetime, now: datetime
) -> None:
    """The partner takes its objection back: what was held is released."""
    with vendor_side(session) as beside:
        month = OpenMonth(beside, now)
        dispute = beside.get_one(Dispute, dispute_id)
        lock(beside, dispute)
        after = DISPUTE_MOVES.after("withdraw", dispute.status)
        settle(beside, month, dispute, after, by=by, at=at)
        note(beside, dispute, "withdraw", "", by=by, at=at)
        audit.record(beside, by, "dispute withdrawn", dispute, detail=_told(dispute), now=now)
        tell_of_the_withdrawal(beside, dispute, by=by, now=now)


def most_to_dispute(session: Session, line: CommissionLine) -> Money:
    """At most the line itself, and of what was earned what is still there.  Vendor's side."""
    if line.amount_minor <= 0:
        return Money(-line.amount_minor, line.currency)
    same_sale = (
        CommissionLine.deal_id == line.deal_id
        if line.deal_id
        else CommissionLine.invoice_id == line.invoice_id
        if line.invoice_id
        else CommissionLine.id == line.id
    )
    earned = session.scalar(
        select(func.coalesce(func.sum(CommissionLine.amount_minor), 0)).where(
            same_sale,
            CommissionLine.partner_id == line.partner_id,
            CommissionLine.currency == line.currency,
        )
    )
    return Money(min(line.amount_minor, max(int(earned or 0), 0)), line.currency)


def _check(session: Session, line: CommissionLine, objection: Objection, *, now: datetime) -> None:
    zone = vendor.settings(session).time_zone
    statement = session.get(Statement, line.statement_id) if line.statement_id else None
    closed_on = local_day(statement.closed_at, zone) if statement else None
    if reason := why_not(line.code, closed_on=closed_on, today=local_day(now, zone)):
        raise Refused(reason)
    is_open = Dispute.status == DisputeStatus.OPEN
    held = session.scalar(select(Dispute.number).where(Dispute.line_id == line.id, is_open))
    if held is not None:
        raise Refused(f"{held} is open about this line. Add what you know to it.")
    most = most_to_dispute(session, line)
    if not most:
        raise Refused("Nothing of this line is left to dispute: it was taken back since.")
    if objection.amount.currency != line.currency or not 0 < objection.amount.minor <= most.minor:
        raise Refused(f"Dispute more than nothing and at most {most.major:,} {most.currency}.")
    if objection.claimed is not None and objection.claimed.minor <= line.amount_minor:
        raise Refused("What the line should be is more than what it is; leave it empty if unsure.")


def _new(
    session: Session, line: CommissionLine, objection: Objection, *, by: Actor, at: datetime
) -> Dispute:
    dispute_id = new_id()
    calendar = vendor.settings(session).calendar
    return Dispute(
        id=dispute_id,
        partner_id=line.partner_id,
        number=human_number("Q", dispute_id, 10),
        status=DisputeStatus.OPEN,
        line_id=line.id,
        reason=objection.reason,
        amount_minor=objection.amount.minor,
        currency=objection.amount.currency,
        claimed_minor=objection.claimed and objection.claimed.minor,
        opened_at=at,
        opened_by_name=by.name,
        decide_by=calendar.add_business_days(at, BUSINESS_DAYS),
    )


def _added(dispute: Dispute, line: CommissionLine, decision: Decision) -> int:
    """What the decision gives on top, in minor units.  Raises Refused when it does not fit."""
    if decision.verb == "deny":
        return 0
    asked = None if dispute.claimed is None else dispute.claimed.minor - line.amount_minor
    if decision.added is None:
        if decision.verb == "accept" and asked is not None:
            return asked
        raise Refused("Say how much is added.")
    added = decision.added
    if added.currency != dispute.currency or added.minor <= 0:
        raise Refused("What is added must be more than nothing; otherwise deny it.")
    if decision.verb == "accept" and asked is not None and added.minor < asked:
        raise Refused("That is less than the partner asks for: accept it in part.")
    return added.minor


def _told(dispute: Dispute) -> dict[str, str | int]:
    return {
        "dispute": dispute.number,
        "amount_minor": dispute.amount_minor,
        "currency": dispute.currency,
    }
