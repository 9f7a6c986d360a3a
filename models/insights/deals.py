"""Which deals need somebody, and why.  Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select
from sqlalchemy.orm import Session

from models.deals import OPEN, Deal, DealMatch, DealStatus
from models.partners import Partner

ENDS_SOON_DAYS = 14
QUIET_DAYS = 14


class Step(StrEnum):
    """What a partner can do next about a deal, the most pressing first."""

    ANSWER = "answer"
    RENEW = "renew"
    CLOSE = "close"
    MEND = "mend"
    FINISH = "finish"


@dataclass(frozen=True)
class Lateness:
    """One manager's decisions, counted."""

    overdue: int
    due_today: int
    waiting: int
    asked: int
    conflicts: int
    extensions: int


def next_steps(
    session: Session, partner_id: UUID, *, today: date, most: int = 8
) -> list[tuple[Step, Row]]:
    """Of a partner's deals, those that wait for the partner, the most pressing first."""
    soon = today + timedelta(days=ENDS_SOON_DAYS)
    step = case(
        (Deal.status == DealStatus.INFO_REQUESTED, 0),
        (and_(Deal.status == DealStatus.APPROVED, Deal.protected_through <= soon), 1),
        (and_(Deal.status == DealStatus.APPROVED, Deal.expected_close_on <= today), 2),
        (Deal.status == DealStatus.REJECTED, 3),
        (Deal.status == DealStatus.DRAFT, 4),
        else_=None,
    )
    recent = or_(
        Deal.status != DealStatus.REJECTED,
        Deal.decided_at >= datetime.fromisoformat(f"{today - timedelta(days=30)}T00:00:00+00:00"),
    )
    rows = session.execute(
        select(*_shown(), Deal.status, Deal.protected_through, Deal.expected_close_on, step)
        .where(Deal.partner_id == partner_id, step.is_not(None), recent)
        .order_by(step, Deal.protected_through, Deal.updated_at.desc(), Deal.id)
        .limit(most)
    )
    return [(list(Step)[row[-1]], row) for row in rows]


def lateness(
    session: Session, *, now: datetime, end_of_day: datetime, channel_manager_id: UUID | None
) -> Lateness:
    """How much waits for one channel manager; for all when None."""
    waits = Deal.status == DealStatus.SUBMITTED
    questionable = (
        select(DealMatch.id)
        .where(DealMatch.deal_id == Deal.id, DealMatch.cleared_at.is_(None))
        .exists()
    )
    conditions = (
        and_(waits, Deal.decide_by < now),
        and_(waits, Deal.decide_by >= now, Deal.decide_by < end_of_day),
        waits,
        Deal.status == DealStatus.INFO_REQUESTED,
        and_(waits, questionable),
        and_(Deal.status == DealStatus.APPROVED, Deal.extension_asked_at.is_not(None)),
    )
    counts = select(*(func.sum(case((condition, 1), else_=0)) for condition in conditions))
    row = session.execute(counts.where(Deal.status.in_(OPEN), *_of(channel_manager_id))).one()
    return Lateness(*(int(count or 0) for count in row))


def routed_to(session: Session, sales_manager_id: UUID, *, most: int = 8) -> Sequence[Row]:
    """The newest open deals of one sales manager."""
    return session.execute(
        select(*_shown(), Deal.status, Deal.stage, Deal.expected_close_on, Deal.submitted_at)
        .join(Partner, Partner.id == Deal.partner_id)
        .add_columns(Partner.name.label("partner"))
        .where(Deal.sales_manager_id == sales_manager_id, Deal.status.in_(OPEN))
        .order_by(Deal.submitted_at.desc(), Deal.id)
        .limit(most)
    ).all()


def without_activity(
    session: Session, sales_manager_id: UUID, *, now: datetime, most: int = 8
) -> Sequence[Row]:
    """Open deals of one sales manager on which nothing happened for a while, longest first."""
    return session.execute(
        select(*_shown(), Deal.status, Deal.stage, Deal.updated_at)
        .join(Partner, Partner.id == Deal.partner_id)
        .add_columns(Partner.name.label("partner"))
        .where(
            Deal.sales_manager_id == sales_manager_id,
            Deal.status.in_(OPEN),
            Deal.updated_at < now - timedelta(days=QUIET_DAYS),
        )
        .order_by(Deal.updated_at, Deal.id)
        .limit(most)
    ).all()


def _shown() -> tuple:
    return Deal.id, Deal.number, Deal.customer_name, Deal.value


def _of(channel_manager_id: UUID | None) -> list[ColumnElement[bool]]:
    return [] if channel_manager_id is None else [Deal.channel_manager_id == channel_manager_id]
