"""What we can ask about drafts of plan versions.  Reads only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models.commissions import engine
from models.commissions.draft_tables import DraftState, PlanDraft, PlanDraftEvent
from models.commissions.tables import Plan, PlanVersion

OPEN = (DraftState.DRAFT, DraftState.PROPOSED)


def seen_of(draft: PlanDraft) -> str:
    """The hash of what somebody looks at: rules and days."""
    told = [draft.rules, str(draft.from_on), str(draft.to_on)]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def open_drafts(session: Session, plan_id: UUID | None = None) -> Sequence[Row]:
    """Drafts and proposals, of one plan or of all, the latest changed first."""
    wanted = (
        select(
            PlanDraft.id,
            PlanDraft.plan_id,
            PlanDraft.state,
            PlanDraft.from_on,
            PlanDraft.to_on,
            PlanDraft.author_name,
            PlanDraft.changed_at,
            Plan.name.label("plan_name"),
        )
        .join(Plan, Plan.id == PlanDraft.plan_id)
        .where(PlanDraft.state.in_(OPEN))
        .order_by(PlanDraft.changed_at.desc(), PlanDraft.id.desc())
    )
    if plan_id is not None:
        wanted = wanted.where(PlanDraft.plan_id == plan_id)
    return session.execute(wanted).all()


def events_of(session: Session, draft_id: UUID) -> Sequence[PlanDraftEvent]:
    """The latest first."""
    return session.scalars(
        select(PlanDraftEvent)
        .where(PlanDraftEvent.draft_id == draft_id)
        .order_by(PlanDraftEvent.at.desc(), PlanDraftEvent.id.desc())
    ).all()


def draft_of(session: Session, version_id: UUID) -> PlanDraft | None:
    """The draft that a version was; None for those made by the system."""
    return session.scalar(select(PlanDraft).where(PlanDraft.version_id == version_id))


def in_force_on(session: Session, plan_id: UUID, day: date) -> PlanVersion | None:
    return session.scalar(
        select(PlanVersion).where(
            PlanVersion.plan_id == plan_id,
            PlanVersion.from_on <= day,
            (PlanVersion.to_on.is_(None)) | (PlanVersion.to_on > day),
        )
    )


def as_plan(plan: Plan, rules: dict[str, Any]) -> engine.Plan:
    """The plan as if it had only ever had these rules.  Raises Refused naming what is wrong."""
    version = engine.Version(
        id=str(plan.id),
        from_on=None,
        to_on=None,
        rules=engine.parse_rules(rules, plan.currency),
        label="draft",
    )
    return engine.Plan(
        id=str(plan.id),
        name=plan.name,
        currency=plan.currency,
        payout_currency=plan.payout_currency,
        time_zone=plan.time_zone,
        trigger=plan.earning_event,
        fx_policy=plan.fx_policy,
        versions=(version,),
    )
