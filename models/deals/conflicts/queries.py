"""What we can ask about conflict cases.  Reads only.

A partner's session finds its own sides and evidence; everything about a case is asked on
the vendor's side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from models.catalog import ProductFamily
from models.customers import Customer
from models.deals.conflicts.rules import ConflictStatus, Outcome, Standing
from models.deals.conflicts.tables import (
    Conflict,
    ConflictEvidence,
    ConflictNote,
    ConflictSide,
)
from models.deals.projects import collides_with
from models.deals.queries import is_live
from models.deals.tables import Deal, DealMatch
from models.partners import Partner
from models.people import Person

UNDECIDED = (ConflictStatus.OPEN, ConflictStatus.APPEALED)
"""Cases in which somebody at the vendor has something to decide."""


@dataclass(frozen=True, kw_only=True)
class ConflictFilter:
    """Which cases; every part that is said must hold."""

    statuses: tuple[ConflictStatus, ...] = ()
    outcome: Outcome | None = None
    manager_id: UUID | None = None
    text: str = ""
    """Part of the customer's name, or a number of the case, a side or a deal."""


def listed(wanted: ConflictFilter) -> Select:
    """Cases for a list: columns only, not ordered."""
    parties = (
        select(func.count(ConflictSide.id))
        .where(ConflictSide.conflict_id == Conflict.id)
        .correlate(Conflict)
        .scalar_subquery()
    )
    return _narrowed(
        select(
            Conflict.id,
            Conflict.number,
            Conflict.status,
            Conflict.opened_at,
            Conflict.evidence_by,
            Conflict.decide_by,
            Conflict.ended_at,
            Conflict.appeal_by,
            Conflict.outcome,
            Conflict.rule,
            Conflict.decided_by_name,
            Conflict.touch_id,
            Customer.name.label("customer"),
            ProductFamily.name.label("family"),
            Person.name.label("manager"),
            parties.label("parties"),
        )
        .join(Customer, Customer.id == Conflict.customer_id)
        .join(ProductFamily, ProductFamily.id == Conflict.family_id)
        .outerjoin(Person, Person.id == Conflict.manager_id),
        wanted,
    )


def how_many(session: Session, wanted: ConflictFilter) -> dict[ConflictStatus, int]:
    """By status, whatever status the filter asks for."""
    counted = _narrowed(
        select(Conflict.status, func.count(Conflict.id))
        .join(Customer, Customer.id == Conflict.customer_id)
        .group_by(Conflict.status),
        ConflictFilter(outcome=wanted.outcome, manager_id=wanted.manager_id, text=wanted.text),
    )
    return dict(tuple(row) for row in session.execute(counted))


def open_count(session: Session, manager_id: UUID | None) -> int:
    """Cases that wait for this manager, or for anybody when None."""
    waiting = select(func.count(Conflict.id)).where(Conflict.status.in_(UNDECIDED))
    if manager_id is not None:
        waiting = waiting.where(Conflict.manager_id == manager_id)
    return session.scalar(waiting) or 0


def _narrowed(query: Select, wanted: ConflictFilter) -> Select:
    if wanted.statuses:
        query = query.where(Conflict.status.in_(wanted.statuses))
    if wanted.outcome:
        query = query.where(Conflict.outcome == wanted.outcome)
    if wanted.manager_id:
        query = query.where(Conflict.manager_id == wanted.manager_id)
    if wanted.text:
        number = wanted.text.upper()
        of_side = select(ConflictSide.conflict_id).join(Deal, Deal.id == ConflictSide.deal_id)
        of_side = of_side.where(or_(ConflictSide.number == number, Deal.number == number))
        query = query.where(
            or_(
                Customer.name.icontains(wanted.text, autoescape=True),
                Conflict.number == number,
                Conflict.id.in_(of_side),
            )
        )
    return query


def sides_of(session: Session, conflict_id: UUID) -> Sequence[ConflictSide]:
    """Every side of a case, whoever was first complete first."""
    return session.scalars(
        select(ConflictSide)
        .join(Deal, Deal.id == ConflictSide.deal_id)
        .where(ConflictSide.conflict_id == conflict_id)
        .order_by(Deal.submitted_at, ConflictSide.id)
    ).all()


def party_deals(session: Session, conflict_id: UUID) -> Sequence[Row]:
    """side_id, deal, partner, customer, family of each side, in the order of `sides_of`."""
    return session.execute(
        select(
            ConflictSide.id.label("side_id"),
            Deal,
            Partner,
            Customer,
            ProductFamily.name.label("family"),
        )
        .join(Deal, Deal.id == ConflictSide.deal_id)
        .join(Partner, Partner.id == Deal.partner_id)
        .join(Customer, Customer.id == Deal.customer_id)
        .join(ProductFamily, ProductFamily.id == Deal.family_id)
        .where(ConflictSide.conflict_id == conflict_id)
        .order_by(Deal.submitted_at, ConflictSide.id)
    ).all()


def matches_between(session: Session, deals: Sequence[Deal]) -> Sequence[DealMatch]:
    """What each of these deals was found to have in common with another's customer."""
    return session.scalars(
        select(DealMatch)
        .where(
            DealMatch.deal_id.in_([deal.id for deal in deals]),
            DealMatch.customer_id.in_([deal.customer_id for deal in deals]),
        )
        .order_by(DealMatch.score_percent.desc(), DealMatch.id)
    ).all()


