"""What can happen to open months: they are rated anew, after a plan was changed.

What the engine remembered is taken back to the end of the month before, and every event since
is rated once more.  A line keeps its id where the same event earns the same partner the same
kind of line again, so that what refers to it still finds it.  Closed months stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from models import audit, bulk
from models.commissions.engine.dealing import Deal
from models.commissions.operations.before import Before
from models.commissions.operations.desk import Ratings, shut_months
from models.commissions.operations.disputed import Disputed
from models.commissions.operations.rating import Caught, rate_chunk, waiting
from models.commissions.operations.releasing import must_be_a_month, release_due
from models.commissions.queries import is_open
from models.commissions.rated import Rated, RatedEvent, RatingState
from models.commissions.slicing import Range
from models.commissions.tables import CommissionLine, MonthClose
from models.errors import Refused
from models.partners import Partner
from models.people import Actor
from models.sales import EarningEvent
from models.scope import vendor_side
from models.wins import DealOrder

AT_ONCE = 2_000
"""Deals in one question."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one partner's open months come to before and after, in minor units."""

    partner_id: UUID
    partner_name: str
    currency: str
    before_minor: int
    after_minor: int

    @property
    def difference_minor(self) -> int:
        return self.after_minor - self.before_minor


def rerate(session: Session, month: str, *, by: Actor, now: datetime) -> Caught:
    """Rate this open month, and the ones after it, by the plans as they are now.

    Raises Refused when the month is closed or being closed.
    """
    with vendor_side(session) as vendors:
        caught = _rerate(vendors, month, now)
        detail = {"month": month, "events": caught.rated}
        audit.record(vendors, by, "month rated anew", None, detail=detail, now=now)
        vendors.flush()
        return caught


def rerate_range(session: Session, month: str, partners: Range | None, *, now: datetime) -> Caught:
    """The same of some partners, the first and the last inclusive; None: everybody."""
    return _rerate(session, month, now, partners)


def must_be_open(session: Session, month: str) -> None:
    """Raises Refused when the month, or a later one, is closed or being closed."""
    must_be_a_month(month)
    if session.scalar(select(MonthClose.id).where(MonthClose.month >= month).limit(1)):
        raise Refused(
            f"{month} is closed, and closed months are never rated again; post an adjustment."
        )


def preview_rerate(session: Session, month: str, *, now: datetime) -> list[Change]:
    """Who would gain and who would lose, the largest difference first; nothing is kept.

    Raises Refused as `rerate` does.
    """
    with vendor_side(session) as vendors:
        before = _sums(vendors, month)
        attempt = vendors.begin_nested()
        try:
            _rerate(vendors, month, now)
            after = _sums(vendors, month)
        finally:
            attempt.rollback()
        return _changes(vendors, before, after)


def _rerate(session: Session, month: str, now: datetime, partners: Range | None = None) -> Caught:
    must_be_open(session, month)
    shut_months(session)
    bulk.keys_at_the_end(session)
    disputed = Disputed(session, month)
    released = _take_back(session, month, partners)
    ratings = Ratings(session, now)
    ratings.before = Before(session, month)
    rated = problems = 0
    for chunk in waiting(ratings, partners):
        stuck = rate_chunk(ratings, chunk)
        rated, problems = rated + len(chunk) - stuck, problems + stuck
    if released is not None:
        release_due(session, through=released, now=now)
    disputed.put_back()
    return Caught(rated, problems)


def _take_back(session: Session, month: str, partners: Range | None) -> date | None:
    """Forget what was rated since; the last day of which holds were released, None: of none."""
    since, remembered = RatedEvent.month >= month, RatingState.month >= month
    if partners is not None:
        mine = _sales_of(session, month, partners)
        since = since & bulk.among(session, RatedEvent.sale_id, mine)
        whose = func.substr(RatingState.key, 1, 32)
        remembered = remembered & whose.between(partners[0].hex, partners[1].hex)
    releases = select(RatedEvent.id).where(since, RatedEvent.kind == Rated.RELEASE)
    theirs = CommissionLine.source_id.in_(releases)
    last = session.scalar(select(func.max(CommissionLine.on)).where(theirs))
    sales = session.scalars(select(bulk.hex_id(RatedEvent.sale_id)).where(since).distinct()).all()
    for gone in (
        delete(CommissionLine).where(theirs),
        delete(RatedEvent).where(since),
        delete(RatingState).where(remembered),
    ):
        session.execute(gone, execution_options={"synchronize_session": False})
    for start in range(0, len(sales), AT_ONCE):
        _hold_again(session, sales[start : start + AT_ONCE])
    return last


def _sales_of(session: Session, month: str, partners: Range) -> Sequence[str]:
    """The deals, and invoices of no deal, of which these partners had something rated since."""
    events = select(EarningEvent.id).where(EarningEvent.partner_id.between(*partners))
    orders = select(DealOrder.id).where(DealOrder.partner_id.between(*partners))
    theirs = or_(RatedEvent.id.in_(events), RatedEvent.id.in_(orders))
    asked = select(bulk.hex_id(RatedEvent.sale_id)).where(RatedEvent.month >= month, theirs)
    return session.scalars(asked.distinct()).all()


def _hold_again(session: Session, sale_ids: Sequence[str]) -> None:
    """The last row that is left of each deal says again when its next hold is released."""
    rows = session.execute(
        select(RatedEvent.id, RatedEvent.sale_id, RatedEvent.memory)
        .where(bulk.among(session, RatedEvent.sale_id, sale_ids), RatedEvent.memory.is_not(None))
        .order_by(RatedEvent.nth)
    )
    latest = {row.sale_id: row for row in rows}
    for row in latest.values():
        due = Deal(*orjson.loads(row.memory)).next_release
        if due is not None:
            session.execute(
                update(RatedEvent)
                .where(RatedEvent.id == row.id)
                .values(due_on=date.fromisoformat(due))
                .execution_options(synchronize_session=False)
            )


def _sums(session: Session, month: str) -> dict[tuple[UUID, str], int]:
    rows = session.execute(
        select(
            CommissionLine.partner_id,
            CommissionLine.payout_currency,
            func.sum(CommissionLine.payout_minor),
        )
        .where(CommissionLine.period >= month, is_open())
        .group_by(CommissionLine.partner_id, CommissionLine.payout_currency)
    )
    return {(partner_id, currency): int(minor) for partner_id, currency, minor in rows}


def _changes(
    session: Session, before: dict[tuple[UUID, str], int], after: dict[tuple[UUID, str], int]
) -> list[Change]:
    differ = [one for one in {**before, **after} if before.get(one, 0) != after.get(one, 0)]
    who = {partner_id.hex for partner_id, _ in differ}
    names: dict[Any, str] = {
        row.id: row.name
        for row in session.execute(
            select(Partner.id, Partner.name).where(bulk.among(session, Partner.id, who))
        )
    }
    told = [
        Change(one[0], names[one[0]], one[1], before.get(one, 0), after.get(one, 0))
        for one in differ
    ]
    return sorted(told, key=lambda one: (-abs(one.difference_minor), one.partner_name))
