"""Lists as files: one description of columns and rows, as CSV or as a spreadsheet.

    columns = [
        Column("Invoice", lambda row: row.number),
        Column("Net", lambda row: Money(row.net_minor, row.currency), "money"),
        Column("Currency", lambda row: row.currency),
        Column("Issued", lambda row: row.issued_on, "day"),
    ]
    return sheet_response("Invoices 2026-11", columns, rows, request.args["as"])

A file is written whole before it is answered: one that fails half-way is an error page,
never a list that ends too early.  Rows are taken one at a time and the file waits on disk,
so memory does not grow with the list; give long lists as
`session.execute(statement.execution_options(yield_per=1000))`.

Money is written as a number in major units without its currency: put the currency in a
column of its own beside it, so that nobody adds dollars to yen.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Literal

from flask import Response, abort
from sqlalchemy import Result, ScalarResult
from xlsxwriter import Workbook

from models.errors import Refused
from models.money import Money, exponent

Kind = Literal["text", "money", "day", "instant", "number", "percent"]

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SAFE_BOOK = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
LOOKS_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
MEMORY_BYTES = 1 << 20
"""A file up to this size never touches the disk."""
CHUNK_BYTES = 1 << 16
MOST_ROWS = 1_048_575
"""Rows of a spreadsheet below its header; Excel's limit."""
LONGEST_TEXT = 32_767
"""Characters of one cell; Excel's limit."""
WIDTHS = {"text": 24, "money": 15, "day": 12, "instant": 20, "number": 10, "percent": 10}
"""In characters."""


@dataclass(frozen=True)
class Column:
    """`value` takes a row to what its cell says; None is an empty cell.

    kind: text; money (a Money); day (a date); instant (an aware datetime, written in UTC);
    number (int or Decimal); percent (a Decimal fraction, 0.05 for five per cent).
    """

    heading: str
    value: Callable[[Any], Any]
    kind: Kind = "text"

    @property
    def title(self) -> str:
        return f"{self.heading} (UTC)" if self.kind == "instant" else self.heading


def sheet_response(
    name: str, columns: Sequence[Column], rows: Iterable[Any], kind: str
) -> Response:
    """The list as a download called after `name`; `kind` is "csv" or "xlsx", others are 404.

    Rows that nobody reads to their end are closed: the server keeps a cursor open for them.
    """
    file: IO[bytes] = SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115  closed with the answer
    try:
        if kind not in TYPES:
            abort(404)
        WRITERS[kind](file, columns, rows)
    except BaseException:
        file.close()
        if isinstance(rows, Result | ScalarResult | Generator):
            rows.close()
        raise
    return _download(file, f"{safe_name(name)}.{kind}", TYPES[kind])


def safe_name(name: str) -> str:
    """`name` as a file name that is safe in a header and on every disk: "Müller & Co" is
    "muller-co"."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9.]+", "-", ascii_only.lower()).strip("-.")[:80] or "list"


def write_csv(file: IO[bytes], columns: Sequence[Column], rows: Iterable[Any]) -> None:
    """RFC 4180 in UTF-8, with the mark that makes spreadsheets read it as such."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([_harmless(column.title) for column in columns])
    writer.writerows([_csv_cell(column, row) for column in columns] for row in rows)
    text.detach()  # the file stays open for whoever gave it


def write_xlsx(file: IO[bytes], columns: Sequence[Column], rows: Iterable[Any]) -> None:
    """One sheet whose numbers are numbers and whose texts are never formulas."""
    with Workbook(file, SAFE_BOOK) as book:  # closes its scratch files when a row fails, too
        sheet = book.add_worksheet("List")
        head = book.add_format({"bold": True, "bottom": 1})
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, max(WIDTHS[column.kind], len(column.title) + 2))
            sheet.write_string(0, at, column.title, head)
        last = _write_rows(sheet, columns, rows, _Formats(book))
        if columns:
            sheet.autofilter(0, 0, last, len(columns) - 1)


def _write_rows(
    sheet: Any, columns: Sequence[Column], rows: Iterable[Any], formats: _Formats
) -> int:
    """How many rows there were."""
    last = 0
    for last, row in enumerate(rows, start=1):
        if last > MOST_ROWS:
            raise Refused("A spreadsheet holds 1,048,575 rows; export this list as CSV.")
        for at, column in enumerate(columns):
            _write_cell(sheet, last, at, column.value(row), column.kind, formats)
    return last


WRITERS = {"csv": write_csv, "xlsx": write_xlsx}


def _csv_cell(column: Column, row: Any) -> str:
    value = column.value(row)
    if value is None:
        return ""
    match column.kind:
        case "text":
            return _harmless(str(value))
        case "money":
            return f"{value.major:f}"
        case "instant":
            return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        case "day":
            return value.isoformat()
        case _:
            return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _harmless(text: str) -> str:
    """Spreadsheets run a CSV cell that looks like a formula; an apostrophe keeps it text."""
    return f"'{text}" if text.startswith(LOOKS_LIKE_A_FORMULA) else text


class _Formats:
    """The number formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[str, Any] = {}

    def __getitem__(self, pattern: str) -> Any:
        if pattern not in self._made:
            self._made[pattern] = self._book.add_format({"num_format": pattern})
        return self._made[pattern]


def _write_cell(sheet: Any, row: int, at: int, value: Any, kind: Kind, formats: _Formats) -> None:
    if value is None:
        return
    match kind:
        case "text":
            sheet.write_string(row, at, str(value)[:LONGEST_TEXT])
        case "money":
            sheet.write_number(row, at, value.major, formats[_money_pattern(value)])
        case "instant":
            in_utc = value.astimezone(UTC).replace(tzinfo=None, microsecond=0)
            sheet.write_datetime(row, at, in_utc, formats["yyyy-mm-dd hh:mm:ss"])
        case "day":
            midnight = datetime.combine(_day(value), datetime.min.time())
            sheet.write_datetime(row, at, midnight, formats["yyyy-mm-dd"])
        case "percent":
            sheet.write_number(row, at, value, formats["0.00##%"])
        case "number":
            sheet.write_number(row, at, value)


def _money_pattern(amount: Money) -> str:
    decimals = exponent(amount.currency)
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"


def _day(value: date) -> date:
    assert not isinstance(value, datetime), "an instant is not a day: use kind='instant'"
    return value


def _download(file: IO[bytes], name: str, mimetype: str) -> Response:
    length = file.seek(0, io.SEEK_END)
    file.seek(0)
    response = Response(_chunks(file), mimetype=mimetype)
    response.content_length = length
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.call_on_close(file.close)
    return response


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
