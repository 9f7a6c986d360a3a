"""PgBouncer in transaction mode, with one connection to the server: what it does to a wall."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.databases import as_postgres, free_port

SETTINGS = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 1
ignore_startup_parameters = extra_float_digits
"""
WAIT_SECONDS = 10


@contextmanager
def pooled(url: str) -> Iterator[str]:
    """The same database behind PgBouncer; all who come share one connection."""
    program = _program()
    server, own = make_url(url), free_port()
    folder = Path(tempfile.mkdtemp(prefix="counterpart-pgbouncer-"))
    file = folder / "pgbouncer.ini"
    words = SETTINGS.format(host=server.host, port=server.port, own=own)
    file.write_text(words.replace("* =", f"{server.database} =").replace(
        "\n[pgbouncer]", f" user={server.username}\n[pgbouncer]"
    ))  # fmt: skip
    running = subprocess.Popen(
        [*as_postgres(folder), program, "-q", file], stderr=subprocess.DEVNULL
    )
    try:
        behind = f"postgresql://{server.username}@127.0.0.1:{own}/{server.database}"
        _wait(behind, running)
        yield behind
    finally:
        running.send_signal(signal.SIGINT)
        running.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _program() -> str:
    found = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing PgBouncer (apt-get install pgbouncer) …", flush=True)
        subprocess.run(["apt-get", "update", "-qq"])
        subprocess.run(["apt-get", "install", "-y", "-qq", "pgbouncer"])
        found = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    return found or pytest.skip("PgBouncer is not here and cannot be installed")


def _wait(url: str, running: subprocess.Popen) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if time.monotonic() > until or running.poll() is not None:
                raise
            time.sleep(0.05)
        else:
            return
