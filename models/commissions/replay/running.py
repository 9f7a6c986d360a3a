"""A case run from its first event to its last closed month, and the answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.calendars import start_of_day
from models.commissions.disputes import Dispute, DisputeReason, DisputeStatus, Objection
from models.commissions.engine import Sale
from models.commissions.engine.numbers import last_day
from models.commissions.months import first_open_before
from models.commissions.operations.closing import close_month
from models.commissions.operations.disputing import open_dispute, settle
from models.commissions.operations.posting import OpenMonth
from models.commissions.operations.rating import rate_sale
from models.commissions.operations.releasing import release_due
from models.commissions.replay.answer import answer
from models.commissions.replay.case import (
    EVENT_KINDS,
    PlanCase,
    day,
    event_of,
    instant,
    money,
    need,
    plan_case,
    recorded_at,
    sale_of,
)
from models.commissions.replay.scratch import Scratch, months_of_draws
from models.commissions.tables import CommissionLine, MonthClose
from models.errors import Refused
from models.money import Money
from models.people import SYSTEM

OUTCOMES = {"accepted": DisputeStatus.ACCEPTED, "denied": DisputeStatus.DENIED}
"""What a file calls them; anything else is in between."""


def replay(session: Session, case: Mapping[str, Any]) -> dict[str, Any]:
    """The lines, statements and totals of one case.  Raises Refused naming what is wrong.

    session: the vendor's, on a database that has nothing but its tables.
    """
    plan = plan_case(case)
    scratch = Scratch(session, plan, case)
    sales = {key: sale_of(key, deal, plan.currency) for key, deal in case.get("deals", {}).items()}
    _play(session, case, scratch, sales)
    _release(session, case, plan)
    _close_what_is_open(session, plan)
    return answer(session, scratch, plan)


def _play(
    session: Session, case: Mapping[str, Any], scratch: Scratch, sales: Mapping[str, Sale]
) -> None:
    """Events and closes in the order in which they were recorded."""
    closes = [
        (instant(close["closed_at"], "closed_periods"), close["period"])
        for close in case.get("closed_periods", ())
    ]
    listed = enumerate(case.get("events", ()))
    for index, raw in sorted(listed, key=lambda one: recorded_at(one[1], f"events[{one[0]}]")):
        now = recorded_at(raw, f"events[{index}]")
        while closes and min(closes)[0] <= now:
            at, month = min(closes)
            closes.remove((at, month))
            close_month(session, month, by=SYSTEM, now=at, early=True)
        _one(session, index, raw, scratch, sales, now)
    for at, month in sorted(closes):
        close_month(session, month, by=SYSTEM, now=at, early=True)


def _one(
    session: Session,
    index: int,
    raw: Mapping[str, Any],
    scratch: Scratch,
    sales: Mapping[str, Sale],
    now: datetime,
) -> None:
    where = f"events[{index}]"
    kind, key = need(raw, "type", where), need(raw, "deal", where)
    if kind not in EVENT_KINDS:
        raise Refused(
            f"{where}: the event “{kind}” is not known; known are {', '.join(EVENT_KINDS)}."
        )
    if key not in sales:
        raise Refused(f"{where}: there is no deal “{key}” in the file; add it.")
    sale = scratch.sale(sales[key])
    if kind == "dispute_open":
        _open_dispute(session, raw, scratch, sale, now)
    elif kind == "dispute_close":
        _close_dispute(session, raw, scratch, sale, now)
    else:
        rate_sale(session, sale, event_of(index, raw, sale.currency), now=now)


def _open_dispute(
    session: Session, raw: Mapping[str, Any], scratch: Scratch, sale: Sale, now: datetime
) -> None:
    partner_id = scratch.partners[raw.get("partner") or need(raw, "partner", "dispute_open")]
    line = session.scalars(
        select(CommissionLine)
        .where(CommissionLine.partner_id == partner_id, CommissionLine.amount_minor > 0)
        .where(CommissionLine.deal_id == scratch.deals[_key(scratch, sale)])
        .order_by(CommissionLine.id)
    ).first()
    if line is None:
        raise Refused("A dispute is about a deal that has earned nothing yet.")
    amount = Money(money(raw["amount"], line.currency, "dispute_open.amount"), line.currency)
    at = instant(raw["at"], "dispute_open.at")
    objection = Objection(DisputeReason.OTHER, "As the file tells.", amount)
    open_dispute(session, line.id, objection, by=SYSTEM, at=at, now=now)


def _close_dispute(
    session: Session, raw: Mapping[str, Any], scratch: Scratch, sale: Sale, now: datetime
) -> None:
    partner_id = scratch.partners[raw.get("partner") or need(raw, "partner", "dispute_close")]
    dispute = session.scalars(
        select(Dispute)
        .join(CommissionLine, CommissionLine.id == Dispute.line_id)
        .where(Dispute.partner_id == partner_id, Dispute.closed_at.is_(None))
        .where(CommissionLine.deal_id == scratch.deals[_key(scratch, sale)])
    ).first()
    if dispute is None:
        raise Refused("There is no open dispute to close; open one first.")
    amount, adjustment = raw.get("amount"), raw.get("adjustment") or "0"
    outcome = raw.get("outcome", "")
    settle(
        session,
        OpenMonth(session, now),
        dispute,
        OUTCOMES.get(outcome, DisputeStatus.PART),
        released_minor=amount and money(amount, dispute.currency, "dispute_close.amount"),
        added_minor=money(adjustment, dispute.currency, "dispute_close.adjustment"),
        by=SYSTEM,
        at=instant(raw["at"], "dispute_close.at"),
    )


def _key(scratch: Scratch, sale: Sale) -> str:
    return next(name for name, key in scratch.deals.items() if key.hex == sale.deal)


def _release(session: Session, case: Mapping[str, Any], plan: PlanCase) -> None:
    """What was held back until `as_of`; without one, until the last event."""
    zone = ZoneInfo(plan.time_zone)
    instants = [recorded_at(raw, "events") for raw in case.get("events", ())]
    through = day(case.get("as_of")) or max(
        (at.astimezone(zone).date() for at in instants), default=None
    )
    if through is not None:
        release_due(session, through=through, now=_noon(through))


def _close_what_is_open(session: Session, plan: PlanCase) -> None:
    months = set(session.scalars(select(CommissionLine.period).distinct()))
    months |= months_of_draws(plan.versions)
    months -= set(session.scalars(select(MonthClose.month)))
    for month in sorted(months):
        now = start_of_day(last_day(month) + timedelta(days=1), plan.time_zone)
        while (draws := first_open_before(session, month)) is not None:
            close_month(session, draws, by=SYSTEM, now=now)
        close_month(session, month, by=SYSTEM, now=now)


def _noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
