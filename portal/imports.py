"""CSV files that people hand in, read strictly, so that a file never means what nobody meant.

A header is required; UTF-8 with or without its mark; `;` is accepted when the header has no
comma.  Dates are ISO dates, amounts have a point and no thousands separator, text is never
read as a number.  What makes the whole file unreadable is Refused at once, before a row is
taken; a bad row is a list of problems that say row, column, what is wrong and what to do.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Literal

from models.errors import Refused
from models.money import is_currency

Kind = Literal[
    "text", "list", "amount", "quantity", "number", "day", "moment", "currency", "yes or no"
]

SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How .xlsx and .xls files begin."""
LONGEST_TEXT = 200
LONGEST_LIST = 32_000
"""Characters of a cell that lists many things, such as the places of a territory."""
MOST_DIGITS = 15
AS_CSV = "In the spreadsheet choose Save as, CSV UTF-8 (comma delimited), and hand in that file."


@dataclass(frozen=True)
class ImportColumn:
    """What one column of a file holds, in words for people and for the reader."""

    name: str
    kind: Kind
    meaning: str
    required: bool = True


@dataclass(frozen=True)
class Problem:
    """Why something was not loaded.  row 1 is the header; column "" is the whole row."""

    row: int
    column: str
    what: str
    remedy: str


@dataclass(frozen=True)
class ImportRow:
    """One row; an optional cell that is empty is None.  With problems, use no value of it
    but to tell what the row was about."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    cells: dict[str, str] = field(default_factory=dict)
    """As they were written."""


class BadCell(Exception):
    """A cell cannot be what its column says: `what` is wrong, `remedy` mends it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


class ImportFile:
    """A file whose header is right and whose every row can be told apart."""

    def __init__(
        self, content: bytes, columns: Sequence[ImportColumn], *, thousands: str = ""
    ) -> None:
        """Raises Refused, saying how to mend it, when the file cannot be read as a whole.

        thousands: the mark, "," or ".", that somebody said stands between the thousands of its
        amounts; the other one stands before the decimals.
        """
        self._text = _text(content)
        self._thousands = thousands
        header = self._text.lstrip("\n\r").partition("\n")[0]
        self._delimiter = "," if "," in header or ";" not in header else ";"
        self._columns = {column.name: column for column in columns}
        self._header = self._checked_header()
        self.total = sum(1 for _ in self._records())

    def __iter__(self) -> Iterator[ImportRow]:
        for number, cells in self._records():
            yield self._row(number, cells)

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """The rows below the header that are not blank, with their numbers."""
        for number, cells in self._raw():
            if number > 1 and any(cells):
                yield number, cells

    def _raw(self) -> Iterator[tuple[int, list[str]]]:
        number = 0
        reader = csv.reader(
            io.StringIO(self._text, newline=""), delimiter=self._delimiter, strict=True
        )
        try:
            for number, cells in enumerate(reader, start=1):
                yield number, [cell.strip() for cell in cells]
        except csv.Error:
            raise Refused(
                f"The file cannot be read after row {number}: a quotation mark there opens or "
                "closes in the wrong place. Write a quotation mark inside a text twice."
            ) from None

    def _checked_header(self) -> list[str]:
        _, cells = next(self._raw(), (1, []))
        header = [cell.lower().replace(" ", "_") for cell in cells]
        while header and not header[-1]:
            header.pop()
        if not set(header) & set(self._columns):
            raise Refused("The first row must name the columns: " + ", ".join(self._columns) + ".")
        for name in header:
            if name not in self._columns:
                raise Refused(self._unknown(name))
            if header.count(name) > 1:
                raise Refused(f"The column {name} stands twice in the header; keep one of them.")
        missing = [c.name for c in self._columns.values() if c.required and c.name not in header]
        if missing:
            raise Refused(
                "The header lacks " + ", ".join(missing) + ". Add what is missing to the first row."
            )
        return header

    def _unknown(self, name: str) -> str:
        near = get_close_matches(name, self._columns, n=1)
        hint = f"Did you mean {near[0]}?" if near else "Remove it, or rename it."
        return (
            f"The column “{name}” in the header is not known. {hint} "
            "The columns are " + ", ".join(self._columns) + "."
        )

    def _row(self, number: int, cells: list[str]) -> ImportRow:
        width = len(self._header)
        values: dict[str, Any] = dict.fromkeys(self._columns)
        problems = []
        for name, cell in zip(self._header, cells, strict=False):
            try:
                values[name] = _value(self._columns[name], cell, self._thousands)
            except BadCell as bad:
                problems.append(Problem(number, name, bad.what, bad.remedy))
        if len(cells) < width or any(cells[width:]):
            what = f"The row has {len(cells)} cells, the header has {width}."
            remedy = "Put a text that contains the separator between quotation marks."
            problems = [Problem(number, "", what, remedy)]
        return ImportRow(
            number, values, tuple(problems), dict(zip(self._header, cells, strict=False))
        )


