"""What the database itself refuses between partners, whatever the portal would let through."""

from enum import StrEnum

import pytest
from sqlalchemy import JSON, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from models import engine as engines
from models import fences, same_owner, schema
from models.base import Instant, new_id
from models.deals import Deal, DealNote
from models.engine import for_writing
from models.row_security import SAY
from models.scope import (
    Owned,
    Scope,
    Unattended,
    as_vendor,
    open_session,
    over_the_wall,
    vendor_side,
)
from models.walls import mapped_with
from tests.conftest import NOW
from tests.pooler import pooled

METADATA = schema.metadata()


@pytest.fixture
def deals(session, a):
    found = {name: a.submitted(partner=a.partner(name=name)) for name in ("mine", "theirs")}
    session.commit()
    return found


@pytest.fixture
def only_postgresql(engine):
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no policies: the session and the tripwire stand alone there")


@pytest.fixture
def bare(engine, only_postgresql):
    """A connection that says for whom it is, and nothing else of the portal's around it."""

    def ask(sql, *, scope="", partner="", reads="", **values):
        with engine.connect() as connection:
            as_vendor(connection)  # the tripwire sleeps: the database is alone
            connection.exec_driver_sql(SAY, {"scope": scope, "partner": partner, "reads": reads})
            done = connection.execute(text(sql), values)
            return done.scalars().all() if done.returns_rows else done.rowcount

    return ask


@pytest.mark.parametrize("owned", mapped_with(Owned), ids=lambda owned: owned.__name__)
def test_every_owned_table_has_an_owner_in_every_row(owned):
    assert not owned.__table__.c.partner_id.nullable
    assert owned.__table__.c.partner_id.foreign_keys


def test_every_key_between_owned_tables_carries_the_owner_or_says_why_not(engine):
    walled = {(key.child, key.column) for key in same_owner.keys(METADATA)}
    for table in filter(same_owner.is_owned, METADATA.sorted_tables):
        for column, parent in same_owner._references(table):
            kept = (table.name, column) in walled | set(same_owner.ELSEWHERE)
            assert kept or same_owner._is_declared(table, column, parent), (table.name, column)
    stale = [
        name for name in same_owner.ELSEWHERE if name[1] not in METADATA.tables[name[0]].columns
    ]
    assert stale == []


def test_every_wall_stands_in_the_database(engine):
    with engine.connect() as connection:
        assert fences.missing(connection) == []


def test_where_every_table_is_there_already_no_wall_is_touched(engine):
    """On PostgreSQL the portal's own role could not even put one up."""
    with engine.connect() as connection:
        METADATA.create_all(as_vendor(connection))
        assert fences.missing(connection) == []


def test_a_child_of_another_partners_parent_is_refused_by_the_database(session, deals, a, now):
    """As the vendor, whom no scope holds: a batch's line that names a rival's deal."""
    key = next(
        key
        for key in same_owner.keys(METADATA)
        if (key.child, key.parent) == ("deal_batch_line", "deal")
    )
    with pytest.raises((IntegrityError, DBAPIError), match=r"another owner|wall_deal_batch_line"):
        _put_a_line(session, deals["mine"], deals["theirs"].id, key)
    session.rollback()


def _put_a_line(session, mine, deal_id, key):
    table = METADATA.tables[key.child]
    batch = METADATA.tables["deal_batch"]
    batch_id = new_id()
    session.execute(batch.insert(), [_row(batch, id=batch_id, partner_id=mine.partner_id)])
    session.execute(
        table.insert(),
        [_row(table, partner_id=mine.partner_id, batch_id=batch_id, deal_id=deal_id)],
    )
    session.commit()


def _row(table, **said):
    """A row with something in every column that needs it."""
    made = {"id": new_id()}
    for column in table.c:
        if not column.nullable and column.name not in said and column.name != "id":
            made[column.name] = _something(column.type)
    return made | said


def _something(kind):
    if isinstance(kind, Instant):
        return NOW
    if isinstance(kind, JSON):
        return {}
    of = kind.python_type
    return next(iter(of)) if issubclass(of, StrEnum) else of()


def test_who_says_nothing_sees_nothing(bare, deals):
    for table in ("deal", "partner", "person", "product", "job", "vendor"):
        assert bare(f"SELECT id FROM {table}") == []


