"""Rows of a report are judged before any is taken: by themselves, and beside what is in already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.catalog import Product
from models.partners import Partner
from models.sellthrough.operations.matching import products_of
from models.sellthrough.rules import PARTNER_NUMBER, Fault, SaleLine, faults_of
from models.sellthrough.tables import PosLine, PosReport
from models.vendor import settings

AT_ONCE = 500
"""Keys in one statement."""
MOST_KNOWN, MOST_HINTS = 2_000, 20
"""Articles that are looked through for what may be meant, and words for which they are."""
TAKEN_OUT = Fault(
    "", "A correction has taken this line out.",
    "If it counts after all, hand the whole report in as a correction.",
)  # fmt: skip


def judge(
    session: Session, report: PosReport, lines: Sequence[SaleLine], *, now: datetime
) -> dict[int, list[Fault]]:
    """What is wrong with each row, without taking any."""
    today = settings(session).calendar.day_of(now)
    known = products_of(session, [line.sku for line in lines])
    number = session.scalar(select(Partner.number).where(Partner.id == report.partner_id)) or ""
    name = lines[0].report if lines else ""
    said = _said_before(session, report, name, lines)
    taken_out = set() if report.is_correction else _taken_out(session, report, name, lines)
    hints = Hints(session)
    wrong: dict[int, list[Fault]] = {}
    for line in lines:
        faults = [*faults_of(line, today=today), *_whose(line, name, number)]
        if line.sku not in known:
            faults.append(hints.unknown(line.sku))
        if (line.key, line.print) in taken_out and line.key not in said:
            faults.append(TAKEN_OUT)
        where, print_ = said.setdefault(line.key, (f"row {line.row}", line.print))
        if print_ != line.print:
            faults.append(_otherwise(line, where))
        if faults:
            wrong[line.row] = faults
    return wrong


def _said_before(
    session: Session, report: PosReport, name: str, lines: Sequence[SaleLine]
) -> dict[str, tuple[str, str]]:
    """By key: where it stands, and its print; without what a correction takes the place of."""
    columns = (PosLine.key, PosLine.print, PosReport.name)
    query = select(*columns).join(PosReport, PosReport.id == PosLine.report_id)
    mine = [PosLine.partner_id == report.partner_id, PosLine.replaced_at.is_(None)]
    if report.is_correction:
        mine.append(PosReport.name != name)
    found = {}
    for some in in_parts([line.key for line in lines]):
        for row in session.execute(query.where(PosLine.key.in_(some), *mine)):
            found[row.key] = (row.name, row.print)
    return found


def _otherwise(line: SaleLine, where: str) -> Fault:
    """The same serial numbers on the same invoice, but something else beside them."""
    return Fault(
        "", f"Invoice {line.invoice_number} with these serial numbers is in already, in {where},"
        " and says otherwise.",
        "If this row is right, hand the whole report in as a correction.",
    )  # fmt: skip


def _whose(line: SaleLine, name: str, number: str) -> Iterable[Fault]:
    if line.report != name:
        yield Fault(
            "report_id", f"The file is of {name}, this row of {line.report}.",
            "Hand in a file for each report.",
        )  # fmt: skip
    said = line.distributor.upper()
    if PARTNER_NUMBER.fullmatch(said) and said != number:
        yield Fault(
            "distributor_id", f"The report is of {number}, this row of {said}.",
            "Hand it in for the distributor that it is of.",
        )  # fmt: skip


def _taken_out(
    session: Session, report: PosReport, name: str, lines: Sequence[SaleLine]
) -> set[tuple[str, str]]:
    """What earlier files of this name said until a correction took its place."""
    query = (
        select(PosLine.key, PosLine.print)
        .join(PosReport, PosReport.id == PosLine.report_id)
        .where(
            PosLine.partner_id == report.partner_id, PosLine.replaced_at.is_not(None),
            PosReport.name == name,
        )
    )  # fmt: skip
    return {
        (row.key, row.print)
        for some in in_parts([line.key for line in lines])
        for row in session.execute(query.where(PosLine.key.in_(some)))
    }


class Hints:
    """Which article may be meant: asked once for each word, and for so many of a file."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: list[str] | None = None
        self._said: dict[str, Fault] = {}

    def unknown(self, sku: str) -> Fault:
        if sku not in self._said:
            self._said[sku] = Fault("sku", f"“{sku[:64]}” is no article of ours.", self._hint(sku))
        return self._said[sku]

    def _hint(self, sku: str) -> str:
        if self._known is None:
            self._known = list(self._session.scalars(select(Product.sku).limit(MOST_KNOWN)))
        is_early = len(self._said) < MOST_HINTS
        close = get_close_matches(sku, self._known, n=1) if is_early else []
        return f"Did you mean {close[0]}?" if close else "Write our article number."


def in_parts(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
