"""What can happen to a month's sums: kept where its lines are many, and for good at the close."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from models.base import new_id
from models.commissions import tallies
from models.commissions.operations.desk import shut_months
from models.commissions.tables import CommissionLine, MonthClose, Statement
from models.commissions.tally_tables import ClosedSum, MonthTally, TallyRow

ROWS = 5_000
"""Rows in one statement."""


def tally_months(session: Session, now: datetime) -> None:
    """Add up again every open month with many lines, where lines have come since."""
    closed = set(session.scalars(select(MonthClose.month)))
    for month in tallies.months_with_lines(session):
        if month not in closed:
            tally(session, month, now=now)


def tally(session: Session, month: str, *, now: datetime) -> None:
    """Add it up, partner by partner, where it has many lines and was not."""
    if not tallies.is_wanted(session, month):
        return
    shut_months(session)  # who rates is waited for: a line with an earlier id may not come later
    forget_tallies(session, month, through=month)
    last = session.scalars(
        select(CommissionLine.id)
        .where(CommissionLine.period == month)
        .order_by(CommissionLine.id.desc())
        .limit(1)
    ).one()
    rows = session.execute(
        tallies.added_up(month)
        .order_by(CommissionLine.partner_id, CommissionLine.payout_currency)
        .execution_options(yield_per=ROWS)
    )
    for some in rows.partitions():
        session.execute(insert(TallyRow), [_row(month, one) for one in some])
    seen = tallies.hashed(
        month,
        session.execute(
            select(TallyRow.partner_id, TallyRow.currency, TallyRow.line_count, TallyRow.net_minor)
            .where(TallyRow.month == month)
            .order_by(TallyRow.partner_id, TallyRow.currency)
            .execution_options(yield_per=ROWS)
        ),
    )
    session.add(MonthTally(month=month, tallied_at=now, last_line_id=last, seen=seen))
    session.flush()


def forget_tallies(session: Session, month: str, *, through: str | None = None) -> None:
    """Of this month and the later ones: their lines are others now."""
    for table in (MonthTally, TallyRow):
        gone = delete(table).where(table.month >= month)
        if through is not None:
            gone = gone.where(table.month <= through)
        session.execute(gone.execution_options(synchronize_session=False))


def keep_sums(session: Session, month: str) -> None:
    """For good, when the last statement is made; the statements say them."""
    rows = session.execute(
        select(
            Statement.currency,
            func.sum(Statement.line_count),
            func.count(),
            func.sum(Statement.earned_minor),
            func.sum(Statement.taken_back_minor),
        )
        .where(Statement.period == month, Statement.line_count > 0)
        .group_by(Statement.currency)
    )
    for currency, lines, partners, earned, back in rows:
        session.add(
            ClosedSum(
                month=month,
                currency=currency,
                line_count=int(lines),
                partner_count=partners,
                earned_minor=int(earned),
                taken_back_minor=int(back),
            )
        )
    forget_tallies(session, month, through=month)


def _row(month: str, one: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "month": month,
        "partner_id": one.partner_id,
        "currency": one.currency,
        "line_count": one.lines,
        "net_minor": one.minor,
        "back_minor": one.back_minor,
    }
