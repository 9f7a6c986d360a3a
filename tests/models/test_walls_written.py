"""The walls as they are written for each database; what they hold there is in test_fences."""

import pytest
from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    create_engine,
)
from sqlalchemy.exc import IntegrityError

from models import row_security, same_owner, schema
from models.notices import Notice

VENDOR = "(SELECT NULLIF(current_setting('app.scope', true), '')) = 'vendor'"
ANYBODY = "(SELECT NULLIF(current_setting('app.scope', true), '')) IS NOT NULL"
OWNER = "(SELECT NULLIF(current_setting('app.partner', true), '')::uuid)"
READS = "((SELECT string_to_array(NULLIF(current_setting('app.reads', true), ''), ','))::uuid[])"
OWN = f"USING (partner_id = {OWNER}) WITH CHECK (partner_id = {OWNER})"


def seen(condition):
    return f"FOR SELECT USING ({ANYBODY} AND ({condition}))"


POLICIES = {
    "product": {"wall_read": f"FOR SELECT USING ({ANYBODY})"},
    "job": {"wall_add": f"FOR INSERT WITH CHECK ({ANYBODY})"},
    "deal": {"wall_read": seen(f"partner_id = ANY {READS}"), "wall_own": OWN},
    "tax_form": {"wall_read": seen(f"partner_id = {OWNER}"), "wall_own": OWN},
    "payout": {"wall_read": seen(f"payout.partner_id = {OWNER}"), "wall_own": OWN},
    "notice": {
        "wall_read": seen(f"notice.partner_id = {OWNER}"),
        "wall_own": OWN,
        "wall_add": f"FOR INSERT WITH CHECK ({ANYBODY} AND partner_id IS NULL)",
    },
    "partner": {
        "wall_read": seen(f"partner.id = ANY {READS}"),
        "wall_own": f"USING (id = {OWNER}) WITH CHECK (id = {OWNER})",
    },
    "customer": {
        "wall_read": seen(
            "customer.id IN (SELECT customer_link.customer_id FROM customer_link"
            f" WHERE customer_link.partner_id = ANY {READS})"
        )
    },
    "person": {
        "wall_read": seen(f"person.partner_id = {OWNER} OR person.partner_id IS NULL"),
        "wall_own": OWN,
    },
}
"""One table of each kind, and those whose rows say themselves who sees them."""


@pytest.mark.parametrize("table", sorted(POLICIES))
def test_each_kind_of_table_has_its_policies(table):
    written = list(row_security.policies(schema.metadata()))
    assert [one for one in written if f" {table} " in f"{one} "] == [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY wall_vendor ON {table} USING ({VENDOR}) WITH CHECK ({VENDOR})",
        *(f"CREATE POLICY {name} ON {table} {rule}" for name, rule in POLICIES[table].items()),
    ]


def test_a_table_that_is_no_models_is_the_vendors_alone():
    metadata = MetaData()
    Table("left_over", metadata, Column("id", Integer, primary_key=True))
    assert list(row_security.policies(metadata)) == [
        "ALTER TABLE left_over ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE left_over FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY wall_vendor ON left_over USING ({VENDOR}) WITH CHECK ({VENDOR})",
    ]


@pytest.mark.parametrize(
    "seen_in",
    [
        lambda cls, who: cls.partner_id != who.owner,
        lambda cls, who: cls.partner_id != min(who.reads),
    ],
    ids=["owner", "reads"],
)
def test_a_condition_that_cannot_be_asked_by_the_connection_is_never_written(monkeypatch, seen_in):
    monkeypatch.setattr(Notice, "seen_in", classmethod(seen_in))
    with pytest.raises(AssertionError, match=r"notice\.partner_id !="):
        list(row_security.policies(schema.metadata()))


