"""What can happen to an earning event: it is rated, once, and becomes lines.

Events are taken one partner after another, each in the order in which it happened, so many at
a time: what a chunk needs is read together, rated in memory and written together.  One event
is a chunk of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import bulk
from models.calendars import local_day
from models.commissions import engine
from models.commissions.earning import Earning, earned, in_order, ordered
from models.commissions.engine import Event, EventKind, Plan, Sale
from models.commissions.engine.desk import Desk, made
from models.commissions.operations.desk import Ratings, take_turns
from models.commissions.rated import RatedEvent
from models.commissions.slicing import Range
from models.errors import Refused
from models.sales import EarningEvent
from models.scope import vendor_side
from models.wins import DealOrder

CHUNK = 5_000
"""Events that are read and written together."""
DESKS = 250
"""Events that are set up together."""


@dataclass(frozen=True, slots=True)
class Caught:
    """What one run has rated, and what it could not."""

    rated: int
    problems: int


class Told(NamedTuple):
    """An event on its desk; without one it earns nothing, for a reason or by its plan."""

    row: Earning
    desk: Desk | None
    month: str
    """Where it is passed over: the month it would be posted to."""
    refusal: Refused | None = None


def catch_up(
    session: Session,
    *,
    now: datetime,
    partner_id: UUID | None = None,
    partners: Range | None = None,
    tick: Callable[[], object] = lambda: None,
) -> Caught:
    """Rate every earning event and every order won that was not rated yet, of some or all.

    What cannot be rated, for want of a plan or a rate, is kept with its reason and tried
    again the next time.  `tick` is called after each.
    """
    if partner_id is not None:
        partners = (partner_id, partner_id)
    with vendor_side(session) as vendors:
        take_turns(vendors, partners)
        ratings = Ratings(vendors, now)
        rated = problems = 0
        for chunk in waiting(ratings, partners):
            stuck = rate_chunk(ratings, chunk)
            rated += len(chunk) - stuck
            problems += stuck
            for _ in chunk:
                tick()
        return Caught(rated, problems)


def rate_sale(session: Session, sale: Sale, event: Event, *, now: datetime) -> int:
    """Rate one event of a sale that is told, not looked up; how many lines.  Raises Refused."""
    ratings = Ratings(session, now)
    plan = ratings.plan_of(sale.partner, local_day(sale.won_at, ratings.time_zone), sale.deal)
    event = event._replace(id=next(ratings.ids))
    lines = []
    if earns(plan, event.kind):
        lines = ratings.rate(plan, sale, event)
    ratings.keep()
    return len(lines)


def waiting(ratings: Ratings, partners: Range | None) -> Iterator[Sequence[Earning]]:
    """What was not rated yet, in chunks."""
    not_rated = ~select(RatedEvent.id).where(RatedEvent.id == EarningEvent.id).exists()
    not_counted = ~select(RatedEvent.id).where(RatedEvent.id == DealOrder.id).exists()
    events, orders = earned().where(not_rated), ordered().where(not_counted)
    if partners is not None:
        events = events.where(EarningEvent.partner_id.between(*partners))
        orders = orders.where(DealOrder.partner_id.between(*partners))
    rows = ratings.session.execute(
        in_order(events, orders, by_partner=ratings.by_partner),
        execution_options={"yield_per": CHUNK},
    )
    for some in rows.partitions():
        yield [tuple.__new__(Earning, row) for row in some]  # _make counts once more


def rate_chunk(ratings: Ratings, rows: Sequence[Earning]) -> int:
    """How many of them could not be rated.  Should one refuse, all are rated once more, and
    with care, so that what it had begun can be taken back."""
    with bulk.many_objects():
        try:
            stuck = _rate_all(ratings, _told(ratings, rows), carefully=False)
        except Refused:
            ratings.outcome.drop()
            ratings.forget()
            stuck = _rate_all(ratings, _told(ratings, rows), carefully=True)
        ratings.keep()
        ratings.forget()
        return stuck


def _rate_all(ratings: Ratings, told: Iterable[Told], *, carefully: bool) -> int:
    stuck = 0
    for row, desk, month, refusal in told:
        try:
            if refusal is not None:
                raise refusal
            if desk is None:
                ratings.passed_over(row.id, row.deal_id or row.invoice_id or "", month)
            else:
                ratings.rate_at(desk, row.invoice_id, carefully=carefully)
        except Refused as refused:
            if refusal is None:
                if not carefully:
                    raise
                ratings.undo()
            ratings.outcome.stuck(row.id, row.partner_id, str(refused))
            stuck += 1
    return stuck


def _told(ratings: Ratings, rows: Sequence[Earning]) -> Iterator[Told]:
    """Read all that the chunk needs, and set up a desk for each event; for few events at a time,
    so that they are rated while the processor's cache still holds them."""
    if ratings.before is not None:
        ratings.before.read(rows)
    ratings.parties.read({row.partner_id for row in rows})
    ratings.remember_deals([row.deal_id or row.invoice_id or "" for row in rows])
    plans = [_plan(ratings, row) for row in rows]
    ratings.facts.read(rows, {id(plan): plan for plan in plans if isinstance(plan, Plan)}.values())
    for start in range(0, len(rows), DESKS):
        some = slice(start, start + DESKS)
        told = [_desk(ratings, *one) for one in zip(rows[some], plans[some], strict=True)]
        ratings.remember([one.desk for one in told if one.desk is not None])
        yield from told


def _plan(ratings: Ratings, row: Earning) -> Plan | Refused:
    try:
        won_on = ratings.facts.won_on(row, ratings.time_zone)
        return ratings.plan_of(row.partner_id, won_on, row.deal_id or row.invoice_id or "")
    except Refused as refusal:
        return refusal


def _desk(ratings: Ratings, row: Earning, plan: Plan | Refused) -> Told:
    if isinstance(plan, Refused):
        return Told(row, None, "", plan)
    event = ratings.facts.event(row, plan.time_zone, ratings.today(plan.time_zone))
    if ratings.before is not None:
        event = ratings.before.placed(event)
    try:
        if not earns(plan, event.kind) or _is_too_late(ratings, row, event):
            month = ratings.posting_month(event)
            return Told(row, None, month)
        sale = ratings.facts.sale(row, plan.time_zone)
        return made(Told, (row, engine.set_up(plan, sale, event, ratings.world), "", None))
    except Refused as refusal:
        return Told(row, None, "", refusal)


def earns(plan: Plan, kind: EventKind) -> bool:
    """An order won earns nothing where the plan waits for the money, and the other way."""
    return kind is EventKind.REFUND or kind._value_ == plan.trigger._value_


def _is_too_late(ratings: Ratings, row: Earning, event: Event) -> bool:
    """The contract has ended, and its tail too; what is taken back is taken back for ever."""
    if event.kind is EventKind.REFUND or event.on is None:
        return False
    return ratings.parties.is_over(row.partner_id, event.on)
