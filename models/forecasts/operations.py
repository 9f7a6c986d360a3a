"""Once a week: the forecast is kept as it stands, and each sales manager gets a letter."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import notices, vendor
from models.deals import OPEN, Deal, ForecastCategory
from models.forecasts.queries import QUIET_DAYS, Standing, coverage, standing
from models.forecasts.tables import ForecastSnapshot
from models.money import Money
from models.people import Person, PersonStatus
from models.vendor import Vendor

MORNING = time(7)


def weekly(session: Session, now: datetime) -> int:
    """On the first morning of the vendor's week, or later where nobody was there; once a week."""
    programme = session.scalars(select(Vendor)).first()
    if programme is None:
        return 0
    local = now.astimezone(ZoneInfo(programme.time_zone))
    monday = local.date() - timedelta(days=local.weekday())
    if local.date() == monday and local.time() < MORNING:
        return 0
    last = session.scalar(select(func.max(ForecastSnapshot.taken_on)))
    if last is not None and last >= monday:
        return 0
    kept = take_snapshot(session, now)
    _write_to_all(session, kept, local.date(), now)
    return len(kept)


def take_snapshot(session: Session, now: datetime) -> list[Standing]:
    """Keep what every sales manager's forecast is now, under the vendor's day."""
    day = vendor.settings(session).calendar.day_of(now)
    found = standing(session)
    session.add_all(
        ForecastSnapshot(
            taken_on=day, taken_at=now, sales_manager_id=each.sales_manager_id,
            currency=each.currency, category=each.category, deal_count=each.count,
            value_minor=each.minor, weighted_minor=each.weighted_minor,
        )
        for each in found
    )  # fmt: skip
    session.flush()
    return found


def _write_to_all(session: Session, kept: list[Standing], day: date, now: datetime) -> None:
    by_person: dict[UUID, list[Standing]] = defaultdict(list)
    for each in kept:
        by_person[each.sales_manager_id].append(each)
    here = select(Person.id).where(
        Person.id.in_(list(by_person)), Person.status == PersonStatus.ACTIVE
    )
    for person_id in session.scalars(here.order_by(Person.id)).all():
        notices.tell(
            session, person_id, "weekly-digest", now=now, link="/forecast",
            title=f"Your week through partners: {_deals(by_person[person_id])}",
            body=_letter(session, person_id, by_person[person_id], day, now),
            key=f"digest {day:%G-%V}",
        )  # fmt: skip


def _deals(kept: list[Standing]) -> str:
    count = sum(each.count for each in kept)
    return f"{count} open deal{'s' if count != 1 else ''}"


def _letter(
    session: Session, person_id: UUID, kept: list[Standing], day: date, now: datetime
) -> str:
    lines = []
    for currency in sorted({each.currency for each in kept}):
        parts = [
            f"{each.category.words} {currency} {Money(each.minor, currency).major:,}"
            for category in (
                ForecastCategory.COMMIT, ForecastCategory.BEST_CASE, ForecastCategory.PIPELINE,
            )
            for each in kept
            if each.category is category and each.currency == currency
        ]  # fmt: skip
        if parts:
            lines.append(", ".join(parts) + ".")
    mine = (Deal.sales_manager_id == person_id, Deal.status.in_(OPEN))
    new = _count(session, *mine, Deal.submitted_at >= now - timedelta(days=7))
    soon = _count(session, *mine, Deal.expected_close_on <= day + timedelta(days=7))
    lines.append(f"New in seven days: {new}. Expected to close within seven days: {soon}.")
    still = coverage(session, person_id, now=now)
    lines.append(f"Nothing happened for {QUIET_DAYS} days on {still.quiet_count} of them.")
    lines += [f"- {row.customer_name} ({row.partner}, {row.number})" for row in still.quiet[:5]]
    return "\n".join(lines)


def _count(session: Session, *where) -> int:
    return session.scalar(select(func.count(Deal.id)).where(*where)) or 0
