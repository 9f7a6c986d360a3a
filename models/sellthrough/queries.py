"""What we can ask about point-of-sale reports and their lines.  Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.calendars import BusinessCalendar
from models.catalog import Product
from models.customers import Customer
from models.deals import Deal
from models.partners import Partner, PartnerRole, PartnerStatus
from models.people import Person
from models.sellthrough.rules import ReportState, Rhythm, late_from
from models.sellthrough.tables import PosLine, PosNamedLine, PosReport, PosRouting, PosSchedule
from models.territories import Territory


@dataclass(frozen=True, slots=True)
class Missing:
    """A week or month of which there is no report."""

    first: date
    last: date
    late_on: date
    """The first day on which it is late."""
    is_late: bool
    words: str


@dataclass(frozen=True, kw_only=True)
class LineFilter:
    """Which lines; what is None or empty does not narrow."""

    text: str = ""
    partner_id: UUID | None = None
    report: str = ""
    """Our number of the report."""
    from_on: date | None = None
    to_on: date | None = None
    """Inclusive."""
    territory_id: UUID | None = None
    person_id: UUID | None = None
    """Routed to this person.  On the vendor's side."""
    sku: str = ""
    is_matched: bool | None = None
    """To a deal."""


def reports(*, partner_id: UUID | None = None) -> Select:
    """One row a file, without an order."""
    report = PosReport
    query = select(
        report.id, report.number, report.name, report.file_name, report.state, report.at,
        report.loaded, report.bad, report.replaced, report.is_correction, report.covers_from,
        report.by_name, report.partner_id, Partner.name.label("partner"),
    ).join(Partner, Partner.id == report.partner_id)  # fmt: skip
    return query.where(report.partner_id == partner_id) if partner_id else query


def lines(wanted: LineFilter, *, is_staff: bool) -> Select:
    """One row a line, without an order.  Staff read who it is about and who looks after it."""
    line = PosLine
    query = (
        select(
            line.id, line.row, line.sku, line.quantity, line.unit_minor, line.currency,
            line.invoice_number, line.sold_on, line.end_user_name, line.end_user_postal,
            line.end_user_country, line.reseller_ref, line.reseller_name, line.deal_number,
            line.replaced_at, line.serials, Product.name.label("product"),
            PosReport.number.label("report"), PosReport.name.label("report_name"), line.report_id,
            Partner.name.label("partner"),
        )
        .join(Product, Product.id == line.product_id)
        .join(PosReport, PosReport.id == line.report_id)
        .join(Partner, Partner.id == line.partner_id)
    )  # fmt: skip
    query = _with_routing(query, wanted) if is_staff else _with_own_deal(query, wanted)
    return query.where(*_criteria(wanted))


def _with_routing(query: Select, wanted: LineFilter) -> Select:
    routing, channel, reseller = PosRouting, aliased(Person), aliased(Partner)
    query = (
        query.join(routing, routing.line_id == PosLine.id)
        .outerjoin(Territory, Territory.id == routing.territory_id)
        .outerjoin(channel, channel.id == routing.channel_manager_id)
        .outerjoin(reseller, reseller.id == routing.reseller_id)
        .outerjoin(Customer, Customer.id == routing.customer_id)
        .outerjoin(Deal, Deal.id == routing.deal_id)
        .add_columns(
            routing.why, routing.deal_why, Territory.name.label("territory"),
            channel.name.label("channel_manager"), reseller.name.label("reseller"),
            Customer.name.label("customer"), Deal.number.label("deal"), Deal.id.label("deal_id"),
        )
    )  # fmt: skip
    if wanted.territory_id:
        query = query.where(routing.territory_id == wanted.territory_id)
    if wanted.person_id:
        theirs = (routing.channel_manager_id, routing.sales_manager_id)
        query = query.where(or_(*(each == wanted.person_id for each in theirs)))
    return _matched(query, routing.deal_id, wanted)


def _with_own_deal(query: Select, wanted: LineFilter) -> Select:
    query = query.outerjoin(
        Deal, and_(Deal.id == PosLine.deal_id, Deal.partner_id == PosLine.partner_id)
    ).add_columns(Deal.number.label("deal"), Deal.id.label("deal_id"))
    return _matched(query, PosLine.deal_id, wanted)


