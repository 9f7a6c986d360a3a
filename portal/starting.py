"""What must be true before the portal starts; each refusal names what is wrong and its mending.

Settings judge themselves (settings.py); here the settings meet the machine and the database.
"""

from __future__ import annotations

import os
import sys

from flask import Flask
from sqlalchemy import Connection, Engine

from models import fences, migrations, schema, tripwire
from models.scope import as_vendor
from models.walls import OutOfScope
from portal.settings import BadSetting, Settings, is_this_machine

RIGHTS = """
    SELECT rolsuper, rolbypassrls,
           EXISTS (SELECT 1 FROM pg_class WHERE relkind = 'r' AND relowner = pg_roles.oid
                   AND relnamespace = current_schema()::regnamespace) AS owns
    FROM pg_roles WHERE rolname = current_user
"""
PRAGMAS: dict[str, set[object]] = {
    "journal_mode": {"wal", "memory"},
    "synchronous": {2, 3},
    "foreign_keys": {1},
}
"""What SQLite must say of itself; a database in memory knows no write-ahead log."""

TOO_MUCH = (
    "The database role {} is {}: row-level security does not hold it. Let the portal sign in as a"
    " role that only reads and writes, and name the owner in DATABASE_OWNER_URL for `portal"
    " database upgrade`. To try it out all the same, say ALLOW_DATABASE_OWNER=yes."
)


def refuse_what_is_unsafe(app: Flask) -> None:
    """Raises BadSetting."""
    settings: Settings = app.extensions["settings"]
    refuse_no_asserts(sys.flags.optimize)
    refuse_debugging_in_public(settings, os.environ.get("FLASK_DEBUG", ""), debug=app.debug)
    refuse_open_walls(app.extensions["engine"])
    refuse_the_database(app.extensions["engine"], settings)


def refuse_no_asserts(optimize: int) -> None:
    if optimize:
        raise BadSetting(
            "Python runs with -O (PYTHONOPTIMIZE), which leaves out what must never be: unset it."
        )


def refuse_debugging_in_public(settings: Settings, flag: str, *, debug: bool) -> None:
    is_on = debug or flag.lower() in {"1", "true", "yes", "on"}
    if is_on and not (is_this_machine(settings.host) and not settings.is_https):
        raise BadSetting(
            "FLASK_DEBUG is on and the portal can be reached from elsewhere: a debugger runs"
            " whatever it is sent. Unset FLASK_DEBUG."
        )


def refuse_open_walls(engine: Engine) -> None:
    schema.metadata()
    try:
        tripwire.check_the_walls(engine.dialect)
    except OutOfScope as gap:
        raise BadSetting(f"The portal does not start: {gap}.") from gap


def refuse_the_database(engine: Engine, settings: Settings) -> None:
    stands, newest = migrations.standing(engine), migrations.newest()
    if stands != newest:
        raise BadSetting(
            f"The database stands at {stands or 'nothing'}, this release needs {newest}:"
            " run `portal database upgrade`."
        )
    with engine.connect() as connection:
        as_vendor(connection)
        if engine.dialect.name == "sqlite":
            _refuse_careless_sqlite(connection)
        elif not settings.allow_database_owner:
            _refuse_a_mighty_role(connection)
        if missing := fences.missing(connection):
            raise BadSetting(
                f"The database lets partners through: {missing[0]} is missing, and"
                f" {len(missing) - 1} more. Run `portal database upgrade`."
            )


def _refuse_careless_sqlite(connection: Connection) -> None:
    for pragma, good in PRAGMAS.items():
        # nosemgrep: raw-sql (names stand in this file)
        value = connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
        if value not in good:
            raise BadSetting(
                f"SQLite runs with {pragma}={value}, which loses what was acknowledged or refers"
                " to nothing. Open it through the portal alone, on a disk of its own."
            )


def _refuse_a_mighty_role(connection: Connection) -> None:
    # nosemgrep: raw-sql (a constant)
    role = connection.exec_driver_sql(RIGHTS).one()
    name = connection.exec_driver_sql("SELECT current_user").scalar()
    for is_so, what in (
        (role.rolsuper, "a superuser"),
        (role.rolbypassrls, "allowed to pass by the policies (BYPASSRLS)"),
        (role.owns, "the owner of the tables"),
    ):
        if is_so:
            raise BadSetting(TOO_MUCH.format(name, what))