def test_each_sees_its_own_and_the_vendor_all(bare, deals):
    mine, theirs = deals["mine"], deals["theirs"]
    own = {"scope": "partner", "partner": f"{mine.partner_id}", "reads": f"{mine.partner_id}"}
    assert bare("SELECT id FROM deal", **own) == [mine.id]
    assert bare("SELECT count(*) FROM partner", **own) == [1]
    assert bare("SELECT count(*) FROM audit_entry", **own) == [0]
    wide = own | {"reads": f"{mine.partner_id},{theirs.partner_id}"}
    assert len(bare("SELECT id FROM deal", **wide)) == 2
    assert bare("UPDATE deal SET customer_town = 'X'", **wide) == 1
    assert bare("DELETE FROM deal_line", **wide) == 1
    assert len(bare("SELECT id FROM deal", scope="vendor")) == 2


def test_a_row_for_another_partner_is_refused(bare, deals):
    mine, theirs = deals["mine"], deals["theirs"]
    own = {"scope": "partner", "partner": f"{mine.partner_id}", "reads": f"{mine.partner_id}"}
    with pytest.raises(ProgrammingError, match="row-level security"):
        bare("UPDATE deal SET partner_id = :other", other=theirs.partner_id, **own)


def test_what_is_said_ends_with_the_transaction(engine, only_postgresql, deals):
    """One connection, handed on by a pool: the next transaction says for itself or sees nothing."""
    one = engines.connect(engine.url.render_as_string(hide_password=False), pool_size=1)
    asked = text("SELECT current_setting('app.partner', true)")
    for name in ("mine", "theirs") * 5:
        with open_session(one, Scope.partner(deals[name].partner_id)) as own:
            assert own.scalars(select(Deal.id)).all() == [deals[name].id]
        with one.connect() as connection:
            assert not connection.execute(asked).scalar()
    one.dispose()


def test_behind_pgbouncer_two_partners_share_a_connection_and_no_row(
    request, engine, only_postgresql, deals
):
    """Turn by turn over the one connection that the pooler has; as the portal asks, and bare."""
    times = 1000 if request.config.getoption("--every-crash") else 60
    with pooled(engine.url.render_as_string(hide_password=False)) as behind:
        clients = {
            name: engines.connect(behind, is_pooled=True, pool_size=1)
            for name in ("mine", "theirs")
        }
        served = set()
        for name in ("mine", "theirs") * times:
            with open_session(clients[name], Scope.partner(deals[name].partner_id)) as own:
                [row] = own.execute(select(Deal.id, func.pg_backend_pid().label("server")))
                assert row.id == deals[name].id
                served.add(row.server)
        assert len(served) == 1
        for client in clients.values():
            with client.connect() as connection:
                connection.execution_options(asked_by=Unattended())  # the tripwire sleeps
                assert connection.execute(text("SELECT id FROM deal")).all() == []
            client.dispose()


def test_the_vendors_side_ends_also_when_a_statement_failed(engine, only_postgresql, deals):
    scope = Scope.partner(deals["mine"].partner_id)
    with open_session(for_writing(engine), scope) as own:
        with pytest.raises(DBAPIError), own.begin_nested(), vendor_side(own) as beside:
            assert len(beside.scalars(select(Deal.id)).all()) == 2
            beside.execute(text("SELECT 1 / 0"))
        assert own.scalars(select(Deal.id)).all() == [deals["mine"].id]
        assert own.scalars(select(DealNote.id)).all() == []


def test_a_connection_that_breaks_beyond_the_wall_is_called_broken(
    databases, session, only_postgresql
):
    """Not something else that was tried on it afterwards: it is asked again, not a crash."""
    with pytest.raises(OperationalError), over_the_wall(session) as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        databases._say(f"SELECT pg_terminate_backend({pid})")
        connection.exec_driver_sql("SELECT 1")


def test_the_portals_role_is_not_mighty(engine, only_postgresql):
    with engine.connect() as connection:
        role = connection.execute(
            text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).one()
        assert tuple(role) == (False, False)
        for attempt in (
            "DROP TABLE job",
            "TRUNCATE job",
            "ALTER TABLE deal DISABLE ROW LEVEL SECURITY",
        ):
            with pytest.raises(ProgrammingError):
                as_vendor(connection).execute(text(attempt))
            connection.rollback()
