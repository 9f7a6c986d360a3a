"""docs/who-sees-what.md, held against what each session really asks for."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from models import schema
from models.base import new_id
from models.scope import OutOfScope, Public, Scope, VendorOnly, open_session
from models.walls import fence

PAGE = Path(__file__).parent.parent.parent / "docs" / "who-sees-what.md"
OWN, RESELLER, OTHER = new_id(), new_id(), new_id()
TABLES = {mapper.class_.__tablename__: mapper.class_ for mapper in schema.metadata() and
          schema.Base.registry.mappers}  # fmt: skip


def written() -> dict[str, tuple[str, str, str]]:
    rows = re.findall(r"^\| (\w+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text(), re.M)
    return {
        name: (own, distributor, rest) for name, own, distributor, rest in rows if name != "table"
    }


def asked(cls, scope: Scope) -> str:
    """The statement with which such a session asks for all rows, its values written out."""
    statement = select(cls.id).options(fence(scope))
    options = {"literal_binds": True, "render_postcompile": True}
    return str(statement.compile(dialect=sqlite.dialect(), compile_kwargs=options))


def test_every_table_is_on_the_page_and_no_other():
    assert set(written()) == set(TABLES)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_each_table_is_seen_as_the_page_says(table):
    own, distributor, rest = written()[table]
    cls = TABLES[table]
    alone = asked(cls, Scope.partner(OWN))
    above = asked(cls, Scope.partner(OWN, reads=frozenset({RESELLER})))
    if issubclass(cls, Public):
        assert (own, distributor, rest) == ("reads", "reads", "reads")
        assert "WHERE" not in alone
        return
    assert ("reads" in own) is (OWN.hex in alone)
    assert (own == "no") is issubclass(cls, VendorOnly) is ("0 = 1" in alone)
    only_own = f") AND {table}.partner_id = '{OWN.hex}'" in above
    assert (distributor == "reads") is (RESELLER.hex in above and not only_own)
    assert rest == "no" and OTHER.hex not in alone + above


@pytest.mark.parametrize("table", sorted(TABLES))
def test_each_table_is_written_as_the_page_says(table, engine):
    if written()[table][0] != "reads" or table == "customer":
        return
    with open_session(engine, Scope.partner(OWN)) as own, pytest.raises(OutOfScope):
        own.add(TABLES[table]())
        own.flush()
