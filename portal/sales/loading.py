"""Loads a file of invoices, payments or credit notes: the good rows, and a report of the bad.

Each invoice, payment or credit note stands in a savepoint of its own, so that one that is
refused leaves nothing behind and the others stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import sales, vendor
from models.errors import Refused
from models.people import Actor
from models.sales import RefusedSale, SalesImport
from portal.imports import ImportFile, ImportRow, Problem
from portal.sales.files import FileKind
from portal.sales.recording import LOADERS, BadRow, Loading

Tick = Callable[[int, int], None]
"""Told how many rows of how many are done."""


def load(
    session: Session,
    kind: FileKind,
    content: bytes,
    *,
    file_name: str,
    by: Actor,
    now: datetime,
    most_rows: int | None = None,
    tick: Tick = lambda _done, _total: None,
) -> SalesImport:
    """Load what is good and keep a report.  Raises Refused when nothing can be read."""
    file = ImportFile(content, kind.columns)
    if most_rows is not None and file.total > most_rows:
        raise Refused(
            f"The file has {file.total:,} rows; a page takes {most_rows:,}. Split it, or let "
            "your administrator load it with the command `portal sales import`."
        )
    loading = Loading(session, kind, by, now, vendor.settings(session).time_zone)
    done = 0
    for rows in _things(loading, file):
        _load_one(loading, rows)
        done += len(rows)
        tick(done, file.total)
    tick(file.total, file.total)
    loading.problems.sort(key=lambda problem: problem.row)
    return sales.keep_report(
        session,
        kind=kind.name,
        file_name=file_name,
        row_count=file.total,
        loaded=loading.loaded,
        unchanged=loading.unchanged,
        refused=loading.refused,
        problems=[asdict(problem) for problem in loading.problems],
        by=by,
        now=now,
    )


def _things(loading: Loading, file: ImportFile) -> Iterator[Sequence[ImportRow]]:
    """The rows of each thing that the file brings and that can be read."""
    if loading.kind.name == "invoices":
        yield from _whole_invoices(loading, file)
        return
    for row in file:
        if row.problems:
            loading.problems.extend(row.problems)
            loading.refused += 1
        else:
            yield [row]


def _whole_invoices(loading: Loading, file: ImportFile) -> Iterator[Sequence[ImportRow]]:
    """Rows of one number together; half an invoice is never loaded.

    A bad row without a number may belong to the invoice above it, so that one is left
    out as well.
    """
    invoices: dict[str, list[ImportRow]] = {}
    spoiled: dict[str, int] = {}
    number = ""
    for row in file:
        number = row.values.get("number") or number
        if row.problems:
            loading.problems.extend(row.problems)
            spoiled.setdefault(number, row.number)
        else:
            invoices.setdefault(number, []).append(row)
    loading.refused += len(spoiled)
    for number, rows in invoices.items():
        if number not in spoiled:
            yield rows
            continue
        what = f"Invoice {number} is left out whole, because row {spoiled[number]} is bad."
        remedy = f"Mend row {spoiled[number]} and hand in the file again."
        loading.problems.append(Problem(rows[0].number, "", what, remedy))


def _load_one(loading: Loading, rows: Sequence[ImportRow]) -> None:
    first = rows[0]
    try:
        with loading.session.begin_nested():
            is_new = LOADERS[loading.kind.name](loading, rows)
    except BadRow as bad:
        loading.problems.append(bad.problem)
    except Refused as refusal:
        what, _, remedy = str(refusal).partition(". ")
        column = _column(loading.kind, refusal)
        loading.problems.append(Problem(first.number, column, f"{what.rstrip('.')}.", remedy))
    except IntegrityError:
        what = "Somebody else recorded the same a moment ago."
        loading.problems.append(Problem(first.number, "", what, "Hand in the file again."))
    else:
        loading.loaded += is_new
        loading.unchanged += not is_new
        return
    loading.refused += 1


def _column(kind: FileKind, refusal: Refused) -> str:
    field = refusal.field if isinstance(refusal, RefusedSale) else ""
    return field if field in {column.name for column in kind.columns} else ""
