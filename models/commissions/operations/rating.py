"""What can happen to an earning event: it is rated, once, and becomes lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import vendor
from models.base import new_id
from models.calendars import local_day
from models.commissions import engine
from models.commissions.engine import Event, EventKind, Line, Sale
from models.commissions.facts import sale_of_deal, sale_of_invoice
from models.commissions.operations.desk import Ratings
from models.commissions.plans import plan_for
from models.commissions.tables import RatedEvent, RatingProblem, RatingState
from models.deals import Deal, DealStatus
from models.errors import Refused
from models.partners import Partner
from models.sales import EarningEvent
from models.scope import vendor_side

Waiting = tuple[datetime, UUID, UUID, bool]
"""(when, source, partner, whether it is a won deal)"""

INVOICE = "invoice "
"""How the deal of a sale that nobody registered is called."""


@dataclass(frozen=True, slots=True)
class Caught:
    """What one run has rated, and what it could not."""

    rated: int
    problems: int


def catch_up(
    session: Session,
    *,
    now: datetime,
    partner_id: UUID | None = None,
    tick: Callable[[], object] = lambda: None,
) -> Caught:
    """Rate every earning event and won deal that was not rated yet, of one partner or all.

    What cannot be rated, for want of a plan or a rate, is kept with its reason and tried
    again the next time.  `tick` is called after each.
    """
    with vendor_side(session) as vendors:
        ratings = Ratings(vendors, now)
        rated = problems = 0
        for row in _waiting(vendors, partner_id):
            if _rate_row(ratings, row):
                rated += 1
            else:
                problems += 1
            tick()
        ratings.keep()
        return Caught(rated, problems)


def rate_sale(session: Session, sale: Sale, event: Event, *, now: datetime) -> int:
    """Rate one event of a sale that is told, not looked up; how many lines.  Raises Refused."""
    ratings = Ratings(session, now)
    plan = _plan_of(ratings, UUID(sale.partner), sale.won_at, sale.deal)
    lines = ratings.rate(plan, sale, event)
    ratings.keep()
    return len(lines)


def release_due(session: Session, *, through: date, now: datetime) -> int:
    """Pay out what was held back until `through` or an earlier day; how many lines."""
    ratings = Ratings(session, now)
    due = session.scalars(
        select(RatingState.key)
        .where(RatingState.kind == "deal", RatingState.due_on <= through)
        .order_by(RatingState.due_on, RatingState.key)
    ).all()
    count = 0
    for key in due:
        plan_id = UUID(ratings.deal(key).plan)
        plan = ratings.plan(plan_id)
        sale = _sale_called(session, key, plan.time_zone)
        at = datetime.combine(through, time(12), UTC)
        count += len(ratings.release(plan, sale, Event(key, EventKind.PAID, at, now)))
    ratings.keep()
    return count


def _waiting(session: Session, partner_id: UUID | None) -> list[Waiting]:
    """What was not rated yet, in the order in which it happened."""
    unrated_events = (
        select(EarningEvent.id, EarningEvent.partner_id, EarningEvent.at)
        .outerjoin(RatedEvent, RatedEvent.source_id == EarningEvent.id)
        .where(RatedEvent.id.is_(None))
    )
    unrated_deals = (
        select(Deal.id, Deal.partner_id, Deal.won_at)
        .outerjoin(RatedEvent, RatedEvent.source_id == Deal.id)
        .where(RatedEvent.id.is_(None), Deal.status == DealStatus.WON, Deal.won_at.is_not(None))
    )
    if partner_id is not None:
        unrated_events = unrated_events.where(EarningEvent.partner_id == partner_id)
        unrated_deals = unrated_deals.where(Deal.partner_id == partner_id)
    rows = [(row.won_at, row.id, row.partner_id, True) for row in session.execute(unrated_deals)]
    rows += [(row.at, row.id, row.partner_id, False) for row in session.execute(unrated_events)]
    return sorted(rows)


def _rate_row(ratings: Ratings, row: Waiting) -> bool:
    """Whether it could be rated."""
    _at, source_id, partner_id, is_deal = row
    try:
        lines = (_rate_deal if is_deal else _rate_event)(ratings, source_id)
    except Refused as refusal:
        ratings.undo()
        _remember_problem(ratings, source_id, partner_id, str(refusal))
        return False
    ratings.rated(source_id, partner_id, lines)
    return True


def _rate_deal(ratings: Ratings, deal_id: UUID) -> list[Line]:
    deal = ratings.session.get_one(Deal, deal_id)
    assert deal.won_at is not None
    plan = _plan_of(ratings, deal.partner_id, deal.won_at, str(deal.id))
    if plan.trigger is not engine.Trigger.WON:
        return []
    sale = sale_of_deal(ratings.session, deal, plan.time_zone)
    return ratings.rate(plan, sale, Event(str(deal.id), EventKind.WON, deal.won_at, ratings.now))


def _rate_event(ratings: Ratings, event_id: UUID) -> list[Line]:
    event = ratings.session.get_one(EarningEvent, event_id)
    deal = ratings.session.get(Deal, event.deal_id) if event.deal_id else None
    key = str(deal.id) if deal else f"{INVOICE}{event.invoice_id}"
    plan = _plan_of(ratings, event.partner_id, (deal and deal.won_at) or event.at, key)
    sale = sale_of_invoice(ratings.session, event.invoice_id, plan.time_zone)
    told = Event(
        id=str(event.id),
        kind=EventKind(event.kind.value),
        at=event.at,
        recorded_at=max(event.recorded_at, ratings.now),
        amount_minor=event.amount_minor,
    )
    return ratings.rate(plan, sale, told)


def _plan_of(ratings: Ratings, partner_id: UUID, won_at: datetime, deal: str) -> engine.Plan:
    """The plan that has rated the deal before; else the one assigned on the won date."""
    before = ratings.deal(deal).plan
    if before:
        return ratings.plan(UUID(before))
    partner = ratings.session.get_one(Partner, partner_id)
    day = local_day(won_at, vendor.settings(ratings.session).time_zone)
    return ratings.plan(plan_for(ratings.session, partner, day).plan_id)


def _remember_problem(ratings: Ratings, source_id: UUID, partner_id: UUID, reason: str) -> None:
    session = ratings.session
    known = session.scalar(select(RatingProblem).where(RatingProblem.source_id == source_id))
    if known is not None:
        known.reason = reason
        return
    session.add(
        RatingProblem(
            id=new_id(),
            source_id=source_id,
            partner_id=partner_id,
            reason=reason,
            found_at=ratings.now,
        )
    )


def _sale_called(session: Session, key: str, time_zone: str) -> Sale:
    if key.startswith(INVOICE):
        return sale_of_invoice(session, UUID(key.removeprefix(INVOICE)), time_zone)
    return sale_of_deal(session, session.get_one(Deal, UUID(key)), time_zone)
