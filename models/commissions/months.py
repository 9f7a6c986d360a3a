"""What we can ask about months: which are open, what stands in the way, what a close would do.

Reads only; asked on the vendor's side.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from models import vendor
from models.calendars import local_day, month_of
from models.commissions.queries import IS_TAKEN_BACK, is_open
from models.commissions.rated import RatedEvent, RatingProblem
from models.commissions.tables import CommissionLine, MonthClose, Statement
from models.money import Money
from models.partners import Partner
from models.sales import EarningEvent


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
    """Every month with lines or a close, and the present one; the latest first."""
    present = month_of(local_day(now, vendor.settings(session).time_zone))
    found = {present: Month(present)}
    for close in session.scalars(select(MonthClose)):
        found[close.month] = Month(close.month, close)
    for row in session.execute(_sums().group_by(CommissionLine.period)):
        month = found.setdefault(row.period, Month(row.period))
        month.sums.append(_sum(row))
    return sorted(found.values(), key=lambda month: month.month, reverse=True)


def month(session: Session, name: str) -> Month:
    close = session.scalar(select(MonthClose).where(MonthClose.month == name))
    rows = session.execute(
        _sums().where(CommissionLine.period == name).group_by(CommissionLine.period)
    )
    return Month(name, close, [_sum(row) for row in rows])


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
    """The earliest month before `name` that has lines and is open; None when all are closed."""
    return session.scalar(
        select(func.min(CommissionLine.period)).where(CommissionLine.period < name, is_open())
    )


def statement_count(session: Session, name: str) -> int:
    return session.scalar(select(func.count(Statement.id)).where(Statement.period == name)) or 0


def _sums() -> Any:
    return select(
        CommissionLine.period,
        CommissionLine.payout_currency.label("currency"),
        func.count().label("lines"),
        func.count(CommissionLine.partner_id.distinct()).label("partners"),
        func.sum(CommissionLine.payout_minor).label("net_minor"),
        func.sum(case((IS_TAKEN_BACK, CommissionLine.payout_minor), else_=0)).label("back_minor"),
    ).group_by(CommissionLine.payout_currency)


def _sum(row: Row) -> MonthSum:
    back = Money(int(row.back_minor), row.currency)
    return MonthSum(row.lines, row.partners, Money(int(row.net_minor), row.currency) - back, back)
