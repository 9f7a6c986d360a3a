"""PostgreSQL's own wall: which rows a connection sees and writes, whatever it asks.

Each transaction says for whom it is (`announce`); the policies, made from the tables, let it see
and write that partner's rows.  Who says nothing sees nothing.  The settings live as long as the
transaction, so a pooler that hands the connection on hands nobody's rows on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, MetaData
from sqlalchemy.dialects.postgresql.psycopg import dialect as postgresql

from models.base import Base
from models.walls import Owned, Private, Public, Scope, SeenBy, VendorOnly

SAY = (
    "SELECT set_config('app.scope', %(scope)s, true), set_config('app.partner', %(partner)s, true),"
    " set_config('app.reads', %(reads)s, true)"
)
"""In the driver's own words: it is said in every transaction, and needs no compiling."""

WHO = "(SELECT NULLIF(current_setting('app.scope', true), ''))"
OWNER = "(SELECT NULLIF(current_setting('app.partner', true), '')::uuid)"
READS = "(SELECT string_to_array(NULLIF(current_setting('app.reads', true), ''), ','))::uuid[]"
"""In brackets of their own: worked out once a statement and not once a row."""

VENDOR = f"{WHO} = 'vendor'"
ANYBODY = f"{WHO} IS NOT NULL"

THE_OWNER, THE_READ = UUID(int=1), UUID(int=2)
"""Stand-ins in a criterion, to be replaced by what the connection says."""


def announce(connection: Connection, scope: Scope) -> None:
    """Say for whom this transaction is; on SQLite there is nobody to tell."""
    if connection.dialect.name != "postgresql" or _has_failed(connection):
        return
    values = {"scope": "vendor", "partner": "", "reads": ""}
    if not scope.is_vendor:
        reads = ",".join(str(one) for one in sorted(scope.reads))
        values = {"scope": "partner", "partner": str(scope.owner), "reads": reads}
    connection.exec_driver_sql(SAY, values)


def policies(metadata: MetaData) -> Iterator[str]:
    """The statements that put every table behind the wall."""
    for table in metadata.sorted_tables:
        yield f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table.name} FORCE ROW LEVEL SECURITY"
        yield f"CREATE POLICY wall_vendor ON {table.name} USING ({VENDOR}) WITH CHECK ({VENDOR})"
        for name, rule in _rules_of(table.name):
            yield f"CREATE POLICY {name} ON {table.name} {rule}"


def _rules_of(table: str) -> Iterator[tuple[str, str]]:
    """(name, the policy's text) for what partners may do."""
    cls = _classes().get(table)
    if cls is None:
        return
    own = f"partner_id = {OWNER}"
    if issubclass(cls, Public):
        yield "wall_read", f"FOR SELECT USING ({ANYBODY})"
    elif issubclass(cls, VendorOnly):
        yield "wall_add", f"FOR INSERT WITH CHECK ({ANYBODY})"
    else:
        yield "wall_read", f"FOR SELECT USING ({ANYBODY} AND ({_seen(cls)}))"
        if hasattr(cls, "partner_id"):
            yield "wall_own", f"USING ({own}) WITH CHECK ({own})"
            if issubclass(cls, SeenBy) and cls.is_told_to_vendor:
                yield "wall_add", f"FOR INSERT WITH CHECK ({ANYBODY} AND partner_id IS NULL)"
        elif cls.guarded_by == "id read":
            yield "wall_own", f"USING (id = {OWNER}) WITH CHECK (id = {OWNER})"


def _seen(cls: Any) -> str:
    """The class's own criterion, as PostgreSQL asks it of each row."""
    if issubclass(cls, Private):
        return f"partner_id = {OWNER}"
    if issubclass(cls, Owned):
        return f"partner_id = ANY ({READS})"
    assert issubclass(cls, SeenBy)
    criterion = cls.seen_in(Scope(THE_OWNER, frozenset({THE_READ})))
    compiled = criterion.compile(dialect=postgresql(), compile_kwargs={"literal_binds": True})
    asked = " ".join(str(compiled).split())
    asked = re.sub(rf"(?<!!)= '{THE_OWNER}'(::UUID)?", f"= {OWNER}", asked)
    asked = re.sub(rf"IN \('{THE_READ}'(::UUID)?\)", f"= ANY ({READS})", asked)
    assert str(THE_OWNER) not in asked and str(THE_READ) not in asked, asked
    return asked


@cache
def _classes() -> dict[str, Any]:
    return {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}


def _has_failed(connection: Connection) -> bool:
    """Whether the transaction is lost anyway, and takes no more words; or the line is cut."""
    if connection.invalidated:
        return True
    driver: Any = connection.connection.dbapi_connection
    return driver is not None and driver.info.transaction_status.name in ("INERROR", "UNKNOWN")
