"""What we can ask about months: which are open, what stands in the way, what a close would do.

Reads only; asked on the vendor's side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from models import vendor
from models.calendars import local_day, month_of, next_month
from models.commissions import tallies
from models.commissions.queries import closed_through
from models.commissions.rated import RatedEvent, RatingProblem
from models.commissions.tables import (
    CommissionLine,
    MonthClose,
    PlanAssignment,
    PlanVersion,
    Statement,
)
from models.commissions.tally_tables import ClosedSum
from models.money import Money
from models.partners import Partner
from models.sales import EarningEvent

EVER = "9999-12"


@dataclass
class MonthSum:
    """One currency of one month."""

    lines: int
    partners: int
    earned: Money
    taken_back: Money

    @property
    def net(self) -> Money:
        return self.earned + self.taken_back


@dataclass
class Month:
    month: str
    close: MonthClose | None = None
    sums: list[MonthSum] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.close is None

    @property
    def is_finished(self) -> bool:
        return self.close is not None and self.close.finished_at is not None


@dataclass(frozen=True)
class Blocked:
    """An event that could not be rated."""

    partner_id: UUID
    partner_name: str
    reason: str
    count: int


def overview(session: Session, *, now: datetime) -> list[Month]:
    """Every month with lines or a close, those to be closed, the present one; the latest first."""
    present = month_of(local_day(now, vendor.settings(session).time_zone))
    found = {present: Month(present)}
    for close in session.scalars(select(MonthClose)):
        found[close.month] = Month(close.month, close)
    for row in session.execute(select(ClosedSum).order_by(ClosedSum.month, ClosedSum.currency)):
        found[row.ClosedSum.month].sums.append(_kept(row.ClosedSum))
    due = (one for one, is_empty in _between(session, present) if not is_empty)
    for name in (*due, *tallies.months_with_lines(session)):
        opened = found.setdefault(name, Month(name))
        if not opened.is_finished:
            opened.sums = _added_up(session, name)
    return sorted(found.values(), key=lambda month: month.month, reverse=True)


def _through(first: str | None, last: str) -> Iterator[str]:
    """Every month from the first to the last."""
    while first is not None and first <= last:
        yield first
        first = next_month(first)


def month(session: Session, name: str) -> Month:
    close = session.scalar(select(MonthClose).where(MonthClose.month == name))
    found = Month(name, close)
    if found.is_finished:
        kept = select(ClosedSum).where(ClosedSum.month == name).order_by(ClosedSum.currency)
        found.sums = [_kept(one) for one in session.scalars(kept)]
    else:
        found.sums = _added_up(session, name)
    return found


def blocked(session: Session) -> list[Blocked]:
    """Events that could not be rated, by partner and reason, most first."""
    rows = session.execute(
        select(Partner.id, Partner.name, RatingProblem.reason, func.count())
        .join(Partner, Partner.id == RatingProblem.partner_id)
        .group_by(Partner.id, Partner.name, RatingProblem.reason)
        .order_by(func.count().desc(), Partner.name)
    )
    return [Blocked(*row) for row in rows]


def unrated(session: Session) -> int:
    """Events that wait to be rated; what is blocked among them."""
    return (
        session.scalar(
            select(func.count(EarningEvent.id))
            .outerjoin(RatedEvent, RatedEvent.id == EarningEvent.id)
            .where(RatedEvent.id.is_(None))
        )
        or 0
    )


def first_open_before(session: Session, name: str) -> str | None:
    """The earliest month before `name` that must be closed first; None when there is none.

    One in which nothing happened is closed along: see `empty_before`.
    """
    unfinished = select(func.min(MonthClose.month)).where(MonthClose.finished_at.is_(None))
    waits = session.scalar(unfinished)
    if waits is not None and waits < name:
        return waits
    return next((one for one, is_empty in _between(session, name) if not is_empty), None)


def empty_before(session: Session, name: str) -> list[str]:
    """Open months before `name` without a line and without a draw, closed together with it."""
    return [one for one, is_empty in _between(session, name) if is_empty]


def _between(session: Session, name: str) -> Iterator[tuple[str, bool]]:
    """(month, whether nothing happened in it) of the open months before `name`."""
    first = first_open(session)
    if first is None or first >= name:
        return
    lines, draws = set(tallies.months_with_lines(session)), list(_draws(session))
    for month in _through(first, next_month(name, -1)):
        is_due = any(
            since <= month <= until and (not only or month in only) for since, until, only in draws
        )
        yield month, month not in lines and not is_due


def first_open(session: Session) -> str | None:
    """The month after the latest close; before any close the first with a line or a draw."""
    through = closed_through(session)
    if through:
        return next_month(through)
    lines = session.scalar(select(func.min(CommissionLine.period)))
    draws = (max(since, min(only or [since])) for since, _until, only in _draws(session))
    return min((one for one in (lines, *draws) if one), default=None)


def _draws(session: Session) -> Iterator[tuple[str, str, list[str]]]:
    """(first month, last month, in which alone) a plan with a draw is assigned and in force."""
    rows = session.execute(
        select(PlanVersion.rules, PlanVersion.from_on, PlanAssignment.from_on.label("since"),
               PlanVersion.to_on, PlanAssignment.to_on.label("until"), PlanAssignment.created_at)
        .join(PlanAssignment, PlanAssignment.plan_id == PlanVersion.plan_id)
    )  # fmt: skip
    for row in rows:
        if draw := row.rules.get("draw"):
            since = month_of(max(row.from_on, row.since, row.created_at.date()))
            ends = [month_of(day) for day in (row.to_on, row.until) if day is not None]
            until = next_month(min(ends), -1) if ends else EVER
            yield since, until, draw.get("periods") or []


def statement_count(session: Session, name: str) -> int:
    return session.scalar(select(func.count(Statement.id)).where(Statement.period == name)) or 0


def _added_up(session: Session, name: str) -> list[MonthSum]:
    return [_sum(row) for row in session.execute(tallies.by_currency(session, name))]


def _sum(row: Row) -> MonthSum:
    back = Money(row.back_minor, row.currency)
    return MonthSum(row.lines, row.partners, Money(row.minor, row.currency) - back, back)


def _kept(row: ClosedSum) -> MonthSum:
    earned, back = (Money(one, row.currency) for one in (row.earned_minor, row.taken_back_minor))
    return MonthSum(row.line_count, row.partner_count, earned, back)
