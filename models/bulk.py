"""Many rows in and out at once: the one file that knows what each database's driver does best.

Ids are 32 hexadecimal digits, days and instants are ISO text in UTC, wherever rows are many:
making objects of them takes longer than the work on them.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import Any, TypeVar

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Engine,
    Select,
    String,
    Uuid,
    any_,
    bindparam,
    cast,
    column,
    func,
    select,
    text,
    true,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from models import pouring

Part = TypeVar("Part")
Done = TypeVar("Done")


@contextmanager
def many_objects() -> Iterator[None]:
    """While thousands of small objects are made that do not refer to each other in circles:
    looking for such circles again and again would take longer than the work.

    Afterwards they are looked for once, among what was made meanwhile alone, for some are left.
    """
    global _making, _ended  # how many threads are at it, and have been
    with _MAKING:
        if not _making:
            gc.disable()
            _leave_older(1)
        _making += 1
    try:
        yield
    finally:
        with _MAKING:
            _making -= 1
            _ended += 1
            if not _making or _ended % SELDOM == 0:
                gc.collect()
            if not _making:
                _leave_older(-1)
                gc.enable()


def _leave_older(more: int) -> None:
    """Whoever says so first leaves all that there is out of every search, until all have ended."""
    global _leaving
    if _leaving == 0:
        gc.freeze()
    _leaving += more
    if _leaving == 0:
        gc.unfreeze()


_MAKING, _making, _ended, _leaving = Lock(), 0, 0, 0
SELDOM = 16
"""While others are at it, all that they hold would be looked through each time."""


def each_part(
    engine: Engine, work: Callable[[Part], Done], parts: Iterable[Part]
) -> Iterator[Done]:
    """What `work` does, in a transaction of its own, for each of some parts that never meet.

    Where the database is a server it is given one part while the next is thought about.  When
    one goes wrong, those that have not begun are left.
    """
    with _MAKING:
        _leave_older(1)  # what a part leaves behind is found when the next ones end
    try:
        if engine.dialect.name == "postgresql":
            with ThreadPoolExecutor(BESIDE) as pool:
                yield from pool.map(work, parts)
        else:
            yield from map(work, parts)
    finally:
        with _MAKING:
            _leave_older(-1)


BESIDE = 2
"""Parts that a server is given at a time."""


def keys_at_the_end(session: Session) -> None:
    """What refers to a row that goes and comes back is looked at when the transaction ends."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    how = "PRAGMA defer_foreign_keys = ON" if is_sqlite else "SET CONSTRAINTS ALL DEFERRED"
    session.execute(text(how))


class hex_id(FunctionElement[str]):
    """An id as 32 hexadecimal digits."""

    type = String()
    inherit_cache = True


class utc_text(FunctionElement[str]):
    """An instant as text, such as 2026-11-30 17:05:00.000000, in UTC."""

    type = String()
    inherit_cache = True


class day_text(FunctionElement[str]):
    """A day as text, such as 2026-11-30."""

    type = String()
    inherit_cache = True


@compiles(hex_id)
@compiles(utc_text)
@compiles(day_text)
def _as_kept(element: Any, compiler: Any, **more: Any) -> str:
    """SQLite keeps all three as just this text."""
    return str(compiler.process(element.clauses, **more))


@compiles(hex_id, "postgresql")
def _hex_id(element: Any, compiler: Any, **more: Any) -> str:
    return f"replace(CAST({compiler.process(element.clauses, **more)} AS VARCHAR), '-', '')"


@compiles(utc_text, "postgresql")
def _utc_text(element: Any, compiler: Any, **more: Any) -> str:
    told = compiler.process(element.clauses, **more)
    return f"CAST(timezone('UTC', {told}) AS VARCHAR)"


@compiles(day_text, "postgresql")
def _day_text(element: Any, compiler: Any, **more: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **more)} AS VARCHAR)"


