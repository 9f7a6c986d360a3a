"""Which plan a partner is on, and why; plans as the engine reads them.  Reads only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import Session

from models.commissions import engine
from models.commissions.tables import Plan, PlanAssignment, PlanVersion
from models.errors import Refused
from models.partners import Partner, terms


@dataclass(frozen=True, slots=True)
class Choice:
    """The plan that a partner is on, and the sentence that says why."""

    plan_id: UUID
    plan_name: str
    why: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """Whom a plan is for, in words."""

    id: UUID
    whom: str
    from_on: date
    to_on: date | None


class Assignments:
    """Whom each plan is for; `read` those of many partners before asking for each."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._of: dict[UUID | None, list[Any]] = {}
        self._was: dict[UUID, list[Any]] = {}
        self._is_begun = False

    def read(self, partner_ids: Collection[UUID]) -> None:
        theirs = PlanAssignment.partner_id.in_(partner_ids)
        self._keep(theirs if self._is_begun else theirs | PlanAssignment.partner_id.is_(None))
        self._is_begun = True
        self._was |= terms.before(self._session, partner_ids)

    def plan_for(self, partner: Partner | Row[Any], day: date) -> Choice:
        """The plan of the most specific assignment on that day.  Raises Refused without one."""
        chosen = self.chosen(partner, day)
        return Choice(chosen.plan_id, chosen.plan_name, why(chosen, chosen.plan_name, partner.name))

    def chosen(self, partner: Partner | Row[Any], day: date) -> Row[Any]:
        """The most specific assignment on that day.  Raises Refused without one."""
        then = self.terms_on(partner, day)
        holding = [row for row in self._listed(partner) if _holds(row, then, day)]
        if not holding:
            raise Refused(
                f"No commission plan is assigned to {partner.name} on {day:%d %B %Y}; assign one."
            )
        return max(holding, key=_specificity)

    def bounds(self, partner: Partner | Row[Any]) -> list[date]:
        """The days on which the choice may change."""
        rows = self._listed(partner)
        days = [row.to_on for row in self._was.get(partner.id, ())]
        return days + [day for row in rows for day in (row.from_on, row.to_on) if day is not None]

    def terms_on(self, partner: Partner | Row[Any], day: date) -> Any:
        """What has its tier, role, country and currency on that day."""
        return terms.on(self._was.get(partner.id, ()), partner, day)

    def has_changed(self, partner_id: UUID) -> bool:
        """Whether its terms were ever others than they are."""
        return partner_id in self._was

    def _listed(self, partner: Partner | Row[Any]) -> list[Any]:
        return [*self._of.get(None, ()), *self._of.get(partner.id, ())]

    def _keep(self, whose: ColumnElement[bool]) -> None:
        columns = PlanAssignment.__table__.columns
        rows = self._session.execute(
            select(*columns, Plan.name.label("plan_name"))
            .join(Plan, Plan.id == PlanAssignment.plan_id)
            .where(whose)
        )
        for row in rows:
            self._of.setdefault(row.partner_id, []).append(row)


def plan_for(session: Session, partner: Partner, day: date) -> Choice:
    """The plan of the most specific assignment on that day.  Raises Refused without one."""
    assignments = Assignments(session)
    assignments.read([partner.id])
    return assignments.plan_for(partner, day)


def chosen_on(session: Session, partner: Partner, day: date) -> tuple[Choice | None, str]:
    """(the plan, why it or why none)."""
    try:
        choice = plan_for(session, partner, day)
    except Refused as refusal:
        return None, str(refusal)
    return choice, choice.why


def why(assignment: PlanAssignment | Row[Any], plan_name: str, partner_name: str) -> str:
    """Such as "Plan “Gold” because it is assigned to tier gold in DE, from 1 February 2026"."""
    return (
        f"Plan “{plan_name}” because it is assigned to {whom(assignment, partner_name)}, "
        f"from {assignment.from_on:%d %B %Y}".replace(" 0", " ")
        + "."
    )


def whom(assignment: PlanAssignment | Row[Any], partner_name: str) -> str:
    """In words: whom an assignment is for."""
    if assignment.partner_id is not None:
        return partner_name
    parts = []
    if assignment.tier is not None:
        parts.append(f"tier {assignment.tier.value}")
    if assignment.role is not None:
        parts.append(f"role {assignment.role.value}")
    if assignment.country is not None:
        parts.append(f"country {assignment.country}")
    return " and ".join(parts) or "every partner"


