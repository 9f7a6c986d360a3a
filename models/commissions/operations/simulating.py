"""What can happen to a simulation: it is asked, worked out, and its result is kept beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from models import jobs
from models.base import new_id
from models.calendars import first_day, local_day, month_of, next_month
from models.commissions import simulations
from models.commissions.draft_tables import PlanDraft
from models.commissions.simulated import Sums, paid_then
from models.commissions.simulation_tables import PlanSimulation, SimulationRow, SimulationState
from models.commissions.simulations import Worked
from models.commissions.tables import Plan
from models.people import Actor

SIMULATE = "simulate plan"
"""The job for many events; its payload is {"simulation": id}."""
AT_ONCE = 2_000
"""So many events are worked out while one waits; more are left to the worker."""
ROWS = 5_000
MONTHS = 12


def ask_simulation(
    session: Session, draft: PlanDraft, *, by: Actor, now: datetime
) -> PlanSimulation:
    """Over the last twelve months, this one included; where it is much the worker does it."""
    plan = session.get_one(Plan, draft.plan_id)
    today = local_day(now, plan.time_zone)
    simulation = PlanSimulation(
        draft_id=draft.id,
        rules=draft.rules,
        from_on=first_day(next_month(month_of(today), 1 - MONTHS)),
        through_on=today,
        asked_by_name=by.name,
        asked_at=now,
    )
    session.add(simulation)
    session.flush()
    simulation.event_count = simulations.how_many(session, simulation)
    if simulation.event_count <= AT_ONCE:
        keep(session, simulation, *rated(session, simulation), now=now)
    else:
        payload = {"simulation": str(simulation.id)}
        jobs.enqueue(session, SIMULATE, f"{SIMULATE} {simulation.id}", payload, run_at=now)
    session.flush()
    return simulation


def rated(
    session: Session,
    simulation: PlanSimulation,
    *,
    tick: Callable[[int], object] = lambda _done: None,
) -> tuple[Sums, Worked]:
    """(paid then, would be paid); nothing is written."""
    plan = session.get_one(Plan, session.get_one(PlanDraft, simulation.draft_id).plan_id)
    worked = simulations.work_out(session, plan, simulation, tick=tick)
    return paid_then(session, plan, simulation, worked.joined), worked


def fail(simulation: PlanSimulation, reason: str, *, now: datetime) -> None:
    simulation.state, simulation.stuck_reason = SimulationState.FAILED, reason
    simulation.finished_at = now


def keep(
    session: Session, simulation: PlanSimulation, then: Sums, worked: Worked, *, now: datetime
) -> None:
    """The result, in place of an earlier one of the same simulation."""
    session.execute(delete(SimulationRow).where(SimulationRow.simulation_id == simulation.id))
    rows = [
        {
            "id": new_id(),
            "simulation_id": simulation.id,
            "partner_id": UUID(partner),
            "currency": currency,
            "then_minor": before,
            "would_minor": would,
            "size_minor": abs(would - before),
        }
        for (partner, currency) in sorted({*then, *worked.would})
        if (before := then.get((partner, currency), 0))
        | (would := worked.would.get((partner, currency), 0))
    ]
    for start in range(0, len(rows), ROWS):
        session.execute(insert(SimulationRow), rows[start : start + ROWS])
    simulation.state, simulation.finished_at = SimulationState.DONE, now
    simulation.done_count = simulation.event_count
    simulation.stuck_count, simulation.stuck_reason = worked.stuck, worked.reason
    session.flush()
