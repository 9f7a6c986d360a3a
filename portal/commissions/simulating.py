"""Pages about a simulation: what each partner was paid, and would be paid under a draft."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from werkzeug import Response

from models import commissions, jobs
from models.commissions import Plan, PlanDraft, PlanSimulation, drafts, simulations
from models.commissions.operations import simulating
from models.commissions.simulation_tables import SimulationRow, SimulationState
from models.errors import Refused
from models.money import Money
from models.people import Actor
from portal import charts
from portal.clock import now
from portal.commissions.blueprint import pages
from portal.commissions.drafting import draft_or_404
from portal.database import reading, session, transaction
from portal.formats import number
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may, staff
from portal.sheets import Column, sheet_response

LARGEST_FIRST = [Key(SimulationRow.size_minor, descending=True), Key(SimulationRow.id)]
PARTS = (
    "−50% or less", "−50 to −20%", "−20 to −5%", "−5 to +5%", "+5 to +20%", "+20 to +50%",
    "More", "New",
)  # fmt: skip
UP_TO = ("≤ −50", "≤ −20", "≤ −5", "± 5", "≤ +20", "≤ +50", "> 50", "New")
"""The same, short enough to stand below a column on a phone."""


def simulation_or_404(_person: Actor, draft_id: UUID) -> PlanSimulation:
    return simulations.latest(session, draft_id) or abort(404)


@pages.get("/plans/drafts/<uuid:draft_id>/simulation")
@allow(Can.SEE_PLANS, find=draft_or_404)
def simulation(person: Actor, draft: PlanDraft) -> str:
    found = simulations.latest(session, draft.id)
    is_done = found is not None and found.state is SimulationState.DONE
    is_live = found is not None and found.state is SimulationState.WAITING
    can_ask = draft.state in drafts.OPEN and may(person, Can.EDIT_PLAN)
    return render_template(
        "commissions/simulation.html",
        draft=draft,
        plan=session.get_one(Plan, draft.plan_id),
        simulation=found,
        is_live=is_live,
        can_ask=can_ask and not is_live,
        is_old=found is not None and found.rules != draft.rules,
        **(_result(found) if found and is_done else {"page": None}),
    )


@pages.post("/plans/drafts/<uuid:draft_id>/simulation")
@allow(Can.EDIT_PLAN, find=draft_or_404)
def simulate(person: Actor, draft: PlanDraft) -> Response:
    if draft.state not in drafts.OPEN:
        raise Refused("Only a version that is not in force yet is simulated.")
    commissions.ask_simulation(session, draft, by=person, now=now())
    return redirect(url_for("commissions.simulation", draft_id=draft.id), 303)


@pages.get("/plans/drafts/<uuid:draft_id>/simulation/progress")
@allow(Can.SEE_PLANS, find=draft_or_404)
def watch_simulation(_person: Actor, draft: PlanDraft) -> Response | str:
    found = simulations.latest(session, draft.id)
    if found is None or found.state is not SimulationState.WAITING:
        answer = Response(status=200)
        answer.headers["HX-Refresh"] = "true"
        return answer
    return render_template(
        "commissions/simulation_progress.html", draft=draft, simulation=found, is_live=True
    )


@pages.get("/plans/drafts/<uuid:draft_id>/simulation/export")
@allow(Can.SEE_PLANS, find=simulation_or_404, fresh=staff)
def export_simulation(_person: Actor, simulation: PlanSimulation) -> Response:
    query = simulations.rows_of(simulation.id).order_by(
        SimulationRow.size_minor.desc(), SimulationRow.id
    )
    rows = session.execute(query.execution_options(yield_per=1000))
    return sheet_response("simulation", COLUMNS, rows, request.args.get("as", "csv"))


def run_simulation(payload: dict[str, Any]) -> datetime | None:
    """Read beside everybody else; only how far it is, and the result, are written."""
    simulation_id = UUID(payload["simulation"])

    def tick(done: int) -> None:
        with transaction() as own:
            row = own.get_one(PlanSimulation, simulation_id)
            row.done_count = min(row.done_count + done, row.event_count)
            jobs.still_running(own, f"{commissions.SIMULATE} {simulation_id}", now=now())

    with transaction() as own:
        own.get_one(PlanSimulation, simulation_id).done_count = 0
    try:
        with reading() as own:
            found = own.get_one(PlanSimulation, simulation_id)
            worked = simulating.rated(own, found, tick=tick)
    except Refused as refusal:
        with transaction() as own:
            found = own.get_one(PlanSimulation, simulation_id)
            simulating.fail(found, str(refusal), now=now())
        return None
    with transaction() as own:
        simulating.keep(own, own.get_one(PlanSimulation, simulation_id), *worked, now=now())
    return None


ERRANDS = {commissions.SIMULATE: run_simulation}


def _result(found: PlanSimulation) -> dict[str, Any]:
    counts = simulations.distribution(session, found.id)
    points = [(name, one, number(one)) for name, one in zip(PARTS, counts, strict=True)]
    return {
        "page": page_of(session, simulations.rows_of(found.id), LARGEST_FIRST),
        "totals": simulations.totals(session, found.id),
        "chart": charts.bars(points, ticks=UP_TO),
        "change": _change,
    }


def _change(row: Any) -> str:
    """Such as +12.5%; nothing where there was nothing before."""
    if row.then_minor <= 0:
        return "–"
    percent = (row.would_minor - row.then_minor) * 100 / row.then_minor
    return f"{percent:+.1f}%".replace("-", "−")


COLUMNS = [
    Column("Partner", lambda row: row.name),
    Column("Number", lambda row: row.number),
    Column("Paid then", lambda row: Money(row.then_minor, row.currency), "money"),
    Column("Would be paid", lambda row: Money(row.would_minor, row.currency), "money"),
    Column(
        "Difference", lambda row: Money(row.would_minor - row.then_minor, row.currency), "money"
    ),
    Column("Currency", lambda row: row.currency),
]
