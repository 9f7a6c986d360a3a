"""What can happen to a hold: its day comes, and it is paid out."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import bulk, vendor
from models.calendars import first_day, local_day
from models.commissions import engine
from models.commissions.engine import Event, EventKind
from models.commissions.engine.numbers import last_day
from models.commissions.facts import NEVER, NO_UNITS
from models.commissions.operations.desk import Ratings, shut_months
from models.commissions.rated import RatedEvent
from models.errors import Refused

DEALS = 2_000
"""Deals that are released together."""


def release_due(session: Session, *, through: date, now: datetime) -> int:
    """Pay out what was held back until `through` or an earlier day; of how many deals."""
    ratings = Ratings(session, now)
    count = 0
    while done := _release(ratings, through, DEALS):
        count += done
    return count


def release_some(session: Session, month: str, *, now: datetime) -> int:
    """What the close of `month` pays out, of some deals; of how many, 0 when all is done.

    Called before the close, in transactions of its own, it may be killed and called again.
    """
    shut_months(session)
    return _release(Ratings(session, now), due_through(session, month, now), DEALS)


def due_through(session: Session, month: str, now: datetime) -> date:
    """The last day whose holds are paid out when this month is closed now.

    Raises Refused when it is not a month.
    """
    must_be_a_month(month)
    return min(last_day(month), local_day(now, vendor.settings(session).time_zone))


def must_be_a_month(month: str) -> None:
    try:
        first_day(month)
    except ValueError:
        raise Refused(f"“{month}” is not a month; write it as 2026-11.") from None


def _release(ratings: Ratings, through: date, most: int) -> int:
    due = ratings.session.execute(
        select(bulk.hex_id(RatedEvent.sale_id))
        .where(RatedEvent.due_on <= through)
        .order_by(RatedEvent.due_on, RatedEvent.sale_id)
        .limit(most)
    ).all()
    keys = [row[0] for row in due]
    if not keys:
        return 0
    ratings.remember_deals(keys)
    plans = {key: ratings.plan(ratings.deal(key).plan) for key in keys}
    sales = ratings.facts.held({key: plan.time_zone for key, plan in plans.items()})
    for key, plan in plans.items():
        event = Event(
            next(ratings.ids), EventKind.PAID, NEVER, ratings.now, None, None, NO_UNITS, through,
        )  # fmt: skip
        desk = engine.set_up(plan, sales[key], event, ratings.world)
        ratings.release(desk, key if sales[key].kind is None else None)
    ratings.keep()
    ratings.forget()
    return len(keys)
