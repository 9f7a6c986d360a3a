"""Loads a file of invoices, payments or credit notes: the good rows, and a report of the bad.

Each invoice, payment or credit note stands in a savepoint of its own, so that one that is
refused leaves nothing behind and the others stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime
from itertools import islice

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import commissions, sales
from models.errors import Refused
from models.people import Actor
from models.sales import RefusedSale, SalesImport
from portal.imports import ImportFile, ImportRow, Problem
from portal.sales.files import FileKind
from portal.sales.recording import LOADERS, BadRow, Loading

Tick = Callable[[int, int], None]
"""Told how many rows of how many are done."""

Opening = Callable[[], AbstractContextManager[Session]]
"""Gives the session of each part: a page's own, or a new transaction for a command."""

PART = 200
"""Things between two commits of a command, so that others can write meanwhile."""


def load(
    opening: Opening,
    kind: FileKind,
    content: bytes,
    *,
    file_name: str,
    by: Actor,
    now: datetime,
    most_rows: int | None = None,
    tick: Tick = lambda _done, _total: None,
) -> SalesImport:
    """Load what is good, let it earn, and keep a report.

    Raises Refused when nothing can be read.  Killed between two parts, it goes on when
    the same file is handed in again.
    """
    file = ImportFile(content, kind.columns)
    if most_rows is not None and file.total > most_rows:
        raise Refused(
            f"The file has {file.total:,} rows; a page takes {most_rows:,}. Split it, or let "
            "your administrator load it with the command `portal sales import`."
        )
    loading = Loading(kind, by, now)
    things = _things(loading, file)
    done = 0
    while part := list(islice(things, PART)):
        with opening() as session:
            loading.begin(session)
            for rows in part:
                _load_one(loading, rows)
                done += len(rows)
                tick(done, file.total)
            commissions.catch_up(session, now=now)
    with opening() as session:
        return _report(session, loading, file_name, file.total)


def _report(session: Session, loading: Loading, file_name: str, row_count: int) -> SalesImport:
    return sales.keep_report(
        session,
        kind=loading.kind.name,
        file_name=file_name,
        row_count=row_count,
        loaded=loading.loaded,
        unchanged=loading.unchanged,
        refused=loading.refused,
        problems=[asdict(problem) for problem in sorted(loading.problems, key=lambda bad: bad.row)],
        by=loading.by,
        now=loading.now,
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
    loading.customers.clear()  # one that was added for this invoice is gone again
    loading.refused += 1


def _column(kind: FileKind, refusal: Refused) -> str:
    field = refusal.field if isinstance(refusal, RefusedSale) else ""
    return field if field in {column.name for column in kind.columns} else ""
