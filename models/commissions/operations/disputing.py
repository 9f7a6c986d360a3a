"""What can happen to an objection: the amount is held, later released, perhaps added to.

Nothing is edited: what follows is a line of its own in the open month.
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
from models.commissions.disputes.queries import decisions_of
from models.commissions.disputes.rules import (
    DISPUTE_MOVES,
    DisputeReason,
    DisputeStatus,
    Objection,
    why_not,
)
from models.commissions.disputes.tables import DECISION_MOVES, DecisionState, Dispute
from models.commissions.engine import Code
from models.commissions.operations.corresponding import (
    attach,
    note,
    queue_the_clock,
    tell_of_the_opening,
    tell_of_the_withdrawal,
    tidy,
)
from models.commissions.operations.posting import OpenMonth, standing_version
from models.commissions.tables import CommissionLine, Statement
from models.commissions.words import name_of
from models.errors import Refused
from models.files import Upload
from models.money import Money
from models.partners import Partner
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
        dispute = new_dispute(
            beside, line.partner_id, objection.reason, objection.amount, by=by, at=at
        )
        dispute.line_id = line.id
        dispute.claimed_minor = None if objection.claimed is None else objection.claimed.minor
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
        about = f"line {line.number}, {name_of(line.code)}"
        begin(beside, dispute, "open", text, about, by=by, at=at, now=now)
        return dispute.id


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
    if added_minor and dispute.line_id is None:
        lines.append(_for_missing(session, month, dispute, added_minor, at))
    elif added_minor:
        line, code = session.get_one(CommissionLine, dispute.line_id), Code.ADJUSTMENT
        lines.append(month.add(line, code, added_minor, source_id=dispute.id, at=at, said=said))
    dispute.status, dispute.closed_at, dispute.closed_by_name = after, at, by.name
    dispute.added_minor = added_minor
    session.flush()
    return lines


def _for_missing(
    session: Session, month: OpenMonth, dispute: Dispute, added_minor: int, at: datetime
) -> CommissionLine:
    partner = session.get_one(Partner, dispute.partner_id)
    on = local_day(at, vendor.settings(session).time_zone)
    return month.add_by_hand(
        partner.id,
        Money(added_minor, dispute.currency),
        plan_version_id=standing_version(session, partner, on),
        source_id=dispute.id,
        deal_id=dispute.deal_id,
        said={"number": dispute.number, "why": f"Missing sale: {dispute.missing_sale}"},
    )


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
        _void_what_waits(beside, dispute)
        note(beside, dispute, "withdraw", "", by=by, at=at)
        audit.record(beside, by, "dispute withdrawn", dispute, detail=told_of(dispute), now=now)
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
    house = vendor.settings(session)
    zone, days = house.time_zone, house.dispute_window_days
    statement = session.get(Statement, line.statement_id) if line.statement_id else None
    closed_on, today = (
        local_day(statement.closed_at, zone) if statement else None,
        local_day(now, zone),
    )
    if reason := why_not(line.code, closed_on=closed_on, today=today, window_days=days):
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


def new_dispute(
    session: Session,
    partner_id: UUID,
    reason: DisputeReason,
    amount: Money,
    *,
    by: Actor,
    at: datetime,
) -> Dispute:
    dispute_id, house = new_id(), vendor.settings(session)
    return Dispute(
        id=dispute_id,
        partner_id=partner_id,
        number=human_number("Q", dispute_id, 10),
        status=DisputeStatus.OPEN,
        reason=reason,
        amount_minor=amount.minor,
        currency=amount.currency,
        opened_at=at,
        opened_by_name=by.name,
        decide_by=house.calendar.add_business_days(at, house.dispute_business_days),
    )


def begin(
    session: Session,
    dispute: Dispute,
    verb: str,
    text: str,
    about: str,
    *,
    by: Actor,
    at: datetime,
    now: datetime,
) -> None:
    """The story's first step, the clock, and who is told."""
    note(session, dispute, verb, text, by=by, at=at)
    audit.record(session, by, "dispute opened", dispute, detail=told_of(dispute), now=now)
    queue_the_clock(session, dispute)
    tell_of_the_opening(session, dispute, about, now=now)


def _void_what_waits(session: Session, dispute: Dispute) -> None:
    for one in decisions_of(session, dispute.id):
        if one.state is DecisionState.WAITING:
            one.state = DECISION_MOVES.after("send_back", one.state)
            one.note = "The partner withdrew the dispute."
    session.flush()


def told_of(dispute: Dispute) -> dict[str, str | int]:
    return {
        "dispute": dispute.number,
        "amount_minor": dispute.amount_minor,
        "currency": dispute.currency,
    }
