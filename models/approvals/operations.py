"""What can happen to approval rules: they are written, changed, reordered, taken away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import audit
from models.approvals.queries import in_order, staff_of
from models.approvals.rules import ApproverKind, Step
from models.approvals.tables import ApprovalRule, ApprovalStep
from models.base import lock
from models.errors import Refused
from models.people import Actor
from models.territories.places import known_country
from models.territories.regions import REGIONS

MOST_STEPS = 10


@dataclass(frozen=True, kw_only=True)
class RuleDetails:
    """A rule as somebody wrote it; amounts in minor units of the base currency."""

    name: str
    steps: Sequence[Step]
    from_minor: int = 0
    to_minor: int | None = None
    tiers: Sequence[str] = ()
    regions: Sequence[str] = ()
    families: Sequence[str] = ()
    kinds: Sequence[str] = ()


CONDITIONS = ("name", "from_minor", "to_minor", "tiers", "regions", "families", "kinds")


def add(session: Session, details: RuleDetails, *, by: Actor, now: datetime) -> ApprovalRule:
    """A new rule, asked after all others."""
    _refuse_faults(session, details)
    last = session.scalar(select(func.max(ApprovalRule.position))) or 0
    rule = ApprovalRule(position=last + 1, created_at=now)
    _take(rule, details)
    session.add(rule)
    session.flush()
    audit.record(session, by, "approval rule added", rule, now=now, detail=_told(rule))
    return rule


def change(
    session: Session, rule: ApprovalRule, details: RuleDetails, *, by: Actor, now: datetime
) -> None:
    """What waits already keeps the approvals that it was promised."""
    lock(session, rule)
    _refuse_faults(session, details)
    before = _told(rule)
    _take(rule, details)
    session.flush()
    after = _told(rule)
    if before != after:
        detail = {"before": before, "after": after}
        audit.record(session, by, "approval rule changed", rule, now=now, detail=detail)


def raise_up(session: Session, rule: ApprovalRule, *, by: Actor, now: datetime) -> None:
    """Ask this rule before the one above it.  The first stays where it is."""
    rules = in_order(session)
    at = next(at for at, row in enumerate(rules) if row.id == rule.id)
    if at == 0:
        return
    rules.insert(at - 1, rules.pop(at))
    for position, row in enumerate(rules):
        row.position = position
    session.flush()
    audit.record(session, by, "approval rule raised", rule, now=now, detail={"name": rule.name})


def remove(session: Session, rule: ApprovalRule, *, by: Actor, now: datetime) -> None:
    audit.record(session, by, "approval rule removed", rule, now=now, detail=_told(rule))
    session.delete(rule)
    session.flush()


def _take(rule: ApprovalRule, details: RuleDetails) -> None:
    for name in CONDITIONS:
        value = getattr(details, name)
        setattr(rule, name, sorted(set(value)) if isinstance(value, list | tuple) else value)
    rule.steps[:] = [
        ApprovalStep(stage=step.stage, kind=step.kind, person_id=step.person_id)
        for step in details.steps
    ]


def _told(rule: ApprovalRule) -> dict[str, object]:
    told = {name: getattr(rule, name) for name in CONDITIONS}
    steps = [[step.stage, step.kind.value, str(step.person_id or "")] for step in rule.steps]
    return told | {"steps": sorted(steps)}


def _refuse_faults(session: Session, details: RuleDetails) -> None:
    if not details.name.strip():
        raise Refused("Give the rule a name, such as “Above 100,000”.")
    if not details.steps:
        raise Refused("Name at least one approver.")
    if len(details.steps) > MOST_STEPS:
        raise Refused(f"A rule has at most {MOST_STEPS} approvals.")
    if details.to_minor is not None and details.to_minor <= details.from_minor:
        raise Refused("The amount ends before it starts: enter a larger upper end.")
    for region in details.regions:
        if region not in REGIONS and known_country(region) is None:
            raise Refused(f"{region} is neither a region nor a country, such as DACH or DE.")
    present = {person.id for person in staff_of(session)}
    for step in details.steps:
        if step.kind is ApproverKind.PERSON and step.person_id not in present:
            raise Refused("Choose the person who approves; it has to be somebody of your staff.")
