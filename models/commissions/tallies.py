"""What we can ask about a month's sums: by partner, by currency, from what is kept of them.

A closed month is read from its statements, an open one with many lines from its tally, and only
one with few lines is added up.  Reads only; asked on the vendor's side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, Select, case, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from models.commissions.queries import IS_TAKEN_BACK
from models.commissions.tables import CommissionLine, MonthClose, Statement
from models.commissions.tally_tables import MonthTally, TallyRow

MANY = 20_000
"""Lines of a month; one with more of them is tallied."""


def by_partner(session: Session, month: str) -> Select:
    """partner_id, currency, lines, minor and back_minor of every partner that has a line in it."""
    if _is_finished(session, month):
        return select(
            Statement.partner_id,
            Statement.currency,
            Statement.line_count.label("lines"),
            (Statement.earned_minor + Statement.taken_back_minor).label("minor"),
            Statement.taken_back_minor.label("back_minor"),
        ).where(Statement.period == month, Statement.line_count > 0)
    if tally_of(session, month) is not None:
        return select(
            TallyRow.partner_id,
            TallyRow.currency,
            TallyRow.line_count.label("lines"),
            TallyRow.net_minor.label("minor"),
            TallyRow.back_minor,
        ).where(TallyRow.month == month)
    return added_up(month)


def added_up(month: str) -> Select:
    """The same, from the lines themselves."""
    paid = CommissionLine.payout_minor
    return (
        select(
            CommissionLine.partner_id,
            CommissionLine.payout_currency.label("currency"),
            func.count().label("lines"),
            _whole(func.sum(paid)).label("minor"),
            _whole(func.sum(case((IS_TAKEN_BACK, paid), else_=0))).label("back_minor"),
        )
        .where(CommissionLine.period == month)
        .group_by(CommissionLine.partner_id, CommissionLine.payout_currency)
    )


def by_currency(session: Session, month: str) -> Select:
    """currency, lines, partners, minor and back_minor."""
    of = by_partner(session, month).subquery()
    return (
        select(
            of.c.currency,
            _whole(func.sum(of.c.lines)).label("lines"),
            func.count().label("partners"),
            _whole(func.sum(of.c.minor)).label("minor"),
            _whole(func.sum(of.c.back_minor)).label("back_minor"),
        )
        .group_by(of.c.currency)
        .order_by(of.c.currency)
    )


def side_by_side(session: Session, months: Iterable[str]) -> Select:
    """Each partner and currency, with `lines` and `minor` of the first month, and what the others
    come to: `before_1` and so on."""
    every = list(months)
    names = ["minor", *(f"before_{at}" for at in range(1, len(every)))]
    nothing = literal(0, BigInteger)
    parts = []
    for month, named in zip(every, names, strict=True):
        of = by_partner(session, month).subquery()
        minors = [(of.c.minor if name == named else nothing).label(name) for name in names]
        lines = (of.c.lines if named == "minor" else nothing).label("lines")
        parts.append(select(of.c.partner_id, of.c.currency, lines, *minors))
    both = union_all(*parts).subquery()
    sums = [func.sum(both.c[name]).label(name) for name in ("lines", *names)]
    return select(both.c.partner_id, both.c.currency, *sums).group_by(
        both.c.partner_id, both.c.currency
    )


def tally_of(session: Session, month: str) -> MonthTally | None:
    return session.scalar(select(MonthTally).where(MonthTally.month == month))


def is_wanted(session: Session, month: str) -> bool:
    """Whether it has many lines, of which some came after they were added up last."""
    some = select(literal(1)).where(CommissionLine.period == month).limit(MANY + 1).subquery()
    if (session.scalar(select(func.count()).select_from(some)) or 0) <= MANY:
        return False
    return is_old(session, month)


def is_old(session: Session, month: str) -> bool:
    """Whether there is no tally, or a line that came after it."""
    tally = tally_of(session, month)
    if tally is None:
        return True
    latest = (
        select(CommissionLine.id)
        .where(CommissionLine.period == month)
        .order_by(CommissionLine.id.desc())
        .limit(1)
    )
    return session.scalar(latest) != tally.last_line_id


def months_with_lines(session: Session) -> list[str]:
    """Looked up one after another: an index is not read through for them."""
    found: list[str] = []
    after = ""
    while True:
        asked = select(func.min(CommissionLine.period)).where(CommissionLine.period > after)
        month = session.scalar(asked)
        if month is None:
            return found
        found.append(month)
        after = month


def hashed(month: str, rows: Iterable[Any]) -> str:
    """Of (partner, currency, lines, net), in the order of partners and currencies."""
    told = hashlib.sha256(month.encode())
    for partner_id, currency, count, minor in rows:
        told.update(f"|{partner_id} {currency} {count} {int(minor)}".encode())
    return told.hexdigest()


def _whole(value: Any) -> Any:
    return cast(value, BigInteger)


def _is_finished(session: Session, month: str) -> bool:
    finished = select(MonthClose.id).where(
        MonthClose.month == month, MonthClose.finished_at.is_not(None)
    )
    return session.scalar(finished) is not None
