"""What we can ask about forecasts.  Reads only; on the vendor's side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from models.deals import OPEN, Deal, ForecastCategory, Stage
from models.forecasts.tables import ForecastSnapshot
from models.money import rounded
from models.partners import Partner

QUIET_DAYS = 14
MOST = 25


@dataclass(frozen=True)
class Standing:
    """Open deals of one sales manager in one currency and category."""

    sales_manager_id: UUID
    currency: str
    category: ForecastCategory
    count: int
    minor: int
    weighted_minor: int


def standing(session: Session, sales_manager_id: UUID | None = None) -> list[Standing]:
    """As it is now.  sales_manager_id: only theirs; None: everybody's, each apart."""
    value: Any = Deal.value_minor  # type: ignore[attr-defined]
    currency: Any = Deal.value_currency  # type: ignore[attr-defined]
    keys = (Deal.sales_manager_id, currency, Deal.forecast_category, Deal.stage)
    rows = session.execute(
        select(*keys, func.count(Deal.id), func.sum(value))
        .where(Deal.status.in_(OPEN), Deal.sales_manager_id.is_not(None), *_of(sales_manager_id))
        .group_by(*keys)
    )
    sums: dict[tuple[Any, str, ForecastCategory], list[int]] = defaultdict(lambda: [0, 0, 0])
    for person_id, unit, category, stage, count, minor in rows:
        total = sums[person_id, unit, category]
        total[0] += count
        total[1] += int(minor)
        total[2] += rounded(int(minor) * stage.probability)
    return [Standing(*key, *total) for key, total in sorted(sums.items(), key=str)]


@dataclass(frozen=True)
class Past:
    taken_on: date
    minor: dict[ForecastCategory, int]


def history(
    session: Session, sales_manager_id: UUID | None, currency: str, *, most: int = 13
) -> list[Past]:
    """The last snapshots, the earliest first, all chosen managers together."""
    kept = ForecastSnapshot
    own = [kept.sales_manager_id == sales_manager_id] if sales_manager_id else []
    days = select(kept.taken_on).distinct().order_by(kept.taken_on.desc()).limit(most)
    rows = session.execute(
        select(kept.taken_on, kept.category, func.sum(kept.value_minor))
        .where(kept.currency == currency, kept.taken_on.in_(days), *own)
        .group_by(kept.taken_on, kept.category)
    )
    found: dict[date, dict[ForecastCategory, int]] = defaultdict(dict)
    for day, category, minor in rows:
        found[day][category] = int(minor)
    return [Past(day, found[day]) for day in sorted(found)]


@dataclass(frozen=True)
class PartnerRow:
    name: str
    by_stage: dict[Stage, int]
    count: int
    minor: int


def by_partner(session: Session, sales_manager_id: UUID | None, currency: str) -> list[PartnerRow]:
    """Open business by partner and stage, the largest first."""
    value: Any = Deal.value_minor  # type: ignore[attr-defined]
    unit: Any = Deal.value_currency  # type: ignore[attr-defined]
    rows = session.execute(
        select(Partner.id, Partner.name, Deal.stage, func.count(Deal.id), func.sum(value))
        .join(Partner, Partner.id == Deal.partner_id)
        .where(Deal.status.in_(OPEN), unit == currency, *_of(sales_manager_id))
        .group_by(Partner.id, Partner.name, Deal.stage)
    )
    found: dict[tuple[UUID, str], dict[Stage, tuple[int, int]]] = defaultdict(dict)
    for key, name, stage, count, minor in rows:
        found[key, name][stage] = (count, int(minor))
    lines = [
        PartnerRow(
            name,
            {stage: minor for stage, (_, minor) in stages.items()},
            sum(count for count, _ in stages.values()),
            sum(minor for _, minor in stages.values()),
        )
        for (_, name), stages in found.items()
    ]
    return sorted(lines, key=lambda line: (-line.minor, line.name))[:MOST]


@dataclass(frozen=True)
class Coverage:
    """How many open deals somebody has moved lately, and those that nobody has."""

    open_count: int
    quiet_count: int
    quiet: Sequence[Row]
    """The longest first."""

    @property
    def percent(self) -> int:
        moved = self.open_count - self.quiet_count
        return moved * 100 // self.open_count if self.open_count else 100


def coverage(session: Session, sales_manager_id: UUID | None, *, now: datetime) -> Coverage:
    before = now - timedelta(days=QUIET_DAYS)
    inside = (Deal.status.in_(OPEN), *_of(sales_manager_id))
    count = select(func.count(Deal.id)).where(*inside)
    quiet = session.execute(
        select(
            Deal.id, Deal.number, Deal.customer_name, Deal.value, Deal.updated_at,
            Partner.name.label("partner"),
        )
        .join(Partner, Partner.id == Deal.partner_id)
        .where(*inside, Deal.updated_at < before)
        .order_by(Deal.updated_at, Deal.id)
        .limit(MOST)
    ).all()  # fmt: skip
    return Coverage(
        session.scalar(count) or 0,
        session.scalar(count.where(Deal.updated_at < before)) or 0,
        quiet,
    )


def _of(sales_manager_id: UUID | None) -> list[Any]:
    return [Deal.sales_manager_id == sales_manager_id] if sales_manager_id else []
