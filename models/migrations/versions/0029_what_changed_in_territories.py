"""Which territories each change touched, so that nobody reads all of them after one."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "territory_revision",
        sa.Column("number", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.create_table(
        "territory_change",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.Uuid(), nullable=False),
        sa.Column("territory_id", sa.Uuid(), nullable=True),
        sa.Column("is_all", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territory_change")),
    )
    op.create_index(
        op.f("ix_territory_change_number"), "territory_change", ["number"], unique=False
    )
    op.execute(
        "INSERT INTO territory_change (id, number, token, is_all)"
        " SELECT id, number, token, true FROM territory_revision"
    )


def downgrade() -> None:
    op.drop_table("territory_change")
    op.drop_column("territory_revision", "number")