def among(session: Session, asked: Any, values: Collection[str]) -> ColumnElement[bool]:
    """Whether a column is one of many values, handed over as one: ids as hexadecimal digits."""
    if session.get_bind().dialect.name == "postgresql":
        return asked == any_(_array(asked, values))
    each = func.json_each(bindparam(None, orjson.dumps(list(values)).decode(), type_=String))
    return asked.in_(select(column("value", asked.type)).select_from(each))


def of_each(
    session: Session, asked: Any, values: Collection[str], grouped: Select[Any]
) -> Select[Any]:
    """What `grouped` finds where a column is each of many values, one value after another.

    PostgreSQL is made to look each of them up: where its statistics do not know yet what has just
    been written, it would read everything for each question.
    """
    if session.get_bind().dialect.name != "postgresql":
        return grouped.where(among(session, asked, values))
    every = func.unnest(_array(asked, values))
    one = every.table_valued(column("value", asked.type), name="one").render_derived()
    theirs = grouped.where(asked == one.c.value).lateral("theirs")
    return select(*theirs.c).select_from(one.join(theirs, true()))


def _array(asked: Any, values: Collection[str]) -> ColumnElement[Any]:
    """As one text: the driver takes longer over a list."""
    if isinstance(asked.type, Uuid):
        return cast(bindparam(None, f"{{{','.join(values)}}}", type_=String), ARRAY(Uuid()))
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    told = ",".join(f'"{value}"' for value in quoted)
    return cast(bindparam(None, f"{{{told}}}", type_=String), ARRAY(String()))


LOOK_UP = text("SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)")


def look_things_up(session: Session) -> None:
    """Until the transaction ends PostgreSQL finds rows by their indexes.

    How it checks keys and triggers is decided once a connection, while a table that is going to
    have millions of rows may be empty, and reading all of it seems cheapest.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(LOOK_UP)


def insert(
    session: Session, table: Any, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """COPY on PostgreSQL, executemany on SQLite; values as the head of this file says."""
    if not rows:
        return
    session.flush()
    connection = session.connection()
    quote = connection.dialect.identifier_preparer.quote
    name, listed = quote(table.name), ", ".join(map(quote, columns))
    into = f"{name} ({listed})"
    cursor = connection.connection.cursor()
    try:
        if connection.dialect.name == "postgresql":
            pouring.copy(cursor, name, listed, rows)
        else:
            pouring.pour(cursor, name, listed, rows)
    except connection.dialect.loaded_dbapi.Error as error:
        kind = connection.dialect.loaded_dbapi.Error
        raise DBAPIError.instance(into, None, error, kind, dialect=connection.dialect) from error
    finally:
        cursor.close()


def make_room(session: Session, table: Any, columns: Sequence[str]) -> None:
    """For `insert`, before rows are read that it follows: a table made meanwhile ends the read."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        quote = connection.dialect.identifier_preparer.quote
        # nosemgrep: raw-sql (names of a declared table)
        connection.exec_driver_sql(pouring.room(quote(table.name), ", ".join(map(quote, columns))))


def instant_text(instant: datetime) -> str:
    """As both databases take it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def new_ids(at_once: int = 4096) -> Iterator[str]:
    """Time-ordered ids (UUID version 7) for ever, each after the one before."""
    last_ms = 0
    while True:
        last_ms = max(time.time_ns() // 1_000_000, last_ms + 1)
        head = f"{last_ms:012x}7"
        drawn = bytearray(os.urandom(8 * at_once))
        drawn[::8] = drawn[::8].translate(VARIANT)
        digits = drawn.hex()
        rest = [digits[start : start + 16] for start in range(0, 16 * at_once, 16)]
        yield from [head + number + last for number, last in zip(NUMBERS, rest, strict=False)]


VARIANT = bytes(byte & 0x3F | 0x80 for byte in range(256))
NUMBERS = [f"{number:03x}" for number in range(4096)]
