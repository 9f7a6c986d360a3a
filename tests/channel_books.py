"""The books of a channel that was lived through: as text, and what must be true of them."""

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import audit, payouts
from models.commissions import CommissionLine, Statement
from models.ledger import Posting, PostingLine
from models.partners import Partner
from models.payouts import Payout
from models.payouts.tables import PayoutStatement


def as_text(session: Session) -> str:
    """Every line of the ledger and every statement, by what they say: keys are drawn anew."""
    lines = session.execute(
        select(
            Posting.at, Posting.kind, Posting.period, PostingLine.account, Partner.name,
            PostingLine.amount_minor, PostingLine.amount_currency,
        )
        .join(Posting, Posting.id == PostingLine.posting_id)
        .outerjoin(Partner, Partner.id == PostingLine.partner_id)
    )  # fmt: skip
    stated = session.execute(
        select(
            Statement.period, Partner.name, Statement.opening_minor, Statement.earned_minor,
            Statement.taken_back_minor, Statement.payable_minor, Statement.closing_minor,
        ).join(Partner, Partner.id == Statement.partner_id)
    )  # fmt: skip
    return "\n".join(sorted(" ".join(map(str, row)) for row in [*lines, *stated]))


def faults(session: Session) -> list[str]:
    """What is wrong: the books, statements against their lines, anybody paid twice, the audit."""
    return [
        *payouts.check_books(session),
        *_statements_against_lines(session),
        *_paid_twice(session),
        *map(str, audit.faults(session)),
    ]


def _statements_against_lines(session: Session) -> list[str]:
    stated: Counter = Counter()
    for row in session.execute(
        select(
            Statement.partner_id, Statement.period, Statement.earned_minor,
            Statement.taken_back_minor,
        )
    ):  # fmt: skip
        stated[row.partner_id, row.period] += row.earned_minor + row.taken_back_minor
    closed = {period for _, period in stated}
    summed = session.execute(
        select(
            CommissionLine.partner_id, CommissionLine.period, func.sum(CommissionLine.payout_minor)
        ).group_by(CommissionLine.partner_id, CommissionLine.period)
    )
    lines = Counter({(who, month): minor for who, month, minor in summed if month in closed})
    return [
        f"{key}: {lines[key]} by its lines, {stated[key]} stated"
        for key in {*lines, *stated}
        if lines[key] != stated[key]
    ]


def _paid_twice(session: Session) -> list[str]:
    paid = session.execute(
        select(PayoutStatement.statement_id, func.count())
        .join(Payout, Payout.id == PayoutStatement.payout_id)
        .where(Payout.status.in_(("paid", "released", "sending")))
        .group_by(PayoutStatement.statement_id)
        .having(func.count() > 1)
    )
    return [f"statement {statement_id} was paid {times} times" for statement_id, times in paid]