def engine_plan(session: Session, plan_id: UUID) -> engine.Plan:
    """A plan with all its versions, parsed.  Raises Refused naming what is wrong in one."""
    plan = session.get_one(Plan, plan_id)
    versions = session.scalars(
        select(PlanVersion).where(PlanVersion.plan_id == plan_id).order_by(PlanVersion.from_on)
    )
    return engine.Plan(
        id=plan.id.hex,
        name=plan.name,
        currency=plan.currency,
        payout_currency=plan.payout_currency,
        time_zone=plan.time_zone,
        trigger=plan.earning_event,
        fx_policy=plan.fx_policy,
        versions=tuple(_version(plan, version) for version in versions),
    )


def plans(session: Session, day: date) -> Sequence[Row]:
    """Every plan by name, with the version in force on `day` and how many assignments hold."""
    in_force = and_(
        PlanVersion.plan_id == Plan.id,
        PlanVersion.from_on <= day,
        or_(PlanVersion.to_on.is_(None), PlanVersion.to_on > day),
    )
    holding = (
        select(func.count(PlanAssignment.id))
        .where(PlanAssignment.plan_id == Plan.id, PlanAssignment.from_on <= day)
        .where(or_(PlanAssignment.to_on.is_(None), PlanAssignment.to_on > day))
        .scalar_subquery()
    )
    return session.execute(
        select(
            Plan.id,
            Plan.name,
            Plan.currency,
            Plan.earning_event,
            PlanVersion.number.label("version"),
            PlanVersion.from_on,
            holding.label("assignments"),
        )
        .outerjoin(PlanVersion, in_force)
        .order_by(Plan.name)
    ).all()


def versions_of(session: Session, plan_id: UUID) -> Sequence[PlanVersion]:
    """The latest first."""
    return session.scalars(
        select(PlanVersion)
        .where(PlanVersion.plan_id == plan_id)
        .order_by(PlanVersion.from_on.desc())
    ).all()


def shadowed(session: Session, plan_id: UUID, day: date) -> dict[UUID, str]:
    """{assignment: the plan that decides in its place}: the same whom, said later, elsewhere."""
    of = PlanAssignment
    rows = session.execute(
        select(of.id, of.plan_id, of.partner_id, of.tier, of.role, of.country, Plan.name)
        .join(Plan, Plan.id == of.plan_id)
        .where(of.from_on <= day, or_(of.to_on.is_(None), of.to_on > day))
        .order_by(of.from_on, of.created_at, of.id)
    )
    decides: dict[tuple[Any, ...], Any] = {}
    listed = rows.all()
    for row in listed:
        decides[tuple(row[2:6])] = row
    return {
        row.id: decides[tuple(row[2:6])].name
        for row in listed
        if row.plan_id == plan_id and decides[tuple(row[2:6])].plan_id != plan_id
    }


def assignments_of(session: Session, plan_id: UUID) -> list[Assigned]:
    """Whom a plan is for, in words; the latest first."""
    rows = session.execute(
        select(PlanAssignment, Partner.name)
        .outerjoin(Partner, Partner.id == PlanAssignment.partner_id)
        .where(PlanAssignment.plan_id == plan_id)
        .order_by(PlanAssignment.from_on.desc(), PlanAssignment.id.desc())
    )
    return [Assigned(one.id, whom(one, name or ""), one.from_on, one.to_on) for one, name in rows]


def _version(plan: Plan, version: PlanVersion) -> engine.Version:
    rules = engine.parse_rules(version.rules, plan.currency)
    return engine.Version(
        id=version.id.hex,
        label=f"version {version.number}",
        from_on=version.from_on,
        to_on=version.to_on,
        rules=rules,
    )


def _holds(row: Row[Any], partner: Partner | Row[Any], day: date) -> bool:
    if row.from_on > day or (row.to_on is not None and row.to_on <= day):
        return False
    asked = ((row.tier, partner.tier), (row.role, partner.role), (row.country, partner.country))
    return all(wanted is None or wanted == has for wanted, has in asked)


def _specificity(assignment: Row[Any]) -> tuple:
    """A single partner beats all; then tier, role, country; then the later."""
    return (
        assignment.partner_id is not None,
        sum(asked is not None for asked in (assignment.tier, assignment.role, assignment.country)),
        assignment.tier is not None,
        assignment.role is not None,
        assignment.from_on,
        assignment.created_at,
    )
