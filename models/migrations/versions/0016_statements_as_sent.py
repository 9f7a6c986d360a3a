"""Statements as files, kept as they first left the house."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

GUARDS: dict[str, list[str]] = {
    "sqlite": [
        """CREATE TRIGGER statement_paper_no_update BEFORE UPDATE ON statement_paper BEGIN SELECT RAISE(ABORT, 'statement_paper is never changed'); END""",
        """CREATE TRIGGER statement_paper_no_delete BEFORE DELETE ON statement_paper BEGIN SELECT RAISE(ABORT, 'statement_paper is never changed'); END""",
    ],
    "postgresql": [
        """CREATE OR REPLACE FUNCTION statement_paper_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'statement_paper is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER statement_paper_never_changes BEFORE UPDATE OR DELETE ON statement_paper FOR EACH ROW EXECUTE FUNCTION statement_paper_never_changes()""",
    ],
}


def upgrade() -> None:
    op.create_table(
        "statement_paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_statement_paper_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statement.id"],
            name=op.f("fk_statement_paper_statement_id_statement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_paper")),
        sa.UniqueConstraint(
            "statement_id", "kind", name=op.f("uq_statement_paper_statement_id_kind")
        ),
    )
    op.create_index(op.f("ix_statement_paper_partner_id"), "statement_paper", ["partner_id"])
    for guard in GUARDS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(guard)


def downgrade() -> None:
    op.drop_table("statement_paper")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS statement_paper_never_changes()")
