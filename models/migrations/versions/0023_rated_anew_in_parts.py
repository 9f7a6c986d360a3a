"""An open month is rated anew in parts, which are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WAITS = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "month_rerating",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "done", "void", "refused", name="reratingstate", native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seen", sa.String(length=64), nullable=False),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("through_id", sa.Uuid(), nullable=True),
        sa.Column("changed_count", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_month_rerating_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_rerating")),
    )  # fmt: skip
    op.create_index(op.f("ix_month_rerating_month"), "month_rerating", ["month"])
    op.create_index(
        "uq_month_rerating_one_waits",
        "month_rerating",
        ["state"],
        unique=True,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )


def downgrade() -> None:
    op.drop_table("month_rerating")
