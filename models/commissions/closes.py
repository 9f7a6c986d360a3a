"""What we can ask before a month is closed: what stands in the way, what changes, what stands out.

Reads only; asked on the vendor's side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from models import vendor
from models.calendars import local_day, month_of, next_month, start_of_day
from models.commissions import disputes, months, tallies
from models.commissions.close_tables import CloseProposal, ProposalState
from models.commissions.engine.numbers import last_day
from models.commissions.rated import RatingProblem
from models.commissions.rerating_tables import MonthRerating, ReratingState
from models.commissions.tables import MonthClose, PlanAssignment
from models.partners import Partner, PartnerStatus, terms
from models.sales import EarningEvent, Invoice
from models.territories import Territory
from models.wins import DealOrder

MONTHS_BEFORE = 3
NO_RATE, NO_PLAN = "exchange rate", "No commission plan"
"""What the reasons of what cannot be rated say."""
OUT_OF_LINE = 2
"""So many times the highest of the months before, or less than one such part of the lowest."""


class Item(StrEnum):
    ENDED = "ended"
    EARLIER = "earlier"
    RATES = "rates"
    PLANS = "plans"
    UNRATED = "unrated"
    INVOICES = "invoices"
    DISPUTES = "disputes"
    PARTNERS = "partners"
    TERRITORIES = "territories"
    RERATING = "rerating"


@dataclass(frozen=True, slots=True)
class Check:
    """One item of the list.  count: what is left to do; blocks: it must be 0 before the close."""

    item: Item
    count: int
    blocks: bool
    month: str = ""
    """Which earlier month is open; empty for the others."""


def checks(session: Session, month: str, *, now: datetime, early: bool = False) -> list[Check]:
    zone = vendor.settings(session).time_zone
    today = local_day(now, zone)
    until = start_of_day(last_day(month) + timedelta(days=1), zone)
    earlier = months.first_open_before(session, month)
    stuck = _stuck(session, until)
    return [
        Check(Item.ENDED, int(month >= month_of(today)), not early),
        Check(Item.EARLIER, int(earlier is not None), True, earlier or ""),
        Check(Item.RATES, stuck[Item.RATES], True),
        Check(Item.PLANS, stuck[Item.PLANS], True),
        Check(Item.UNRATED, stuck[Item.UNRATED], True),
        Check(Item.RERATING, _rated_anew(session), True),
        Check(Item.INVOICES, _unmatched(session, month), False),
        Check(Item.DISPUTES, disputes.open_count(session), False),
        Check(Item.PARTNERS, without_plan(session, month), False),
        Check(Item.TERRITORIES, _unmanaged(session), False),
    ]


def _rated_anew(session: Session) -> int:
    goes_on = select(func.count(MonthRerating.id)).where(
        MonthRerating.state == ReratingState.WAITING
    )
    return session.scalar(goes_on) or 0


def seen_of(session: Session, month: str) -> str:
    """The hash of what each partner would be stated, line count and sum by currency, as it is."""
    of = tallies.added_up(month).subquery()
    rows = session.execute(
        select(of.c.partner_id, of.c.currency, of.c.lines, of.c.minor)
        .order_by(of.c.partner_id, of.c.currency)
        .execution_options(yield_per=1000)
    )
    return tallies.hashed(month, rows)


def proposal_of(session: Session, month: str) -> CloseProposal | None:
    """The proposal that waits, or was confirmed."""
    standing = (ProposalState.OPEN, ProposalState.CONFIRMED)
    return session.scalar(
        select(CloseProposal).where(CloseProposal.month == month, CloseProposal.state.in_(standing))
    )


def ended_proposals(session: Session, month: str) -> Sequence[CloseProposal]:
    """Those that count no longer, the latest first."""
    ended = (ProposalState.VOID, ProposalState.WITHDRAWN)
    return session.scalars(
        select(CloseProposal)
        .where(CloseProposal.month == month, CloseProposal.state.in_(ended))
        .order_by(CloseProposal.ended_at.desc())
        .limit(5)
    ).all()


def largest_changes(session: Session, month: str, *, most: int = 10) -> Sequence[Row[Any]]:
    """Partners whose month differs most from the one before: each with the last three months."""
    by_month = _by_month(session, month).subquery()
    difference = func.abs(by_month.c.minor - by_month.c.before_1)
    return session.execute(
        _named(by_month).where(difference > 0).order_by(difference.desc(), Partner.name).limit(most)
    ).all()


def outliers(session: Session, month: str, *, most: int = 20) -> Sequence[Row[Any]]:
    """More than twice the highest, or less than half the lowest, of the three months before."""
    by_month = _by_month(session, month).subquery()
    minor = by_month.c.minor
    before = [by_month.c[f"before_{at}"] for at in range(1, MONTHS_BEFORE + 1)]
    above = and_(minor > 0, *(minor > one * OUT_OF_LINE for one in before))
    below = and_(*(one > minor * OUT_OF_LINE for one in before), *(one > 0 for one in before))
    was_there = or_(*(one != 0 for one in before))
    return session.execute(
        _named(by_month)
        .where(was_there, or_(above, below))
        .order_by(func.abs(minor - by_month.c.before_1).desc(), Partner.name)
        .limit(most)
    ).all()


def without_plan(session: Session, month: str) -> int:
    """Active partners that no plan is assigned to on the last day of the month."""
    return session.scalar(select(func.count()).select_from(planless(month).subquery())) or 0


def planless(month: str) -> Select:
    """(id, name) of active partners that no plan is assigned to on the last day of the month."""
    day = last_day(month)
    of = PlanAssignment
    fits = select(of.id).where(
        of.from_on <= day,
        or_(of.to_on.is_(None), of.to_on > day),
        or_(of.partner_id.is_(None), of.partner_id == Partner.id),
        or_(of.tier.is_(None), of.tier == terms.as_of("tier", day)),
        or_(of.role.is_(None), of.role == terms.as_of("role", day)),
        or_(of.country.is_(None), of.country == terms.as_of("country", day)),
    )
    return select(Partner.id, Partner.name).where(
        Partner.status == PartnerStatus.ACTIVE, ~fits.exists()
    )


def is_begun(session: Session, month: str) -> bool:
    return session.scalar(select(MonthClose.id).where(MonthClose.month == month)) is not None


def _stuck(session: Session, until: datetime) -> dict[Item, int]:
    """What happened before then and could not be rated, by what it wants for."""
    events = select(EarningEvent.id).where(EarningEvent.at < until)
    orders = select(DealOrder.id).where(DealOrder.ordered_at < until)
    wants = case(
        (RatingProblem.reason.contains(NO_RATE), Item.RATES.value),
        (RatingProblem.reason.contains(NO_PLAN), Item.PLANS.value),
        else_=Item.UNRATED.value,
    )
    rows = session.execute(
        select(wants, func.count())
        .where(or_(RatingProblem.source_id.in_(events), RatingProblem.source_id.in_(orders)))
        .group_by(wants)
    )
    found = dict.fromkeys((Item.RATES, Item.PLANS, Item.UNRATED), 0)
    return found | {Item(word): count for word, count in rows}


def _unmatched(session: Session, month: str) -> int:
    """Invoices of the month that belong to no registered deal."""
    first, last = last_day(month).replace(day=1), last_day(month)
    return (
        session.scalar(
            select(func.count(Invoice.id)).where(
                Invoice.deal_id.is_(None), Invoice.issued_on.between(first, last)
            )
        )
        or 0
    )


def _unmanaged(session: Session) -> int:
    return (
        session.scalar(
            select(func.count(Territory.id)).where(
                or_(Territory.channel_manager_id.is_(None), Territory.sales_manager_id.is_(None))
            )
        )
        or 0
    )


def _by_month(session: Session, month: str) -> Select:
    """Net of each partner and currency: this month, and each of the three before."""
    before = (next_month(month, -at) for at in range(1, MONTHS_BEFORE + 1))
    return tallies.side_by_side(session, [month, *before])


def _named(by_month: Any) -> Select:
    return select(
        Partner.id, Partner.name, *(one for one in by_month.c if one.name != "partner_id")
    ).join(Partner, Partner.id == by_month.c.partner_id)
