"""How deals are decided, seen from above: a span of days, its figures, and their deals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request
from werkzeug import Response

from models import vendor
from models.deals import DealFilter, DealStatus, Decided, PartnerSize, RejectReason
from models.insights import registration as facts
from models.insights.registration import Alike, Figures
from models.partners import Tier
from models.people import Actor
from portal import charts
from portal.clock import now
from portal.database import session
from portal.formats import short_month
from portal.insights.tables import (
    HEADS,
    Cell,
    Table,
    deals_url,
    figure_cells,
    group_table,
    in_base,
    manager_table,
    reason_table,
    state_table,
)
from portal.permissions import Can, allow, staff
from portal.sheets import sheet_response
from portal.spans import first_instant, last_instant, read_day

pages = Blueprint("insights", __name__, url_prefix="/insights")

USUAL_DAYS = 90
LARGE_FROM = 5
"""Deals a year that make a partner large, until somebody asks for another number."""


@dataclass(frozen=True)
class Span:
    """The days asked for, both inclusive, and from how many deals a year on one is large."""

    first: date
    last: date
    large_from: int

    @property
    def said(self) -> dict[str, str]:
        """What narrows the list of deals to those decided in it."""
        return {"decided": "any", "from": f"{self.first}", "to": f"{self.last}"}


@pages.get("/registration")
@allow(Can.SEE_INSIGHTS)
def registration(person: Actor) -> str:
    span = _span()
    rows = facts.decisions(session, _decided(span), _size(span))
    whole = Figures()
    for row in rows:
        whole.count(row)
    tables = _tables(span, rows)
    return render_template(
        "insights/registration.html",
        span=span,
        tiles=_tiles(whole, span),
        tables=tables,
        months=_months(rows),
        is_empty=not rows,
    )


@pages.get("/registration/<word:part>")
@allow(Can.SEE_INSIGHTS, fresh=staff)
def export(person: Actor, part: str) -> Response:
    """One table of the page as a file, from the very same cells."""
    span = _span()
    tables = _tables(span, facts.decisions(session, _decided(span), _size(span)))
    table = next((table for table in tables if table.key == part), None) or abort(404)
    name = f"Registration {table.key} {span.first} to {span.last}"
    return sheet_response(name, table.columns(), table.rows, request.args.get("as", "csv"))


def _span() -> Span:
    """What cannot be read is the usual."""
    today = vendor.settings(session).calendar.day_of(now())
    last = read_day(request.args.get("to")) or today
    first = read_day(request.args.get("from")) or last - timedelta(days=USUAL_DAYS - 1)
    large = request.args.get("large", "")
    large_from = min(max(int(large[:6]), 1), 100_000) if large.isdecimal() else LARGE_FROM
    return Span(min(first, last), last, large_from)


def _decided(span: Span) -> Decided:
    return Decided(since=first_instant(span.first), before=last_instant(span.last))


def _size(span: Span) -> PartnerSize:
    before = last_instant(span.last)
    assert before is not None
    return PartnerSize.in_the_year(before, large_from=span.large_from)


def _tables(span: Span, rows: list[Alike]) -> list[Table]:
    return [
        _managers(span, rows),
        _tiers(span, rows),
        _sizes(span, rows),
        reason_table(_codes(rows), span.said),
        _states(span),
    ]


def _managers(span: Span, rows: list[Alike]) -> Table:
    """Who decided, and who lets decisions wait at this moment."""
    groups = facts.grouped(rows, lambda row: str(row.by_id))
    names = {str(row.by_id): row.by_name for row in rows}
    late = {str(row.id): row for row in facts.overdue_by_manager(session, now=now())}
    names |= {manager_id: row.name for manager_id, row in late.items()}
    ordered = sorted(names, key=lambda manager_id: (names[manager_id], manager_id))
    return manager_table(
        ((names[by], groups.get(by, Figures()), span.said | {"by": by}) for by in ordered),
        {by: late[by][2] if by in late else 0 for by in ordered},
    )


def _tiers(span: Span, rows: list[Alike]) -> Table:
    groups = facts.grouped(rows, lambda row: row.tier)
    return group_table(
        "tiers",
        "By the partner's tier",
        "Tier",
        (
            (tier.value.capitalize(), groups[tier], span.said | {"tier": tier.value})
            for tier in Tier
            if tier in groups
        ),
    )


def _sizes(span: Span, rows: list[Alike]) -> Table:
    groups = facts.grouped(rows, lambda row: row.is_large)
    said = span.said | {"large": f"{span.large_from}"}
    return group_table(
        "sizes",
        "Fairness: large and small partners",
        "Partners",
        [
            ("Large", groups.get(True, Figures()), said | {"size": "large"}),
            ("Small", groups.get(False, Figures()), said | {"size": "small"}),
        ],
    )


def _codes(rows: list[Alike]) -> dict[RejectReason, int]:
    counted = Counter[RejectReason]()
    for row in rows:
        if row.verb == "reject" and row.code is not None:
            counted[row.code] += row.count
    return counted


def _states(span: Span) -> Table:
    base = vendor.settings(session).base_currency
    wanted = DealFilter(
        statuses=tuple(DealStatus),  # named, so that each is read by its index
        submitted_from=first_instant(span.first),
        submitted_before=last_instant(span.last),
    )
    parts = facts.by_state(session, wanted, base=base, on=span.last)
    said = {"registered_from": f"{span.first}", "registered_to": f"{span.last}"}
    table = state_table(parts, said, base)
    if len(parts) > 1:
        count, url = sum(part.count for part in parts), deals_url(**said)
        total = Cell(in_base(parts, base), "money", url, count)
        blank = Cell("")
        table.rows.append(
            [Cell("All"), Cell(count, "count", url, count), blank, Cell(None), total, Cell(None)]
        )
    return table


def _tiles(whole: Figures, span: Span) -> list[dict[str, Any]]:
    shown = dict(zip(HEADS, figure_cells(whole, span.said), strict=True))
    notes = {
        "Median time": f"9 of 10 within {shown['9 of 10 within'].shown}",
        "Decided": f"{whole.approved} approved, {whole.rejected} rejected",
        "In time": f"{whole.late} late" if whole.late else "none late",
        "Win rate": f"{whole.won} won, {whole.lost} lost",
        "Conflict rate": f"{whole.conflicts} stood beside another",
    }
    wanted = ("Decided", "Median time", "In time", "Approval rate", "Conflict rate",
              "Win rate")  # fmt: skip
    return [
        {
            "label": label,
            "value": shown[label].shown,
            "url": shown[label].url,
            "note": notes.get(label),
            "tone": "warn" if label == "In time" and whole.late else "",
        }
        for label in wanted
    ]


def _months(rows: list[Alike]) -> charts.Chart | None:
    """Decisions in time and late, by month."""
    months = facts.grouped(rows, lambda row: row.month)
    if not months:
        return None
    points = [
        (short_month(month), [(it.in_time, f"{it.in_time}"), (it.late, f"{it.late}")])
        for month, it in sorted(months.items())
    ]
    return charts.stacks(["In time", "Late"], points)
