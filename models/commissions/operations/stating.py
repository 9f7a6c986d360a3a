"""What can happen to partners at the close: their lines become statements and postings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from models import bulk, ledger, notices
from models.base import long_number
from models.commissions import engine
from models.commissions.engine import Code
from models.commissions.engine.numbers import last_day
from models.commissions.engine.state import Advance, Deferred
from models.commissions.engine.statements import in_currency
from models.commissions.operations.deferring import defer, owing
from models.commissions.operations.desk import Ratings
from models.commissions.operations.drawing import (
    Terms,
    advance_key,
    draws,
    payout_currency,
    terms_of,
)
from models.commissions.operations.following import follow
from models.commissions.operations.month_end_rates import settle_rates
from models.commissions.queries import IS_TAKEN_BACK, month_in_words, openings_of
from models.commissions.tables import CommissionLine, Statement
from models.ledger import Account, Fact
from models.money import Money

SPREAD = (Code.CLAWBACK, Code.TIER_RERATED)
"""What a plan may take in parts."""
TABLE: Any = Statement.__table__
COLUMNS = (
    "id", "number", "partner_id", "currency", "period", "closed_at", "line_count",
    "opening_minor", "earned_minor", "taken_back_minor", "payable_minor", "closing_minor",
    "vat_minor", "withheld_minor", "draw_balance_minor",
)  # fmt: skip


class Sums(NamedTuple):
    """The lines of one partner in one currency, in minor units; `back` is 0 or less."""

    lines: int = 0
    net: int = 0
    back: int = 0
    clawed: int = 0
    """What clawbacks of this month come to, 0 or less; a part of `back`."""

    def plus(self, code: str, minor: int) -> Sums:
        back = minor if engine.is_taken_back(code, minor) else 0
        return Sums(self.lines + 1, self.net + minor, self.back + back, self.clawed)


class Stated(NamedTuple):
    """A statement on its way to the table."""

    id: str
    partner_id: UUID
    currency: str
    figures: engine.Figures
    lines: int


def state(session: Session, partner_ids: Sequence[UUID], month: str, *, now: datetime) -> int:
    """One statement for each currency that each partner has lines or a draw in; how many."""
    ratings = Ratings(session, now)
    ratings.parties.read(partner_ids)
    settle_rates(ratings, partner_ids, month)
    sums = _sums(session, partner_ids, month)
    openings: dict[UUID, dict[str, int]] = {}
    for (partner_id, currency), minor in openings_of(session, partner_ids, month).items():
        openings.setdefault(partner_id, {})[currency] = minor
    _remember(ratings, partner_ids, month, sums)
    owed, lent = owing(session), owing(session, Advance.kind)
    statements = [
        statement
        for one in partner_ids
        for statement in _of_one(
            ratings,
            one,
            month,
            sums.get(one, {}),
            openings.get(one, {}),
            owed.get(one, []),
            lent.get(one, []),
        )
    ]
    ratings.keep()
    bulk.insert(session, TABLE, COLUMNS, [_row(one, month, now) for one in statements])
    ledger.post_all(session, _postings(statements, month), now=now)
    _tell(session, statements, month, now)
    session.flush()
    return len(statements)


def _sums(session: Session, partner_ids: Sequence[UUID], month: str) -> dict[UUID, dict[str, Sums]]:
    paid = CommissionLine.payout_minor
    is_spread = CommissionLine.code.in_(SPREAD) & (paid < 0)
    summed: Any = (
        select(
            CommissionLine.partner_id,
            CommissionLine.payout_currency,
            func.count().label("lines"),
            func.sum(paid).label("net"),
            func.sum(case((IS_TAKEN_BACK, paid), else_=0)).label("back"),
            func.sum(case((is_spread, paid), else_=0)).label("clawed"),
        )
        .where(CommissionLine.period == month)
        .group_by(CommissionLine.partner_id, CommissionLine.payout_currency)
    )
    rows = session.execute(
        bulk.of_each(session, CommissionLine.partner_id, [one.hex for one in partner_ids], summed)
    ).all()
    found: dict[UUID, dict[str, Sums]] = {}
    for partner_id, currency, lines, net, back, clawed in sorted(rows, key=lambda row: row[:2]):
        sums = Sums(lines, int(net), int(back), int(clawed))
        found.setdefault(partner_id, {})[currency] = sums
    return found


def _remember(
    ratings: Ratings, partner_ids: Sequence[UUID], month: str, sums: dict[UUID, dict[str, Sums]]
) -> None:
    """Read what draws and clawbacks are still owed, with few questions."""
    wanted = []
    for one in partner_ids:
        terms = terms_of(ratings, one, month)
        if terms is not None:
            units = {*sums.get(one, ()), payout_currency(ratings, terms, one)}
            wanted += [(Deferred.kind, f"{one.hex}|{unit}") for unit in units]
            own = payout_currency(ratings, terms, one)
            wanted.append((Advance.kind, advance_key(one, terms.plan.id, own)))
    ratings.memories.prefetch(wanted)


def _of_one(
    ratings: Ratings,
    partner_id: UUID,
    month: str,
    sums: dict[str, Sums],
    openings: dict[str, int],
    owed: list[str],
    lent: list[str],
) -> Iterable[Stated]:
    """owed: currencies in which clawbacks are still to be taken; lent: advances, such as
    "PLAN|EUR".  What stands in a currency that the partner had before is paid, however little."""
    terms = terms_of(ratings, partner_id, month)
    is_over = ratings.parties.is_over(partner_id, last_day(month) + timedelta(days=1))
    own = None if terms is None else payout_currency(ratings, terms, partner_id)
    if own is not None:
        owed, lent = follow(ratings, partner_id, month, own, owed, lent)
    currencies = dict.fromkeys([*sums, *owed])
    if own is not None:
        currencies[own] = None
    if is_over or own is not None:
        currencies |= dict.fromkeys(openings)
    for currency in currencies:
        told = sums.get(currency, Sums())
        for line in defer(ratings, terms, partner_id, month, currency, told.net - told.back,
                          -told.clawed, is_over=is_over):  # fmt: skip
            told = told.plus(line.code, line.payout_minor)
        is_own = currency == own
        is_last = is_over or not (own is None or is_own)  # nothing is carried any further
        balance, drawn = draws(ratings, terms, partner_id, lent, month, currency, told.net, is_own)
        for line in drawn:
            told = told.plus(line.code, line.payout_minor)
        opening = openings.get(currency, 0)
        if told.lines or (is_last and opening > 0):
            minimum = 0 if is_last else _minimum(ratings, terms, month, currency)
            figures = _figures(terms, told, opening, minimum, balance)
            yield Stated(next(ratings.ids), partner_id, currency, figures, told.lines)


def _figures(
    terms: Terms | None, sums: Sums, opening: int, minimum: int, balance: int | None
) -> engine.Figures:
    rules = terms.version.rules if terms else None
    return engine.figures(
        opening,
        sums.net - sums.back,
        sums.back,
        minimum=minimum,
        tax=rules.tax if rules else None,
        draw_balance=balance,
        half_even=bool(rules and rules.half_even),
    )


def _row(one: Stated, month: str, now: datetime) -> tuple[Any, ...]:
    told = one.figures
    return (
        one.id, _number(one, month), one.partner_id.hex, one.currency, month,
        bulk.instant_text(now), one.lines, told.opening_minor, told.earned_minor,
        told.taken_back_minor, told.payable_minor, told.closing_minor, told.vat_minor,
        told.withheld_minor, told.draw_balance_minor,
    )  # fmt: skip


def _number(one: Stated, month: str) -> str:
    """Such as ST-2026-10-4K7QXMPRTV."""
    return long_number(f"ST-{month}", one.id)[:-2]


def _minimum(ratings: Ratings, terms: Terms | None, month: str, currency: str) -> int:
    if terms is None or terms.version.rules.minimum_minor is None:
        return 0
    minimum = terms.version.rules.minimum_minor
    return in_currency(minimum, terms.plan.currency, currency, month, ratings.rate_on)


def _postings(statements: Iterable[Stated], month: str) -> list[Fact]:
    """Commission expense against what each partner is owed; the reverse when it gives back."""
    facts = []
    for one in statements:
        net = Money(one.figures.net_minor, one.currency)
        if net:
            entries = [
                ledger.debit(Account.COMMISSION_EXPENSE, net, one.partner_id),
                ledger.credit(Account.PARTNER_PAYABLE, net, one.partner_id),
            ]
            key = f"commission {month} {one.partner_id} {one.currency}"
            facts.append(Fact(key, "commission", month, entries))
    return facts


def _tell(session: Session, statements: Sequence[Stated], month: str, now: datetime) -> None:
    by_partner: dict[UUID, list[Stated]] = {}
    for one in statements:
        by_partner.setdefault(one.partner_id, []).append(one)
    for partner_id, person_id in notices.readers_of(session, by_partner):
        for one in by_partner[partner_id]:
            paid = Money(one.figures.payable_minor, one.currency)
            body = (
                f"{paid.major:,} {paid.currency} will be paid."
                if paid
                else "Nothing is paid this time; the balance is carried to the next month."
            )
            notices.tell(
                session,
                person_id,
                "statement-ready",
                title=f"Your statement for {month_in_words(month)} is ready",
                body=f"Statement {_number(one, month)}. {body}",
                link=f"/statements/{UUID(one.id)}",
                now=now,
                partner_id=partner_id,
                key=f"statement {UUID(one.id)}",
            )
