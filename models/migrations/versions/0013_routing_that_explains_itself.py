"""Routing keeps what it weighed; applications are routed; limits, forecasts, hand-overs."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

GUARDS: dict[str, list[str]] = {
    "sqlite": [
        """CREATE TRIGGER forecast_snapshot_no_update BEFORE UPDATE ON forecast_snapshot BEGIN SELECT RAISE(ABORT, 'forecast_snapshot is never changed'); END""",
        """CREATE TRIGGER forecast_snapshot_no_delete BEFORE DELETE ON forecast_snapshot BEGIN SELECT RAISE(ABORT, 'forecast_snapshot is never changed'); END""",
    ],
    "postgresql": [
        """CREATE OR REPLACE FUNCTION forecast_snapshot_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'forecast_snapshot is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER forecast_snapshot_never_changes BEFORE UPDATE OR DELETE ON forecast_snapshot FOR EACH ROW EXECUTE FUNCTION forecast_snapshot_never_changes()""",
    ],
}
FUNCTIONS = ["forecast_snapshot_never_changes"]


def add_reference(table: str, name: str) -> None:
    """A column that names a person; SQLite takes the reference only with the column itself."""
    if op.get_bind().dialect.name == "sqlite":
        constraint = f"fk_{table}_{name}_person"
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {name} CHAR(32) "
            f"CONSTRAINT {constraint} REFERENCES person (id)"
        )
        return
    op.add_column(table, sa.Column(name, sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f(f"fk_{table}_{name}_person"), table, "person", [name], ["id"])


def upgrade() -> None:
    op.create_table(
        "forecast_snapshot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sales_manager_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "omitted",
                "pipeline",
                "best_case",
                "commit",
                name="forecastcategory",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("deal_count", sa.Integer(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("weighted_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sales_manager_id"],
            ["person.id"],
            name=op.f("fk_forecast_snapshot_sales_manager_id_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast_snapshot")),
    )
    op.create_index(
        op.f("ix_forecast_snapshot_sales_manager_id"),
        "forecast_snapshot",
        ["sales_manager_id"],
        unique=False,
    )
    op.create_index(
        "uq_forecast_snapshot_once",
        "forecast_snapshot",
        ["taken_on", "sales_manager_id", "currency", "category"],
        unique=True,
    )
    op.create_table(
        "manager_limit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("most_open", sa.Integer(), nullable=False),
        sa.CheckConstraint("most_open > 0", name=op.f("ck_manager_limit_takes_something")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_manager_limit_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manager_limit")),
        sa.UniqueConstraint("person_id", name=op.f("uq_manager_limit_person_id")),
    )
    op.create_table(
        "deal_lead",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "agreed",
                "declined",
                "taken_back",
                "returned",
                name="leadstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_by_name", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_name", sa.String(length=200), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_id", "deal_id"],
            ["deal.partner_id", "deal.id"],
            name=op.f("fk_deal_lead_partner_id_deal"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_deal_lead_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_lead")),
    )
    op.create_index(op.f("ix_deal_lead_partner_id"), "deal_lead", ["partner_id"], unique=False)
    op.create_index(
        "uq_deal_lead_one_goes_on",
        "deal_lead",
        ["deal_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('asked', 'agreed')"),
        postgresql_where=sa.text("state IN ('asked', 'agreed')"),
    )
    add_reference("application", "channel_manager_id")
    add_reference("application", "sales_manager_id")
    op.add_column(
        "application", sa.Column("routing_why", sa.Text(), nullable=False, server_default="")
    )
    op.create_index(
        op.f("ix_application_channel_manager_id"),
        "application",
        ["channel_manager_id"],
        unique=False,
    )
    op.add_column("deal", sa.Column("direct_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "routing_log", sa.Column("rule", sa.String(length=20), nullable=False, server_default="")
    )
    op.add_column(
        "routing_log", sa.Column("candidates", sa.JSON(), nullable=False, server_default="[]")
    )
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_column("routing_log", "candidates")
    op.drop_column("routing_log", "rule")
    op.drop_column("deal", "direct_since")
    op.drop_index(op.f("ix_application_channel_manager_id"), table_name="application")
    op.drop_column("application", "routing_why")
    op.drop_column("application", "sales_manager_id")
    op.drop_column("application", "channel_manager_id")
    op.drop_index(
        "uq_deal_lead_one_goes_on",
        table_name="deal_lead",
        sqlite_where=sa.text("state IN ('asked', 'agreed')"),
        postgresql_where=sa.text("state IN ('asked', 'agreed')"),
    )
    op.drop_index(op.f("ix_deal_lead_partner_id"), table_name="deal_lead")
    op.drop_table("deal_lead")
    op.drop_table("manager_limit")
    op.drop_index("uq_forecast_snapshot_once", table_name="forecast_snapshot")
    op.drop_index(op.f("ix_forecast_snapshot_sales_manager_id"), table_name="forecast_snapshot")
    op.drop_table("forecast_snapshot")
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION IF EXISTS {name}()")
