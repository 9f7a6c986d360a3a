"""What can happen to a plan that comes as a file: it becomes drafts, never more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.commissions.draft_tables import PlanDraft
from models.commissions.operations.drafting import begin_draft
from models.commissions.operations.planning import make_plan
from models.commissions.plan_files import PlanFile, frame_of
from models.commissions.tables import Plan, PlanVersion
from models.errors import Refused
from models.people import Actor


@dataclass(frozen=True, slots=True)
class Loaded:
    """drafts: one for each version that is not in force already."""

    plan: Plan
    drafts: list[PlanDraft]
    known: int
    """Versions that are in force word for word."""


def load_plan(session: Session, file: PlanFile, *, by: Actor, now: datetime) -> Loaded:
    """A new plan, or further versions of the one of that name; a second person approves them.

    Raises Refused when a plan of that name has another frame.
    """
    plan = session.scalar(select(Plan).where(Plan.name == file.name))
    if plan is None:
        plan = make_plan(session, name=file.name, by=by, now=now, **file.frame)
    elif frame_of(plan) != dict(file.frame):
        odd = [name for name, value in frame_of(plan).items() if file.frame[name] != value]
        raise Refused(
            f"There is a plan “{plan.name}” already, with another "
            f"{' and '.join(name.replace('_', ' ') for name in odd)}. Choose another name."
        )
    rows = session.scalars(select(PlanVersion).where(PlanVersion.plan_id == plan.id))
    in_force = [(row.from_on, row.to_on, row.rules) for row in rows]
    fresh = [one for one in file.versions if (one.from_on, one.to_on, one.rules) not in in_force]
    drafts = [
        begin_draft(
            session, plan, rules=one.rules, from_on=one.from_on, to_on=one.to_on, by=by, now=now
        )
        for one in fresh
    ]
    return Loaded(plan, drafts, len(file.versions) - len(fresh))
