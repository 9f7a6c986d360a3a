"""Drafts of territories, files of them, quotas, and named accounts that follow their customer."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "territory_drawing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("publish_on", sa.Date(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state <> 'published' OR publish_on IS NOT NULL",
            name=op.f("ck_territory_drawing_published_on_a_day"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territory_drawing")),
    )
    op.add_column("territory", sa.Column("quota_minor", sa.BigInteger(), nullable=True))
    op.add_column("territory", sa.Column("minimum_minor", sa.BigInteger(), nullable=True))
    _add_pointer("territory", "drawing_id", "territory_drawing")
    _add_pointer("territory", "succeeds_id", "territory")
    op.add_column(
        "territory",
        sa.Column("is_removal", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "territory",
        sa.Column("copied_print", sa.String(length=64), nullable=False, server_default=""),
    )
    _add_pointer("territory_area", "customer_id", "customer")
    op.create_table(
        "territory_load",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("drawing_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("total", "done", "added", "changed", "unchanged", "refused")
        ),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("effects", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["drawing_id"],
            ["territory_drawing.id"],
            name=op.f("fk_territory_load_drawing_id_territory_drawing"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territory_load")),
    )


def downgrade() -> None:
    """What is only drafted is lost; what was published stays as it stands."""
    op.execute(
        "DELETE FROM territory_area WHERE territory_id IN "
        "(SELECT id FROM territory WHERE drawing_id IS NOT NULL)"
    )
    op.execute(
        "UPDATE territory SET parent_id = NULL WHERE parent_id IN "
        "(SELECT id FROM territory WHERE drawing_id IS NOT NULL)"
    )
    op.execute("DELETE FROM territory WHERE drawing_id IS NOT NULL")
    op.drop_table("territory_load")
    op.drop_index("ix_territory_area_customer_id", "territory_area")
    op.drop_column("territory_area", "customer_id")
    op.drop_column("territory", "copied_print")
    op.drop_column("territory", "is_removal")
    for column in ("succeeds_id", "drawing_id"):
        op.drop_index(f"ix_territory_{column}", "territory")
        op.drop_column("territory", column)
    op.drop_column("territory", "minimum_minor")
    op.drop_column("territory", "quota_minor")
    op.drop_table("territory_drawing")


def _add_pointer(table: str, column: str, to: str) -> None:
    """SQLite can add a foreign key only together with its column."""
    key = f"fk_{table}_{column}_{to}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} CHAR(32) "
            f"CONSTRAINT {key} REFERENCES {to} (id)"
        )
    else:
        op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True))
        op.create_foreign_key(key, table, to, [column], ["id"])
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
