"""The walls in the database itself: put up after the tables are made or moved, and taken down.

They are made from the declared tables and carry names of their own (`wall_…`), so a new table
stands behind them without a word in its migration.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, MetaData, Table, event, inspect

from models import row_security, same_owner
from models.base import Base
from models.scope import as_vendor

PREFIX = "wall_"
HERE = "current_schema()::regnamespace"
FOUND = {
    "sqlite": [
        "SELECT 'DROP TRIGGER ' || name FROM sqlite_master"
        " WHERE type = 'trigger' AND substr(name, 1, 5) = 'wall_'"
    ],
    "postgresql": [
        "SELECT 'DROP POLICY ' || quote_ident(polname::text) || ' ON ' || polrelid::regclass"
        " FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid"
        f" WHERE starts_with(polname::text, 'wall_') AND relnamespace = {HERE}",
        "SELECT 'ALTER TABLE ' || oid::regclass || ' NO FORCE ROW LEVEL SECURITY,"
        " DISABLE ROW LEVEL SECURITY' FROM pg_class"  # forced and without policies: nothing seen
        f" WHERE relkind = 'r' AND relrowsecurity AND relnamespace = {HERE}",
        "SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT '"
        " || quote_ident(conname::text) FROM pg_constraint"
        f" WHERE starts_with(conname::text, 'wall_') AND connamespace = {HERE}",
        "SELECT 'DROP INDEX ' || quote_ident(indexname::text) FROM pg_indexes"
        " WHERE schemaname = current_schema() AND starts_with(indexname::text, 'wall_')",
    ],
}
"""What takes down each wall that stands."""


def put_up(connection: Connection) -> None:
    """Every wall anew; what stood is taken down first."""
    take_down(connection)
    for statement in _statements(connection):
        connection.exec_driver_sql(statement)


def take_down(connection: Connection) -> None:
    for question in FOUND[connection.dialect.name]:
        for drop in connection.exec_driver_sql(question).scalars().all():
            connection.exec_driver_sql(drop)


def missing(connection: Connection) -> list[str]:
    """What should stand in this database and does not."""
    if connection.dialect.name == "sqlite":
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        standing = set(connection.exec_driver_sql(asked).scalars())
        wanted = {each.split()[2] for each in same_owner.on_sqlite(_declared(connection))}
        return sorted(wanted - standing)
    bare = connection.exec_driver_sql(
        f"SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = {HERE}"
        " AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    unforced = {f"row-level security of {name}" for name in bare.scalars()}
    policies = connection.exec_driver_sql("SELECT tablename || '.' || policyname FROM pg_policies")
    constraints = connection.exec_driver_sql("SELECT conname FROM pg_constraint")
    standing = {*policies.scalars(), *constraints.scalars()}
    metadata = _declared(connection)
    wanted = {
        f"{words[4]}.{words[2]}"
        for words in (each.split() for each in row_security.policies(metadata))
        if words[0] == "CREATE"
    }
    wanted |= {key.name for key in same_owner.keys(metadata)}
    tables = {f"row-level security of {name}" for name in metadata.tables}
    return sorted((wanted - standing) | (unforced & tables))


def is_ours(_thing: Any, name: str | None, _kind: str, reflected: bool, _other: Any) -> bool:
    """For alembic, which compares the declared tables with the database: not with the walls."""
    return not (reflected and name is not None and name.startswith(PREFIX))


def _statements(connection: Connection) -> Iterator[str]:
    metadata = _declared(connection)
    if connection.dialect.name == "sqlite":
        yield from same_owner.on_sqlite(metadata)
    else:
        yield from same_owner.on_postgresql(metadata)
        yield from row_security.policies(metadata)


def _declared(connection: Connection) -> MetaData:
    """The declared tables, when all of them are in this database; else none of them."""
    there = set(inspect(connection).get_table_names())
    return Base.metadata if there.issuperset(Base.metadata.tables) else MetaData()


@event.listens_for(Base.metadata, "after_create")
def _after_create(
    _metadata: MetaData, connection: Connection, tables: list[Table], **_: Any
) -> None:
    if tables:
        put_up(as_vendor(connection))
