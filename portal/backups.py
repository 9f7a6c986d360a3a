"""Backups: the whole database as one file beside a list of what is in it, and back again.

Files at deals are rows of the database, so nothing else has to be kept but `SEALING_KEY`, and that
apart.  PostgreSQL's own programs write and read its file; here alone the portal starts others.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess  # nosec B404: PostgreSQL's own programs, see _say
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, inspect, make_url

from models import engine as engines
from models import migrations, roles
from models.errors import Refused
from models.scope import as_vendor
from portal.settings import Settings

PREFIX = "counterpart-"
ENDINGS = {"sqlite": ".sqlite", "postgresql": ".dump"}
LIST = ".json"
"""Added to the name of a backup: the list of what is in it."""

READ_BYTES = 1 << 20


@dataclass(frozen=True)
class Backup:
    """What was written, and what is in it."""

    file: str
    at: str
    revision: str
    sha256: str
    size: int
    seconds: float
    rows: dict[str, int]
    """By table."""

    @property
    def words(self) -> str:
        total = sum(self.rows.values())
        return (
            f"{total:,} rows of {len(self.rows)} tables, {self.size / 1e6:,.1f} MB,"
            f" in {self.seconds:,.1f} s: {self.file}"
        )


def backup(engine: Engine, settings: Settings, folder: Path, *, at: datetime) -> Backup:
    """Write one while others go on writing; what it holds is of one instant.

    Raises Refused with nothing left behind.
    """
    if not folder.is_dir():
        raise Refused(f"There is no folder {folder}. Make it, for this user alone (mode 700).")
    dialect, began = engine.dialect.name, time.monotonic()
    file = folder / f"{PREFIX}{at:%Y-%m-%d-%H%M%S}{ENDINGS[dialect]}"
    part = file.with_name(file.name + ".part")
    try:
        part.touch(mode=0o600)
        how = _copy_sqlite if dialect == "sqlite" else _dump_postgresql
        revision, rows = how(engine, settings, part)
        digest = _digest(part)
        size, took = part.stat().st_size, round(time.monotonic() - began, 2)
        kept = Backup(str(file), f"{at:%Y-%m-%dT%H:%M:%SZ}", revision, digest, size, took, rows)
        _list_of(file).write_text(json.dumps(asdict(kept), indent=1))
        _list_of(file).chmod(0o600)
        part.rename(file)
    except (OSError, sqlite3.Error, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        raise Refused(f"No backup was written to {folder}: {said.strip()}") from error
    finally:
        part.unlink(missing_ok=True)
    return kept


def forget_older(folder: Path, *, keep: int) -> list[str]:
    """Delete all but the newest; their names."""
    found = sorted(one for one in folder.glob(f"{PREFIX}*") if one.suffix in ENDINGS.values())
    old = found[:-keep]
    for file in old:
        file.unlink()
        _list_of(file).unlink(missing_ok=True)
    return [file.name for file in old]


def restore(settings: Settings, file: Path) -> Backup:
    """Into the database of the settings, which must be empty; counted against its list afterwards.

    Raises Refused, and then the database is as empty as it was.
    """
    kept = _read_list(file)
    owner = settings.database_owner_url or settings.database_url
    url = make_url(owner)
    dialect = url.get_backend_name()
    if file.suffix != ENDINGS.get(dialect):
        raise Refused(f"{file.name} is no backup of {dialect}; DATABASE_URL must name its kind.")
    if kept.revision not in migrations.known():
        raise Refused(f"{file.name} is of a newer Counterpart (revision {kept.revision}).")
    if _digest(file) != kept.sha256:
        raise Refused(f"{file.name} is not what was written then: its SHA-256 differs.")
    engine = engines.connect(owner)
    try:
        _must_be_empty(engine)
        if dialect == "sqlite":
            engine.dispose()
            shutil.copyfile(file, _sqlite_file(url))
        else:
            _read_dump(url, file)
            roles.let_in(engine, settings.database_url)
        with _asking(engine) as ask:
            _, rows = _what_is_in(ask, dialect)
        if rows != kept.rows:
            differing = sorted(set(rows.items()) ^ set(kept.rows.items()))
            raise Refused(f"Restored, but not equal: {differing[0]} of {len(differing)}.")
    finally:
        engine.dispose()
    return kept


def _read_list(file: Path) -> Backup:
    try:
        return Backup(**json.loads(_list_of(file).read_text()))
    except (OSError, ValueError, TypeError):
        raise Refused(
            f"There is no list {_list_of(file).name} beside the backup, or it cannot be read."
        ) from None


def _list_of(file: Path) -> Path:
    return file.with_name(file.name + LIST)


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while part := content.read(READ_BYTES):
            digest.update(part)
    return digest.hexdigest()


def _must_be_empty(engine: Engine) -> None:
    if inspect(engine).get_table_names():
        raise Refused(
            f"The database {engine.url.render_as_string()} is not empty. Name an empty one in"
            " DATABASE_URL; nothing is ever written over."
        )


Ask = Callable[[str], Any]
"""Answers one question with one value."""


@contextmanager
def _asking(engine: Engine, **options: Any) -> Iterator[Ask]:
    """Over one connection of the vendor's, in one transaction."""
    with engine.connect().execution_options(**options) as connection:
        as_vendor(connection)
        # nosemgrep: raw-sql (names of tables that are there)
        yield lambda question: connection.exec_driver_sql(question).scalar()


