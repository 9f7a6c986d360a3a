"""What can happen to an objection: the amount is held, later released, perhaps adjusted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import audit
from models.base import human_number, lock, new_id
from models.calendars import local_day
from models.commissions.engine import Code
from models.commissions.engine.numbers import divided
from models.commissions.operations.desk import Ratings
from models.commissions.tables import CommissionLine, Dispute, Plan, PlanVersion
from models.errors import Refused
from models.money import Money
from models.people import Actor


def open_dispute(
    session: Session, line: CommissionLine, *, amount: Money, by: Actor, at: datetime, now: datetime
) -> Dispute:
    """Hold `amount` of what the line's deal has earned its partner, in the open month."""
    lock(session, line)
    if line.deal_id is None:
        raise Refused("Only a line that belongs to a deal can be disputed.")
    earned = _earned(session, line)
    if amount.currency != line.currency or not 0 < amount.minor <= earned:
        raise Refused("Hold more than nothing, and not more than the deal has earned.")
    held = _open_of(session, line.deal_id, line.partner_id)
    if held is not None:
        raise Refused("There is an open dispute about this deal; close it first.")
    hold = _add(session, line, Code.DISPUTE_HOLD, -amount.minor, at=at, now=now)
    dispute = Dispute(
        partner_id=line.partner_id,
        deal_id=line.deal_id,
        amount_minor=amount.minor,
        currency=amount.currency,
        hold_line_id=hold.id,
        opened_at=at,
    )
    session.add(dispute)
    session.flush()
    audit.record(session, by, "dispute opened", dispute, now=now)
    return dispute


def close_dispute(
    session: Session,
    dispute: Dispute,
    *,
    outcome: str,
    released_minor: int | None = None,
    adjustment_minor: int = 0,
    by: Actor,
    at: datetime,
    now: datetime,
) -> list[CommissionLine]:
    """Release what was held (or a part), and add what the decision gives or takes."""
    lock(session, dispute)
    if dispute.closed_at is not None:
        raise Refused("This dispute is closed already.")
    hold = session.get_one(CommissionLine, dispute.hold_line_id)
    dispute.closed_at, dispute.outcome = at, outcome
    released = dispute.amount_minor if released_minor is None else released_minor
    if not 0 <= released <= dispute.amount_minor:
        raise Refused("Release not more than what was held.")
    lines = []
    if released:
        lines.append(_add(session, hold, Code.DISPUTE_RELEASE, released, at=at, now=now))
    if adjustment_minor:
        lines.append(_add(session, hold, Code.ADJUSTMENT, adjustment_minor, at=at, now=now))
    audit.record(session, by, "dispute closed", dispute, detail={"outcome": outcome}, now=now)
    return lines


def _earned(session: Session, line: CommissionLine) -> int:
    """What the deal of this line has earned its partner so far, in minor units."""
    return int(
        session.scalar(
            select(func.coalesce(func.sum(CommissionLine.amount_minor), 0)).where(
                CommissionLine.partner_id == line.partner_id,
                CommissionLine.deal_id == line.deal_id,
                CommissionLine.currency == line.currency,
            )
        )
        or 0
    )


def _open_of(session: Session, deal_id: UUID, partner_id: UUID) -> Dispute | None:
    return session.scalar(
        select(Dispute).where(
            Dispute.deal_id == deal_id,
            Dispute.partner_id == partner_id,
            Dispute.closed_at.is_(None),
        )
    )


def _add(
    session: Session,
    about: CommissionLine,
    code: Code,
    amount_minor: int,
    *,
    at: datetime,
    now: datetime,
) -> CommissionLine:
    """A line of the same deal, plan and exchange rate as `about`, in the open month."""
    version = session.get_one(PlanVersion, about.plan_version_id)
    plan = session.get_one(Plan, version.plan_id)
    on = local_day(at, plan.time_zone)
    line_id = new_id()
    line = CommissionLine(
        id=line_id,
        partner_id=about.partner_id,
        number=human_number("L", line_id, 12),
        period=_open_month(session, on, local_day(now, plan.time_zone), now),
        on=on,
        code=code,
        deal_id=about.deal_id,
        invoice_id=about.invoice_id,
        source_id=None,
        amount_minor=amount_minor,
        currency=about.currency,
        payout_minor=_payout(amount_minor, about),
        payout_currency=about.payout_currency,
        plan_version_id=about.plan_version_id,
        working=_working(code, amount_minor, about),
        corrects=[about.id.hex],
        recorded_at=now,
    )
    session.add(line)
    session.flush()
    return line


def _payout(amount_minor: int, about: CommissionLine) -> int:
    """At the rate that `about` was converted at."""
    share = amount_minor * about.payout_minor
    return divided(share if about.amount_minor > 0 else -share, abs(about.amount_minor))


def _open_month(session: Session, on: date, recorded_on: date, now: datetime) -> str:
    return Ratings(session, now).world.posting_month(on, recorded_on)


def _working(code: Code, amount_minor: int, about: CommissionLine) -> dict[str, Any]:
    told: dict[str, Any] = {
        "rule": code.value,
        "pool_minor": amount_minor,
        "of": about.number,
        "rounding": about.working.get("rounding", "half_up"),
    }
    if "fx" in about.working:
        told["fx"] = {
            "policy": "as_corrected",
            "from": about.currency,
            "to": about.payout_currency,
        }
    return told
