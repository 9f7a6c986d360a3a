"""`portal serve` and its database: it starts, it stops, and says in one sentence what is wrong."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from models import engine as engines
from models import migrations
from models.partners import Partner
from models.scope import Scope, open_session
from models.vendor import Vendor
from portal.command_line import portal
from tests.databases import free_port

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 60


@pytest.fixture
def instance(tmp_path, monkeypatch):
    """An installation of its own, in an empty folder."""
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    for name in ("DATABASE_URL", "SECRET_KEY", "SEALING_KEY", "PORT", "HOST", "DEMO"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def run(*words: str):
    return CliRunner().invoke(portal, words)


def test_web_and_worker_start_together_and_stop_at_one_signal(instance):
    port = free_port()
    words = [sys.executable, "-m", "portal.command_line", "serve", "--port", str(port)]
    server = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout.readline() == "The database is up to date.\n"
        assert server.stdout.readline() == "\n"
        assert f"http://localhost:{port}" in server.stdout.readline()
        assert urlopen(f"http://127.0.0.1:{port}/healthz").status == 200
        family = children_of(server.pid)
        assert len(family) == 3  # two web processes and the worker
        server.send_signal(signal.SIGINT)
        assert server.wait(PATIENCE_SECONDS) == 0
        assert not any(is_alive(child) for child in family)
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def test_a_killed_parent_leaves_no_child_behind(instance):
    port = free_port()
    words = [sys.executable, "-m", "portal.command_line", "serve", "--port", str(port)]
    server = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    while "http://" not in server.stdout.readline():
        assert server.poll() is None
    family = children_of(server.pid)
    server.kill()
    server.wait()
    server.stdout.close()
    until = time.monotonic() + PATIENCE_SECONDS
    while any(is_alive(child) for child in family):
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_taken_port_is_named_with_a_way_out(instance):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = run("serve", "--port", str(port))
    assert answer.exit_code == 3
    assert f"Port {port} is taken" in answer.stderr and f"--port {port + 1}" in answer.stderr


def test_a_half_made_database_is_left_alone(instance):
    file = instance / "counterpart.sqlite"
    with sqlite3.connect(file) as half:
        half.execute("CREATE TABLE partner (id TEXT)")
    answer = run("serve", "--port", str(free_port()))
    assert answer.exit_code == 1
    assert "is half made" in answer.stderr and "Traceback" not in answer.stderr
    with sqlite3.connect(file) as still:
        assert still.execute("SELECT name FROM sqlite_master").fetchall() == [("partner",)]


def test_a_database_of_a_newer_release_is_left_alone(instance):
    assert run("database", "upgrade").exit_code == 0
    with sqlite3.connect(instance / "counterpart.sqlite") as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    answer = run("database", "upgrade")
    assert answer.exit_code == 1 and "newer Counterpart (revision 9999)" in answer.stderr


def test_a_bad_setting_stops_the_start_with_its_name(instance, monkeypatch):
    monkeypatch.setenv("PORT", "eighty")
    answer = run("serve")
    assert answer.exit_code == 2 and "PORT must be a whole number" in answer.stderr


def test_a_database_that_cannot_be_reached_is_one_sentence(instance, monkeypatch):
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    monkeypatch.setenv("DATABASE_URL", url)
    answer = run("database", "status")
    assert answer.exit_code == 3 and answer.stderr.startswith("Error: The database cannot be used")


def test_upgrading_twice_says_so_and_status_agrees(instance):
    assert run("database", "status").exit_code == 1
    assert run("database", "upgrade").output == "Upgraded.\n"
    assert run("database", "upgrade").output == "Already up to date.\n"
    answer = run("database", "status", "--json")
    assert answer.exit_code == 0 and f'"stands": "{migrations.newest()}"' in answer.output


def test_the_demonstration_is_loaded_once_and_leaves_no_thread_that_a_fork_would_lose(instance):
    port = free_port()
    words = [sys.executable, "-m", "portal.command_line", "serve", "--demo", "--port", str(port)]
    server = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        while "Sign in with" not in server.stdout.readline():
            assert server.poll() is None
        assert len(os.listdir(f"/proc/{server.pid}/task")) == 1
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
    assert "It is loaded already." in run("demo", "load").output
    engine = engines.connect(f"sqlite:///{instance / 'counterpart.sqlite'}")
    with open_session(engine, Scope.vendor()) as session:
        assert len(session.scalars(select(Vendor.id)).all()) == 1
        assert len(session.scalars(select(Partner.id)).all()) == 701
    engine.dispose()


@pytest.mark.parametrize("words", [(), ("commissions",), ("database", "upgrade"), ("serve",)])
def test_every_command_explains_itself(words):
    answer = run(*words, "--help")
    assert answer.exit_code == 0 and "Usage: portal" in answer.output


def children_of(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