def contenders(session: Session, deal: Deal, *, on: date) -> Sequence[Deal]:
    """Other partners' live registrations that stand in this deal's way, the earliest first.

    Of the same customer, or of one that looks like it and that nobody has told apart; about
    the same product family and project.
    """
    matched = select(DealMatch.deal_id, DealMatch.customer_id, DealMatch.cleared_at)
    mine = session.execute(matched.where(DealMatch.deal_id == deal.id)).all()
    against = matched.join(Deal, Deal.id == DealMatch.deal_id).where(is_live(Deal, on))
    theirs = session.execute(against.where(DealMatch.customer_id == deal.customer_id)).all()
    alike = [row.customer_id for row in mine if row.cleared_at is None]
    apart = [row.customer_id for row in mine if row.cleared_at is not None]
    found = select(Deal).where(
        or_(
            Deal.customer_id == deal.customer_id,
            Deal.customer_id.in_(alike),
            and_(
                Deal.id.in_([row.deal_id for row in theirs if row.cleared_at is None]),
                Deal.customer_id.not_in(apart),
            ),
        ),
        Deal.id.not_in([row.deal_id for row in theirs if row.cleared_at is not None]),
        Deal.id != deal.id,
        Deal.partner_id != deal.partner_id,
        Deal.family_id == deal.family_id,
        collides_with(Deal.project_key, deal.project_key),
        is_live(Deal, on),
    )
    return session.scalars(found.order_by(Deal.submitted_at, Deal.id)).all()


def alike_customers(session: Session, deal: Deal) -> list[UUID]:
    """The deal's own customer, and those that nobody has told apart from it."""
    alike = select(DealMatch.customer_id).where(
        DealMatch.deal_id == deal.id, DealMatch.cleared_at.is_(None)
    )
    assert deal.customer_id
    return [deal.customer_id, *session.scalars(alike)]


def evidence_of(session: Session, side_ids: Sequence[UUID]) -> Sequence[ConflictEvidence]:
    """What was filed, the earliest first."""
    return session.scalars(
        select(ConflictEvidence)
        .where(ConflictEvidence.side_id.in_(side_ids))
        .order_by(ConflictEvidence.at, ConflictEvidence.id)
    ).all()


def notes_of(session: Session, conflict_id: UUID) -> Sequence[ConflictNote]:
    """What happened to a case, the latest first."""
    return session.scalars(
        select(ConflictNote)
        .where(ConflictNote.conflict_id == conflict_id)
        .order_by(ConflictNote.at.desc(), ConflictNote.id.desc())
    ).all()


def side_of_deal(session: Session, deal_id: UUID) -> Row | None:
    """id, number, conflict_id, standing, evidence_by of a deal's latest side, if any."""
    return session.execute(
        select(
            ConflictSide.id,
            ConflictSide.number,
            ConflictSide.conflict_id,
            ConflictSide.standing,
            ConflictSide.evidence_by,
        )
        .where(ConflictSide.deal_id == deal_id)
        .order_by(ConflictSide.opened_at.desc(), ConflictSide.id.desc())
        .limit(1)
    ).first()


def case_of_deal(session: Session, deal_id: UUID) -> Row | None:
    """id, number, status, evidence_by of the latest case about a deal.  On the vendor's side."""
    return session.execute(
        select(Conflict.id, Conflict.number, Conflict.status, Conflict.evidence_by)
        .join(ConflictSide, ConflictSide.conflict_id == Conflict.id)
        .where(ConflictSide.deal_id == deal_id)
        .order_by(ConflictSide.opened_at.desc(), ConflictSide.id.desc())
        .limit(1)
    ).first()


def own_sides() -> Select:
    """A partner's own sides for a list: columns only, not ordered."""
    return select(
        ConflictSide.id,
        ConflictSide.number,
        ConflictSide.standing,
        ConflictSide.opened_at,
        ConflictSide.evidence_by,
        ConflictSide.decided_at,
        ConflictSide.appeal_by,
        ConflictSide.rule,
        Deal.customer_name,
        Deal.number.label("deal_number"),
        ProductFamily.name.label("family"),
    ).join(Deal, Deal.id == ConflictSide.deal_id).join(
        ProductFamily, ProductFamily.id == Deal.family_id
    )  # fmt: skip


def case_that_decided(session: Session, deal: Deal) -> Row | None:
    """id, number of the side by which this deal was turned down; None when none did."""
    return session.execute(
        select(ConflictSide.id, ConflictSide.number).where(
            ConflictSide.deal_id == deal.id,
            ConflictSide.standing == Standing.REFUSED,
            or_(
                ConflictSide.decided_at == deal.decided_at,
                ConflictSide.judged_at == deal.decided_at,
            ),
        )
    ).first()


def open_case_of(session: Session, deal_ids: Sequence[UUID]) -> Conflict | None:
    """The oldest open case in which one of these deals is a party."""
    return session.scalars(
        select(Conflict)
        .join(ConflictSide, ConflictSide.conflict_id == Conflict.id)
        .where(
            ConflictSide.deal_id.in_(deal_ids),
            ConflictSide.standing == Standing.OPEN,
            Conflict.status == ConflictStatus.OPEN,
        )
        .order_by(Conflict.opened_at, Conflict.id)
        .limit(1)
    ).first()
