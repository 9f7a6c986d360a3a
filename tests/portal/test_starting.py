"""The portal does not start when it would be unsafe; each refusal says how to mend it."""

import subprocess
import sys
from dataclasses import replace

import pytest
from sqlalchemy import event

from models import engine as engines
from models import fences, migrations, tripwire
from models.scope import as_vendor
from models.walls import OutOfScope
from portal import starting
from portal.database_commands import bring_up
from portal.settings import BadSetting, Settings
from portal.starting import (
    refuse_debugging_in_public,
    refuse_no_asserts,
    refuse_open_walls,
    refuse_the_database,
    refuse_what_is_unsafe,
)


@pytest.fixture
def settings(app):
    return app.extensions["settings"]


@pytest.fixture
def migrated(databases):
    url = databases.empty()
    owner = engines.connect(databases.as_owner(url))
    bring_up(owner)
    yield owner
    owner.dispose()
    databases.drop(url)


def test_debugging_is_refused_wherever_others_reach_it(settings):
    public = replace(settings, host="0.0.0.0")
    for bad in (public, replace(settings, base_url="https://portal.example.com")):
        with pytest.raises(BadSetting, match="FLASK_DEBUG"):
            refuse_debugging_in_public(bad, "1", debug=False)
        with pytest.raises(BadSetting, match="FLASK_DEBUG"):
            refuse_debugging_in_public(bad, "", debug=True)
        refuse_debugging_in_public(bad, "0", debug=False)
    refuse_debugging_in_public(settings, "1", debug=True)


def test_a_python_that_leaves_asserts_out_is_refused():
    refuse_no_asserts(0)
    with pytest.raises(BadSetting, match="PYTHONOPTIMIZE"):
        refuse_no_asserts(1)


@pytest.mark.parametrize("name", ["SECRET_KEY", "SEALING_KEY"])
@pytest.mark.parametrize(
    "secret",
    ["short", "a" * 40, "change-me-change-me-change-me-change-me", "0123456789" * 4,
     "this is my password for the portal 2026"],
)  # fmt: skip
def test_a_short_or_a_known_secret_is_refused(tmp_path, name, secret):
    with pytest.raises(BadSetting, match=name):
        Settings.from_environment({"INSTANCE_DIR": str(tmp_path), name: secret})


def test_a_secret_made_by_ourselves_is_good(tmp_path):
    Settings.from_environment({"INSTANCE_DIR": str(tmp_path)})


def test_a_table_without_its_owner_is_refused(engine, monkeypatch):
    def gap(_dialect):
        raise OutOfScope("the wall around Deal is open")

    monkeypatch.setattr(tripwire, "check_the_walls", gap)
    with pytest.raises(BadSetting, match="Deal"):
        refuse_open_walls(engine)


def test_a_schema_behind_the_code_is_refused(migrated, settings, monkeypatch):
    monkeypatch.setattr(migrations, "newest", lambda: "9999")
    with pytest.raises(BadSetting, match="portal database upgrade"):
        refuse_the_database(migrated, settings)


def test_a_missing_wall_is_refused_and_put_up_by_the_upgrade(migrated, settings):
    trying_out = replace(settings, allow_database_owner=True)
    with engines.for_writing(migrated).begin() as connection:
        fences.take_down(as_vendor(connection))
    with pytest.raises(BadSetting, match="lets partners through"):
        refuse_the_database(migrated, trying_out)
    assert bring_up(migrated) is True
    assert bring_up(migrated) is False
    refuse_the_database(migrated, trying_out)


@pytest.mark.parametrize("pragma", ["journal_mode=DELETE", "synchronous=OFF", "foreign_keys=OFF"])
def test_careless_sqlite_is_refused(migrated, settings, pragma):
    if migrated.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has no pragmas")

    def careless(connection, _record):
        connection.execute(f"PRAGMA {pragma}")

    event.listen(migrated, "connect", careless)
    migrated.dispose()
    with pytest.raises(BadSetting, match=pragma.partition("=")[0]):
        refuse_the_database(migrated, settings)


@pytest.mark.parametrize(
    ("right", "words"),
    [("SUPERUSER", "superuser"), ("BYPASSRLS", "BYPASSRLS"), (None, "owner of the tables")],
)
def test_a_role_that_the_policies_do_not_hold_is_refused(
    migrated, databases, settings, right, words
):
    if migrated.dialect.name != "postgresql":
        pytest.skip("SQLite knows no roles")
    mighty = migrated.url.username
    if right:
        databases._say(f"ALTER ROLE {mighty} {right}")
    try:
        with pytest.raises(BadSetting, match=words):
            refuse_the_database(migrated, settings)
        refuse_the_database(migrated, replace(settings, allow_database_owner=True))
    finally:
        databases._say(f"ALTER ROLE {mighty} NOSUPERUSER NOBYPASSRLS")


def test_a_good_installation_starts(app, monkeypatch):
    monkeypatch.setattr(starting.migrations, "standing", lambda _engine: migrations.newest())
    refuse_what_is_unsafe(app)


@pytest.mark.parametrize(
    "name, value",
    [
        ("DATABASE_URL", "postgresql://portal@db.example.com/counterpart"),
        ("DATABASE_OWNER_URL", "postgresql://owner@10.0.0.5/counterpart?sslmode=prefer"),
        ("SMTP_URL", "mail.example.com:25"),
        ("STRIPE_API_BASE", "http://api.example.com"),
    ],
)
def test_a_way_out_that_is_not_encrypted_is_refused(tmp_path, name, value):
    with pytest.raises(BadSetting, match=name):
        Settings.from_environment({"INSTANCE_DIR": str(tmp_path), name: value})
    encrypted = "postgresql://portal@db.example.com/counterpart?sslmode=verify-full"
    Settings.from_environment({"INSTANCE_DIR": str(tmp_path), "DATABASE_URL": encrypted})


SPEAKS = """
import socket, sys
from pathlib import Path
from portal import ways_out
from portal.settings import Settings
settings = Settings(Path(), "postgresql://portal@db.example.com/c", "s", "s",
                    smtp_url="smtps://mail.example.com")
ways_out.hold(settings)
for host in sys.argv[1:]:
    try:
        socket.getaddrinfo(host, 443)
    except PermissionError:
        print("refused", host)
    except OSError:
        print("looked up", host)
    else:
        print("looked up", host)
"""


def test_a_process_of_the_portal_reaches_no_host_that_is_not_on_its_list():
    """In a process of its own: such a guard cannot be taken off again."""
    hosts = ["db.example.com", "mail.example.com", "api.stripe.com", "127.0.0.1", "evil.example",
             "169.254.169.254"]  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-c", SPEAKS, *hosts], capture_output=True, text=True, check=True
    )
    refused = [line for line in said.stdout.splitlines() if line.startswith("refused")]
    assert refused == ["refused evil.example", "refused 169.254.169.254"]
