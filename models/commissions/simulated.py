"""Whose sales a simulation counts, and what was paid for them then.  Reads only."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from models import bulk
from models.commissions.earning import Earning
from models.commissions.engine import Code
from models.commissions.facts import Facts
from models.commissions.parties import Parties
from models.commissions.simulation_tables import PlanSimulation
from models.commissions.tables import CommissionLine, Plan, PlanAssignment, PlanVersion
from models.deals import Deal
from models.errors import Refused
from models.sales import Invoice

LEFT_OUT = frozenset(
    {
        Code.HOLDBACK, Code.HOLDBACK_RELEASE, Code.DRAW_TOPUP, Code.DRAW_ADVANCE,
        Code.DRAW_RECOVERY, Code.DISPUTE_HOLD, Code.DISPUTE_RELEASE, Code.ADJUSTMENT,
        Code.CLAWBACK_DEFERRED, Code.CLAWBACK_INSTALMENT,
    }
)  # fmt: skip

Sums = dict[tuple[str, str], int]


def paid_then(
    session: Session, plan: Plan, simulation: PlanSimulation, joined: Collection[str]
) -> Sums:
    """What the plan's versions paid for the days of the window, and whatever was paid for sales
    of those who join it; of all plans where nobody is ever on this one."""
    wanted = (
        select(
            CommissionLine.partner_id,
            CommissionLine.payout_currency,
            func.sum(CommissionLine.payout_minor),
        )
        .where(CommissionLine.on.between(simulation.from_on, simulation.through_on))
        .where(CommissionLine.code.not_in(sorted(LEFT_OUT)))
        .group_by(CommissionLine.partner_id, CommissionLine.payout_currency)
    )
    if _is_assigned(session, plan):
        own = select(PlanVersion.id).where(PlanVersion.plan_id == plan.id)
        counts: ColumnElement[bool] = CommissionLine.plan_version_id.in_(own)
        if joined:
            deals = select(Deal.id).where(bulk.among(session, Deal.partner_id, joined))
            invoices = select(Invoice.id).where(bulk.among(session, Invoice.partner_id, joined))
            theirs = CommissionLine.deal_id.in_(deals) | CommissionLine.invoice_id.in_(invoices)
            lifted = and_(
                CommissionLine.code.in_((Code.TRUE_UP, Code.TIER_RERATED)),
                bulk.among(session, CommissionLine.partner_id, joined),
            )
            counts = counts | theirs | lifted
        wanted = wanted.where(counts)
    return {(row[0].hex, row[1]): int(row[2]) for row in session.execute(wanted)}


def whose(
    session: Session, plan: Plan, parties: Parties, simulation: PlanSimulation, joined: set[str]
) -> Callable[[Earning, Facts], bool]:
    """Sales of partners on this plan on the day of the win, and all of whom it is assigned to
    today or later, as if it had held all the time; everybody's while nobody is ever on it."""
    rows = session.scalars(select(PlanAssignment.from_on).where(PlanAssignment.plan_id == plan.id))
    begins = set(rows)
    if not begins:
        return lambda _row, _facts: True
    today = simulation.through_on
    later = sorted({today} | {day for day in begins if day > today})
    joins: dict[str, bool] = {}

    def is_on_it(partner_id: str, day: date) -> bool:
        try:
            return parties.plan_of(partner_id, day) == plan.id.hex
        except Refused:
            return False

    def mine(row: Earning, facts: Facts) -> bool:
        try:
            won_on = facts.won_on(row, plan.time_zone)
        except Refused:
            return False
        if is_on_it(row.partner_id, won_on):
            return True
        if row.partner_id not in joins:
            joins[row.partner_id] = any(is_on_it(row.partner_id, day) for day in later)
        if joins[row.partner_id]:
            joined.add(row.partner_id)
        return joins[row.partner_id]

    return mine


def _is_assigned(session: Session, plan: Plan) -> bool:
    one = select(PlanAssignment.id).where(PlanAssignment.plan_id == plan.id).limit(1)
    return session.scalar(one) is not None