TABLES = {
    "sqlite": "SELECT group_concat(name) FROM sqlite_master WHERE type = 'table'"
    " AND name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT string_agg(relname, ',') FROM pg_class WHERE relkind = 'r'"
    " AND relnamespace = current_schema()::regnamespace",
}


def _what_is_in(ask: Ask, dialect: str) -> tuple[str, dict[str, int]]:
    """(revision, rows by table)."""
    tables = sorted(str(ask(TABLES[dialect])).split(","))
    rows = {table: int(ask(f'SELECT count(*) FROM "{table}"')) for table in tables}
    return str(ask("SELECT version_num FROM alembic_version")), rows


def _copy_sqlite(engine: Engine, _settings: Settings, part: Path) -> tuple[str, dict[str, int]]:
    """By SQLite itself, in one step: copying the file by hand would tear it."""
    copy, raw = sqlite3.connect(part), engine.raw_connection()
    try:
        raw.driver_connection.backup(copy)  # type: ignore[union-attr]
        copy.execute("PRAGMA journal_mode = DELETE")
        said = copy.execute("PRAGMA quick_check").fetchone()[0]
        if said != "ok":
            raise Refused(f"SQLite finds fault with the copy: {said}")
        return _what_is_in(lambda question: copy.execute(question).fetchone()[0], "sqlite")
    finally:
        copy.close()
        raw.close()


def _sqlite_file(url: URL) -> Path:
    return Path(str(url.database))


def _dump_postgresql(_engine: Engine, settings: Settings, part: Path) -> tuple[str, dict[str, int]]:
    """By pg_dump, which looks at the same instant as the list does."""
    url = settings.database_backup_url or settings.database_url
    engine = engines.connect(url)
    try:
        with _asking(engine, isolation_level="REPEATABLE READ") as ask:
            words = ["--format=custom", f"--file={part}"]
            instant = ask("SELECT pg_export_snapshot()")
            told = _what_is_in(ask, "postgresql")
            _say("pg_dump", make_url(url), f"--snapshot={instant}", *words)
            return told
    finally:
        engine.dispose()


def _read_dump(url: URL, file: Path) -> None:
    words = [
        "--no-owner",
        "--no-privileges",
        "--no-comments",
        "--single-transaction",
        "--exit-on-error",
    ]
    try:
        _say("pg_restore", url, *words, str(file))
    except subprocess.CalledProcessError as error:
        raise Refused(f"Nothing was restored: {error.stderr.strip()}") from error


def _say(program: str, url: URL, *words: str) -> None:
    """Start PostgreSQL's own program; the password is not in its words, which others can read."""
    if shutil.which(program) is None:
        raise Refused(f"{program} is not installed: apt-get install postgresql-client.")
    where = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username}
    secret = {"PGPASSWORD": url.password, "PGSSLMODE": url.query.get("sslmode")}
    said = {name: str(value) for name, value in (where | secret).items() if value}
    # nosemgrep: other-programs (the only way to a whole PostgreSQL; all words are ours)
    subprocess.run(  # nosec B603
        [program, f"--dbname={url.database}", *words],
        check=True, capture_output=True, text=True, env=os.environ | said,
    )  # fmt: skip
