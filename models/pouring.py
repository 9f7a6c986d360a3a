"""Rows poured into a table as fast as each database's driver takes them; used by bulk.py alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zlib import crc32


def copy(cursor: Any, table: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
    """By way of a table of this transaction: COPY cannot write where policies judge each row."""
    beside = _beside(table, columns)
    cursor.execute(
        f"CREATE TEMP TABLE IF NOT EXISTS {beside} ON COMMIT DROP AS"
        f" SELECT {columns} FROM {table} WITH NO DATA"
    )
    with cursor.copy(f"COPY {beside} ({columns}) FROM STDIN WITH (NULL '{NOTHING}')") as told:
        told.write(_lines(rows))
    cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {beside}")
    cursor.execute(f"TRUNCATE {beside}")


def pour(cursor: Any, table: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
    """By way of a table of this connection: one statement for all of them.

    Where triggers ask, SQLite prepares to take each statement back by copying every page that it
    touches; that took longer than the rows themselves.
    """
    marks = ", ".join("?" * len(rows[0]))
    if len(rows) < FEW:
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
        return
    beside = _beside(table, columns)
    cursor.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    cursor.execute(room(table, columns))
    try:
        cursor.executemany(f"INSERT INTO {beside} VALUES ({marks})", rows)
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {beside}")
    finally:
        cursor.execute(f"DELETE FROM {beside}")


def room(table: str, columns: str) -> str:
    """The statement that makes the table beside, if it is not there."""
    beside = _beside(table, columns)
    return f"CREATE TEMP TABLE IF NOT EXISTS {beside} AS SELECT {columns} FROM {table} WHERE 0"


def _beside(table: str, columns: str) -> str:
    return f"bulk_{crc32(f'{table} {columns}'.encode())}"


CACHE_KIB = 65_536
"""Of SQLite's pages, for whoever writes many rows: the pages of an index are met again."""
FEW = 100
"""Rows that SQLite takes one by one."""


def _lines(rows: Sequence[Sequence[Any]]) -> str:
    """PostgreSQL's text format, with None for nothing: a tab between values, a line for each row.

    Most rows need no escape, which is seen by counting: only then is each value looked at.
    """
    width, form = len(rows[0]), "\t".join(["%s"] * len(rows[0])) + "\n"
    told = "".join([form % tuple(row) for row in rows])
    counted = (told.count("\t"), told.count("\n"), told.count(NOTHING))
    expected = (len(rows) * (width - 1), len(rows), sum([row.count(None) for row in rows]))
    if counted == expected and "\\" not in told and "\r" not in told:
        return told
    return "".join([form % tuple(map(_escaped, row)) for row in rows])


def _escaped(value: Any) -> Any:
    """None stays None; a text that reads like it begins with an escape, so that it is a text."""
    if not isinstance(value, str):
        return value
    return "\\x4e" + value[1:] if value == NOTHING else value.translate(ESCAPED)


NOTHING = "None"
ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
