"""The tables of Insights: each figure with its value, its words, and the deals behind it.

Screen and file are drawn from the same cells, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flask import url_for

from models.insights.registration import Figures, InState, share
from models.money import Money
from portal.formats import day, money, number, percent
from portal.sheets import Column

Kind = Literal["text", "count", "hours", "percent", "money", "day"]
NOTHING = "–"
"""What stands for a rate of nothing."""


@dataclass(frozen=True)
class Cell:
    """url: the list of exactly `deals` deals; empty for a name."""

    value: Any
    kind: Kind = "text"
    url: str = ""
    deals: int | None = None

    @property
    def shown(self) -> str:
        if self.value is None:
            return NOTHING
        match self.kind:
            case "count":
                return number(self.value)
            case "hours":
                return f"{number(self.value, 1)} h"
            case "percent":
                return percent(self.value)
            case "money":
                return money(self.value)
            case "day":
                return day(self.value)
        return str(self.value)

    @property
    def plain(self) -> Any:
        """As a file holds it."""
        return round(self.value, 1) if self.kind == "hours" and self.value is not None else (
            self.value
        )  # fmt: skip


@dataclass(frozen=True)
class Table:
    key: str
    title: str
    heads: list[str]
    rows: list[list[Cell]]

    @property
    def columns_shown(self) -> list[Any]:
        """The headings of the page."""
        return [
            head if at == 0 or self._kind(at) in ("text", "day") else {"label": head, "kind": "num"}
            for at, head in enumerate(self.heads)
        ]

    def columns(self) -> list[Column]:
        return [self._column(at, head) for at, head in enumerate(self.heads)]

    def _column(self, at: int, head: str) -> Column:
        return Column(head, lambda row: row[at].plain, FILED[self._kind(at)])

    def _kind(self, at: int) -> str:
        return self.rows[0][at].kind if self.rows else "text"


FILED: dict[str, Any] = {
    "text": "text",
    "count": "number",
    "hours": "number",
    "percent": "percent",
    "money": "money",
    "day": "day",
}

HEADS = ["Decided", "Approved", "Approval rate", "Conflict rate", "Median time", "9 of 10 within",
         "In time", "Late", "Won", "Win rate"]  # fmt: skip


def group_table(
    key: str, title: str, head: str, groups: Iterable[tuple[str, Figures, Mapping[str, str]]]
) -> Table:
    """groups: (name, figures, what narrows the list of deals to the group)."""
    rows = [[Cell(name), *figure_cells(figures, dict(said))] for name, figures, said in groups]
    return Table(key, title, [head, *HEADS], rows)


def figure_cells(it: Figures, said: dict[str, str]) -> list[Cell]:
    won = {"decided": "approve", "status": "won"}

    def cell(value: Any, kind: Kind, count: int, **further: str) -> Cell:
        return Cell(value, kind, deals_url(**(said | further)), count)

    return [
        cell(it.decided, "count", it.decided),
        cell(it.approved, "count", it.approved, decided="approve"),
        cell(it.approval_rate, "percent", it.approved, decided="approve"),
        cell(it.conflict_rate, "percent", it.conflicts, conflict="yes"),
        cell(it.median_hours, "hours", it.decided),
        cell(it.ninetieth_hours, "hours", it.decided),
        cell(it.in_time_share, "percent", it.in_time, late="no"),
        cell(it.late, "count", it.late, late="yes"),
        cell(it.won, "count", it.won, **won),
        cell(it.win_rate, "percent", it.won, **won),
    ]


def manager_table(
    groups: Iterable[tuple[str, Figures, Mapping[str, str]]], overdue: Mapping[str, int]
) -> Table:
    """overdue: by the manager's id, what is late at this moment."""
    table = group_table("managers", "By manager", "Manager", groups)
    for row, manager_id in zip(table.rows, overdue, strict=True):
        count = overdue[manager_id]
        url = deals_url(overdue="yes", manager=manager_id)
        row.append(Cell(count, "count", url, count))
    return Table(table.key, table.title, [*table.heads, "Overdue now"], table.rows)


def reason_table(counted: Mapping[Any, int], said: dict[str, str]) -> Table:
    whole = sum(counted.values())
    rows = []
    for code, count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])):
        url = deals_url(**(said | {"decided": "reject", "reason": code.value}))
        rows.append(
            [
                Cell(code.words),
                Cell(count, "count", url, count),
                Cell(share(count, whole), "percent", url, count),
            ]
        )
    return Table("reasons", "Why deals were rejected", ["Reason", "Deals", "Share"], rows)


def state_table(parts: list[InState], said: dict[str, str], base: str) -> Table:
    rows = []
    for part in parts:
        narrows = said | {"status": part.status.value, "currency": part.value.currency}
        url = deals_url(**narrows)
        rows.append(
            [
                Cell(part.status.words),
                Cell(part.count, "count", url, part.count),
                Cell(part.value.currency),
                Cell(part.value, "money", url, part.count),
                Cell(part.base, "money", url, part.count),
                Cell(part.rate_on, "day"),
            ]
        )
    heads = ["State", "Deals", "Currency", "Value", f"In {base}", "At the rate of"]
    return Table("states", "Deals registered, by state", heads, rows)


def in_base(parts: list[InState], base: str) -> Money:
    """Of those that have a rate."""
    return Money(sum(part.base.minor for part in parts if part.base), base)


def deals_url(**said: str) -> str:
    return url_for("deals.index", **dict[str, Any](said))
