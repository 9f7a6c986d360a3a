"""What can happen to a plan's frame: it is changed as long as no version of it is approved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.base import lock
from models.commissions import engine
from models.commissions.draft_tables import PlanDraft
from models.commissions.drafts import OPEN
from models.commissions.engine import FxPolicy, Trigger
from models.commissions.operations.drafting import touch_draft
from models.commissions.operations.planning import judge_frame
from models.commissions.plans import versions_of
from models.commissions.tables import Plan
from models.errors import Refused
from models.people import Actor


def frame_must_be_open(session: Session, plan: Plan) -> None:
    if versions_of(session, plan.id):
        raise Refused(
            "A version of this plan is approved, and what was promised stays. Download the plan, "
            "change the file, and load it under another name."
        )


def edit_frame(
    session: Session,
    plan: Plan,
    *,
    name: str,
    currency: str,
    time_zone: str,
    earning_event: Trigger,
    fx_policy: FxPolicy,
    payout_currency: str | None,
    by: Actor,
    now: datetime,
) -> None:
    """What its drafts are read in: proposals are drafts again, because they say something else.

    Raises Refused once a version is approved, and where a draft cannot be read in the currency.
    """
    lock(session, plan)
    frame_must_be_open(session, plan)
    judge_frame(session, name, currency, payout_currency, but=plan.id)
    wanted: dict[str, Any] = {
        "name": name, "currency": currency, "time_zone": time_zone, "fx_policy": fx_policy,
        "earning_event": earning_event, "payout_currency": payout_currency,
    }  # fmt: skip
    changed = {key: new for key, new in wanted.items() if getattr(plan, key) != new}
    if not changed:
        return
    detail = {key: [getattr(plan, key), new] for key, new in changed.items()}
    asked = select(PlanDraft).where(PlanDraft.plan_id == plan.id, PlanDraft.state.in_(OPEN))
    for draft in session.scalars(asked).all():
        engine.parse_rules(draft.rules, currency)
        touch_draft(session, draft, by=by, now=now)
    for key, new in changed.items():
        setattr(plan, key, new)
    session.flush()
    audit.record(session, by, "plan frame changed", plan, detail=detail, now=now)
