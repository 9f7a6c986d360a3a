"""What can happen to open months: some partners after others are rated anew, or only tried.

What the engine remembered is taken back to the end of the month before, and every event since
is rated once more.  A line keeps its id where the same event earns the same partner the same
kind of line again, so that what refers to it still finds it.  Closed months stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from models import bulk
from models.commissions.engine.dealing import Deal as DealMemory
from models.commissions.engine.numbers import divided
from models.commissions.engine.state import text_of
from models.commissions.operations.before import Before
from models.commissions.operations.desk import Ratings, shut_months
from models.commissions.operations.disputed import Disputed
from models.commissions.operations.rating import Caught, rate_chunk, waiting
from models.commissions.operations.releasing import must_be_a_month, release_due
from models.commissions.operations.tallying import forget_tallies
from models.commissions.queries import is_open
from models.commissions.rated import Rated, RatedEvent, RatingState
from models.commissions.slicing import Range
from models.commissions.tables import CommissionLine, MonthClose
from models.deals import Deal
from models.errors import Refused
from models.sales import Invoice

AT_ONCE = 2_000
"""Deals in one question."""


Sums = dict[tuple[UUID, str], int]
"""{(partner, currency): minor units}."""


def must_be_open(session: Session, month: str) -> None:
    """Raises Refused when the month, or a later one, is closed or being closed."""
    must_be_a_month(month)
    if session.scalar(select(MonthClose.id).where(MonthClose.month >= month).limit(1)):
        raise Refused(
            f"{month} is closed, and closed months are never rated again; post an adjustment."
        )


def differences(session: Session, month: str, partners: Range | None, *, now: datetime) -> Sums:
    """Who would gain and who would lose by these partners' events; nothing of it is kept.

    Raises Refused as `rerate_range` does.
    """
    before = _sums(session, month, partners)
    attempt = session.begin_nested()
    try:
        rerate_range(session, month, partners, now=now)
        after = _sums(session, month, partners)
    finally:
        attempt.rollback()
    found = {one: after.get(one, 0) - before.get(one, 0) for one in {**before, **after}}
    return {one: minor for one, minor in found.items() if minor}


def rerate_range(session: Session, month: str, partners: Range | None, *, now: datetime) -> Caught:
    """Rate what these partners have sold since anew, by the plans as they are now.

    partners: the first and the last, inclusive; None: everybody.
    Raises Refused when the month is closed or being closed.
    """
    must_be_open(session, month)
    shut_months(session)
    forget_tallies(session, month)
    bulk.keys_at_the_end(session)
    disputed = Disputed(session, month)
    released, stated = _take_back(session, month, partners)
    ratings = Ratings(session, now)
    ratings.before = Before(session, month)
    rated = problems = 0
    for chunk in waiting(ratings, partners):
        stuck = rate_chunk(ratings, chunk)
        rated, problems = rated + len(chunk) - stuck, problems + stuck
    _release_no_more(session, stated)
    if released is not None:
        release_due(session, through=released, now=now)
    disputed.put_back()
    return Caught(rated, problems)


class Stays:
    """What one release has paid out on lines that stand in a month that is closed."""

    def __init__(self) -> None:
        self.month = ""
        self.paid_out: dict[str, int] = {}
        """{line of a hold: minor units}, without what is taken off a memory already."""


Stated = dict[UUID, Stays]
"""Releases of which something stays, in their order, by their row."""


def _take_back(session: Session, month: str, partners: Range | None) -> tuple[date | None, Stated]:
    """Forget what was rated since; the last day of which holds were released, None: of none; and
    what of it stays."""
    since, remembered = RatedEvent.month >= month, RatingState.month >= month
    if partners is not None:
        mine = _sales_of(session, month, partners)
        since = since & bulk.among(session, RatedEvent.sale_id, mine)
        whose = func.substr(RatingState.key, 1, 32)
        remembered = remembered & whose.between(partners[0].hex, partners[1].hex)
    releases = select(RatedEvent.id).where(since, RatedEvent.kind == Rated.RELEASE)
    theirs = CommissionLine.source_id.in_(releases)
    last = session.scalar(select(func.max(CommissionLine.on)).where(theirs))
    sales = session.scalars(select(bulk.hex_id(RatedEvent.sale_id)).where(since).distinct()).all()
    stated = _stated(session, month, theirs)
    for gone in (
        delete(CommissionLine).where(theirs, CommissionLine.period >= month),
        delete(RatedEvent).where(since, RatedEvent.id.not_in(stated)),
        delete(RatingState).where(remembered),
    ):
        session.execute(gone, execution_options={"synchronize_session": False})
    for row_id in stated:
        _keep_released(session, row_id, stated[row_id])
    for start in range(0, len(sales), AT_ONCE):
        _hold_again(session, sales[start : start + AT_ONCE])
    return last, stated


def _stated(session: Session, month: str, theirs: Any) -> Stated:
    rows = session.execute(
        select(
            CommissionLine.source_id,
            CommissionLine.period,
            CommissionLine.corrects,
            CommissionLine.amount_minor,
        )
        .join(RatedEvent, RatedEvent.id == CommissionLine.source_id)
        .where(theirs, CommissionLine.period < month)
        .order_by(RatedEvent.sale_id, RatedEvent.nth)
    )
    found: Stated = {}
    for row in rows:
        stays = found.setdefault(row.source_id, Stays())
        stays.month = max(stays.month, row.period)
        for one in row.corrects:
            stays.paid_out[UUID(one).hex] = row.amount_minor
    return found


def _keep_released(session: Session, row_id: UUID, stays: Stays) -> None:
    """What was paid out then stays paid out: the row remembers its deal as it was before what is
    rated anew, without it."""
    kept = session.execute(
        select(RatedEvent.sale_id, RatedEvent.nth).where(RatedEvent.id == row_id)
    ).one()
    before = _remembered(session, kept.sale_id, RatedEvent.nth < kept.nth)
    text = None if before is None else _without(before.memory, stays)[0]
    _change(session, row_id, month=stays.month, memory=text, due_on=None)


def _release_no_more(session: Session, stated: Mapping[UUID, Stays]) -> None:
    """The same of holds that were rated anew, because their event has a place in the closed
    month but counts with the open one."""
    sales = dict(
        session.execute(
            select(RatedEvent.id, RatedEvent.sale_id).where(RatedEvent.id.in_(stated.keys()))
        ).all()
    )
    for row_id, stays in stated.items():
        latest = _remembered(session, sales[row_id], RatedEvent.nth > 0)
        if latest is not None and stays.paid_out:
            text, due = _without(latest.memory, stays)
            _change(session, latest.id, memory=text, due_on=due)


def _remembered(session: Session, sale_id: UUID, where: ColumnElement[bool]) -> Any:
    """(id, memory) of the last row of a deal that remembers it; None without one."""
    return session.execute(
        select(RatedEvent.id, RatedEvent.memory)
        .where(RatedEvent.sale_id == sale_id, RatedEvent.memory.is_not(None), where)
        .order_by(RatedEvent.nth.desc())
        .limit(1)
    ).first()


def _without(text: str, stays: Stays) -> tuple[str, date | None]:
    """The memory of a deal without what was paid out of its holds; when the next is due.

    What a refund had freed of a hold before is left in it: the refund is rated anew and frees it.
    """
    memory = DealMemory(*orjson.loads(text))
    for hold in memory.holds:
        paid_out = min(stays.paid_out.pop(hold.line, 0), hold.left)
        if paid_out:
            hold.left_payout -= divided(hold.left_payout * paid_out, hold.left)
            hold.left -= paid_out
    due = memory.next_release
    return text_of(memory).decode(), date.fromisoformat(due) if due else None


def _change(session: Session, row_id: UUID, **values: Any) -> None:
    changed = update(RatedEvent).where(RatedEvent.id == row_id).values(**values)
    session.execute(changed.execution_options(synchronize_session=False))


def _sales_of(session: Session, month: str, partners: Range) -> Sequence[str]:
    """The deals, and invoices of no deal, of these partners of which anything was rated since."""
    deals = select(Deal.id).where(Deal.partner_id.between(*partners))
    invoices = select(Invoice.id).where(Invoice.partner_id.between(*partners))
    theirs = or_(RatedEvent.sale_id.in_(deals), RatedEvent.sale_id.in_(invoices))
    asked = select(bulk.hex_id(RatedEvent.sale_id)).where(RatedEvent.month >= month, theirs)
    return session.scalars(asked.distinct()).all()


def _hold_again(session: Session, sale_ids: Sequence[str]) -> None:
    """The last row that is left of each deal says again when its next hold is released."""
    rows = session.execute(
        select(RatedEvent.id, RatedEvent.sale_id, RatedEvent.memory)
        .where(bulk.among(session, RatedEvent.sale_id, sale_ids), RatedEvent.memory.is_not(None))
        .order_by(RatedEvent.nth)
    )
    latest = {row.sale_id: row for row in rows}
    for row in latest.values():
        due = DealMemory(*orjson.loads(row.memory)).next_release
        if due is not None:
            _change(session, row.id, due_on=date.fromisoformat(due))


def _sums(session: Session, month: str, partners: Range | None) -> Sums:
    """What the open months hold of what these partners have sold, whoever earns it."""
    asked = (
        select(
            CommissionLine.partner_id,
            CommissionLine.payout_currency,
            func.sum(CommissionLine.payout_minor),
        )
        .join(RatedEvent, RatedEvent.id == CommissionLine.source_id)
        .where(RatedEvent.month >= month, CommissionLine.period >= month, is_open())
        .group_by(CommissionLine.partner_id, CommissionLine.payout_currency)
    )
    if partners is not None:
        mine = _sales_of(session, month, partners)
        asked = asked.where(bulk.among(session, RatedEvent.sale_id, mine))
    rows = session.execute(asked)
    return {(partner_id, currency): int(minor) for partner_id, currency, minor in rows}
