"""Commands about sales: load a file of invoices, payments or credit notes."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from models.people import SYSTEM
from models.sales import SalesImport
from portal.clock import now
from portal.database import transaction
from portal.sales.files import KINDS
from portal.sales.loading import load

PATIENCE_SECONDS = 2.0
"""A bar appears only when it takes longer than this."""

CSV_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("sales", help="Load invoices, payments and credit notes.")
def commands() -> None:
    pass


@commands.command("import")
@click.argument("kind", type=click.Choice(sorted(KINDS)))
@click.argument("file", type=CSV_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def import_file(context: click.Context, kind: str, file: Path, as_json: bool) -> None:
    """Load FILE, a CSV of KIND; its columns are described in docs/imports.md.

    Good rows are loaded, each bad one is reported; the same file again changes nothing.
    Exit code 1 when something was left out.
    """
    with PatientBar(f"Loading {file.name}", hidden=as_json) as bar:
        report = load(
            transaction,
            KINDS[kind],
            file.read_bytes(),
            file_name=file.name,
            by=SYSTEM,
            now=now(),
            tick=bar.tick,
        )
    told = _told(report)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _say(told)
    context.exit(1 if told["refused"] else 0)


class PatientBar:
    """A progress bar on the error stream that only shows when people would wonder."""

    def __init__(self, what: str, *, hidden: bool) -> None:
        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._bar.disable = hidden
        self._task: Any = None
        self._since = time.monotonic()

    def __enter__(self) -> PatientBar:
        return self

    def tick(self, done: int, total: int) -> None:
        if self._task is None:
            if time.monotonic() - self._since < PATIENCE_SECONDS:
                return
            self._bar.start()
            self._task = self._bar.add_task("rows", total=total)
        self._bar.update(self._task, completed=done)

    def __exit__(self, *_error: object) -> None:
        self._bar.stop()


def _told(report: SalesImport) -> dict[str, Any]:
    names = ("kind", "row_count", "loaded", "unchanged", "refused", "problem_count", "problems")
    return {"file": report.file_name} | {name: getattr(report, name) for name in names}


def _say(told: dict[str, Any]) -> None:
    click.echo(f"{told['loaded']} new, {told['unchanged']} known, {told['refused']} left out.")
    for problem in told["problems"]:
        where = f"row {problem['row']}" + (f", {problem['column']}" if problem["column"] else "")
        click.echo(f"{where}: {problem['what']} {problem['remedy']}", err=True)
    if told["problem_count"] > len(told["problems"]):
        click.echo(f"… and {told['problem_count'] - len(told['problems'])} more.", err=True)