def _text(content: bytes) -> str:
    if content.startswith(SPREADSHEETS):
        raise Refused(f"This is a spreadsheet, not a CSV file. {AS_CSV}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise Refused(f"Row {row} holds a character that is not UTF-8. {AS_CSV}") from None
    if not text.strip():
        raise Refused("The file is empty. Hand in a file with a header and one row or more.")
    return text


def _value(column: ImportColumn, cell: str, thousands: str) -> Any:
    if cell:
        if thousands and column.kind == "amount":
            cell = _without(thousands, cell)
        return READERS[column.kind](cell)
    if column.required:
        raise BadCell("The cell is empty.", f"Write the {column.name.replace('_', ' ')}.")
    return None


def _as_list(cell: str) -> str:
    return _as_text(cell, LONGEST_LIST)


def _as_text(cell: str, longest: int = LONGEST_TEXT) -> str:
    if len(cell) > longest:
        raise BadCell(f"The text has {len(cell)} characters.", f"Shorten it to {longest} or fewer.")
    if any(not mark.isprintable() and mark not in "\r\n\t" for mark in cell):
        raise BadCell("The text holds an invisible control character.", "Type the text anew.")
    return cell


def _as_amount(cell: str) -> Decimal:
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell):
        if sum(mark.isdigit() for mark in cell) > MOST_DIGITS:
            raise BadCell(f"{_quoted(cell)} is too large.", "Check the amount.")
        return Decimal(cell)
    if re.fullmatch(r"-?[0-9]+,[0-9]{1,2}", cell):
        raise BadCell(f"{_quoted(cell)} has a decimal comma.", f"Write {cell.replace(',', '.')}.")
    if re.fullmatch(r"-?[0-9]{1,3}([,' \u00a0\u202f][0-9]{3})+(\.[0-9]+)?", cell):
        plain = re.sub(r"[^0-9.-]", "", cell)
        raise BadCell(f"{_quoted(cell)} has a thousands separator.", f"Write {plain}.")
    raise BadCell(
        f"{_quoted(cell)} is not an amount.",
        "Write digits and a point, such as 1250.00, without spaces or a currency.",
    )


def _without(thousands: str, cell: str) -> str:
    """The amount with a point before the decimals and nothing between the thousands."""
    decimals = "." if thousands == "," else ","
    digits = rf"-?([0-9]+|[0-9]{{1,3}}(\{thousands}[0-9]{{3}})+)(\{decimals}[0-9]+)?"
    if not re.fullmatch(digits, cell):
        example = f"1{thousands}250{decimals}00"
        raise BadCell(f"{_quoted(cell)} is not written as {example} is.", f"Write {example}.")
    return cell.replace(thousands, "").replace(decimals, ".")


def _as_quantity(cell: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", cell) or int(cell) == 0:
        raise BadCell(
            f"{_quoted(cell)} is not a quantity.", "Write a whole number of 1 or more, such as 12."
        )
    return int(cell)


def _as_number(cell: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,9}", cell):
        raise BadCell(f"{_quoted(cell)} is not a whole number.", "Write digits, such as 12.")
    return int(cell)


def _as_day(cell: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
        raise BadCell(
            f"{_quoted(cell)} is not a date as year-month-day.",
            "Write it as in 2026-11-30; in a spreadsheet, format the column as text first.",
        )
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise BadCell(f"There is no day {cell}.", "Check the month and the day.") from None


def _as_moment(cell: str) -> date | datetime:
    """An aware datetime, or a date when the file gives only the day."""
    if "T" not in cell:
        return _as_day(cell)
    try:
        if re.fullmatch(r"[-0-9]{10}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})", cell):
            return datetime.fromisoformat(cell)
    except ValueError:
        pass
    raise BadCell(
        f"{_quoted(cell)} is not an instant.",
        "Write a day such as 2026-11-30, or an instant with its zone such as 2026-11-30T14:05:00Z.",
    )


def _as_currency(cell: str) -> str:
    if not (len(cell) == 3 and cell.isupper() and is_currency(cell)):
        raise BadCell(
            f"{_quoted(cell)} is not a currency.", "Write its ISO 4217 code in capitals, as in EUR."
        )
    return cell


def _as_yes_or_no(cell: str) -> bool:
    if cell.lower() not in ("yes", "no"):
        raise BadCell(f"{_quoted(cell)} is neither yes nor no.", "Write yes or no.")
    return cell.lower() == "yes"


def _quoted(cell: str) -> str:
    return f"“{cell if len(cell) <= 40 else cell[:39] + '…'}”"


READERS: dict[Kind, Callable[[str], Any]] = {
    "text": _as_text,
    "list": _as_list,
    "amount": _as_amount,
    "quantity": _as_quantity,
    "number": _as_number,
    "day": _as_day,
    "moment": _as_moment,
    "currency": _as_currency,
    "yes or no": _as_yes_or_no,
}
