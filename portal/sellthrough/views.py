"""Pages about point-of-sale reports: the lists, and one report."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response as Download
from flask import render_template, request

from models import sellthrough
from models.partners import PartnerRole
from models.people import Actor
from models.sellthrough import LineFilter, PosLine, PosNamedLine, PosReport, ReportState
from portal.clock import now
from portal.database import session
from portal.paging import Key, page_of
from portal.permissions import Can, allow, may, staff
from portal.sellthrough import asking, handing, listing  # noqa: F401  their pages
from portal.sellthrough.blueprint import TONES, calendar, own_company, pages, report_or_404
from portal.sellthrough.columns import COLUMNS, OWN_WORDS
from portal.sheets import Column, sheet_response

LATEST_FIRST = [Key(PosReport.at, True), Key(PosReport.id, True)]
NAMED_FIRST = [Key(PosNamedLine.sold_on, True), Key(PosNamedLine.id, True)]
IN_ROWS = [Key(PosLine.row), Key(PosLine.id)]
MOST_SHOWN = 200


@pages.get("")
@allow(Can.SEE_POS)
def index(person: Actor) -> str:
    company = own_company(person)
    if company and company.role is not PartnerRole.DISTRIBUTOR:
        return _named()
    query = sellthrough.reports(partner_id=_distributor())
    owed = sellthrough.missing(session, calendar(), now=now())
    distributors = [] if company else session.execute(sellthrough.distributors()).all()
    late = {key for key, missing in owed.items() if any(each.is_late for each in missing)}
    return render_template(
        "sellthrough/index.html",
        page=page_of(session, query, LATEST_FIRST),
        total=sellthrough.how_many(session, query),
        tones=TONES,
        missing=owed.get(company.id, []) if company else [],
        can_report=may(person, Can.REPORT_POS),
        distributors=distributors,
        late=[row.name for row in distributors if row.id in late],
    )


def _named() -> str:
    """What distributors say to have sold to this reseller."""
    query = sellthrough.named_lines()
    return render_template(
        "sellthrough/named.html",
        page=page_of(session, query, NAMED_FIRST),
        total=sellthrough.how_many(session, query),
    )


def _distributor() -> UUID | None:
    try:
        return UUID(request.args.get("distributor", ""))
    except ValueError:
        return None


@pages.get("/<uuid:pos_report_id>")
@allow(Can.SEE_POS, find=report_or_404)
def show(person: Actor, report: PosReport) -> str:
    """While the worker is at it the page asks again by itself."""
    query = sellthrough.lines(LineFilter(report=report.number), is_staff=person.is_staff)
    company = own_company(person)
    name = company.name if company else _name_of(report)
    return render_template(
        "sellthrough/show.html",
        report=report,
        partner=name,
        tone=TONES[report.state],
        is_busy=report.state is ReportState.READING,
        problems=[_problem(each) for each in report.problems[:MOST_SHOWN]],
        kept_rows=_rows_kept(report),
        page=page_of(session, query, IN_ROWS),
        can_report=may(person, Can.REPORT_POS, report),
        is_staff=person.is_staff,
    )


def _name_of(report: PosReport) -> str:
    row = session.execute(
        sellthrough.reports(partner_id=report.partner_id).where(PosReport.id == report.id)
    )
    return row.one().partner


def _rows_kept(report: PosReport) -> int:
    """Of the rows to mend; the others were only counted."""
    return len({each[0] for each in report.problems})


def _problem(each: list[Any]) -> dict[str, Any]:
    return {"row": each[0], "column": each[1], "what": each[2], "remedy": each[3]}


def _cell(number: int) -> Any:
    return lambda each: each["cells"][number] if number < len(each["cells"]) else ""


TO_MEND = [
    *(
        Column(column.name, _cell(number))
        for number, column in enumerate(each for each in COLUMNS if each.name not in OWN_WORDS)
    ),
    Column("problem", lambda each: each["problem"]),
    Column("what_to_do", lambda each: each["what_to_do"]),
]
"""The columns of a report, so that the file may be mended and handed in as it is."""


@pages.get("/<uuid:pos_report_id>/rows-to-mend/export")
@allow(Can.SEE_POS, find=report_or_404, fresh=staff)
def rows_to_mend(_person: Actor, report: PosReport) -> Download:
    kept = _rows_kept(report)
    first = f"first {kept} of {report.bad} " if kept < report.bad else ""
    name = f"{first}rows to mend of {report.file_name}"
    return sheet_response(name, TO_MEND, _bad_rows(report), request.args.get("as", "csv"))


def _bad_rows(report: PosReport) -> list[dict[str, Any]]:
    """Each bad row once, with all that is wrong with it."""
    rows: dict[int, dict[str, Any]] = {}
    for number, column, what, remedy, cells in report.problems:
        row = rows.setdefault(number, {"cells": cells, "problem": [], "what_to_do": []})
        row["problem"].append(f"{column}: {what}" if column else what)
        row["what_to_do"].append(remedy)
    return [
        row | {name: " ".join(row[name]) for name in ("problem", "what_to_do")}
        for row in rows.values()
    ]
