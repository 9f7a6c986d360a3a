"""A draft is simulated, and a partner's commission adjusted by two."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_simulation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("through_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "done", "failed", name="simulationstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("stuck_count", sa.Integer(), nullable=False),
        sa.Column("stuck_reason", sa.Text(), nullable=False),
        sa.Column("asked_by_name", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["plan_draft.id"], name=op.f("fk_plan_simulation_draft_id_plan_draft")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_simulation")),
    )
    op.create_table(
        "plan_simulation_row",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("simulation_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("then_minor", sa.BigInteger(), nullable=False),
        sa.Column("would_minor", sa.BigInteger(), nullable=False),
        sa.Column("size_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_plan_simulation_row_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["simulation_id"],
            ["plan_simulation.id"],
            name=op.f("fk_plan_simulation_row_simulation_id_plan_simulation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_simulation_row")),
    )
    op.create_table(
        "adjustment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "posted", "refused", name="adjustmentstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'posted') = (line_id IS NOT NULL)",
            name=op.f("ck_adjustment_posted_as_a_line"),
        ),
        sa.CheckConstraint(
            "NOT needs_second OR state <> 'posted' OR decided_by_id IS NOT NULL",
            name=op.f("ck_adjustment_decided_above_the_limit"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_adjustment_says_why")),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_adjustment_changes_something")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> by_id",
            name=op.f("ck_adjustment_needs_a_second_person"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_adjustment_by_id_person")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_adjustment_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["commission_line.id"], name=op.f("fk_adjustment_line_id_commission_line")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_adjustment_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustment")),
        sa.UniqueConstraint("line_id", name=op.f("uq_adjustment_line_id")),
        sa.UniqueConstraint("number", name=op.f("uq_adjustment_number")),
    )
    op.create_index(
        op.f("ix_plan_simulation_draft_id"), "plan_simulation", ["draft_id"], unique=False
    )
    op.create_index(
        "uq_plan_simulation_row_partner",
        "plan_simulation_row",
        ["simulation_id", "partner_id", "currency"],
        unique=True,
    )
    op.create_index(op.f("ix_adjustment_partner_id"), "adjustment", ["partner_id"], unique=False)
    op.add_column(
        "vendor",
        sa.Column(
            "adjustment_limit_minor",
            sa.BigInteger(),
            nullable=False,
            server_default=sa.text("50000"),
        ),
    )


def downgrade() -> None:
    op.drop_column("vendor", "adjustment_limit_minor")
    op.drop_table("adjustment")
    op.drop_table("plan_simulation_row")
    op.drop_table("plan_simulation")
