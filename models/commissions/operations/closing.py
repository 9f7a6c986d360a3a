"""What can happen to a month: it is closed, once, partner by partner, and stays closed.

`begin_close` rates what is left and shuts the month; `state_some` makes statements for
some partners and may be called again and again, in transactions of its own; when no
partner is left the month is finished.  Closing a closed month changes nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, vendor
from models.base import lock
from models.calendars import local_day, month_of
from models.commissions.close_tables import CloseProposal
from models.commissions.engine.numbers import last_day
from models.commissions.months import empty_before, first_open_before
from models.commissions.operations.deferring import owing
from models.commissions.operations.desk import Ratings, shut_months
from models.commissions.operations.drawing import partners_with_a_draw
from models.commissions.operations.rating import catch_up
from models.commissions.operations.releasing import due_through, must_be_a_month, release_due
from models.commissions.operations.stating import state
from models.commissions.operations.tallying import keep_sums
from models.commissions.queries import closed_through, openings_of
from models.commissions.tables import CommissionLine, MonthClose, Statement
from models.errors import Refused
from models.partners import Partner, endings
from models.people import Actor

BATCH = 1_000
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
    _must_be_agreed(session, month, by)
    shut_months(session)
    catch_up(session, now=now)
    release_due(session, through=due_through(session, month, now), now=now)
    _is_next(session, month)
    _close_along(session, month, by=by, now=now)
    close = MonthClose(
        month=month,
        begun_at=now,
        finished_at=None,
        is_early=today <= last_day(month),
        closed_by_name=by.name,
    )
    session.add(close)
    session.flush()
    close.partner_count = _how_many(session, close)
    detail = {"month": month, "early": close.is_early}
    audit.record(session, by, "month closed", close, detail=detail, now=now)
    return close


def state_some(
    session: Session, close: MonthClose, *, by: Actor, now: datetime, most: int | None = None
) -> int:
    """Make the statements of some partners, BATCH unless said; how many, 0 when all is done."""
    lock(session, close)
    if close.finished_at is not None:
        return 0
    partners, is_last = _next(session, close, most or BATCH)
    state(session, partners, close.month, now=now)
    close.stated_count += len(partners)
    if partners:
        close.stated_through_id = max(partners)
    if is_last:
        close.finished_at = now
        keep_sums(session, close.month)
        detail = {"month": close.month, "partners": close.stated_count}
        audit.record(session, by, "month finished", close, detail=detail, now=now)
    session.flush()
    return 0 if is_last else len(partners)


def _must_be_agreed(session: Session, month: str, by: Actor) -> None:
    """A person closes what another one has proposed."""
    if by.id is None:
        return
    agreed = select(CloseProposal.id).where(
        CloseProposal.month == month, CloseProposal.confirmed_by_id == by.id
    )
    if session.scalar(agreed) is None:
        raise Refused("Two people close a month: one proposes it, another confirms it.")


def _check_month(session: Session, month: str, *, now: datetime, early: bool) -> date:
    """Today, for the vendor."""
    must_be_a_month(month)
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


def _is_next(session: Session, month: str) -> None:
    """Months are closed one after another."""
    through = closed_through(session)
    if month < through:
        raise Refused(
            f"{through} is closed already, and with it {month}: what came later is in the open "
            "month."
        )
    first = first_open_before(session, month)
    if first is not None:
        raise Refused(f"{first} is still open; close it before {month}.")


def _close_along(session: Session, month: str, *, by: Actor, now: datetime) -> None:
    """The open months before in which nothing happened: what comes later has its place then."""
    for empty in empty_before(session, month):
        told = {"is_early": False, "closed_by_name": by.name}
        along = MonthClose(month=empty, begun_at=now, finished_at=now, **told)
        session.add(along)
        session.flush()
        detail = {"month": empty, "with": month}
        audit.record(session, by, "month closed", along, detail=detail, now=now)


def _next(session: Session, close: MonthClose, most: int) -> tuple[list[UUID], bool]:
    """(partners to state next, in the order of their ids; whether they are the last)."""
    after = close.stated_through_id
    # A single value, asked for each partner: EXISTS may be answered by reading the whole month.
    one_line = (
        select(CommissionLine.id)
        .where(CommissionLine.partner_id == Partner.id, CommissionLine.period == close.month)
        .limit(1)
        .scalar_subquery()
    )
    selling = select(Partner.id).where(one_line.is_not(None)).order_by(Partner.id).limit(most)
    if after is not None:
        selling = selling.where(Partner.id > after)
    found = list(session.scalars(selling))
    through = found[-1] if len(found) == most else None
    everybody = sorted({*found, *_without_lines(session, close, after, through)})
    return everybody[:most], through is None and len(everybody) <= most


def _without_lines(
    session: Session, close: MonthClose, after: UUID | None, through: UUID | None
) -> list[UUID]:
    """Partners with a draw, a balance that is paid at last, or clawbacks still to be taken."""
    ratings = Ratings(session, close.begun_at)
    drawn = partners_with_a_draw(ratings, close.month, after, through)
    others = {*_left_with_a_balance(session, close.month), *owing(session)}
    return [
        *drawn,
        *_with_an_old_currency(session, close.month, after, through),
        *(
            one
            for one in others
            if (after is None or one > after) and (through is None or one <= through)
        ),
    ]


def _how_many(session: Session, close: MonthClose) -> int:
    """Partners that the month is stated for."""
    selling = set(
        session.scalars(
            select(CommissionLine.partner_id).where(CommissionLine.period == close.month).distinct()
        )
    )
    return len(selling.union(_without_lines(session, close, None, None)))


def _with_an_old_currency(
    session: Session, month: str, after: UUID | None, through: UUID | None
) -> list[UUID]:
    """Partners that were carried an amount in a currency that is not theirs any more."""
    asked = (
        select(Statement.partner_id, Statement.currency)
        .join(Partner, Partner.id == Statement.partner_id)
        .where(Statement.closing_minor > 0, Statement.currency != Partner.currency)
        .distinct()
    )
    if after is not None:
        asked = asked.where(Statement.partner_id > after)
    if through is not None:
        asked = asked.where(Statement.partner_id <= through)
    found = {(partner_id, currency) for partner_id, currency in session.execute(asked)}
    carried = openings_of(session, {partner_id for partner_id, _ in found}, month) if found else {}
    return list({key[0] for key in found if carried.get(key, 0) > 0})


def _left_with_a_balance(session: Session, month: str) -> list[UUID]:
    """Partners that earn nothing any more and were carried an amount: they get it now."""
    gone = sorted(endings.over_by(session, last_day(month)))
    carried = openings_of(session, gone, month) if gone else {}
    owed = {partner_id for (partner_id, _), minor in carried.items() if minor > 0}
    return [partner_id for partner_id in gone if partner_id in owed]
