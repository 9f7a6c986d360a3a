"""What can happen to plans: one is made, gets a version, is ended, is assigned."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.base import lock
from models.commissions import engine
from models.commissions.engine import FxPolicy, Trigger
from models.commissions.tables import Plan, PlanAssignment, PlanVersion
from models.errors import Refused
from models.money import is_currency
from models.partners import PartnerRole, Tier
from models.people import Actor


def make_plan(
    session: Session,
    *,
    name: str,
    currency: str,
    time_zone: str,
    by: Actor,
    now: datetime,
    earning_event: Trigger = Trigger.PAID,
    fx_policy: FxPolicy = FxPolicy.PAID_DATE,
    payout_currency: str | None = None,
) -> Plan:
    """A plan without a version yet; it pays nothing until it gets one."""
    judge_frame(session, name, currency, payout_currency, but=None)
    plan = Plan(
        name=name,
        currency=currency,
        payout_currency=payout_currency,
        time_zone=time_zone,
        earning_event=earning_event,
        fx_policy=fx_policy,
        created_at=now,
    )
    session.add(plan)
    session.flush()
    audit.record(session, by, "plan made", plan, detail={"name": name}, now=now)
    return plan


def judge_frame(
    session: Session, name: str, currency: str, payout_currency: str | None, *, but: UUID | None
) -> None:
    """but: the plan that may be called so already.  Raises Refused."""
    for code in filter(None, (currency, payout_currency)):
        if not is_currency(code):
            raise Refused(f"“{code}” is not an ISO 4217 currency; write it as EUR or USD.")
    if session.scalar(select(Plan.id).where(Plan.name == name)) not in (None, but):
        raise Refused(f"There is a plan “{name}” already; choose another name.")


def add_version(
    session: Session,
    plan: Plan,
    *,
    rules: Any,
    from_on: date,
    to_on: date | None = None,
    by: Actor,
    approved_by: Actor | None = None,
    authors: Iterable[str] = (),
    now: datetime,
) -> PlanVersion:
    """The plan's rules from one day to before another; the version before ends there.

    by: who proposed it; a person's needs `approved_by`, somebody else.  authors: ids of all who
    wrote on it.  Raises Refused naming the path of what is wrong in the rules, or the overlap.
    """
    engine.parse_rules(rules, plan.currency)
    if to_on is not None and to_on <= from_on:
        raise Refused("The version ends before it begins; give it a later last day.")
    wrote = _wrote(by, authors, approved_by)
    lock(session, plan)
    number = 1 + _make_room(session, plan, from_on, to_on)
    version = PlanVersion(
        plan_id=plan.id,
        number=number,
        from_on=from_on,
        to_on=to_on,
        rules=rules,
        created_at=now,
        created_by_name=by.name,
        author_id=by.id,
        authors=wrote,
        approved_by_id=approved_by.id if approved_by else None,
    )
    session.add(version)
    session.flush()
    detail = {"version": number, "from": from_on.isoformat(), "by": by.name}
    audit.record(session, approved_by or by, "plan version added", plan, detail=detail, now=now)
    return version


def assign(
    session: Session,
    plan: Plan,
    *,
    from_on: date,
    to_on: date | None = None,
    partner_id: UUID | None = None,
    tier: Tier | None = None,
    role: PartnerRole | None = None,
    country: str | None = None,
    by: Actor,
    now: datetime,
) -> PlanAssignment:
    """Say whom a plan is for.  Deals won before `from_on` are not touched."""
    if to_on is not None and to_on <= from_on:
        raise Refused("The assignment ends before it begins; give it a later last day.")
    if partner_id is not None and (tier or role or country):
        raise Refused("Name one partner, or tier, role and country; not both.")
    assignment = PlanAssignment(
        plan_id=plan.id,
        partner_id=partner_id,
        tier=tier,
        role=role,
        country=country or None,
        from_on=from_on,
        to_on=to_on,
        created_at=now,
        made_by_id=by.id,
    )
    session.add(assignment)
    session.flush()
    audit.record(session, by, "plan assigned", plan, detail={"from": str(from_on)}, now=now)
    return assignment


def end_assignment(
    session: Session, assignment: PlanAssignment, *, to_on: date, by: Actor, now: datetime
) -> None:
    """The plan is no longer for them from `to_on` on."""
    lock(session, assignment)
    if assignment.to_on is not None and assignment.to_on <= to_on:
        return
    if to_on <= assignment.from_on:
        raise Refused("It would end before it began; choose a later day.")
    assignment.to_on = to_on
    plan = session.get_one(Plan, assignment.plan_id)
    audit.record(session, by, "plan assignment ended", plan, detail={"to": str(to_on)}, now=now)


def _wrote(by: Actor, authors: Iterable[str], approved_by: Actor | None) -> list[str]:
    """Ids of everybody who wrote on it; Refused when the second person is one of them."""
    wrote = sorted({*authors, *([str(by.id)] if by.id else [])})
    if by.id and (approved_by is None or str(approved_by.id) in wrote):
        raise Refused("A plan version needs a second person, who did not write on it.")
    return wrote


def _make_room(session: Session, plan: Plan, from_on: date, to_on: date | None) -> int:
    """End the version before; the highest number so far.  Raises Refused for an overlap."""
    others = session.scalars(
        select(PlanVersion).where(PlanVersion.plan_id == plan.id).order_by(PlanVersion.from_on)
    ).all()
    for other in others:
        if other.from_on < from_on and other.to_on is None:
            other.to_on = from_on
            session.flush()  # the database is told of this end before it sees the new version
        if _overlap(other, from_on, to_on):
            raise Refused(
                f"Version {other.number} is in force from {other.from_on:%d %B %Y}; "
                "the new one would overlap it. Let it begin later, or end before that."
            )
    return max((other.number for other in others), default=0)


def _overlap(other: PlanVersion, from_on: date, to_on: date | None) -> bool:
    return (other.to_on is None or from_on < other.to_on) and (
        to_on is None or other.from_on < to_on
    )
