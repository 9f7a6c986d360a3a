"""What is still to be taken from a partner: clawbacks not set off yet, and advances of a draw.

Reads only; asked on the vendor's side, or of one partner beside its own session.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from models.calendars import first_day, next_month
from models.commissions.engine import Code
from models.commissions.engine.state import Advance, Deferred
from models.commissions.rated import RatingState
from models.commissions.tables import CommissionLine, Statement
from models.money import Money
from models.partners import Partner
from models.scope import vendor_side

BANDS = (
    (1, "This month"),
    (3, "1 to 2 months"),
    (6, "3 to 5 months"),
    (10_000, "6 months or more"),
)
"""Months since it began: fewer than so many."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One partner, one currency.  carried: below nothing on its last statement, as it stands.

    deferred: put off by the plan's cap, in `parts` further instalments (0: as the cap allows).
    advanced: of recoverable draws, taken from what is earned above them.
    since: the first month from which nothing was paid; the present one without any carried.
    """

    partner_id: UUID
    partner: str
    currency: str
    carried: Money
    deferred: Money
    advanced: Money
    parts: int
    since: str
    months: int

    @property
    def total(self) -> Money:
        return self.carried + self.deferred + self.advanced

    @property
    def band(self) -> str:
        return next(words for most, words in BANDS if self.months < most)

    def schedule(self, month: str) -> list[tuple[str, Money]]:
        """(month, what is taken in it) of the instalments that are left, from `month` on."""
        if not self.parts:
            return []
        shares = self.deferred.split([1] * self.parts)
        return [(next_month(month, by), share) for by, share in enumerate(shares)]


def owed_back(session: Session, month: str, *, partner_id: UUID | None = None) -> list[Owed]:
    """Who still gives something back as of `month`, the oldest first."""
    with vendor_side(session) as beside:
        carried = _carried(beside, partner_id)
        deferred = _deferred(beside, partner_id)
        advanced = advances(beside, partner_id)
        places = carried.keys() | deferred.keys() | advanced.keys()
        names = dict(
            beside.execute(
                select(Partner.id, Partner.name).where(Partner.id.in_({one for one, _ in places}))
            ).all()
        )
    found = []
    for place in places:
        owner, unit = place
        minor, since = carried.get(place, (0, month))
        left, parts = deferred.get(place, (0, 0))
        found.append(
            Owed(
                owner,
                names[owner],
                unit,
                carried=Money(minor, unit),
                deferred=Money(left, unit),
                advanced=Money(advanced.get(place, 0), unit),
                parts=parts,
                since=since,
                months=_months_between(since, month),
            )
        )
    return sorted(found, key=lambda one: (one.since, one.partner, one.currency))


def lines_taken_back(session: Session, partner_id: UUID, *, most: int = 100) -> Sequence[Row]:
    """The latest clawbacks of one partner; each corrects the lines it names."""
    return session.execute(
        select(
            CommissionLine.id,
            CommissionLine.number,
            CommissionLine.on,
            CommissionLine.period,
            CommissionLine.payout_minor,
            CommissionLine.payout_currency,
            CommissionLine.corrects,
        )
        .where(
            CommissionLine.partner_id == partner_id,
            CommissionLine.code.in_((Code.CLAWBACK, Code.TIER_RERATED)),
            CommissionLine.payout_minor < 0,
        )
        .order_by(CommissionLine.id.desc())
        .limit(most)
    ).all()


def _carried(session: Session, partner_id: UUID | None) -> dict[tuple[UUID, str], tuple[int, str]]:
    """{(partner, currency): (minor units, since which month)} of debts on the last statement."""
    last = (
        select(Statement.partner_id, Statement.currency, func.max(Statement.period).label("period"))
        .group_by(Statement.partner_id, Statement.currency)
        .subquery()
    )
    same = (Statement.partner_id == last.c.partner_id) & (Statement.currency == last.c.currency)
    asked = (
        select(Statement.partner_id, Statement.currency, Statement.closing_minor)
        .join(last, same & (Statement.period == last.c.period))
        .where(Statement.closing_minor < 0)
    )
    if partner_id is not None:
        asked = asked.where(Statement.partner_id == partner_id)
    debts = {(row.partner_id, row.currency): -row.closing_minor for row in session.execute(asked)}
    since = _since(session, {owner for owner, _ in debts})
    return {place: (minor, since[place]) for place, minor in debts.items()}


def _since(session: Session, partner_ids: set[UUID]) -> dict[tuple[UUID, str], str]:
    """The first month of the unbroken row of statements that end below nothing."""
    rows = session.execute(
        select(Statement.partner_id, Statement.currency, Statement.period, Statement.closing_minor)
        .where(Statement.partner_id.in_(partner_ids))
        .order_by(Statement.period)
    )
    began: dict[tuple[UUID, str], str] = {}
    for row in rows:
        place = (row.partner_id, row.currency)
        if row.closing_minor >= 0:
            began.pop(place, None)
        else:
            began.setdefault(place, row.period)
    return began


def advances(session: Session, partner_id: UUID | None) -> dict[tuple[UUID, str], int]:
    """{(partner, currency): minor units} that recoverable draws have advanced and not recovered."""
    told: dict[tuple[UUID, str], int] = {}
    for owner, plan_and_unit, (left, *_rest) in _remembered(session, Advance.kind, partner_id):
        place = (UUID(owner), plan_and_unit.partition("|")[2])
        told[place] = told.get(place, 0) + int(left)
    return {place: left for place, left in told.items() if left}


def _deferred(session: Session, partner_id: UUID | None) -> dict[tuple[UUID, str], tuple[int, int]]:
    """{(partner, currency): (minor units, instalments)}."""
    return {
        (UUID(owner), unit): (int(left), int(parts))
        for owner, unit, (left, parts, *_rest) in _remembered(session, Deferred.kind, partner_id)
        if left
    }


def _remembered(
    session: Session, kind: str, partner_id: UUID | None
) -> list[tuple[str, str, list[Any]]]:
    """(partner, of what, value); the latest month of each is what holds."""
    asked = select(RatingState.key, RatingState.value).where(RatingState.kind == kind)
    if partner_id is not None:
        asked = asked.where(RatingState.key.startswith(partner_id.hex))
    rows = session.execute(asked.order_by(RatingState.month))
    latest: dict[str, Any] = {row.key: orjson.loads(row.value) for row in rows}
    split = ((key.partition("|"), value) for key, value in latest.items())
    return [(owner, of, value) for (owner, _, of), value in split]


def _months_between(first: str, last: str) -> int:
    begin, end = first_day(first), first_day(last)
    return max((end.year - begin.year) * 12 + end.month - begin.month, 0)
