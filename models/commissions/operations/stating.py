"""What can happen to a partner at the close: its lines become statements and one posting each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import ledger, notices
from models.base import human_number, new_id
from models.commissions import engine
from models.commissions.engine import FxPolicy
from models.commissions.engine.currency import converted
from models.commissions.engine.numbers import last_day
from models.commissions.engine.state import Advance
from models.commissions.engine.statements import in_currency
from models.commissions.operations.desk import Ratings
from models.commissions.plans import plan_for
from models.commissions.queries import month_in_words, opening_of
from models.commissions.tables import CommissionLine, PlanVersion, Statement
from models.errors import Refused
from models.ledger import Account
from models.money import Money
from models.partners import Partner, PartnerStatus


@dataclass(frozen=True, slots=True)
class Terms:
    """The plan that a partner is on when the month ends."""

    plan: engine.Plan
    version: engine.Version


def state(session: Session, partner_id: UUID, month: str, *, now: datetime) -> list[Statement]:
    """One statement for each currency that the partner has lines or a draw in."""
    ratings = Ratings(session, now)
    lines = session.scalars(
        select(CommissionLine)
        .where(CommissionLine.partner_id == partner_id, CommissionLine.period == month)
        .where(CommissionLine.statement_id.is_(None))
        .order_by(CommissionLine.id)
    ).all()
    _settle_rates(ratings, lines)
    terms = _terms(ratings, partner_id, month)
    currencies = dict.fromkeys(line.payout_currency for line in lines)
    if terms is not None and terms.version.rules.draw is not None:
        currencies[_payout_currency(ratings, terms, partner_id)] = None
    statements = [
        _one(
            ratings,
            partner_id,
            month,
            currency,
            [line for line in lines if line.payout_currency == currency],
            terms,
        )
        for currency in currencies
    ]
    ratings.keep()
    return [statement for statement in statements if statement is not None]


def partners_with_a_draw(session: Session, month: str, *, now: datetime) -> list[UUID]:
    """Active partners whose plan pays a draw in that month, whether they sold or not."""
    drawing = [
        plan_id
        for plan_id, rules in session.execute(select(PlanVersion.plan_id, PlanVersion.rules))
        if "draw" in rules
    ]
    if not drawing:
        return []
    ratings = Ratings(session, now)
    active = select(Partner.id).where(Partner.status == PartnerStatus.ACTIVE).order_by(Partner.id)
    found = []
    for partner_id in session.scalars(active):
        terms = _terms(ratings, partner_id, month)
        draw = terms and terms.version.rules.draw
        if draw and draw.is_paid_in(month):
            found.append(partner_id)
    return found


def _one(
    ratings: Ratings,
    partner_id: UUID,
    month: str,
    currency: str,
    lines: Sequence[CommissionLine],
    terms: Terms | None,
) -> Statement | None:
    session = ratings.session
    listed = list(lines)
    balance = None
    if terms is not None and currency == _payout_currency(ratings, terms, partner_id):
        balance = _draw(ratings, terms, partner_id, month, currency, listed)
    if not listed:
        return None
    back = sum(
        line.payout_minor for line in listed if engine.is_taken_back(line.code, line.payout_minor)
    )
    rules = terms.version.rules if terms else None
    figures = engine.figures(
        opening_of(session, partner_id, month, currency),
        sum(line.payout_minor for line in listed) - back,
        back,
        minimum=_minimum(ratings, terms, month, currency),
        tax=rules.tax if rules else None,
        draw_balance=balance,
        half_even=bool(rules and rules.half_even),
    )
    statement = _keep(ratings, partner_id, month, currency, figures, listed)
    _post(session, statement, ratings.now)
    _tell(session, statement, ratings.now)
    return statement


def _keep(
    ratings: Ratings,
    partner_id: UUID,
    month: str,
    currency: str,
    figures: engine.Figures,
    lines: Sequence[CommissionLine],
) -> Statement:
    session, statement_id = ratings.session, new_id()
    statement = Statement(
        id=statement_id,
        partner_id=partner_id,
        number=human_number(f"ST-{month}", statement_id),
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
        line_count=len(lines),
        closed_at=ratings.now,
    )
    session.add(statement)
    session.flush()
    session.execute(
        update(CommissionLine)
        .where(CommissionLine.partner_id == partner_id, CommissionLine.period == month)
        .where(CommissionLine.payout_currency == currency)
        .where(CommissionLine.statement_id.is_(None))
        .values(statement_id=statement_id)
    )
    return statement


def _draw(
    ratings: Ratings,
    terms: Terms,
    partner_id: UUID,
    month: str,
    currency: str,
    lines: list[CommissionLine],
) -> int | None:
    """Add the draw's line to `lines`; what is owed of a recoverable draw afterwards."""
    memory = ratings.memories.state.get(Advance, f"{partner_id}|{terms.plan.id}")
    net = sum(line.payout_minor for line in lines)
    drawn = engine.drawn(
        terms.plan, terms.version.rules, month, net, memory.balance, currency, ratings.rate_on
    )
    if drawn is None:
        return None
    memory.balance = drawn.balance_minor or 0
    if drawn.code is not None:
        lines.append(_draw_line(ratings, terms, partner_id, month, currency, drawn))
    return drawn.balance_minor


