"""What the wall says when it refuses, word for word; and that it is not in the vendor's way."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, select, text, update

from models.base import new_id
from models.catalog import ProductFamily
from models.engine import for_writing
from models.partners import Partner, PartnerParent
from models.row_security import SAY
from models.scope import (
    OutOfScope,
    Scope,
    ScopedSession,
    _begin,
    _never_load_foreign,
    as_vendor,
    asked_by,
    open_session,
)
from models.walls import SeenBy


@pytest.fixture
def both(session, a, now):
    found = [a.partner(name=name) for name in ("mine", "theirs", "above")]
    for one in found[:2]:
        session.add(
            PartnerParent(partner_id=one.id, distributor_id=found[2].id, from_on=now.date())
        )
    session.add(ProductFamily(code="bikes", name="Bikes"))
    session.commit()
    return [one.id for one in found]


@pytest.fixture
def mine(engine, both):
    with open_session(for_writing(engine), Scope.partner(both[0])) as own:
        yield own


def refused(work, *words):
    with pytest.raises(OutOfScope) as no:
        work(*words)
    return str(no.value)


WAYS = ("connection", "bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings")


@pytest.mark.parametrize("way", WAYS)
def test_a_partners_session_has_no_way_by_the_wall(mine, way):
    words = {"connection": (), "bulk_save_objects": ([],)}.get(way, (Partner, []))
    said = refused(getattr(mine, way), *words)
    assert said == f"a partner's session has no {way}: it would pass the wall by"


def test_what_is_asked_past_the_models_is_refused_in_words(mine):
    for statement in (text("SELECT 1"), Partner.__table__.select()):
        said = refused(mine.execute, statement)
        assert said == "a partner's session asks through the models, and adds with add()"


def test_a_change_of_many_rows_is_refused_in_words(mine, both):
    said = refused(mine.execute, update(ProductFamily).values(name="X"))
    assert said == "a partner's session may not change every ProductFamily at once"
    moving = update(PartnerParent).values(partner_id=both[1])
    assert refused(mine.execute, moving) == "a row cannot change its owner"
    assert refused(mine.execute, delete(ProductFamily)).startswith("a partner's session may not")


def test_a_row_is_refused_in_words(mine, both, now):
    other = PartnerParent(partner_id=both[1], distributor_id=both[2], from_on=now.date())
    mine.add(other)
    assert refused(mine.flush) == "a PartnerParent of another partner cannot be written here"
    mine.rollback()
    mine.add(ProductFamily(code="x", name="X"))
    assert refused(mine.flush) == "a partner's session may not add a ProductFamily"
    mine.rollback()
    own = mine.scalars(select(PartnerParent)).one()
    own.partner_id = both[1]
    assert "cannot" in refused(mine.flush)
    mine.rollback()
    mine.scalars(select(ProductFamily)).one().name = "Mine now"
    assert refused(mine.flush) == "a partner's session may not change a ProductFamily"
    mine.rollback()


def test_a_row_made_up_elsewhere_is_refused_in_words(mine, session, both):
    strange = session.get(Partner, both[1])
    session.expunge(strange)
    said = refused(mine.add, strange)
    assert said == "a Partner must be read in the session that changes it"


def test_a_table_that_does_not_say_who_sees_it_is_seen_by_nobody():
    said = refused(SeenBy.seen_in, Scope.partner(new_id()))
    assert said == "SeenBy must say what a partner may see"


def test_scopes_and_sessions_need_somebody(engine):
    assert refused(Scope.partner, None) == "a partner's scope needs the partner"
    assert refused(open_session, engine, None) == "a session needs a scope"


def test_the_vendor_is_not_in_the_way_of_anything(session, both, engine):
    options = {"who": "us"}
    connection = session.connection(execution_options=options)
    assert connection.get_execution_options()["who"] == "us"
    assert session.connection({"bind": engine}).engine is engine is not connection.engine
    added = {"code": "a", "name": "A"}
    session.bulk_insert_mappings(ProductFamily, [added], return_defaults=True)
    assert added["id"] == session.scalar(select(ProductFamily.id).where(ProductFamily.code == "a"))
    families = session.scalars(select(ProductFamily).order_by(ProductFamily.code)).all()
    assert [one.code for one in families] == ["a", "bikes"]
    session.bulk_update_mappings(ProductFamily, [{"id": families[0].id, "name": "B"}])
    session.expire_all()
    assert families[0].name == "B"
    made = ProductFamily(code="c", name="C")
    session.bulk_save_objects([made], return_defaults=True)
    assert made.id is not None


class OnPostgresql:
    """A connection to PostgreSQL that writes down what it is told."""

    def __init__(self):
        self.told, self.options, self.invalidated = [], {}, False
        self.dialect = SimpleNamespace(name="postgresql")
        transaction = SimpleNamespace(transaction_status=SimpleNamespace(name="INTRANS"))
        self.connection = SimpleNamespace(dbapi_connection=SimpleNamespace(info=transaction))

    def execution_options(self, **options):
        self.options |= options

    def exec_driver_sql(self, sql, values):
        assert sql == SAY
        self.told.append(values)


def test_postgresql_is_told_for_whom_each_transaction_is(mine, both):
    said, reads = OnPostgresql(), ",".join(map(str, sorted(both[:2])))
    as_vendor(said)
    assert said.told == [{"scope": "vendor", "partner": "", "reads": ""}]
    _begin(mine, None, said)
    mine._scope = Scope.partner(both[0], reads=frozenset(both[:2]))
    _begin(mine, None, said)
    assert [one["reads"] for one in said.told[1:]] == [str(both[0]), reads]
    assert said.told[1] == {"scope": "partner", "partner": str(both[0]), "reads": str(both[0])}
    assert said.options["asked_by"] is mine
    said.connection.dbapi_connection.info.transaction_status.name = "INERROR"
    _begin(mine, None, said)
    said.dialect.name = "sqlite"
    _begin(mine, None, said)
    assert len(said.told) == 3


def test_a_row_of_ones_own_is_read_again_and_so_is_a_public_one(mine, both):
    own, public = (
        mine.scalars(select(PartnerParent)).one(),
        mine.scalars(select(ProductFamily)).one(),
    )
    mine.refresh(own)
    mine.refresh(public)
    assert (own.distributor_id, public.name) == (both[2], "Bikes")


def test_a_session_keeps_what_it_has_read_and_says_who_asks(engine, both):
    with open_session(engine, Scope.vendor()) as own:
        assert isinstance(own, ScopedSession) and own.expire_on_commit is False
        assert asked_by(own.connection()) is own
        assert own.scope.is_vendor
    with engine.connect() as connection:
        assert asked_by(connection) is None
        assert as_vendor(connection) is connection
        assert asked_by(connection).scope.is_vendor


def test_own_rows_are_changed_freely(mine, now):
    mine.scalars(select(PartnerParent)).one().to_on = now.date() + timedelta(days=9)
    mine.scalars(select(Partner)).one().town = "Basel"
    mine.flush()
    assert mine.scalar(select(Partner.town)) == "Basel"


def test_a_distributor_does_not_make_a_resellers_row_its_own(engine, both):
    above = Scope.partner(both[2], reads=frozenset(both[:1]))
    with open_session(for_writing(engine), above) as own:
        own.scalars(select(PartnerParent)).one().partner_id = both[2]
        assert refused(own.flush) == "a PartnerParent cannot change its owner"
        own.rollback()


def test_a_foreign_row_that_appears_all_the_same_is_refused(mine, session, both):
    rows = {row.partner_id: row for row in session.scalars(select(PartnerParent))}
    said = refused(_never_load_foreign, mine, rows[both[1]])
    assert said == "a foreign PartnerParent appeared in a partner's session"
    _never_load_foreign(mine, rows[both[0]])
    _never_load_foreign(mine, session.get(Partner, both[1]))
    _never_load_foreign(session, rows[both[1]])