def _matched(query: Select, deal_id: Any, wanted: LineFilter) -> Select:
    if wanted.is_matched is None:
        return query
    return query.where(deal_id.is_not(None) if wanted.is_matched else deal_id.is_(None))


def _criteria(wanted: LineFilter) -> list:
    line, criteria = PosLine, []
    if wanted.partner_id:
        criteria.append(line.partner_id == wanted.partner_id)
    if wanted.report:
        criteria.append(PosReport.number == wanted.report)
    if wanted.from_on:
        criteria.append(line.sold_on >= wanted.from_on)
    if wanted.to_on:
        criteria.append(line.sold_on <= wanted.to_on)
    if wanted.sku:
        criteria.append(line.sku == wanted.sku)
    if text := wanted.text.strip():
        named = (line.end_user_name, line.invoice_number, line.reseller_name)
        criteria.append(or_(*(each.icontains(text, autoescape=True) for each in named)))
    return criteria


def one_line(session: Session, line_id: UUID, *, is_staff: bool) -> Row | None:
    """A line with everything that the session may read of it."""
    query = lines(LineFilter(), is_staff=is_staff).add_columns(
        PosLine.partner_id, PosLine.returns_id, PosLine.replaced_by_id
    )
    if is_staff:
        query = query.add_columns(
            PosRouting.customer_id, PosRouting.reseller_id, PosRouting.territory_id
        )
    return session.execute(query.where(PosLine.id == line_id)).first()


def named_lines() -> Select:
    """What distributors reported of this reseller, without their prices; without an order."""
    line = PosNamedLine
    return (
        select(
            line.id, line.sku, line.quantity, line.invoice_number, line.sold_on,
            line.end_user_name, line.end_user_postal, line.end_user_country, line.serials,
            line.distributor_name, line.replaced_at, Product.name.label("product"),
            Deal.number.label("deal"), Deal.id.label("deal_id"),
        )
        .join(Product, Product.id == line.product_id)
        .outerjoin(Deal, and_(Deal.id == line.deal_id, Deal.partner_id == line.partner_id))
    )  # fmt: skip


def distributors() -> Select:
    """Every distributor with how often it reports and its latest file.  On the vendor's side."""
    latest = (
        select(func.max(PosReport.at))
        .where(PosReport.partner_id == Partner.id, PosReport.state == ReportState.DONE)
        .scalar_subquery()
    )
    return (
        select(
            Partner.id, Partner.number, Partner.name, PosSchedule.rhythm,
            PosSchedule.id.label("schedule_id"), latest.label("latest"),
        )
        .outerjoin(PosSchedule, PosSchedule.partner_id == Partner.id)
        .where(Partner.role == PartnerRole.DISTRIBUTOR, Partner.status != PartnerStatus.ENDED)
        .order_by(PosSchedule.rhythm.is_(None), Partner.name, Partner.id)
    )  # fmt: skip


def missing(
    session: Session, calendar: BusinessCalendar, *, now: datetime
) -> dict[UUID, list[Missing]]:
    """By distributor that the session may read: what ended without a report, the earliest first."""
    report = PosReport
    covered = select(report.partner_id, report.covers_from).where(
        report.state == ReportState.DONE, report.covers_from.is_not(None)
    )
    reported = {tuple(row) for row in session.execute(covered.distinct())}
    today = calendar.day_of(now)
    found = {}
    for each in session.scalars(select(PosSchedule).order_by(PosSchedule.id)):
        owed = [
            _missing(each.rhythm, first, calendar, today)
            for first in each.rhythm.ended_before(today, each.from_on)
            if (each.partner_id, first) not in reported
        ]
        found[each.partner_id] = owed[::-1]
    return found


def _missing(rhythm: Rhythm, first: date, calendar: BusinessCalendar, today: date) -> Missing:
    last = rhythm.last_day(first)
    late_on = late_from(calendar, last)
    return Missing(first, last, late_on, today >= late_on, period_words(rhythm, first))


def period_words(rhythm: Rhythm, first: date) -> str:
    if rhythm is Rhythm.WEEKLY:
        return f"the week of {first:%-d %B %Y}"
    return f"{first:%B %Y}"


def how_many(session: Session, query: Select) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
