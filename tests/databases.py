"""The databases that tests run on: built once a run, then copied, so each test starts clean.

A kind of database knows how to make the template (`template_url`), to hand out a copy
(`fresh`) and to take it back (`drop`).  PostgreSQL is a server of our own in a temporary
folder: it is started by the tests, ends with them and touches no other server.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections import Counter
from itertools import count
from pathlib import Path

import psycopg
import pytest

BINARIES = "/usr/lib/postgresql"
START_SECONDS = 30
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "60",
    "listen_addresses": "127.0.0.1",
    "log_min_messages": "fatal",
    "autovacuum": "off",
}
"""A test database may be lost at any time, so it never waits for the disk."""


APP, OWNER = "portal_app", "portal_owner"
"""The role that the portal signs in as, and the one that owns the tables; neither is mighty."""

GIVEN_AT_MOST = 100
"""Tests for one copy; deleted rows are never vacuumed away."""
EMPTY = """
    DO $$ DECLARE name text; BEGIN
        PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
        SET LOCAL session_replication_role = replica;  -- neither triggers nor foreign keys ask
        FOR name IN SELECT quote_ident(relname) FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND pg_relation_size(oid) > 0  -- others have never held a row
        LOOP
            EXECUTE 'DELETE FROM ' || name;
        END LOOP;
    END $$"""


class Sqlite:
    """One file a test, copied from the template file."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="counterpart-sqlite-"))
        self.numbers = count(1)
        self.template_url = self._url("template")

    def fresh(self, template: str = "template") -> str:
        name = f"test{next(self.numbers)}"
        shutil.copyfile(self._file(template), self._file(name))
        return self._url(name)

    def empty(self) -> str:
        """A database without a single table."""
        return self._url(f"test{next(self.numbers)}")

    def drop(self, url: str) -> None:
        for file in self.folder.glob(f"{Path(url).name}*"):
            file.unlink()

    def keep_as(self, url: str, template: str) -> None:
        """Make this database, which nobody has open any more, a template for others."""
        self._file(Path(url).stem).rename(self._file(template))

    def stop(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def as_owner(self, url: str) -> str:
        """A file knows no roles."""
        return url

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite"

    def _url(self, name: str) -> str:
        return f"sqlite:///{self._file(name)}"


class Postgresql:
    """A server of our own; one database a test, copied by CREATE DATABASE … TEMPLATE.

    Copying takes ten times as long as emptying, so a copy is emptied and given out again.
    """

    def __init__(self, **settings: str) -> None:
        self.settings = FAST | settings
        self.binaries = server_binaries()
        self.folder = Path(tempfile.mkdtemp(prefix="counterpart-pg-"))
        self.port = free_port()
        self.numbers = count(1)
        self.as_postgres = as_postgres(self.folder)
        self._start()
        for role in (APP, OWNER):
            self._say(f"CREATE ROLE {role} LOGIN")
        self.emptied: list[str] = []
        self.given: Counter[str] = Counter()
        self._say(f"CREATE DATABASE template OWNER {OWNER}")
        self.template_url = self._url("template")

    def fresh(self, template: str = "template") -> str:
        if template == "template" and self.emptied:
            return self._url(self.emptied.pop())
        name = f"test{next(self.numbers)}"
        self._say(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {OWNER}")
        if template == "template":
            self.given[name] = 0
        return self._url(name)

    def empty(self) -> str:
        """A database without a single table."""
        name = f"test{next(self.numbers)}"
        self._say(f"CREATE DATABASE {name} OWNER {OWNER}")
        return self._url(name)

    def drop(self, url: str) -> None:
        name = url.rsplit("/", 1)[1]
        if name in self.given:
            self.given[name] += 1
        if 0 < self.given[name] < GIVEN_AT_MOST:
            self._say(EMPTY, name)
            self.emptied.append(name)
        else:
            self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def keep_as(self, url: str, template: str) -> None:
        """Make this database, which nobody has open any more, a template for others."""
        name = url.rsplit("/", 1)[1]
        self._say(f"ALTER DATABASE {name} RENAME TO {template}")
        del self.given[name]

    def stop(self) -> None:
        self.crash()  # at once: nobody wants the data
        shutil.rmtree(self.folder, ignore_errors=True)

    def crash(self) -> None:
        """As when the power goes: nothing is tidied up."""
        self.server.send_signal(signal.SIGQUIT)
        self.server.wait()

    def _start(self) -> None:
        data = self.folder / "data"
        initdb = [self.binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust"]
        options = ["--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run(
            [*self.as_postgres, *initdb, *options], check=True, stdout=subprocess.DEVNULL
        )
        self.run()

    def run(self) -> None:
        """Start the server on its data; after a crash it mends them first."""
        data = self.folder / "data"
        here = {"port": str(self.port), "unix_socket_directories": str(self.folder)}
        settings = self.settings | here
        pairs = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.server = subprocess.Popen(
            [*self.as_postgres, self.binaries / "postgres", "-D", data, *pairs],
            stdout=subprocess.DEVNULL,
        )
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                self._say("SELECT 1")
            except psycopg.OperationalError:
                if time.monotonic() > until or self.server.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return

    def _say(self, sql: str, database: str = "postgres") -> None:
        with psycopg.connect(self._url(database, "postgres"), autocommit=True) as connection:
            connection.execute(sql)

    def as_owner(self, url: str) -> str:
        """The same database, for whoever makes and moves its tables."""
        return self._url(url.rsplit("/", 1)[1], OWNER)

    def _url(self, name: str, role: str = APP) -> str:
        return f"postgresql://{role}@127.0.0.1:{self.port}/{name}"


def server_binaries() -> Path:
    """The folder of initdb and postgres; installs them when we may, otherwise says what to do."""
    if not _installed():
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            pytest.exit(
                "The tests need a PostgreSQL server: install one (apt-get install postgresql)"
                " or run them on SQLite alone (--database=sqlite).",
                returncode=2,
            )
        print("Installing PostgreSQL (apt-get install postgresql) …", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "postgresql"], check=True)
    return _installed()[-1]


def _installed() -> list[Path]:
    return sorted(Path(BINARIES).glob("*/bin"), key=lambda folder: float(folder.parent.name))


def as_postgres(folder: Path) -> list[str]:
    """The words before a command: root becomes the user postgres, as PostgreSQL demands.

    With --pdeathsig the server ends at once when the test run is killed.
    """
    words = ["setpriv", "--pdeathsig", "QUIT"]
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        words += ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
    return words


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
