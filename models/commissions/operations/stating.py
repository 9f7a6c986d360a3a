"""What can happen to partners at the close: their lines become statements and postings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from models import ledger, notices
from models.base import human_number, new_id
from models.commissions import engine
from models.commissions.engine import FxPolicy
from models.commissions.engine.currency import converted
from models.commissions.engine.numbers import last_day
from models.commissions.engine.statements import in_currency
from models.commissions.operations.desk import Ratings
from models.commissions.operations.drawing import Terms, draw, payout_currency, terms_of
from models.commissions.queries import month_in_words, openings_of
from models.commissions.tables import CommissionLine, Statement
from models.ledger import Account, Fact
from models.money import Money


def state(
    session: Session, partner_ids: Sequence[UUID], month: str, *, now: datetime
) -> list[Statement]:
    """One statement for each currency that each partner has lines or a draw in."""
    ratings = Ratings(session, now)
    ratings.parties.read(partner_ids)
    _settle_rates(ratings, partner_ids, month)
    lines = _lines_of(session, partner_ids, month)
    openings = openings_of(session, partner_ids, month)
    statements = [
        statement
        for partner_id in partner_ids
        for statement in _of_one(ratings, partner_id, month, lines.get(partner_id, []), openings)
    ]
    ratings.keep()
    session.add_all(statements)
    session.flush()
    _put_on_statements(session, partner_ids, month)
    ledger.post_all(session, _postings(statements), now=now)
    with session.no_autoflush:
        for statement in statements:
            _tell(session, statement, now)
    session.flush()
    return statements


def _lines_of(
    session: Session, partner_ids: Sequence[UUID], month: str
) -> dict[UUID, list[Row[Any]]]:
    rows = session.execute(
        select(
            CommissionLine.partner_id,
            CommissionLine.code,
            CommissionLine.payout_minor,
            CommissionLine.payout_currency,
        )
        .where(CommissionLine.partner_id.in_(partner_ids), CommissionLine.period == month)
        .where(CommissionLine.statement_id.is_(None))
        .order_by(CommissionLine.partner_id, CommissionLine.id)
    )
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.partner_id, []).append(row)
    return found


def _of_one(
    ratings: Ratings,
    partner_id: UUID,
    month: str,
    lines: Sequence[Row[Any]],
    openings: dict[tuple[UUID, str], int],
) -> list[Statement]:
    terms = terms_of(ratings, partner_id, month)
    is_over = ratings.parties.is_over(partner_id, last_day(month) + timedelta(days=1))
    currencies = dict.fromkeys(line.payout_currency for line in lines)
    if terms is not None and terms.version.rules.draw is not None:
        currencies[payout_currency(ratings, terms, partner_id)] = None
    if is_over:  # nothing is carried any further: whatever is left is paid, however little
        currencies |= dict.fromkeys(unit for who, unit in openings if who == partner_id)
    found = []
    for currency in currencies:
        listed: list[Any] = [line for line in lines if line.payout_currency == currency]
        balance = None
        if terms is not None and currency == payout_currency(ratings, terms, partner_id):
            net = sum(line.payout_minor for line in listed)
            balance, drawn = draw(ratings, terms, partner_id, month, currency, net)
            listed += [drawn] if drawn is not None else []
        opening = openings.get((partner_id, currency), 0)
        if listed or (is_over and opening > 0):
            minimum = 0 if is_over else _minimum(ratings, terms, month, currency)
            figures = _figures(terms, listed, opening, minimum, balance)
            found.append(_statement(partner_id, month, currency, figures, len(listed), ratings.now))
    return found


def _figures(
    terms: Terms | None, lines: Sequence[Any], opening: int, minimum: int, balance: int | None
) -> engine.Figures:
    back = sum(
        line.payout_minor for line in lines if engine.is_taken_back(line.code, line.payout_minor)
    )
    rules = terms.version.rules if terms else None
    return engine.figures(
        opening,
        sum(line.payout_minor for line in lines) - back,
        back,
        minimum=minimum,
        tax=rules.tax if rules else None,
        draw_balance=balance,
        half_even=bool(rules and rules.half_even),
    )


def _statement(
    partner_id: UUID,
    month: str,
    currency: str,
    figures: engine.Figures,
    line_count: int,
    now: datetime,
) -> Statement:
    statement_id = new_id()
    return Statement(
        id=statement_id,
        partner_id=partner_id,
        number=human_number(f"ST-{month}", statement_id, 10),
        period=month,
        currency=currency,
        opening_minor=figures.opening_minor,
        earned_minor=figures.earned_minor,
        taken_back_minor=figures.taken_back_minor,
        payable_minor=figures.payable_minor,
        closing_minor=figures.closing_minor,
        vat_minor=figures.vat_minor,
        withheld_minor=figures.withheld_minor,
        draw_balance_minor=figures.draw_balance_minor,
        line_count=line_count,
        closed_at=now,
    )


def _put_on_statements(session: Session, partner_ids: Sequence[UUID], month: str) -> None:
    """Each line is put on the statement of its partner, month and currency."""
    statement_id = (
        select(Statement.id)
        .where(Statement.partner_id == CommissionLine.partner_id)
        .where(Statement.period == CommissionLine.period)
        .where(Statement.currency == CommissionLine.payout_currency)
        .scalar_subquery()
    )
    session.execute(
        update(CommissionLine)
        .where(CommissionLine.partner_id.in_(partner_ids), CommissionLine.period == month)
        .where(CommissionLine.statement_id.is_(None))
        .values(statement_id=statement_id)
        .execution_options(synchronize_session=False)
    )
    for row in [row for row in session.identity_map.values() if isinstance(row, CommissionLine)]:
        session.expire(row)


def _settle_rates(ratings: Ratings, partner_ids: Sequence[UUID], month: str) -> None:
    """Lines under a period-end policy get the rate of the month's end, now that it is known."""
    lines = ratings.session.scalars(
        select(CommissionLine)
        .where(CommissionLine.partner_id.in_(partner_ids), CommissionLine.period == month)
        .where(CommissionLine.statement_id.is_(None))
        .where(CommissionLine.currency != CommissionLine.payout_currency)
    )
    for line in lines:
        fx = line.working.get("fx", {})
        if fx.get("policy") != FxPolicy.PERIOD_END:
            continue
        rate = ratings.rate_on(fx["from"], fx["to"], last_day(line.period))
        half_even = line.working.get("rounding") == "half_even"
        line.payout_minor = converted(
            line.amount_minor, fx["from"], fx["to"], rate.value, half_even=half_even
        )
        told = {"rate": format(rate.value, "f"), "on": str(rate.on), "source": rate.source}
        line.working = line.working | {"fx": fx | told}
    ratings.session.flush()


