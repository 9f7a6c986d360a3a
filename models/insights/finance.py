"""What finance can close, pay and release, and what stands in the way.  Reads only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Result, Row, func, select
from sqlalchemy.orm import Session

from models import ledger
from models.commissions.queries import is_open
from models.commissions.rated import RatingProblem
from models.commissions.tables import CommissionLine, Statement
from models.money import Money
from models.partners import Partner, PartnerStatus, endings
from models.partners.destinations import DestinationStatus, PayoutDestination
from models.payouts import PayoutRun, PayoutStatement, RunStatus, WhyNot
from models.payouts import queries as payouts
from models.payouts.reasons import HEADINGS
from models.payouts.rests import all_rests, brought, owed_without_fees
from models.payouts.terms import minimums
from models.vendor import Vendor


@dataclass
class Heap:
    """Partners that are alike: all can be paid (why None), or all cannot for one reason."""

    why: WhyNot | None
    total: Money
    count: int = 0

    @property
    def reason(self) -> str:
        return HEADINGS[self.why] if self.why else "Ready to be paid"


def open_months(session: Session, *, before: str) -> Sequence[Row]:
    """(period, lines) of ended months that still wait to be closed, oldest first."""
    return session.execute(
        select(CommissionLine.period, func.count(CommissionLine.id).label("lines"))
        .where(is_open(), CommissionLine.period < before)
        .group_by(CommissionLine.period)
        .order_by(CommissionLine.period)
    ).all()


def owed(session: Session) -> list[Money]:
    """What the vendor owes its partners, by currency, after the ledger."""
    sums: dict[str, int] = defaultdict(int)
    for (_, currency), minor in ledger.owed(session).items():
        sums[currency] += minor
    return [Money(minor, currency) for currency, minor in sorted(sums.items()) if minor]


def heaps(session: Session, vendor: Vendor, *, now: datetime) -> list[Heap]:
    """Unpaid statements, and what payouts have left, by what can be done about them.

    The run itself looks closer: a way of paying may still refuse an account.
    """
    books = owed_without_fees(session)
    least = minimums(session, vendor)
    gone = endings.over_by(session, vendor.calendar.day_of(now))
    found: dict[tuple[WhyNot | None, str], Heap] = {}
    stated = {(row.partner_id, row.currency): int(row.minor) for row in _unpaid(session)}
    due = Counter(stated)
    for key, left in all_rests(session).items():
        due[key] += brought(left, stated.get(key, 0), books.get(key, 0))
    partners = _partners(session, {who for who, _ in due})
    for (who, currency), minor in sorted(due.items(), key=str):
        if minor <= 0:
            continue
        minimum = 0 if who in gone else least.get(currency, 0)
        why = _why_not(partners[who], minor, books.get((who, currency), 0), minimum, now)
        heap = found.setdefault((why, currency), Heap(why, Money(0, currency)))
        heap.total += Money(minor, currency)
        heap.count += 1
    return sorted(found.values(), key=lambda heap: (heap.why is not None, -heap.total.minor))


def unfinished_runs(session: Session) -> Sequence[Row]:
    """Runs that wait for their release, or for the news that they were paid."""
    return session.execute(
        payouts.runs()
        .where(PayoutRun.status.in_((RunStatus.DRAFT, RunStatus.RELEASED)))
        .order_by(PayoutRun.prepared_at, PayoutRun.id)
        .limit(8)
    ).all()


def unrated(session: Session) -> int:
    """Events that could not be rated yet, each for a reason that somebody must mend."""
    return session.scalar(select(func.count(RatingProblem.id))) or 0


def _unpaid(session: Session) -> Result:
    live = (
        select(PayoutStatement.id)
        .where(PayoutStatement.statement_id == Statement.id, PayoutStatement.is_live)
        .exists()
    )
    return session.execute(
        select(
            Statement.partner_id,
            Statement.currency,
            func.sum(Statement.payable_minor).label("minor"),
        )
        .where(Statement.payable_minor > 0, ~live)
        .group_by(Statement.partner_id, Statement.currency)
    )


def _partners(session: Session, ids: Iterable[UUID]) -> dict[UUID, Row]:
    current = (PayoutDestination.partner_id == Partner.id) & (
        PayoutDestination.status == DestinationStatus.CURRENT
    )
    rows = session.execute(
        select(
            Partner.id,
            Partner.status,
            PayoutDestination.id.label("destination_id"),
            PayoutDestination.held_until,
            PayoutDestination.confirmed_at,
        )
        .outerjoin(PayoutDestination, current)
        .where(Partner.id.in_(ids))
    )
    return {row.id: row for row in rows}


def _why_not(row: Row, due: int, owed: int, minimum: int, now: datetime) -> WhyNot | None:
    """owed: by the ledger, in minor units, as `due` and `minimum` are."""
    if owed < 0:
        return WhyNot.NEGATIVE
    if owed < due:
        return WhyNot.TAKEN_BACK
    if due < minimum:
        return WhyNot.BELOW_MINIMUM
    if row.status is PartnerStatus.SUSPENDED:
        return WhyNot.PARTNER_SUSPENDED
    if row.destination_id is None:
        return WhyNot.NO_DESTINATION
    if row.held_until is not None and (row.confirmed_at is None or now < row.held_until):
        return WhyNot.DESTINATION_HELD
    return None
