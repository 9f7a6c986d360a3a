"""What can happen to a month: it is closed, once, partner by partner, and stays closed.

`begin_close` rates what is left and shuts the month; `state_some` makes statements for
some partners and may be called again and again, in transactions of its own; when no
partner is left the month is finished.  Closing a closed month changes nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from models import audit, vendor
from models.base import lock
from models.calendars import first_day, local_day, month_of
from models.commissions.engine.numbers import last_day
from models.commissions.operations.desk import Ratings, shut_months
from models.commissions.operations.drawing import partners_with_a_draw
from models.commissions.operations.rating import catch_up, release_due
from models.commissions.operations.stating import state
from models.commissions.queries import openings_of
from models.commissions.tables import CommissionLine, MonthClose, Statement
from models.errors import Refused
from models.partners import endings
from models.people import Actor

BATCH = 250
"""Partners in one transaction."""


def close_month(
    session: Session, month: str, *, by: Actor, now: datetime, early: bool = False
) -> MonthClose:
    """Close it in one go.  Raises Refused as `begin_close` does."""
    close = begin_close(session, month, by=by, now=now, early=early)
    while state_some(session, close, by=by, now=now):
        pass
    return close


def begin_close(
    session: Session, month: str, *, by: Actor, now: datetime, early: bool = False
) -> MonthClose:
    """Rate what was not rated, pay out what is due, and let the month take nothing more.

    Raises Refused when the month has not ended (unless `early`), or an earlier one is open.
    """
    today = _check_month(session, month, now=now, early=early)
    known = session.scalar(select(MonthClose).where(MonthClose.month == month).with_for_update())
    if known is not None:
        return known
    shut_months(session)
    catch_up(session, now=now)
    release_due(session, through=min(last_day(month), today), now=now)
    _earlier_months_are_closed(session, month)
    close = MonthClose(
        month=month,
        begun_at=now,
        finished_at=None,
        is_early=today <= last_day(month),
        closed_by_name=by.name,
    )
    session.add(close)
    session.flush()
    close.partner_count = len(_waiting(session, close, most=None))
    detail = {"month": month, "early": close.is_early}
    audit.record(session, by, "month closed", close, detail=detail, now=now)
    return close


def state_some(
    session: Session, close: MonthClose, *, by: Actor, now: datetime, most: int = BATCH
) -> int:
    """Make the statements of up to `most` partners; how many partners, 0 when all is done."""
    lock(session, close)
    if close.finished_at is not None:
        return 0
    partners = _waiting(session, close, most=most)
    state(session, partners, close.month, now=now)
    close.stated_count += len(partners)
    if len(partners) < most:
        close.finished_at = now
        detail = {"month": close.month, "partners": close.stated_count}
        audit.record(session, by, "month finished", close, detail=detail, now=now)
    session.flush()
    return len(partners) if close.finished_at is None else 0


def _check_month(session: Session, month: str, *, now: datetime, early: bool) -> date:
    """Today, for the vendor."""
    try:
        first_day(month)
    except ValueError:
        raise Refused(f"“{month}” is not a month; write it as 2026-11.") from None
    ends = last_day(month)
    today = local_day(now, vendor.settings(session).time_zone)
    if month > month_of(today):
        raise Refused(f"{month} has not begun; close {month_of(today)} first.")
    if today <= ends and not early:
        raise Refused(
            f"{month} ends on {ends:%d %B %Y}; confirm that you close it early. "
            "What still happens in it then counts for the next month."
        )
    return today


def _earlier_months_are_closed(session: Session, month: str) -> None:
    oldest = session.scalar(
        select(func.min(CommissionLine.period)).where(
            CommissionLine.statement_id.is_(None), CommissionLine.period < month
        )
    )
    if oldest is not None:
        raise Refused(f"{oldest} is still open and has lines; close it before {month}.")


def _waiting(session: Session, close: MonthClose, *, most: int | None) -> list[UUID]:
    """Partners with something to state and no statement of the month yet."""
    lines = (
        select(CommissionLine.partner_id)
        .where(CommissionLine.period == close.month, CommissionLine.statement_id.is_(None))
        .distinct()
        .order_by(CommissionLine.partner_id)
    )
    found = list(session.scalars(lines.limit(most) if most else lines))
    if most is None or len(found) < most:
        ratings = Ratings(session, close.begun_at)
        drawn = [
            partner_id
            for partner_id in partners_with_a_draw(ratings, close.month)
            if partner_id not in found and not _is_stated(session, partner_id, close.month)
        ]
        found += drawn if most is None else drawn[: most - len(found)]
        left = [one for one in _left_with_a_balance(session, close.month) if one not in found]
        found += left if most is None else left[: most - len(found)]
    return found


def _left_with_a_balance(session: Session, month: str) -> list[UUID]:
    """Partners that earn nothing any more and were carried an amount: they get it now."""
    gone = [
        partner_id
        for partner_id in sorted(endings.over_by(session, last_day(month)))
        if not _is_stated(session, partner_id, month)
    ]
    carried = openings_of(session, gone, month)
    owed = {partner_id for (partner_id, _), minor in carried.items() if minor > 0}
    return [partner_id for partner_id in gone if partner_id in owed]


def _is_stated(session: Session, partner_id: UUID, month: str) -> bool:
    return bool(
        session.scalar(
            select(exists().where(Statement.partner_id == partner_id, Statement.period == month))
        )
    )
