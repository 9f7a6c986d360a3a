"""What we can ask about lines and statements.  Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from models.calendars import first_day, next_month
from models.commissions.engine import Code
from models.commissions.engine.statements import EITHER_WAY, TAKEN_BACK
from models.commissions.tables import (
    STANDS_ON,
    CommissionLine,
    MonthClose,
    Statement,
)
from models.customers import Customer
from models.deals import Deal
from models.money import Money
from models.partners import Partner
from models.sales import Invoice

IS_TAKEN_BACK = or_(
    CommissionLine.code.in_(sorted(TAKEN_BACK)),
    CommissionLine.code.in_(sorted(EITHER_WAY)) & (CommissionLine.payout_minor < 0),
)
"""What engine.is_taken_back says, for the database."""


@dataclass(frozen=True)
class LineFilter:
    """Which lines a list shows; what is None or empty does not narrow it."""

    words: str = ""
    """Part of the partner's, customer's, invoice's or deal's name or number."""
    month: str = ""
    code: Code | None = None
    partner_id: UUID | None = None
    currency: str = ""
    only_open: bool = False
    """Lines of months that are not closed."""


@dataclass(frozen=True)
class Sum:
    """The lines of a list in one currency; taken_back is 0 or less."""

    lines: int
    earned: Money
    taken_back: Money

    @property
    def net(self) -> Money:
        return self.earned + self.taken_back


def month_in_words(month: str) -> str:
    """Such as October 2026."""
    return f"{first_day(month):%B %Y}"


def lines(wanted: LineFilter) -> Select:
    """Columns of the lines asked for, the latest first."""
    return _narrowed(
        select(
            CommissionLine.id,
            CommissionLine.number,
            CommissionLine.period,
            CommissionLine.on,
            CommissionLine.code,
            CommissionLine.amount_minor,
            CommissionLine.currency,
            CommissionLine.payout_minor,
            CommissionLine.payout_currency,
            CommissionLine.working,
            CommissionLine.corrects,
            CommissionLine.statement_id,
            CommissionLine.partner_id,
            CommissionLine.deal_id,
            CommissionLine.invoice_id,
            CommissionLine.plan_version_id,
            Partner.name.label("partner_name"),
            Deal.number.label("deal_number"),
            Deal.customer_name.label("deal_customer"),
            Deal.partner_id.label("deal_partner_id"),
            Invoice.number.label("invoice_number"),
            Invoice.partner_id.label("invoice_partner_id"),
            Customer.name.label("customer_name"),
        ),
        wanted,
    ).order_by(CommissionLine.id.desc())


def sums(session: Session, wanted: LineFilter) -> list[Sum]:
    """How many and how much, by the currency that is paid."""
    back = func.sum(case((IS_TAKEN_BACK, CommissionLine.payout_minor), else_=0))
    rows = session.execute(
        _narrowed(
            select(
                CommissionLine.payout_currency,
                func.count(),
                func.sum(CommissionLine.payout_minor),
                back,
            ),
            wanted,
        )
        .group_by(CommissionLine.payout_currency)
        .order_by(CommissionLine.payout_currency)
    )
    return [
        Sum(count, Money(int(net) - int(taken), currency), Money(int(taken), currency))
        for currency, count, net, taken in rows
    ]


def lines_of(statement_id: UUID) -> Select:
    """Every line of a statement; without an order."""
    of_it = lines(LineFilter()).join(Statement, STANDS_ON).where(Statement.id == statement_id)
    return of_it.order_by(None)


AS_EARNED = (CommissionLine.on, CommissionLine.id)
"""The order in which the lines of a statement stand."""


def line(session: Session, line_id: UUID) -> Row | None:
    return session.execute(lines(LineFilter()).where(CommissionLine.id == line_id)).first()


def line_numbered(session: Session, number: str) -> CommissionLine | None:
    return session.scalar(select(CommissionLine).where(CommissionLine.number == number))


def corrected(session: Session, ids: Sequence[str]) -> Sequence[Row]:
    """The earlier lines that a line corrects, with the statements they stand on."""
    if not ids:
        return []
    return session.execute(
        select(
            CommissionLine.id,
            CommissionLine.number,
            CommissionLine.period,
            CommissionLine.payout_minor,
            CommissionLine.payout_currency,
            Statement.id.label("statement_id"),
            Statement.number.label("statement_number"),
        )
        .outerjoin(Statement, STANDS_ON)
        .where(CommissionLine.id.in_([UUID(one) for one in ids]))
        .order_by(CommissionLine.id)
    ).all()


def statements(
    *, partner_id: UUID | None = None, month: str = "", words: str = "", currency: str = ""
) -> Select:
    """Columns of statements, the latest month first."""
    wanted = select(
        Statement.id,
        Statement.number,
        Statement.period,
        Statement.currency,
        Statement.opening_minor,
        Statement.earned_minor,
        Statement.taken_back_minor,
        Statement.payable_minor,
        Statement.closing_minor,
        Statement.line_count,
        Statement.partner_id,
        Partner.name.label("partner_name"),
    ).join(Partner, Partner.id == Statement.partner_id)
    if partner_id is not None:
        wanted = wanted.where(Statement.partner_id == partner_id)
    if month:
        wanted = wanted.where(Statement.period == month)
    if currency:
        wanted = wanted.where(Statement.currency == currency)
    if words:
        named = (Partner.name, Statement.number)
        wanted = wanted.where(or_(*(name.icontains(words, autoescape=True) for name in named)))
    return wanted.order_by(Statement.period.desc(), Statement.id.desc())


def statement(session: Session, statement_id: UUID) -> Statement | None:
    return session.scalar(select(Statement).where(Statement.id == statement_id))


YEAR = 12


def statements_before(session: Session, statement: Statement) -> Sequence[Statement]:
    """The same partner's in the same currency, the latest first: a year of them."""
    return session.scalars(
        select(Statement)
        .where(
            Statement.partner_id == statement.partner_id,
            Statement.currency == statement.currency,
            Statement.period < statement.period,
        )
        .order_by(Statement.period.desc())
        .limit(YEAR - 1)
    ).all()


