"""Whose turn it is to decide a deal: the queue of one person, and how far its approvals are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.orm import Session

from models import territories, vendor
from models.deals.decision_tables import ApprovalState, DealApproval
from models.deals.tables import Deal
from models.people import Actor, Person, PersonStatus, Role


@dataclass(frozen=True)
class Asked:
    """Somebody who decides, and whom they stand in for today."""

    people: tuple[UUID, ...]
    is_administrator: bool

    def criterion(self) -> ColumnElement[bool]:
        """Deals that wait for them: their step, or their deal where there are no steps."""
        open_steps = (
            select(DealApproval.id)
            .where(
                DealApproval.deal_id == Deal.id,
                DealApproval.amendment_id.is_(None),
                DealApproval.state == ApprovalState.OPEN,
            )
            .correlate(Deal)
        )
        own_deal = or_(
            Deal.channel_manager_id.in_(self.people), Deal.escalated_to_id.in_(self.people)
        )
        theirs = [DealApproval.person_id.in_(self.people)]
        if self.is_administrator:
            gone = select(Person.id).where(Person.status == PersonStatus.LEFT)
            theirs += [DealApproval.person_id.is_(None), DealApproval.person_id.in_(gone)]
        return or_(open_steps.where(or_(*theirs)).exists(), and_(own_deal, ~open_steps.exists()))


def asked_of(session: Session, person: Actor, *, now: datetime) -> Asked:
    """On the vendor's side."""
    today = vendor.settings(session).calendar.day_of(now)
    people = territories.acting_for(session, person.id, today)
    return Asked(tuple(sorted(people)), person.role is Role.ADMINISTRATOR)


def approvals_of(
    session: Session, deal_id: UUID, *, amendment_id: UUID | None = None
) -> Sequence[Row]:
    """The approvals that the deal, or a change of it, needs: name, state, when, by whom.

    Empty where the channel manager decides in one step.
    """
    return session.execute(
        select(
            DealApproval.stage,
            DealApproval.kind,
            DealApproval.person_id,
            DealApproval.name,
            DealApproval.state,
            DealApproval.decided_at,
            DealApproval.decided_by_name,
        )
        .where(
            DealApproval.deal_id == deal_id,
            DealApproval.amendment_id == amendment_id,
            DealApproval.state != ApprovalState.DROPPED,
        )
        .order_by(DealApproval.stage, DealApproval.id)
    ).all()
