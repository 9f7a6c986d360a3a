"""The close of a month is proposed by one person and confirmed by another."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "close_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "confirmed",
                "void",
                "withdrawn",
                name="proposalstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seen", sa.String(length=64), nullable=False),
        sa.Column("is_early", sa.Boolean(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_by_name", sa.String(length=200), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_by_name", sa.String(length=200), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'confirmed') = (confirmed_by_id IS NOT NULL)",
            name=op.f("ck_close_proposal_confirmed_by_a_person"),
        ),
        sa.CheckConstraint(
            "proposed_by_id IS NOT NULL OR reason <> ''",
            name=op.f("ck_close_proposal_by_whom_or_why"),
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR proposed_by_id IS NULL OR confirmed_by_id <> proposed_by_id",
            name=op.f("ck_close_proposal_confirmed_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"],
            ["person.id"],
            name=op.f("fk_close_proposal_confirmed_by_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_close_proposal_proposed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_close_proposal")),
    )
    op.create_index(
        "uq_close_proposal_standing",
        "close_proposal",
        ["month"],
        unique=True,
        sqlite_where=sa.text("state IN ('open', 'confirmed')"),
        postgresql_where=sa.text("state IN ('open', 'confirmed')"),
    )
    add_reference("month_close", "proposal_id", "close_proposal")


def downgrade() -> None:
    op.drop_column("month_close", "proposal_id")
    op.drop_table("close_proposal")


def add_reference(table: str, column: str, to: str) -> None:
    """In words of its own on SQLite, which adds a foreign key only together with its column."""
    key = f"fk_{table}_{column}_{to}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} CHAR(32) "
            f"CONSTRAINT {key} REFERENCES {to} (id)"
        )
        return
    op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True))
    op.create_foreign_key(key, table, to, [column], ["id"])
