"""The worker reads a point-of-sale report: good lines are taken, bad rows are told.

Some lines in each transaction, so that it may be killed and run again: what is in counts once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models import jobs, sellthrough
from models.errors import Refused
from models.sellthrough import GAVE_UP, TOPIC, Amounts, Fault, PosReport, ReportState, SaleLine
from portal.clock import now
from portal.database import reading, transaction
from portal.imports import ImportFile
from portal.sellthrough.columns import COLUMNS, OWN_WORDS, THOUSANDS, sale_line

AT_ONCE = 50
"""Lines in one transaction."""
PAUSE = timedelta(seconds=5)
"""While an earlier file of the same distributor is read."""


@dataclass
class Read:
    """What is known of the file so far."""

    lines: list[SaleLine] = field(default_factory=list)
    cells: dict[int, list[str]] = field(default_factory=dict)
    """By row, in the order of the columns."""
    problems: list[list[Any]] = field(default_factory=list)

    def blame(self, wrong: dict[int, list[Fault]]) -> None:
        for row, faults in wrong.items():
            for fault in faults:
                told = (fault.column, fault.what, fault.remedy)
                self.problems.append([row, *map(_kept, told), self.cells[row]])
        self.lines = [line for line in self.lines if line.row not in wrong]


def _kept(text: str) -> str:
    """As every database can keep it."""
    return text.replace("\x00", "")


def read(payload: dict[str, Any]) -> datetime | None:
    """The errand."""
    key = UUID(payload["report"])
    with transaction() as session:
        report = session.get_one(PosReport, key)
        content, amounts, state = report.content, report.amounts, report.state
        waits = sellthrough.waits_for_another(session, report, now=now())
    if content is None or state is not ReportState.READING:
        return None
    if waits:
        return now() + PAUSE
    try:
        _take(key, content, amounts)
    except Exception as error:
        _give_up_at_last(key, error)
        raise
    return None


def _take(key: UUID, content: bytes, amounts: Amounts) -> None:
    try:
        found = _rows(content, amounts)
    except Refused as refusal:
        _refuse(key, str(refusal))
        return
    if not _begin(key, found):
        return
    known = 0
    for start in range(0, len(found.lines), AT_ONCE):
        some = found.lines[start : start + AT_ONCE]
        with transaction() as session:
            report = session.get_one(PosReport, key, with_for_update=True)
            known += sellthrough.take(session, report, some, now=now())
            report.done = start + len(some)
            jobs.still_running(session, f"{TOPIC} {key}", now=now())
    with transaction() as session:
        report = session.get_one(PosReport, key, with_for_update=True)
        sellthrough.finish(session, report, found.problems, known=known, now=now())


def _begin(key: UUID, found: Read) -> bool:
    """Judge all rows before any is taken; whether there is something to take.

    Judging takes long and changes nothing, so it holds up nobody who writes.
    """
    with reading() as session:
        report = session.get_one(PosReport, key)
        name = found.lines[0].report[:60] if found.lines else ""
        found.blame(sellthrough.judge(session, report, found.lines, now=now()))
    with transaction() as session:
        report = session.get_one(PosReport, key, with_for_update=True)
        report.total, report.name = len(found.cells), name
        if report.is_correction and found.problems:
            why = _not_whole(found)
            sellthrough.refuse(session, report, why, found.problems, now=now())
            return False
        if report.is_correction:
            sellthrough.withdraw(session, report, found.lines, now=now())
    return True


def _rows(content: bytes, amounts: Amounts) -> Read:
    """Raises Refused when the file cannot be read as a whole."""
    found = Read()
    wanted = [column.name for column in COLUMNS if column.name not in OWN_WORDS]
    for row in ImportFile(content, COLUMNS, thousands=THOUSANDS[amounts]):
        found.cells[row.number] = [_kept(row.cells.get(name, "")) for name in wanted]
        if row.problems:
            faults = [Fault(each.column, each.what, each.remedy) for each in row.problems]
            found.blame({row.number: faults})
        else:
            found.lines.append(sale_line(row))
    found.lines = sellthrough.numbered(found.lines)
    if not found.cells:
        raise Refused("The file has no row below its header. Say that nothing was sold instead.")
    return found


def _not_whole(found: Read) -> str:
    row, column, what, remedy, _ = min(found.problems, key=lambda each: each[0])
    where = f"Row {row}, {column}" if column else f"Row {row}"
    count = len({each[0] for each in found.problems})
    return (
        f"A correction is taken whole or not at all, and {count} of its rows cannot be taken, so"
        f" nothing was replaced. {where}: {what} {remedy}"
    )


def _refuse(key: UUID, why: str) -> None:
    with transaction() as session:
        report = session.get_one(PosReport, key, with_for_update=True)
        sellthrough.refuse(session, report, why, now=now())


def _give_up_at_last(key: UUID, error: Exception) -> None:
    """What nobody tries again must not look as if somebody did."""
    with transaction() as session:
        last = jobs.is_last_attempt(session, f"{TOPIC} {key}")
    if last:
        _refuse(
            key, f"It failed {jobs.MOST_ATTEMPTS} times, the last time with: {error}. {GAVE_UP}"
        )


ERRANDS = {TOPIC: read}
