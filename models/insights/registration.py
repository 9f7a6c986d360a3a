"""How deals were decided in a span of time: how fast, how often yes, for whom.  Reads only.

Each deal counts once, by its latest decision that stands, in the span in which that fell.  All
figures of a group are of those deals:

    time             hours from the submission to the decision, weekends included, without the
                     time in which the partner was asked
    median, 90 %     the middle time; the shortest within which nine of ten were decided
    in time          decided before the clock ran out
    approval rate    approved, of all decided
    conflict rate    another registration of the same or a similar customer stood beside it
    win rate         won by now, of those approved that are won or lost by now

A rate of nothing is None, never zero.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from models import catalog
from models.calendars import month_of
from models.deals import Deal, DealDecision, DealFilter, DealStatus, Decided, PartnerSize
from models.errors import Refused
from models.money import Money, rounded
from models.people import Person


@dataclass
class Figures:
    """Of one group of decided deals."""

    decided: int = 0
    approved: int = 0
    rejected: int = 0
    conflicts: int = 0
    late: int = 0
    won: int = 0
    lost: int = 0
    hours: list[Decimal] = field(default_factory=list)

    @property
    def in_time(self) -> int:
        return self.decided - self.late

    @property
    def median_hours(self) -> Decimal | None:
        return statistics.median(self.hours) if self.hours else None

    @property
    def ninetieth_hours(self) -> Decimal | None:
        """By nearest rank: a time that was really taken."""
        if not self.hours:
            return None
        return sorted(self.hours)[math.ceil(len(self.hours) * 9 / 10) - 1]

    @property
    def in_time_share(self) -> Decimal | None:
        return share(self.in_time, self.decided)

    @property
    def approval_rate(self) -> Decimal | None:
        return share(self.approved, self.decided)

    @property
    def conflict_rate(self) -> Decimal | None:
        return share(self.conflicts, self.decided)

    @property
    def win_rate(self) -> Decimal | None:
        return share(self.won, self.won + self.lost)

    def count(self, row: Row) -> None:
        is_approved = row.verb == "approve"
        self.decided += 1
        self.approved += is_approved
        self.rejected += not is_approved
        self.conflicts += row.had_conflict
        self.late += row.is_late
        self.won += is_approved and row.status is DealStatus.WON
        self.lost += is_approved and row.status is DealStatus.LOST
        self.hours.append(Decimal(row.took_seconds) / 3600)


def share(part: int, whole: int) -> Decimal | None:
    """To a tenth of a per cent; None of nothing."""
    return round(Decimal(part) / whole, 3) if whole else None


def decisions(session: Session, span: Decided) -> Sequence[Row]:
    """One row a decided deal, the earliest decision first."""
    return session.execute(
        select(
            DealDecision.by_id, DealDecision.by_name, DealDecision.verb, DealDecision.at,
            DealDecision.tier, DealDecision.took_seconds, DealDecision.is_late,
            DealDecision.had_conflict, DealDecision.code, Deal.status, Deal.partner_id,
        )
        .join(Deal, Deal.id == DealDecision.deal_id)
        .where(*span.decisions())
        .order_by(DealDecision.at, DealDecision.id)
    ).all()  # fmt: skip


def grouped(rows: Iterable[Row], key: Callable[[Row], Hashable]) -> dict[Any, Figures]:
    groups: dict[Any, Figures] = {}
    for row in rows:
        groups.setdefault(key(row), Figures()).count(row)
    return groups


def by_month(rows: Iterable[Row], day_of: Callable[[datetime], date]) -> dict[str, Figures]:
    return grouped(rows, lambda row: month_of(day_of(row.at)))


def large_partners(session: Session, size: PartnerSize) -> set[UUID]:
    return set(session.scalars(size.large()))


def overdue_by_manager(session: Session, *, now: datetime) -> Sequence[Row]:
    """(id, name, count): decisions that are late at this moment, by who looks after the deal."""
    late = DealFilter(decide_before=now)
    return session.execute(
        select(Person.id, Person.name, func.count(Deal.id).label("count"))
        .join(Deal, Deal.channel_manager_id == Person.id)
        .where(*late.criteria())
        .group_by(Person.id, Person.name)
        .order_by(Person.name, Person.id)
    ).all()


@dataclass(frozen=True)
class InState:
    """Deals of one state and currency, and what they come to in the base currency."""

    status: DealStatus
    value: Money
    count: int
    base: Money | None
    """None where no rate is kept."""
    rate_on: date | None


def by_state(session: Session, wanted: DealFilter, *, base: str, on: date) -> list[InState]:
    """Money by state and currency; at the last rate on or before that day."""
    currency_of, minor_of = Deal.value_currency, Deal.value_minor  # type: ignore[attr-defined]
    rows = session.execute(
        select(Deal.status, currency_of, func.sum(minor_of), func.count(Deal.id))
        .where(*wanted.criteria())
        .group_by(Deal.status, currency_of)
    ).all()
    rates = {currency: _rate(session, currency, base, on) for _, currency, _, _ in rows}
    order = list(DealStatus)
    return [
        _in_state(status, Money(int(minor), currency), count, base, rates[currency])
        for status, currency, minor, count in sorted(
            rows, key=lambda row: (order.index(row[0]), row[1])
        )
    ]


def _in_state(
    status: DealStatus, value: Money, count: int, base: str, rate: catalog.Rate | None
) -> InState:
    if rate is None:
        return InState(status, value, count, None, None)
    return InState(status, value, count, _at_rate(value, base, rate.rate), rate.on)


def _at_rate(value: Money, base: str, rate: Decimal) -> Money:
    unit = Money(1, base).major
    return Money(rounded(value.major * rate / unit), base)


def _rate(session: Session, currency: str, base: str, on: date) -> catalog.Rate | None:
    try:
        return catalog.rate_on(session, currency, base, on)
    except Refused:
        return None
