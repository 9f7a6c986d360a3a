"""What can happen to an earning event: it is rated, once, and becomes lines.

Events are taken in the order in which they happened, so many at a time: what a chunk needs
is read together, rated in memory and written together.  One event is a chunk of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Row, String, literal, null, select, type_coerce, union_all
from sqlalchemy.orm import Session

from models.calendars import local_day
from models.commissions import engine
from models.commissions.engine import Desk, Event, EventKind, Sale
from models.commissions.operations.desk import Ratings
from models.commissions.tables import RatedEvent, RatingState
from models.errors import Refused
from models.sales import EarningEvent
from models.scope import vendor_side
from models.wins import DealOrder, OrderState

CHUNK = 1_000
"""Events that are read, rated and written together."""

INVOICE = "invoice "
"""How the deal of a sale that nobody registered is called."""


@dataclass(frozen=True, slots=True)
class Caught:
    """What one run has rated, and what it could not."""

    rated: int
    problems: int


@dataclass(frozen=True, slots=True)
class Told:
    """An event as the engine wants it."""

    plan: engine.Plan
    sale: Sale
    event: Event


def catch_up(
    session: Session,
    *,
    now: datetime,
    partner_id: UUID | None = None,
    tick: Callable[[], object] = lambda: None,
) -> Caught:
    """Rate every earning event and every order won that was not rated yet, of one partner or all.

    What cannot be rated, for want of a plan or a rate, is kept with its reason and tried
    again the next time.  `tick` is called after each.
    """
    with vendor_side(session) as vendors:
        ratings = Ratings(vendors, now)
        rated = problems = 0
        for chunk in _waiting(vendors, partner_id):
            for fared_well in _rate_chunk(ratings, chunk):
                rated += fared_well
                problems += not fared_well
                tick()
        return Caught(rated, problems)


def rate_sale(session: Session, sale: Sale, event: Event, *, now: datetime) -> int:
    """Rate one event of a sale that is told, not looked up; how many lines.  Raises Refused."""
    ratings = Ratings(session, now)
    plan = ratings.plan_of(UUID(sale.partner), sale.won_at, sale.deal)
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
    at = datetime.combine(through, time(12), UTC)
    count = 0
    for start in range(0, len(due), CHUNK):
        keys = due[start : start + CHUNK]
        invoices = [UUID(key.removeprefix(INVOICE)) for key in keys if key.startswith(INVOICE)]
        deals = [UUID(key) for key in keys if not key.startswith(INVOICE)]
        ratings.facts.read(invoices=invoices, won=deals)
        ratings.remember_deals(keys)
        for key in keys:
            plan = ratings.plan(UUID(ratings.deal(key).plan))
            event = Event(key, EventKind.PAID, at, now)
            count += len(ratings.release(plan, _sale_called(ratings, key, plan), event))
        ratings.keep()
        ratings.forget()
    return count


def _waiting(session: Session, partner_id: UUID | None) -> Iterable[Sequence[Row[Any]]]:
    """What was not rated yet, in the order in which it happened, in chunks."""
    events = (
        select(
            EarningEvent.id.label("id"),
            EarningEvent.at.label("at"),
            EarningEvent.partner_id,
            EarningEvent.deal_id,
            EarningEvent.invoice_id,
            type_coerce(EarningEvent.kind, String).label("kind"),
            EarningEvent.amount_minor,
            EarningEvent.recorded_at,
        )
        .outerjoin(RatedEvent, RatedEvent.source_id == EarningEvent.id)
        .where(RatedEvent.id.is_(None))
    )
    won = literal(EventKind.WON.value, String)
    at, amount = DealOrder.ordered_at, DealOrder.amount_minor  # type: ignore[attr-defined]
    orders = (
        select(DealOrder.id, at, DealOrder.partner_id, DealOrder.deal_id, null(), won, amount, at)
        .outerjoin(RatedEvent, RatedEvent.source_id == DealOrder.id)
        .where(RatedEvent.id.is_(None), DealOrder.state == OrderState.ACCEPTED)
    )
    if partner_id is not None:
        events = events.where(EarningEvent.partner_id == partner_id)
        orders = orders.where(DealOrder.partner_id == partner_id)
    both: CompoundSelect[Any] = union_all(events, orders)
    ordered = both.order_by(both.selected_columns.at, both.selected_columns.id)
    return session.execute(ordered, execution_options={"yield_per": CHUNK}).partitions()


def _rate_chunk(ratings: Ratings, chunk: Sequence[Row[Any]]) -> Iterator[bool]:
    """Whether each could be rated."""
    told = _read(ratings, chunk)
    for row in chunk:
        try:
            fresh = _tell(ratings, row, told.get(row.id))
            lines = _rate(ratings, fresh)
        except Refused as refusal:
            ratings.undo()
            ratings.outcome.stuck(row.id, row.partner_id, str(refusal))
            yield False
        else:
            ratings.outcome.rated(row.id, row.partner_id, len(lines))
            yield True
    ratings.keep()
    ratings.forget()


def _read(ratings: Ratings, chunk: Sequence[Row[Any]]) -> dict[UUID, Told]:
    """Read all that the chunk needs; what can be told of it beforehand."""
    ratings.facts.read(
        invoices=[row.invoice_id for row in chunk if row.invoice_id],
        won=[row.deal_id for row in chunk if row.kind == EventKind.WON],
        deals=[row.deal_id for row in chunk if row.deal_id],
    )
    ratings.remember_deals(_key(row) for row in chunk)
    told, desks = {}, []
    for row in chunk:
        try:
            one = told[row.id] = _tell(ratings, row, None)
            if _earns(one):
                desks.append(Desk.set_up(one.plan, one.sale, one.event, ratings.world))
        except Refused:
            continue  # said when its turn comes: by then it may have what it wants for
    ratings.remember(desks)
    return told


def _tell(ratings: Ratings, row: Row[Any], before: Told | None) -> Told:
    """The same as `before`, unless what was rated meanwhile has decided for another plan."""
    deal = ratings.facts.deals[row.deal_id] if row.deal_id else None
    plan = ratings.plan_of(row.partner_id, (deal and deal.won_at) or row.at, _key(row))
    if before is not None and before.plan is plan:
        return before
    kind = EventKind(row.kind)
    recorded_at = ratings.now
    if kind is EventKind.WON:
        sale = ratings.facts.sale_of_deal(row.deal_id, plan.time_zone)
    else:
        sale = ratings.facts.sale_of_invoice(row.invoice_id, plan.time_zone)
        recorded_at = max(row.recorded_at, ratings.now)
    return Told(plan, sale, Event(str(row.id), kind, row.at, recorded_at, row.amount_minor))


def _rate(ratings: Ratings, told: Told) -> list[engine.Line]:
    if not _earns(told) or _is_too_late(ratings, told):
        return []
    return ratings.rate(told.plan, told.sale, told.event)


def _earns(told: Told) -> bool:
    """An order won earns nothing where the plan waits for the money."""
    return told.event.kind is not EventKind.WON or told.plan.trigger is engine.Trigger.WON


def _is_too_late(ratings: Ratings, told: Told) -> bool:
    """The contract has ended, and its tail too; what is taken back is taken back for ever."""
    if told.event.kind is EventKind.REFUND:
        return False
    day = local_day(told.event.at, told.plan.time_zone)
    return ratings.parties.is_over(UUID(told.sale.partner), day)


def _key(row: Row[Any]) -> str:
    """What the engine calls the deal."""
    return str(row.deal_id) if row.deal_id else f"{INVOICE}{row.invoice_id}"


def _sale_called(ratings: Ratings, key: str, plan: engine.Plan) -> Sale:
    if key.startswith(INVOICE):
        invoice_id = UUID(key.removeprefix(INVOICE))
        return ratings.facts.sale_of_invoice(invoice_id, plan.time_zone)
    return ratings.facts.sale_of_deal(UUID(key), plan.time_zone)
