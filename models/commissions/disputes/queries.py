"""What we can ask about disputes.  Reads only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from models.commissions.disputes.rules import DisputeStatus
from models.commissions.disputes.tables import Dispute, DisputeDecision, DisputeNote
from models.commissions.tables import STANDS_ON, CommissionLine, Statement
from models.customers import Customer
from models.deals import Deal
from models.money import Money
from models.partners import Partner
from models.sales import Invoice


@dataclass(frozen=True)
class DisputeFilter:
    """Which disputes a list shows; what is None or empty does not narrow it."""

    statuses: tuple[DisputeStatus, ...] = ()
    partner_id: UUID | None = None
    text: str = ""
    """Part of the dispute's, line's, partner's or customer's number or name."""


def listed(wanted: DisputeFilter) -> Select:
    """Columns of disputes, without an order."""
    columns = select(
        Dispute.id,
        Dispute.number,
        Dispute.status,
        Dispute.reason,
        Dispute.amount_minor,
        Dispute.currency,
        Dispute.claimed_minor,
        Dispute.added_minor,
        Dispute.opened_at,
        Dispute.decide_by,
        Dispute.overdue_at,
        Dispute.closed_at,
        Dispute.closed_by_name,
        Dispute.partner_id,
        Dispute.line_id,
        Dispute.missing_sale,
        Dispute.missing_month,
        CommissionLine.number.label("line_number"),
        CommissionLine.code.label("line_code"),
        CommissionLine.period.label("line_period"),
        Statement.number.label("statement_number"),
        Partner.name.label("partner_name"),
        func.coalesce(Customer.name, Deal.customer_name).label("customer_name"),
    )
    return _narrowed(columns, wanted)


def counts(session: Session, wanted: DisputeFilter) -> dict[DisputeStatus, int]:
    """How many, by status, whatever status is asked for."""
    apart = DisputeFilter(partner_id=wanted.partner_id, text=wanted.text)
    rows = session.execute(
        _narrowed(select(Dispute.status, func.count()), apart).group_by(Dispute.status)
    )
    return {row[0]: row[1] for row in rows}


def sums_held(session: Session, wanted: DisputeFilter) -> list[Money]:
    """What the open ones among them hold, by currency."""
    rows = session.execute(
        select(Dispute.currency, func.sum(Dispute.amount_minor))
        .where(Dispute.status == DisputeStatus.OPEN, Dispute.hold_line_id.is_not(None))
        .where(*([Dispute.partner_id == wanted.partner_id] if wanted.partner_id else []))
        .group_by(Dispute.currency)
        .order_by(Dispute.currency)
    )
    return [Money(int(minor), currency) for currency, minor in rows]


def find(session: Session, dispute_id: UUID) -> Dispute | None:
    return session.scalar(select(Dispute).where(Dispute.id == dispute_id))


def found(session: Session, dispute_id: UUID) -> Row | None:
    """The columns of one, as a list has them."""
    return session.execute(listed(DisputeFilter()).where(Dispute.id == dispute_id)).first()


def notes_of(session: Session, dispute_id: UUID) -> Sequence[DisputeNote]:
    """What happened, the latest first."""
    return session.scalars(
        select(DisputeNote)
        .where(DisputeNote.dispute_id == dispute_id)
        .order_by(DisputeNote.id.desc())
    ).all()


def decisions_of(session: Session, dispute_id: UUID) -> Sequence[DisputeDecision]:
    """What was decided and what waits for a second person, the latest first.  Vendor's side."""
    return session.scalars(
        select(DisputeDecision)
        .where(DisputeDecision.dispute_id == dispute_id)
        .order_by(DisputeDecision.id.desc())
    ).all()


def of_lines(session: Session, line_ids: Collection[UUID]) -> dict[UUID, list[Row]]:
    """{line: its disputes, the latest first}."""
    told: dict[UUID, list[Row]] = {}
    rows = session.execute(
        select(Dispute.id, Dispute.line_id, Dispute.number, Dispute.status, Dispute.decide_by)
        .where(Dispute.line_id.in_(line_ids))
        .order_by(Dispute.id.desc())
    )
    for row in rows:
        told.setdefault(row.line_id, []).append(row)
    return told


def posted(session: Session, dispute: Dispute) -> Sequence[Row]:
    """The lines that it has held, released and added, with the statements they stand on."""
    return session.execute(
        select(
            CommissionLine.id,
            CommissionLine.number,
            CommissionLine.code,
            CommissionLine.period,
            CommissionLine.payout_minor,
            CommissionLine.payout_currency,
            Statement.id.label("statement_id"),
            Statement.number.label("statement_number"),
        )
        .outerjoin(Statement, STANDS_ON)
        .where(CommissionLine.source_id == dispute.id)
        .order_by(CommissionLine.id)
    ).all()


def open_count(
    session: Session, partner_id: UUID | None = None, *, late_at: datetime | None = None
) -> int:
    """late_at: only those that should have been decided by then."""
    asked = select(func.count(Dispute.id)).where(Dispute.status == DisputeStatus.OPEN)
    if partner_id is not None:
        asked = asked.where(Dispute.partner_id == partner_id)
    if late_at is not None:
        asked = asked.where(Dispute.decide_by < late_at)
    return session.scalar(asked) or 0


def _narrowed(wanted: Select, by: DisputeFilter) -> Select:
    wanted = (
        wanted.select_from(Dispute)
        .outerjoin(CommissionLine, CommissionLine.id == Dispute.line_id)
        .join(Partner, Partner.id == Dispute.partner_id)
        .outerjoin(Statement, STANDS_ON)
        .outerjoin(Deal, Deal.id == func.coalesce(CommissionLine.deal_id, Dispute.deal_id))
        .outerjoin(Invoice, Invoice.id == CommissionLine.invoice_id)
        .outerjoin(Customer, Customer.id == func.coalesce(Deal.customer_id, Invoice.customer_id))
    )
    if by.statuses:
        wanted = wanted.where(Dispute.status.in_(by.statuses))
    if by.partner_id is not None:
        wanted = wanted.where(Dispute.partner_id == by.partner_id)
    if by.text:
        named = (
            Dispute.number, Dispute.missing_sale, CommissionLine.number, Partner.name,
            Customer.name,
        )  # fmt: skip
        wanted = wanted.where(or_(*(name.icontains(by.text, autoescape=True) for name in named)))
    return wanted
