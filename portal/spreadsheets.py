"""Spreadsheets that people hand in, as CSV: the first sheet, read row by row and never trusted.

A spreadsheet is a packed folder, and a small one may unpack to more than any memory holds: what
it says it unpacks to is added up first, and one that is too large, or packed too tightly to be
an honest list, is refused before anything of it is read.  Formulas are never worked out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from models.errors import Refused
from portal.imports import AS_CSV

MOST_PARTS = 5_000
MOST_UNPACKED = 300 * 1024 * 1024
TIGHTEST = 200
"""Times that a part may be larger than it is packed; an honest sheet is some twenty times."""
TOLD_EVERY = 10_000
IS_PACKED = b"PK\x03\x04"


def as_csv(content: bytes, told: Callable[[int], None] | None = None) -> bytes:
    """The content itself, or the first sheet of a spreadsheet as CSV.  Raises Refused.

    told: hears now and then how many rows are unpacked.
    """
    if not content.startswith(IS_PACKED):
        return content
    _refuse_bombs(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            writer.writerow([_written(cell) for cell in row])
            if told and number % TOLD_EVERY == 0:
                told(number)
        book.close()
    except (BadZipFile, KeyError, ValueError, IndexError, SyntaxError) as error:
        raise Refused(f"This spreadsheet cannot be read. {AS_CSV}") from error
    return text.getvalue().encode()


def _refuse_bombs(content: bytes) -> None:
    try:
        parts = ZipFile(io.BytesIO(content)).infolist()
    except BadZipFile as error:
        raise Refused(f"This spreadsheet is damaged. {AS_CSV}") from error
    tight = any(
        part.file_size > 1_000_000 and part.file_size > TIGHTEST * max(part.compress_size, 1)
        for part in parts
    )
    unpacked = sum(part.file_size for part in parts)
    if tight or len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED:
        raise Refused(f"This spreadsheet unpacks to too much to be a list. {AS_CSV}")


def _written(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
