"""A migrated database is the declared one, trigger by trigger; and the way leads back too."""

from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, select

from models import commissions, fences, migrations, partners, schema
from models import engine as engines
from models.commissions import CommissionLine, Dispute
from models.commissions.disputes import DisputeReason, DisputeStatus, Objection
from models.deals import Deal
from models.money import Money
from models.partners import Partner, Tier
from models.people import SYSTEM, Person
from models.scope import Scope, as_vendor, open_session
from models.wins.rules import OrderState
from models.wins.tables import DealOrder
from tests.conftest import NOW
from tests.factories import Factories


@pytest.fixture
def migrated(databases):
    """A database that came from nothing by migration."""
    url = databases.empty()
    engine = engines.connect(databases.as_owner(url))
    try:
        migrations.upgrade(engine)
        yield engine
    finally:
        engine.dispose()
        databases.drop(url)


def test_a_migrated_database_has_the_declared_tables(migrated, engine):
    unseen = differences(engine)  # what alembic cannot see of a database made in one go
    assert differences(migrated) == unseen
    assert len(unseen) <= 2, "only the two exclusions, where PostgreSQL has them"


def test_a_migrated_database_refuses_what_the_declared_one_refuses(migrated, engine):
    assert checks(migrated) == checks(engine)
    assert triggers(migrated) == triggers(engine)
    assert triggers(engine) != set()
    assert policies(migrated) == policies(engine)


def test_a_migrated_database_has_every_wall_and_none_after_going_back(migrated):
    with migrated.connect() as connection:
        assert fences.missing(connection) == []
    with engines.for_writing(migrated).begin() as connection:
        fences.take_down(as_vendor(connection))
    with migrated.connect() as connection:
        assert len(fences.missing(connection)) > 10


def test_a_database_with_data_goes_down_and_up_again(migrated):
    with open_session(engines.for_writing(migrated), Scope.vendor()) as session:
        a = Factories(session, NOW)
        a.seller(a.partner())
        session.commit()
    migrations.downgrade(migrated, "base")
    assert set(inspect(migrated).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(migrated)
    assert migrations.standing(migrated) == migrations.newest()
    with open_session(migrated, Scope.vendor()) as session:
        assert session.scalars(select(Person)).all() == []


def test_upgrading_twice_changes_nothing(migrated):
    with open_session(engines.for_writing(migrated), Scope.vendor()) as session:
        Factories(session, NOW).finance()
        session.commit()
    migrations.upgrade(migrated)
    with open_session(migrated, Scope.vendor()) as session:
        assert len(session.scalars(select(Person)).all()) == 1


def test_a_deal_won_before_orders_were_kept_has_its_order_and_keeps_its_commission(migrated):
    with open_session(engines.for_writing(migrated), Scope.vendor()) as session:
        a = Factories(session, NOW)
        a.vendor()
        deal_id = a.won().id
        session.commit()
    migrations.downgrade(migrated, "0001")
    migrations.upgrade(migrated)
    with open_session(migrated, Scope.vendor()) as session:
        order = session.scalars(select(DealOrder)).one()
        deal = session.get_one(Deal, deal_id)
        assert (order.id, order.deal_id, order.amount) == (deal_id, deal_id, deal.value)
        assert (order.differs, order.state) == ([], OrderState.ACCEPTED)


def test_a_dispute_of_before_is_about_the_line_that_it_holds(migrated):
    with open_session(engines.for_writing(migrated), Scope.vendor()) as session:
        a = Factories(session, NOW)
        a.plan()
        a.earned(10_000_00, deal=a.won(value=10_000_00))
        line = session.scalars(select(CommissionLine)).one()
        objection = Objection(DisputeReason.RATE, "Too little.", Money(400_00, "EUR"))
        dispute_id = commissions.open_dispute(
            session, line.id, objection, by=SYSTEM, at=NOW, now=NOW
        )
        line_id = line.id
        session.commit()
    migrations.downgrade(migrated, "0008")  # before disputes
    migrations.upgrade(migrated)
    with open_session(migrated, Scope.vendor()) as session:
        dispute = session.get_one(Dispute, dispute_id)
        assert (dispute.line_id, dispute.status) == (line_id, DisputeStatus.OPEN)
        assert (dispute.amount, dispute.opened_at) == (Money(400_00, "EUR"), NOW)


def test_what_a_partner_was_before_its_terms_were_kept_is_read_from_the_audit(migrated):
    with open_session(engines.for_writing(migrated), Scope.vendor()) as session:
        a = Factories(session, NOW)
        a.vendor()
        partner, manager = a.partner(tier=Tier.SILVER), a.manager().actor()
        told = (0, Tier.REGISTERED, "EUR"), (0, Tier.GOLD, "EUR"), (3, Tier.PLATINUM, "USD")
        for days, tier, currency in told:
            partners.edit_terms(
                session, partner, by=manager, name=partner.name, role=partner.role, tier=tier,
                currency=currency, channel_manager_id=None, now=NOW + timedelta(days=days),
            )  # fmt: skip
        kept = partners.terms.held(session, partner)
        session.commit()
    migrations.downgrade(migrated, "0037")
    migrations.upgrade(migrated)
    with open_session(migrated, Scope.vendor()) as session:
        partner = session.get_one(Partner, partner.id)
        assert partners.terms.held(session, partner) == kept
    assert [(one.tier, one.currency) for one in kept] == [
        (Tier.PLATINUM, "USD"), (Tier.GOLD, "EUR"), (Tier.SILVER, "EUR"),
    ]  # fmt: skip


def differences(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": fences.is_ours}
        )
        return [str(one) for one in compare_metadata(context, schema.metadata())]


def checks(engine: Engine) -> set[tuple[str, str, str]]:
    """What each table checks, in the database's own words."""
    database = inspect(engine)
    return {
        (table, check["name"], " ".join(check["sqltext"].split()))
        for table in database.get_table_names()
        for check in database.get_check_constraints(table)
    }


TRIGGERS = {
    "sqlite": "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": """
        SELECT t.tgrelid::regclass::text, t.tgname,
               pg_get_triggerdef(t.oid) || ' ' || pg_get_functiondef(t.tgfoid)
        FROM pg_trigger t WHERE NOT t.tgisinternal""",
}


def policies(engine: Engine) -> set[tuple[str, ...]]:
    """Each policy in PostgreSQL's own words; SQLite has none."""
    if engine.dialect.name == "sqlite":
        return set()
    asked = "SELECT tablename, policyname, cmd, coalesce(qual, ''), coalesce(with_check, '')"
    with engine.connect() as connection:
        return {tuple(row) for row in connection.exec_driver_sql(f"{asked} FROM pg_policies")}


def triggers(engine: Engine) -> set[tuple[str, str, str]]:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(TRIGGERS[engine.dialect.name]).all()
    return {(table, name, " ".join(sql.split())) for table, name, sql in rows}