@pytest.fixture
def small() -> MetaData:
    """Owned: deal, paper, line and note, of which the last says with whom it goes by itself."""
    metadata = MetaData()

    def table(name, *more, owned=True):
        owner = Column("partner_id", ForeignKey("partner.id"), nullable=not owned)
        Table(name, metadata, Column("id", Integer, primary_key=True), owner, *more)

    def key(name, to):
        return Column(name, ForeignKey(f"{to}.id"))

    Table("partner", metadata, Column("id", Integer, primary_key=True))
    table("deal", UniqueConstraint("partner_id", "id"))
    table("paper", UniqueConstraint("partner_id", "id"))
    table("product", owned=False)
    table("line", key("paper_id", "paper"), key("deal_id", "deal"), key("product_id", "product"))
    both = ForeignKeyConstraint(["partner_id", "deal_id"], ["deal.partner_id", "deal.id"])
    table("note", key("deal_id", "deal"), both)
    table("remark", key("deal_id", "deal"), owned=False)
    table("renewal_notice", key("deal_id", "deal"))
    return metadata


def test_only_keys_between_owned_tables_are_walled(small):
    walled = {key.name for key in same_owner.keys(small)}
    assert walled == {"wall_line_paper_id", "wall_line_deal_id"}


def test_postgresql_keeps_each_key_together_with_its_owner(small):
    assert list(same_owner.on_postgresql(small)) == [
        "CREATE UNIQUE INDEX wall_deal_owner ON deal (partner_id, id)",
        "CREATE UNIQUE INDEX wall_paper_owner ON paper (partner_id, id)",
        "ALTER TABLE line ADD CONSTRAINT wall_line_paper_id FOREIGN KEY (partner_id, paper_id)"
        " REFERENCES paper (partner_id, id) DEFERRABLE",
        "ALTER TABLE line ADD CONSTRAINT wall_line_deal_id FOREIGN KEY (partner_id, deal_id)"
        " REFERENCES deal (partner_id, id) DEFERRABLE",
    ]


def test_sqlite_keeps_them_by_triggers(small):
    sees_to_it = (
        " ON line WHEN NEW.deal_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM deal"
        " WHERE id = NEW.deal_id AND partner_id = NEW.partner_id)"
        " BEGIN SELECT RAISE(ABORT, 'line.deal_id has another owner'); END"
    )
    written = list(same_owner.on_sqlite(small))
    assert [one for one in written if " wall_line_deal" in one] == [
        "CREATE TRIGGER wall_line_deal_id_insert BEFORE INSERT" + sees_to_it,
        "CREATE TRIGGER wall_line_deal_id_update BEFORE UPDATE OF partner_id, deal_id" + sees_to_it,
    ]


@pytest.mark.parametrize(
    "statement, refusal",
    [
        ("INSERT INTO line (id, partner_id, deal_id) VALUES (9, 1, 2)", "line.deal_id"),
        ("UPDATE line SET deal_id = 2", "line.deal_id"),
        ("UPDATE line SET partner_id = 2", "line.deal_id"),
        ("UPDATE deal SET partner_id = 2 WHERE id = 1", "a deal cannot change its owner"),
        ("INSERT INTO line (id, partner_id, deal_id) VALUES (9, 1, 1)", None),
        ("INSERT INTO line (id, partner_id) VALUES (9, 2)", None),
        ("UPDATE line SET deal_id = NULL, partner_id = 2", None),
        ("UPDATE deal SET partner_id = 1 WHERE id = 1", None),
        ("INSERT INTO renewal_notice (id, partner_id, deal_id) VALUES (9, 1, 2)", None),
    ],
)
def test_sqlite_refuses_a_child_of_another_owners_parent(small, statement, refusal):
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        small.create_all(connection)
        for made in (
            *same_owner.on_sqlite(small),
            "INSERT INTO deal (id, partner_id) VALUES (1, 1), (2, 2)",
            "INSERT INTO line (id, partner_id, deal_id) VALUES (1, 1, 1)",
        ):
            connection.exec_driver_sql(made)
        if refusal is None:
            connection.exec_driver_sql(statement)
        else:
            with pytest.raises(IntegrityError, match=refusal):
                connection.exec_driver_sql(statement)
    engine.dispose()