def _draw_line(
    ratings: Ratings,
    terms: Terms,
    partner_id: UUID,
    month: str,
    currency: str,
    drawn: engine.Drawn,
) -> CommissionLine:
    assert drawn.code is not None
    since = terms.version.from_on
    plan = {
        "name": terms.plan.name,
        "version": terms.version.label,
        "from_on": since.isoformat() if since else None,
    }
    line = engine.Line(
        id=ratings.world.new_id(),
        partner=str(partner_id),
        deal=None,
        sale=None,
        code=drawn.code,
        amount_minor=drawn.amount_minor,
        currency=currency,
        payout_minor=drawn.amount_minor,
        payout_currency=currency,
        period=month,
        on=last_day(month),
        event=None,
        plan=terms.plan.id,
        version=terms.version.id,
        working={**drawn.working, "plan": plan},
    )
    ratings.outcome.lines([line])
    ratings.outcome.keep()
    return ratings.session.get_one(CommissionLine, UUID(line.id))


def _settle_rates(ratings: Ratings, lines: Sequence[CommissionLine]) -> None:
    """Lines under a period-end policy get the rate of the month's end, now that it is known."""
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


def _terms(ratings: Ratings, partner_id: UUID, month: str) -> Terms | None:
    """None when no plan is assigned when the month ends: then it has no draw and no minimum."""
    day = last_day(month)
    try:
        partner = ratings.session.get_one(Partner, partner_id)
        plan = ratings.plan(plan_for(ratings.session, partner, day).plan_id)
        return Terms(plan, plan.in_force(day))
    except Refused:
        return None


def _minimum(ratings: Ratings, terms: Terms | None, month: str, currency: str) -> int:
    if terms is None or terms.version.rules.minimum_minor is None:
        return 0
    minimum = terms.version.rules.minimum_minor
    return in_currency(minimum, terms.plan.currency, currency, month, ratings.rate_on)


def _payout_currency(ratings: Ratings, terms: Terms, partner_id: UUID) -> str:
    return terms.plan.payout_currency or ratings.world.payout_currency(str(partner_id))


def _post(session: Session, statement: Statement, now: datetime) -> None:
    """Commission expense against what the partner is owed; the reverse when it gives back."""
    net = Money(statement.net_minor, statement.currency)
    if not net:
        return
    ledger.post(
        session,
        key=f"commission {statement.period} {statement.partner_id} {statement.currency}",
        kind="commission",
        period=statement.period,
        entries=[
            ledger.debit(Account.COMMISSION_EXPENSE, net, statement.partner_id),
            ledger.credit(Account.PARTNER_PAYABLE, net, statement.partner_id),
        ],
        now=now,
    )


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
