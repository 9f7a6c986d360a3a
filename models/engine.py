"""The database engine.  The one file that knows how SQLite and PostgreSQL differ.

SQLite: write-ahead log, full synchronisation, foreign keys on, and BEGIN
IMMEDIATE for whoever is going to write, so that two writers queue instead of
failing half-way.  PostgreSQL: read committed, row locks do the queueing.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select

from models import tripwire
from models.errors import Refused

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000")


NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
"""The last two when the file beside the database finds no room."""

CONNECT_SECONDS = 5
POOL = {"pool_size": 8, "max_overflow": 2, "pool_timeout": 10, "pool_pre_ping": True}
"""Of one process, which has eight threads: who finds none free in ten seconds is told to try
again.  The server must allow ten for each web process and for each worker."""


def connect(url: str, *, is_pooled: bool = False, **options: Any) -> Engine:
    """An engine for `sqlite:///…` or `postgresql://…`.  Raises Refused for anything else.

    is_pooled: a pooler stands between that hands a connection on after each transaction, so
    nothing may be kept on it: no statement is prepared there.
    """
    if url.startswith("postgres://"):  # what hosting services hand out; SQLAlchemy refuses it
        url = "postgresql://" + url.removeprefix("postgres://")
    if is_pooled and url.startswith("postgresql"):
        options["connect_args"] = {"prepare_threshold": None}
    engine = _connect(url, **options)
    tripwire.watch(engine)
    return engine


def _connect(url: str, **options: Any) -> Engine:
    backend = make_url(url).get_backend_name()
    if backend == "sqlite":
        engine = create_engine(url, **options)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if backend == "postgresql":
        words = {"connect_timeout": CONNECT_SECONDS} | options.pop("connect_args", {})
        return create_engine(url, connect_args=words, **(POOL | options))
    raise Refused(f"DATABASE_URL: {backend} is not supported; use sqlite or postgresql.")


def has_no_room(error: BaseException | None) -> bool:
    """Whether the database could not write because its disk is full."""
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode in NO_ROOM
    return getattr(error, "sqlstate", None) == "53100"


def wait_in_line(connection: Connection, line: str) -> None:
    """Hold a place that only one transaction has at a time, until this one ends.

    On SQLite whoever writes has it already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(line, 0))))


def for_writing(engine: Engine) -> Engine:
    """The same engine, for a transaction that is going to write."""
    return engine.execution_options(writes=True)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves; the driver says it too late
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    # nosemgrep: raw-sql (two constants)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