def _minimum(ratings: Ratings, terms: Terms | None, month: str, currency: str) -> int:
    if terms is None or terms.version.rules.minimum_minor is None:
        return 0
    minimum = terms.version.rules.minimum_minor
    return in_currency(minimum, terms.plan.currency, currency, month, ratings.rate_on)


def _postings(statements: Iterable[Statement]) -> list[Fact]:
    """Commission expense against what each partner is owed; the reverse when it gives back."""
    facts = []
    for statement in statements:
        net = Money(statement.net_minor, statement.currency)
        if net:
            key = f"commission {statement.period} {statement.partner_id} {statement.currency}"
            entries = [
                ledger.debit(Account.COMMISSION_EXPENSE, net, statement.partner_id),
                ledger.credit(Account.PARTNER_PAYABLE, net, statement.partner_id),
            ]
            facts.append(Fact(key, "commission", statement.period, entries))
    return facts


def _tell(session: Session, statement: Statement, now: datetime) -> None:
    paid = Money(statement.payable_minor, statement.currency)
    month = month_in_words(statement.period)
    body = (
        f"{paid.major:,} {paid.currency} will be paid."
        if paid
        else "Nothing is paid this time; the balance is carried to the next month."
    )
    notices.tell_partner(
        session,
        statement.partner_id,
        "statement-ready",
        title=f"Your statement for {month} is ready",
        body=f"Statement {statement.number}. {body}",
        link=f"/statements/{statement.id}",
        now=now,
        key=f"statement {statement.id}",
    )