def by_month(statement: Statement, before: Iterable[Statement]) -> list[tuple[str, int]]:
    """(month, net minor units) of the twelve months that end with this statement's."""
    known = {one.period: one.net_minor for one in (statement, *before)}
    months = [next_month(statement.period, by) for by in range(1 - YEAR, 1)]
    return [(month, known.get(month, 0)) for month in months]


def openings_of(
    session: Session, partner_ids: Collection[UUID], month: str
) -> dict[tuple[UUID, str], int]:
    """{(partner, currency): what the last statement before `month` carried, in minor units}."""
    last = (
        select(Statement.partner_id, Statement.currency, func.max(Statement.period).label("period"))
        .where(Statement.partner_id.in_(partner_ids), Statement.period < month)
        .group_by(Statement.partner_id, Statement.currency)
        .subquery()
    )
    rows = session.execute(
        select(Statement.partner_id, Statement.currency, Statement.closing_minor).join(
            last,
            and_(
                Statement.partner_id == last.c.partner_id,
                Statement.currency == last.c.currency,
                Statement.period == last.c.period,
            ),
        )
    )
    return {(row.partner_id, row.currency): row.closing_minor for row in rows}


def by_code(session: Session, *statement_ids: UUID) -> dict[UUID, dict[Code, tuple[int, int]]]:
    """{code: (lines, minor units)} of each of these statements."""
    summed = (CommissionLine.code, func.count(), func.sum(CommissionLine.payout_minor))
    rows = session.execute(
        select(Statement.id, *summed)
        .join(Statement, STANDS_ON)
        .where(Statement.id.in_(statement_ids))
        .group_by(Statement.id, CommissionLine.code)
    )
    found: dict[UUID, dict[Code, tuple[int, int]]] = {one: {} for one in statement_ids}
    for statement_id, code, count, minor in rows:
        found[statement_id][code] = (count, int(minor))
    return found


def closed_through(session: Session) -> str:
    """The latest month that was closed, or is being; empty when none was.  With it every month
    before is closed, also one in which nothing had happened.  Asked on the vendor's side."""
    return session.scalar(select(func.max(MonthClose.month))) or ""


def is_closed(session: Session, month: str) -> bool:
    """Whether a month takes no more events.  Asked on the vendor's side."""
    return month <= closed_through(session)


def is_open() -> ColumnElement[bool]:
    """Lines that stand on no statement yet."""
    return ~select(Statement.id).where(STANDS_ON).correlate(CommissionLine).exists()


def _narrowed(wanted: Select, by: LineFilter) -> Select:
    wanted = (
        wanted.select_from(CommissionLine)
        .join(Partner, Partner.id == CommissionLine.partner_id)
        .outerjoin(Deal, Deal.id == CommissionLine.deal_id)
        .outerjoin(Invoice, Invoice.id == CommissionLine.invoice_id)
        .outerjoin(Customer, Customer.id == func.coalesce(Deal.customer_id, Invoice.customer_id))
    )
    if by.words:
        named = (Partner.name, Customer.name, Deal.number, Invoice.number, CommissionLine.number)
        wanted = wanted.where(or_(*(name.icontains(by.words, autoescape=True) for name in named)))
    if by.month:
        wanted = wanted.where(CommissionLine.period == by.month)
    if by.code:
        wanted = wanted.where(CommissionLine.code == by.code)
    if by.partner_id is not None:
        wanted = wanted.where(CommissionLine.partner_id == by.partner_id)
    if by.currency:
        wanted = wanted.where(CommissionLine.payout_currency == by.currency)
    if by.only_open:
        wanted = wanted.where(is_open())
    return wanted
