"""What we can ask about approvals: the rules, who a deal needs, what is amiss.  Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, selectinload

from models import territories, vendor
from models.approvals.rules import (
    ApproverKind,
    DealFacts,
    Rule,
    Step,
    first_that_holds,
    gaps,
    never_reached,
)
from models.approvals.tables import ApprovalRule
from models.money import Money
from models.people import Person, PersonStatus, Role


@dataclass(frozen=True)
class Planned:
    """One approval that a deal needs."""

    stage: int
    """From 0; those of one stage are asked side by side."""
    kind: ApproverKind
    person_id: UUID | None
    """None: whoever is administrator."""
    name: str


@dataclass(frozen=True)
class Parties:
    """The deal's own managers, and who may not approve it."""

    channel_manager_id: UUID | None
    sales_manager_id: UUID | None
    barred: frozenset[UUID] = frozenset()


def in_order(session: Session) -> list[ApprovalRule]:
    """All rules with their steps, in the order in which they are asked."""
    return list(
        session.scalars(
            select(ApprovalRule)
            .options(selectinload(ApprovalRule.steps))
            .order_by(ApprovalRule.position, ApprovalRule.id)
        )
    )


def plan(session: Session, facts: DealFacts, parties: Parties, *, on: date) -> list[Planned]:
    """The approvals that the rules ask for; empty: the channel manager decides in one step.

    Whoever is away on that day is replaced by their delegate, whoever has left or may not
    approve by the administrators.  On the vendor's side.
    """
    rule = first_that_holds([as_rule(row) for row in in_order(session)], facts)
    if rule is None:
        return []
    staff = _staff(session)
    stages = {stage: at for at, stage in enumerate(sorted({step.stage for step in rule.steps}))}
    planned = [
        _planned(session, step, stages[step.stage], parties, staff, on=on) for step in rule.steps
    ]
    return list(dict.fromkeys(planned))


def _planned(
    session: Session, step: Step, stage: int, parties: Parties, staff: dict[UUID, Row], *, on: date
) -> Planned:
    asked = {
        ApproverKind.CHANNEL_MANAGER: parties.channel_manager_id,
        ApproverKind.SALES_MANAGER: parties.sales_manager_id,
        ApproverKind.PERSON: step.person_id,
        ApproverKind.ADMINISTRATOR: None,
    }[step.kind]
    present = territories.who_acts_for(session, asked, on) if asked else None
    for person_id in (present, asked):
        if person_id in staff and person_id not in parties.barred:
            return Planned(stage, step.kind, person_id, staff[person_id].name)
    return Planned(stage, ApproverKind.ADMINISTRATOR, None, "An administrator")


def as_rule(row: ApprovalRule) -> Rule:
    return Rule(
        id=row.id,
        name=row.name,
        from_minor=row.from_minor,
        to_minor=row.to_minor,
        tiers=frozenset(row.tiers),
        regions=frozenset(row.regions),
        families=frozenset(row.families),
        kinds=frozenset(row.kinds),
        steps=tuple(Step(step.stage, step.kind, step.person_id) for step in row.steps),
    )


def faults(session: Session) -> list[str]:
    """What an administrator should mend, each in a sentence."""
    rows = in_order(session)
    rules = [as_rule(row) for row in rows]
    currency = vendor.settings(session).base_currency
    found = [
        f"Amounts from {_said(span.from_minor, currency)} to below "
        f"{_said(span.to_minor, currency)} fall between two rules; there the channel manager "
        "decides alone."
        for span in gaps(rules)
    ]
    found += [f"“{rule.name}” is never asked: a rule above it always holds first."
              for rule in never_reached(rules)]  # fmt: skip
    return found + _nobody_left(session, rules)


def _nobody_left(session: Session, rules: Iterable[Rule]) -> list[str]:
    staff = _staff(session)
    roles = {person.role for person in staff.values()}
    asked_roles = {
        ApproverKind.ADMINISTRATOR: Role.ADMINISTRATOR,
        ApproverKind.CHANNEL_MANAGER: Role.CHANNEL_MANAGER,
        ApproverKind.SALES_MANAGER: Role.SALES_MANAGER,
    }
    found = []
    for rule in rules:
        for step in rule.steps:
            if step.kind is ApproverKind.PERSON and step.person_id not in staff:
                found.append(
                    f"“{rule.name}” asks somebody who has left; an administrator is asked instead."
                )
            elif step.kind in asked_roles and asked_roles[step.kind] not in roles:
                found.append(f"“{rule.name}” asks for {_small(step.kind)}, and there is nobody.")
    return list(dict.fromkeys(found))


def staff_of(session: Session) -> list[Row]:
    """id, name, role of everybody at the vendor who may be named in a step."""
    return sorted(_staff(session).values(), key=lambda person: (person.name, person.id))


def _staff(session: Session) -> dict[UUID, Row]:
    rows = session.execute(
        select(Person.id, Person.name, Person.role).where(
            Person.partner_id.is_(None), Person.status == PersonStatus.ACTIVE
        )
    )
    return {row.id: row for row in rows}


def _small(kind: ApproverKind) -> str:
    return kind.words[0].lower() + kind.words[1:]


def _said(minor: int, currency: str) -> str:
    return f"{currency} {Money(minor, currency).major:,}"
