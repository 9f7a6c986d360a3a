"""A report has been read: returns find their sales, and those whom it concerns are told once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from models import audit, notices
from models.partners import Partner
from models.people import SYSTEM
from models.sellthrough.rules import ReportState
from models.sellthrough.tables import PosLine, PosReport, PosRouting, PosSchedule

MOST_PROBLEMS = 20_000
"""Of one file; what is wrong with more rows is counted, and the page says so."""


def refuse(
    session: Session,
    report: PosReport,
    why: str,
    problems: Sequence[Sequence[Any]] = (),
    *,
    now: datetime,
) -> None:
    """Nothing of the file is taken."""
    _keep_problems(report, problems)
    report.state, report.refusal, report.content = ReportState.REFUSED, why[:1_000], None
    session.flush()  # the audit keeps changes for ten years, and no cells of rows to mend
    audit.record(session, SYSTEM, "point-of-sale report refused", report, now=now)
    _tell_distributor(session, report, f"{_called(report)} was not taken", why, now=now)


def finish(
    session: Session,
    report: PosReport,
    problems: Sequence[Sequence[Any]],
    *,
    known: int,
    now: datetime,
) -> None:
    """problems: row, column, what is wrong, what to do, cells; one row may have several."""
    find_sales(session, report)
    count = select(func.count(PosLine.id))
    report.loaded = session.scalar(count.where(PosLine.report_id == report.id)) or 0
    report.replaced = session.scalar(count.where(PosLine.replaced_by_id == report.id)) or 0
    report.known = known
    _keep_problems(report, problems)
    report.state, report.content, report.done = ReportState.DONE, None, report.total
    report.covers_from = _covered(session, report)
    detail = {
        "lines": report.loaded, "known": known, "bad": report.bad, "replaced": report.replaced
    }  # fmt: skip
    session.flush()  # as above
    audit.record(session, SYSTEM, "point-of-sale report read", report, now=now, detail=detail)
    if report.bad:
        body = (
            f"{report.loaded} lines are taken. Of the others the page says what is wrong and how"
            " to mend it; hand in the mended rows, or the whole file again: what is in counts once."
        )
        title = f"{_called(report)}: {_many(report.bad, 'row')} to mend"
        _tell_distributor(session, report, title, body, now=now)
    _tell_managers(session, report, now=now)


def _keep_problems(report: PosReport, problems: Sequence[Sequence[Any]]) -> None:
    report.bad = len({each[0] for each in problems})
    told = sorted(problems, key=lambda each: each[0])[:MOST_PROBLEMS]
    report.problems = [list(each) for each in told]


def find_sales(session: Session, report: PosReport) -> None:
    """Of each return of this report the sale that it takes back."""
    returns = select(PosLine).where(
        PosLine.report_id == report.id, PosLine.quantity < 0, PosLine.returns_id.is_(None)
    )
    for line in session.scalars(returns.order_by(PosLine.row)):
        line.returns_id = _sale_of(session, line)
        session.flush()


def _sale_of(session: Session, line: PosLine) -> UUID | None:
    """By a serial number; else the latest sale to the same end customer with so many left."""
    back = aliased(PosLine)
    returned = (
        select(func.coalesce(func.sum(back.quantity), 0))
        .where(back.returns_id == PosLine.id, back.replaced_at.is_(None))
        .scalar_subquery()
    )
    sales = (
        select(PosLine.id)
        .where(
            PosLine.partner_id == line.partner_id, PosLine.sku == line.sku, PosLine.quantity > 0,
            PosLine.replaced_at.is_(None), PosLine.sold_on <= line.sold_on,
            PosLine.quantity + returned + line.quantity >= 0,
        )
        .order_by(PosLine.sold_on.desc(), PosLine.id.desc())
        .limit(1)
    )  # fmt: skip
    if line.serials:
        listed = cast(PosLine.serials, Text)
        marks = [listed.contains(json.dumps(each), autoescape=True) for each in line.serials]
        if found := session.scalar(sales.where(or_(*marks))):
            return found
    return session.scalar(
        sales.where(
            PosLine.end_user_name == line.end_user_name,
            PosLine.end_user_postal == line.end_user_postal,
        )
    )


def _covered(session: Session, report: PosReport) -> date | None:
    """The first day of the week or month in which most of its lines were sold."""
    schedule = session.scalar(
        select(PosSchedule).where(PosSchedule.partner_id == report.partner_id)
    )
    days = select(PosLine.sold_on, func.count()).where(PosLine.report_id == report.id)
    counts: Counter[date] = Counter()
    if schedule:
        for day, count in session.execute(days.group_by(PosLine.sold_on)):
            counts[schedule.rhythm.first_day(day)] += count
    return max(counts, key=lambda first: (counts[first], first), default=None)


def _tell_distributor(
    session: Session, report: PosReport, title: str, body: str, *, now: datetime
) -> None:
    link = f"/point-of-sale/{report.id}"
    notices.tell_partner(
        session, report.partner_id, "pos-report", title=title, body=body, link=link, now=now
    )
    if report.by_staff and report.by_id:
        name = session.scalar(select(Partner.name).where(Partner.id == report.partner_id))
        notices.tell(
            session, report.by_id, "pos-report", title=f"{name}: {title}", body=body, link=link,
            now=now,
        )  # fmt: skip


def _tell_managers(session: Session, report: PosReport, *, now: datetime) -> None:
    """One notice for each, however many lines came to them."""
    routed = (
        select(PosRouting.channel_manager_id, PosRouting.sales_manager_id)
        .join(PosLine, PosLine.id == PosRouting.line_id)
        .where(PosLine.report_id == report.id)
    )
    mine: Counter[UUID] = Counter()
    for row in session.execute(routed):
        mine.update({each for each in row if each})
    name = session.scalar(select(Partner.name).where(Partner.id == report.partner_id))
    for person_id, count in mine.items():
        notices.tell(
            session, person_id, "pos-lines", now=now,
            title=f"{name}: {_many(count, 'line')} sold in your territories",
            body=f"From {_called(report)}. Each line says who has it and why.",
            link=f"/point-of-sale/lines?report={report.number}&whose=mine",
        )  # fmt: skip


def _called(report: PosReport) -> str:
    return report.name or report.file_name


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
