"""A run as it is looked at: who is paid what, how it differs, who is not.  Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, func, select
from sqlalchemy.orm import Session, aliased

from models.calendars import next_month
from models.commissions.engine import Code
from models.commissions.tables import STANDS_ON, CommissionLine, Statement
from models.money import Money
from models.partners import Partner
from models.partners.destinations import PayoutDestination
from models.payouts.queries import payout_columns
from models.payouts.rules import STANDING, PayoutStatus, WhyNot
from models.payouts.tables import Payout, PayoutRun, PayoutSkip, PayoutStatement

HELD_CODES = (Code.HOLDBACK, Code.DISPUTE_HOLD)
"""What a statement keeps back for later; it is part of what the statement took back."""

FROM_NOTHING = 10**9
"""The relative difference, in basis points, of somebody who got nothing the month before."""


class Preview:
    """The payouts of one run as rows, with the columns by which they are put in order."""

    def __init__(self, run: PayoutRun) -> None:
        self._run = run
        self._sums, self._held, self._before = _sums(run), _held(run), _month_before(run)
        self._last = _last_destination()
        before = func.coalesce(self._before.c.minor, 0)
        self.before = cast(before, BigInteger)
        self.difference = cast(func.abs(Payout.amount_minor - before), BigInteger)
        self.change_bp = cast(
            case(
                (before == 0, FROM_NOTHING),
                else_=func.abs(Payout.amount_minor - before) * 10_000 // before,
            ),
            BigInteger,
        )

    def standing(self) -> Select:
        """Those that the run pays, or tried to."""
        return self._rows().where(Payout.status != PayoutStatus.HELD)

    def left_out(self) -> Select:
        """Those that a person left out of the run."""
        return self._rows().where(Payout.status == PayoutStatus.HELD)

    def _rows(self) -> Select:
        held = func.coalesce(self._held.c.minor, 0)
        return (
            select(
                *payout_columns(),
                Payout.reason,
                PayoutDestination.country,
                PayoutDestination.iban_last4,
                PayoutDestination.holder,
                func.coalesce(self._sums.c.earned_minor, 0).label("earned_minor"),
                (func.coalesce(self._sums.c.taken_back_minor, 0) - held).label("taken_back_minor"),
                held.label("held_minor"),
                (Payout.vat_minor - Payout.withheld_minor).label("tax_minor"),
                func.coalesce(self._sums.c.statements, 0).label("statements"),
                (func.coalesce(_opening(), 0) + Payout.brought_minor).label("opening_minor"),
                self.before.label("before_minor"),
                self._last.is_(None).label("is_first"),
                (self._last != Payout.destination_id).label("is_moved"),
            )
            .join(Partner, Partner.id == Payout.partner_id)
            .join(PayoutDestination, PayoutDestination.id == Payout.destination_id)
            .outerjoin(self._sums, self._sums.c.payout_id == Payout.id)
            .outerjoin(self._held, self._held.c.payout_id == Payout.id)
            .outerjoin(self._before, self._before.c.partner_id == Payout.partner_id)
            .where(Payout.run_id == self._run.id)
        )


def progress_of(session: Session, run: PayoutRun) -> dict[PayoutStatus, tuple[int, Money]]:
    """{state: (payouts, their sum)}, of the states there are."""
    rows = session.execute(
        select(Payout.status, func.count(Payout.id), func.sum(Payout.amount_minor))
        .where(Payout.run_id == run.id)
        .group_by(Payout.status)
    )
    return {status: (count, Money(int(minor), run.currency)) for status, count, minor in rows}


def obstacles_in(session: Session, run: PayoutRun) -> list[tuple[WhyNot, int, Money]]:
    """(why, partners, what they would have got together), most partners first."""
    count = func.count(PayoutSkip.id)
    rows = session.execute(
        select(PayoutSkip.why, count, func.sum(PayoutSkip.amount_minor))
        .where(PayoutSkip.run_id == run.id)
        .group_by(PayoutSkip.why)
        .order_by(count.desc(), PayoutSkip.why)
    )
    return [(why, many, Money(int(minor), run.currency)) for why, many, minor in rows]


def skips_in(run: PayoutRun, only: Iterable[WhyNot] = ()) -> Select:
    """Who is not paid by a run, and why; without an order."""
    query = (
        select(
            PayoutSkip.id,
            PayoutSkip.partner_id,
            PayoutSkip.amount_minor,
            PayoutSkip.amount_currency,
            PayoutSkip.why,
            PayoutSkip.reason,
            Partner.name,
            Partner.number,
        )
        .join(Partner, Partner.id == PayoutSkip.partner_id)
        .where(PayoutSkip.run_id == run.id)
    )
    wanted = list(only)
    return query.where(PayoutSkip.why.in_(wanted)) if wanted else query


def _sums(run: PayoutRun) -> Any:
    return (
        select(
            PayoutStatement.payout_id,
            _sum(Statement.earned_minor).label("earned_minor"),
            _sum(Statement.taken_back_minor).label("taken_back_minor"),
            func.count(Statement.id).label("statements"),
        )
        .join(Statement, Statement.id == PayoutStatement.statement_id)
        .join(Payout, Payout.id == PayoutStatement.payout_id)
        .where(Payout.run_id == run.id)
        .group_by(PayoutStatement.payout_id)
        .subquery()
    )


def _held(run: PayoutRun) -> Any:
    """Negative, as the lines are."""
    return (
        select(PayoutStatement.payout_id, _sum(CommissionLine.payout_minor).label("minor"))
        .join(Statement, Statement.id == PayoutStatement.statement_id)
        .join(CommissionLine, STANDS_ON)
        .join(Payout, Payout.id == PayoutStatement.payout_id)
        .where(Payout.run_id == run.id, CommissionLine.code.in_(HELD_CODES))
        .group_by(PayoutStatement.payout_id)
        .subquery()
    )


def _month_before(run: PayoutRun) -> Any:
    return (
        select(Payout.partner_id, _sum(Payout.amount_minor).label("minor"))
        .where(
            Payout.amount_currency == run.currency,
            Payout.period == next_month(run.period, -1),
            Payout.status.in_(STANDING),
        )
        .group_by(Payout.partner_id)
        .subquery()
    )


def _opening() -> Any:
    """With what the oldest of the statements opened; None without any."""
    return (
        select(Statement.opening_minor)
        .join(PayoutStatement, PayoutStatement.statement_id == Statement.id)
        .where(PayoutStatement.payout_id == Payout.id)
        .order_by(Statement.period, Statement.id)
        .limit(1)
        .scalar_subquery()
    )


def _last_destination() -> Any:
    """Where the partner's last payout that arrived, or is on its way, went; None for the first."""
    last = aliased(Payout)
    return (
        select(last.destination_id)
        .where(
            and_(
                last.partner_id == Payout.partner_id,
                last.run_id != Payout.run_id,
                last.created_at <= Payout.created_at,
                last.status.in_(STANDING),
            )
        )
        .order_by(last.created_at.desc(), last.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _sum(column: ColumnElement[Any] | Any) -> ColumnElement[int]:
    """Whole numbers: PostgreSQL sums to a decimal."""
    return cast(func.sum(column), BigInteger)
