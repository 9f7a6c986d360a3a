"""What a draft would have paid for what really happened: rated in memory, nothing is written.

The engine rates every payment, refund and order of the window under the draft's rules alone,
and those of the year before it so that counters and refunds begin as they were.  Then stands
beside it what the lines of the same days paid.  What only moves a day (holdbacks) and what no
plan says (draws, disputes, adjustments) is left out on both sides.  Reads only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models import bulk, catalog, vendor
from models.calendars import start_of_day
from models.commissions import drafts, engine
from models.commissions.earning import Earning, earned, in_order, ordered
from models.commissions.engine.facts import RateOn
from models.commissions.facts import Facts
from models.commissions.parties import Parties
from models.commissions.simulated import LEFT_OUT, Sums, whose
from models.commissions.simulation_tables import PlanSimulation, SimulationRow
from models.commissions.slicing import Range, ranges, remembers_across
from models.commissions.tables import Plan
from models.commissions.together import groups, packed
from models.errors import Refused
from models.partners import Partner
from models.sales import EarningEvent
from models.wins import DealOrder

CHUNK = 2_000
AT_ONCE = 10_000
"""About so many events of some partners before what is remembered of them is let go."""
WARM_UP = timedelta(days=366)
"""So long before the window events are rated too, but not counted."""
EDGES = (-50, -20, -5, 5, 20, 50)
"""Percent: where one bar of the distribution ends and the next begins."""


@dataclass
class Worked:
    """{(partner, currency): minor units}; stuck: what could not be rated, and why the first."""

    would: Sums = field(default_factory=dict)
    stuck: int = 0
    reason: str = ""
    joined: set[str] = field(default_factory=set)
    """Whose sales count although they were not on the plan when they were won."""


@dataclass(frozen=True, slots=True)
class Total:
    currency: str
    partners: int
    then_minor: int
    would_minor: int


def how_many(session: Session, simulation: PlanSimulation) -> int:
    events, orders = _asked(session, simulation)
    both = in_order(events, orders, by_partner=False).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(both)) or 0


def work_out(
    session: Session, plan: Plan, simulation: PlanSimulation, *, tick: Callable[[int], object]
) -> Worked:
    """What each partner would get.  tick: told how many events are done, chunk by chunk."""
    told = drafts.as_plan(plan, simulation.rules)
    worked, rates = Worked(), _rates(session)
    for partners in _parts(session, simulation):
        _work_out_some(session, plan, told, simulation, partners, rates, worked, tick)
    return worked


def _parts(session: Session, simulation: PlanSimulation) -> Iterable[Range | list[str]]:
    """Who is worked out together, with nothing left in memory after it."""
    both = in_order(*_asked(session, simulation), by_partner=False).order_by(None).subquery()
    rows = session.execute(select(both.c.partner_id, func.count()).group_by(both.c.partner_id))
    counts = {UUID(row[0]): row[1] for row in rows}
    if remembers_across(simulation.rules):
        return packed(counts, groups(session, both, simulation.rules), AT_ONCE)
    return ranges(counts, AT_ONCE)


def _work_out_some(
    session: Session,
    plan: Plan,
    told: engine.Plan,
    simulation: PlanSimulation,
    partners: Range | list[str],
    rates: RateOn,
    worked: Worked,
    tick: Callable[[int], object],
) -> None:
    parties = Parties(session)
    facts, world = Facts(session, parties), _world(parties, rates, simulation)
    if world.counts_customers:
        facts.count_customers()
    mine = whose(session, plan, parties, simulation, worked.joined)
    events, orders = _asked(session, simulation, partners)
    rows = session.execute(
        in_order(events, orders, by_partner=isinstance(partners, tuple)),
        execution_options={"yield_per": CHUNK},
    )
    days = (simulation.from_on, simulation.through_on)
    for some in rows.partitions():
        with bulk.many_objects():
            chunk = [Earning._make(row) for row in some]
            parties.read({row.partner_id for row in chunk})
            facts.read(chunk, [told])
            for row in chunk:
                if mine(row, facts):
                    _rate(told, row, facts, world, days, worked)
        tick(len(chunk))


def latest(session: Session, draft_id: UUID) -> PlanSimulation | None:
    return session.scalars(
        select(PlanSimulation)
        .where(PlanSimulation.draft_id == draft_id)
        .order_by(PlanSimulation.asked_at.desc(), PlanSimulation.id.desc())
        .limit(1)
    ).first()


def rows_of(simulation_id: UUID) -> Select:
    """Columns of each partner, for a list and its file."""
    return (
        select(
            SimulationRow.id,
            SimulationRow.currency,
            SimulationRow.then_minor,
            SimulationRow.would_minor,
            SimulationRow.size_minor,
            Partner.id.label("partner_id"),
            Partner.name,
            Partner.number,
        )
        .join(Partner, Partner.id == SimulationRow.partner_id)
        .where(SimulationRow.simulation_id == simulation_id)
    )


def totals(session: Session, simulation_id: UUID) -> list[Total]:
    rows = session.execute(
        select(
            SimulationRow.currency,
            func.count(),
            func.sum(SimulationRow.then_minor),
            func.sum(SimulationRow.would_minor),
        )
        .where(SimulationRow.simulation_id == simulation_id)
        .group_by(SimulationRow.currency)
        .order_by(func.count().desc())
    )
    return [Total(row[0], row[1], int(row[2]), int(row[3])) for row in rows]


def distribution(session: Session, simulation_id: UUID) -> list[int]:
    """How many partners lose or gain how much: one count for each part between EDGES, and last
    those who got nothing then."""
    found = [0] * (len(EDGES) + 2)
    rows = session.execute(
        select(SimulationRow.then_minor, SimulationRow.would_minor)
        .where(SimulationRow.simulation_id == simulation_id)
        .execution_options(yield_per=1000)
    )
    for then, would in rows:
        if then <= 0:
            found[-1] += 1
            continue
        change = Decimal(would - then) * 100 / then
        found[sum(change > edge for edge in EDGES)] += 1
    return found


def _rate(
    plan: engine.Plan,
    row: Earning,
    facts: Facts,
    world: engine.World,
    days: tuple[date, date],
    worked: Worked,
) -> None:
    event = facts.event(row, plan.time_zone, date.min)
    try:
        lines = engine.rate(plan, facts.sale(row, plan.time_zone), event, world)
    except Refused as refusal:
        worked.stuck += 1
        worked.reason = worked.reason or str(refusal)
        return
    for line in lines:
        if days[0] <= line.on <= days[1] and line.code not in LEFT_OUT:
            key = (line.partner, line.payout_currency)
            worked.would[key] = worked.would.get(key, 0) + line.payout_minor


def _asked(
    session: Session, simulation: PlanSimulation, partners: Range | list[str] | None = None
) -> tuple[Any, Any]:
    zone = vendor.settings(session).time_zone
    since = start_of_day(simulation.from_on - WARM_UP, zone)
    until = start_of_day(simulation.through_on + timedelta(days=1), zone)
    events = earned().where(EarningEvent.at >= since, EarningEvent.at < until)
    at = DealOrder.ordered_at
    orders = ordered().where(at >= since, at < until)
    if partners is None:
        return events, orders

    def theirs(column: Any) -> Any:
        if isinstance(partners, tuple):
            return column.between(*partners)
        return bulk.among(session, column, partners)

    return events.where(theirs(EarningEvent.partner_id)), orders.where(theirs(DealOrder.partner_id))


def _rates(session: Session) -> RateOn:
    known: dict[tuple[str, str, date], engine.Rate] = {}

    def rate_on(source: str, target: str, on: date) -> engine.Rate:
        asked = (source, target, on)
        if asked not in known:
            known[asked] = engine.Rate(*catalog.rate_on(session, source, target, on))
        return known[asked]

    return rate_on


def _world(parties: Parties, rates: RateOn, simulation: PlanSimulation) -> engine.World:
    """As it is, with no month closed and nothing remembered."""
    ids: Iterator[int] = count(1)
    return engine.World(
        state=engine.State(),
        rate_on=rates,
        is_closed=lambda _month: False,
        payout_currency=parties.currency_of,
        new_id=lambda: f"{next(ids):032x}",
        counts_customers="new_logo_bonus" in simulation.rules,
    )
