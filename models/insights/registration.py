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
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, String, case, cast, func, literal, select
from sqlalchemy.orm import Session

from models import catalog, vendor
from models.calendars import month_bounds, month_of, next_month
from models.deals import (
    Deal,
    DealDecision,
    DealFilter,
    DealStatus,
    Decided,
    PartnerSize,
    RejectReason,
)
from models.errors import Refused
from models.money import Money, rounded
from models.partners import Tier
from models.people import Person


@dataclass(frozen=True)
class Alike:
    """Deals decided alike in all that is told apart, added up by the database."""

    by_id: UUID | None
    by_name: str
    verb: str
    tier: Tier
    is_late: bool
    had_conflict: bool
    code: RejectReason | None
    status: DealStatus
    """The deal's, by now."""
    is_large: bool
    """Whether its partner is."""
    month: str
    count: int
    seconds: list[int]
    """How long each took."""


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
    seconds: list[int] = field(default_factory=list)

    @property
    def in_time(self) -> int:
        return self.decided - self.late

    @property
    def median_hours(self) -> Decimal | None:
        ordered = sorted(self.seconds)
        if not ordered:
            return None
        middle = ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]
        return Decimal(middle) / 2 / 3600

    @property
    def ninetieth_hours(self) -> Decimal | None:
        """By nearest rank: a time that was really taken."""
        if not self.seconds:
            return None
        return Decimal(sorted(self.seconds)[math.ceil(len(self.seconds) * 9 / 10) - 1]) / 3600

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

    def count(self, these: Alike) -> None:
        is_approved = these.verb == "approve"
        self.decided += these.count
        self.approved += these.count * is_approved
        self.rejected += these.count * (not is_approved)
        self.conflicts += these.count * these.had_conflict
        self.late += these.count * these.is_late
        self.won += these.count * (is_approved and these.status is DealStatus.WON)
        self.lost += these.count * (is_approved and these.status is DealStatus.LOST)
        self.seconds += these.seconds


def share(part: int, whole: int) -> Decimal | None:
    """To a tenth of a per cent; None of nothing."""
    return round(Decimal(part) / whole, 3) if whole else None


def decisions(session: Session, span: Decided, size: PartnerSize) -> list[Alike]:
    """Every decided deal of the span, those that are alike together."""
    each = _each(session, span, size).subquery()
    *keys, took = each.c
    rows = session.execute(
        select(
            *keys,
            func.count().label("count"),
            func.aggregate_strings(cast(took, String), ",").label("times"),
        )
        .group_by(*keys)
        .order_by(each.c.month, each.c.by_name, each.c.by_id)
    )
    return [_alike(row) for row in rows]


def _alike(row: Row) -> Alike:
    told: dict[str, Any] = dict(row._mapping)
    seconds = [int(took) for took in told.pop("times").split(",")]
    return Alike(**told, seconds=seconds)


def _each(session: Session, span: Decided, size: PartnerSize) -> Select:
    return (
        select(
            DealDecision.by_id, DealDecision.by_name, DealDecision.verb, DealDecision.tier,
            DealDecision.is_late, DealDecision.had_conflict, DealDecision.code, Deal.status,
            Deal.partner_id.in_(size.large()).label("is_large"),
            _month(session, span).label("month"),
            DealDecision.took_seconds,
        )
        .join(Deal, Deal.id == DealDecision.deal_id)
        .where(*span.decisions())
    )  # fmt: skip


def _month(session: Session, span: Decided) -> ColumnElement[str]:
    """The vendor's month of a decision, such as “2026-11”; of those in which there are any."""
    calendar = vendor.settings(session).calendar
    ends = select(func.min(DealDecision.at), func.max(DealDecision.at)).where(*span.decisions())
    first, last = session.execute(ends).one()
    if first is None:
        return literal("")
    month, until = month_of(calendar.day_of(first)), month_of(calendar.day_of(last))
    before: list[tuple[ColumnElement[bool], str]] = []
    while month < until:
        _, end = month_bounds(month, calendar.time_zone)
        before.append((DealDecision.at < end, month))
        month = next_month(month)
    return case(*before, else_=until) if before else literal(until)


def grouped(rows: Iterable[Alike], key: Callable[[Alike], Hashable]) -> dict[Any, Figures]:
    groups: dict[Any, Figures] = {}
    for row in rows:
        groups.setdefault(key(row), Figures()).count(row)
    return groups


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
