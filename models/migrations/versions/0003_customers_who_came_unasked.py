"""A registration says whether the customer came by itself; what an exclusive territory does."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "deal",
        sa.Column("came_unasked", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "vendor",
        sa.Column(
            "exclusive_policy", sa.String(length=20), nullable=False, server_default="review"
        ),
    )


def downgrade() -> None:
    op.drop_column("vendor", "exclusive_policy")
    op.drop_column("deal", "came_unasked")
