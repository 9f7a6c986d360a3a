"""What was earned, is owed and was paid, in few sums.  Reads only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.calendars import next_month
from models.commissions.disputes import Dispute
from models.commissions.queries import is_open
from models.commissions.tables import CommissionLine, Statement
from models.money import Money
from models.payouts import Payout, PayoutStatement, PayoutStatus
from models.payouts.rests import brought, rests_of
from models.payouts.rules import IN_FLIGHT, STANDING

ON_ITS_WAY = tuple(IN_FLIGHT)
BACK = Payout.back_minor + Payout.back_vat_minor - Payout.back_withheld_minor


@dataclass(frozen=True)
class Standing:
    """What one partner has to expect in one currency.

    this_month: lines of months that are still open.  owed: stated, not in a payout yet, and what
    payouts have left.
    on_its_way: released, not paid yet.  held: in open disputes.  paid: ever.
    """

    this_month: Money
    owed: Money
    on_its_way: Money
    held: Money
    paid: Money


def by_month(
    session: Session, currency: str, *, through: str, months: int = 12, partner_id: UUID | None
) -> list[tuple[str, int]]:
    """(month, minor units earned net) of the last months, oldest first, empty ones included.

    partner_id: None for everybody's.
    """
    first = next_month(through, 1 - months)
    query = (
        select(CommissionLine.period, func.sum(CommissionLine.payout_minor))
        .where(
            CommissionLine.payout_currency == currency,
            CommissionLine.period >= first,
            CommissionLine.period <= through,
        )
        .group_by(CommissionLine.period)
    )
    if partner_id is not None:
        query = query.where(CommissionLine.partner_id == partner_id)
    sums = {month: int(minor) for month, minor in session.execute(query)}
    return [
        (month, sums.get(month, 0)) for month in (next_month(first, step) for step in range(months))
    ]


def standing(session: Session, partner_id: UUID, *, currency: str) -> list[Standing]:
    """One for each currency of the partner; its own currency first, even when all is zero."""
    sums = {
        "this_month": _open_lines(session, partner_id),
        "owed": _unpaid(session, partner_id),
        "on_its_way": _payouts(session, partner_id, ON_ITS_WAY),
        "held": _disputed(session, partner_id),
        "paid": _payouts(session, partner_id, (PayoutStatus.PAID,)),
    }
    others = sorted({unit for amounts in sums.values() for unit in amounts} - {currency})
    return [
        Standing(**{name: Money(amounts[unit], unit) for name, amounts in sums.items()})
        for unit in (currency, *others)
    ]


def _open_lines(session: Session, partner_id: UUID) -> Counter[str]:
    return _counted(
        session,
        select(CommissionLine.payout_currency, func.sum(CommissionLine.payout_minor))
        .where(CommissionLine.partner_id == partner_id, is_open())
        .group_by(CommissionLine.payout_currency),
    )


def _unpaid(session: Session, partner_id: UUID) -> Counter[str]:
    """Stated and in no payout that stands: a run under preparation may still leave it out."""
    going = (
        select(PayoutStatement.id)
        .join(Payout, Payout.id == PayoutStatement.payout_id)
        .where(
            PayoutStatement.statement_id == Statement.id,
            PayoutStatement.is_live,
            Payout.status.in_((*ON_ITS_WAY, PayoutStatus.PAID)),
        )
        .exists()
    )
    stated = _counted(
        session,
        select(Statement.currency, func.sum(Statement.payable_minor))
        .where(Statement.partner_id == partner_id, ~going)
        .group_by(Statement.currency),
    )
    owed, rests = Counter(stated), rests_of(session, partner_id, STANDING)
    carried = _carried(session, partner_id) if rests else Counter[str]()
    for unit, left in rests.items():
        owed[unit] += brought(left, stated[unit], stated[unit] + carried[unit] + left)
    return owed


def _carried(session: Session, partner_id: UUID) -> Counter[str]:
    """By the last statement in each currency; below zero it takes from what is left besides."""
    rows = session.execute(
        select(Statement.currency, Statement.closing_minor)
        .where(Statement.partner_id == partner_id)
        .order_by(Statement.period, Statement.id)
    )
    last = Counter[str]()
    for unit, minor in rows:
        last[unit] = minor
    return last


def _payouts(
    session: Session, partner_id: UUID, statuses: tuple[PayoutStatus, ...]
) -> Counter[str]:
    return _counted(
        session,
        select(Payout.amount_currency, func.sum(Payout.amount_minor - BACK))
        .where(Payout.partner_id == partner_id, Payout.status.in_(statuses))
        .group_by(Payout.amount_currency),
    )


def _disputed(session: Session, partner_id: UUID) -> Counter[str]:
    return _counted(
        session,
        select(Dispute.currency, func.sum(Dispute.amount_minor))
        .where(Dispute.partner_id == partner_id, Dispute.closed_at.is_(None))
        .where(Dispute.hold_line_id.is_not(None))
        .group_by(Dispute.currency),
    )


def _counted(session: Session, query) -> Counter[str]:
    return Counter({unit: int(minor) for unit, minor in session.execute(query)})
