"""How long a statement of 300 lines takes to be set as PDF: `python -m benchmarks.statements`."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import click

from portal import documents
from portal.documents import Paper, Party, StatementLine, Step, Term, Total

LINES = 300
TIMES = 5
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def main() -> None:
    for number in range(TIMES):
        clock, processor = time.perf_counter(), time.process_time()
        pdf = documents.statement(paper(number), now=NOW)
        clock, processor = time.perf_counter() - clock, time.process_time() - processor
        click.echo(f"{processor:.3f} s of processor time, {clock:.3f} s, {len(pdf) // 1000} kB")


def paper(number: int) -> Paper[StatementLine]:
    """Another one each time: typst remembers what it has set before."""
    return Paper(
        title="Commission statement, October 2026",
        number=f"ST-{number}",
        vendor=Party("Adventure Works Cycles", ["1 Bothell Way", "98011 Bothell", "United States"]),
        partner=Party("Enterprise Center", ["Werkstraße 7", "80331 München", "Germany"]),
        facts=[("Month", "October 2026"), ("Currency", "EUR")],
        equation=[Term("Earned", "€4,143.09"), Term("Payable", "€4,143.09", "=")],
        lines=[_line(number, index) for index in range(LINES)],
        total=Total("Sum of the lines", "€4,143.09"),
    )


def _line(number: int, index: int) -> StatementLine:
    basis, amount = f"€{number}{index}.00", f"€{number}{index}.{index % 100:02}"
    steps = [Step(f"{basis} at 8% for bikes", amount), Step("Partner's share, 60%", amount)]
    return StatementLine(f"INV-{number}-{index}", "Oct 9, 2026", "Bike Share", basis, amount, steps)


if __name__ == "__main__":
    main()
