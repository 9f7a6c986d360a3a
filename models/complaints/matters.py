"""What a complaint is about, and everybody who took part in it.  Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select, union
from sqlalchemy.orm import Session

from models.applications.tables import ApplicationEvent
from models.audit import AuditEntry
from models.claims import ClaimEvent, TerritoryClaim
from models.commissions import Dispute, MonthClose, Statement
from models.commissions.close_tables import CloseProposal
from models.complaints.tables import Complaint
from models.deals import Deal
from models.deals.conflicts import ConflictSide
from models.deals.tables import DealEvent
from models.payouts import Payout
from models.wins.shares import Sharing
from models.wins.tables import DealOrder

MATTERS: tuple[Any, ...] = (Deal, TerritoryClaim, Dispute, ConflictSide, Statement, Payout)
"""What has a number by which a complaint may name it."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a complaint is about."""

    kind: str
    """Its table, such as "deal"."""
    id: UUID
    number: str


def matter(session: Session, number: str) -> Matter | None:
    """What has this number, among what the session may see."""
    for table in MATTERS:
        found = session.scalar(select(table).where(table.number == number))
        if found is not None:
            return Matter(table.__tablename__, found.id, found.number)
    return None


def took_part(session: Session, complaint: Complaint) -> set[UUID]:
    """Everybody who did something in its matter: in the audit, and in the matter's own history.

    On the vendor's side.
    """
    if complaint.about_id is None:
        return set()
    kind, about_id = complaint.about_kind, complaint.about_id
    things = [(kind, about_id)]
    for further, ids in _parts(kind, about_id):
        things += [(further, key) for key in session.scalars(ids)]
    of_these = (
        and_(AuditEntry.about_kind == one, AuditEntry.about_id == key) for one, key in things
    )
    did = set(session.scalars(select(AuditEntry.actor_id).where(or_(*of_these)).distinct()))
    for people in _histories(kind, about_id):
        did |= set(session.scalars(people))
    return {one for one in did if one is not None}


def _parts(kind: str, about_id: UUID) -> Iterator[tuple[str, Select[Any]]]:
    """(table, ids) of what is decided elsewhere, and is a decision about this all the same."""
    if kind == "deal":
        yield "deal_order", select(DealOrder.id).where(DealOrder.deal_id == about_id)
        yield "sharing", select(Sharing.id).where(Sharing.deal_id == about_id)
        yield "conflict", select(ConflictSide.conflict_id).where(ConflictSide.deal_id == about_id)
    elif kind == "conflict_side":
        yield "conflict", select(ConflictSide.conflict_id).where(ConflictSide.id == about_id)
    elif kind == "payout":
        yield "payout_run", select(Payout.run_id).where(Payout.id == about_id)
    elif kind == "statement":
        month = select(Statement.period).where(Statement.id == about_id).scalar_subquery()
        yield "month_close", select(MonthClose.id).where(MonthClose.month == month)
        yield "close_proposal", select(CloseProposal.id).where(CloseProposal.month == month)


def _histories(kind: str, about_id: UUID) -> Iterator[Any]:
    """Who stands in the matter's own records, by id."""
    if kind == "deal":
        yield select(DealEvent.by_id).where(DealEvent.deal_id == about_id)
    elif kind == "application":
        yield select(ApplicationEvent.by_id).where(ApplicationEvent.application_id == about_id)
    elif kind == "territory_claim":
        yield select(ClaimEvent.by_id).where(ClaimEvent.claim_id == about_id)
    elif kind == "statement":
        month = select(Statement.period).where(Statement.id == about_id).scalar_subquery()
        closed = CloseProposal.month == month
        yield union(
            select(CloseProposal.proposed_by_id).where(closed),
            select(CloseProposal.confirmed_by_id).where(closed),
        )
