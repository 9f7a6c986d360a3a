"""Somebody leaves: what they were asked to decide goes to others.  On the vendor's side."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import vendor
from models.approvals import ApproverKind
from models.deals.decision_tables import ApprovalState, DealAppeal, DealApproval
from models.deals.tables import Deal, DealParticipant
from models.people import Person

ANYBODY = "an administrator"


def hand_decisions_over(
    session: Session, leaver_id: UUID, *, channel_to: UUID, sales_to: UUID
) -> int:
    """Open and later steps of approvals, and appeals not judged yet; how many.

    Who registered the deal, takes part in it or decided it cannot be given it: then any
    administrator may decide.
    """
    return _approvals(session, leaver_id, channel_to, sales_to) + _appeals(
        session, leaver_id, channel_to
    )


def decisions_of(session: Session, person_id: UUID) -> int:
    """How many wait for this person, now or later."""
    approvals = session.scalars(_steps_of(person_id)).all()
    return len(approvals) + len(session.scalars(_appeals_of(person_id)).all())


def _approvals(session: Session, leaver_id: UUID, channel_to: UUID, sales_to: UUID) -> int:
    steps = session.scalars(_steps_of(leaver_id)).all()
    for step in steps:
        to = sales_to if step.kind is ApproverKind.SALES_MANAGER else channel_to
        deal = session.get_one(Deal, step.deal_id)
        step.person_id = None if to in _barred(session, deal) else to
        step.name = _name(session, step.person_id)
    return len(steps)


def _appeals(session: Session, leaver_id: UUID, channel_to: UUID) -> int:
    appeals = session.scalars(_appeals_of(leaver_id)).all()
    for appeal in appeals:
        deal = session.get_one(Deal, appeal.deal_id)
        barred = {deal.decided_by_id, deal.registered_by_id}
        appeal.judge_id = None if channel_to in barred else channel_to
    return len(appeals)


def _barred(session: Session, deal: Deal) -> set[UUID | None]:
    barred = {deal.registered_by_id}
    if not vendor.settings(session).participants_may_approve:
        of_it = select(DealParticipant.person_id).where(DealParticipant.deal_id == deal.id)
        barred |= set(session.scalars(of_it))
    return barred


def _steps_of(person_id: UUID):
    waits = DealApproval.state.in_((ApprovalState.OPEN, ApprovalState.LATER))
    return select(DealApproval).where(DealApproval.person_id == person_id, waits)


def _appeals_of(person_id: UUID):
    return select(DealAppeal).where(
        DealAppeal.judge_id == person_id, DealAppeal.judged_at.is_(None)
    )


def _name(session: Session, person_id: UUID | None) -> str:
    return session.get_one(Person, person_id).name if person_id else ANYBODY
