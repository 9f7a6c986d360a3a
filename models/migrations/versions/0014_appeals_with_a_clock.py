"""An appeal is to be judged by a day; Stripe is looked at before a run is cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deal_appeal", sa.Column("judge_by", sa.DateTime(timezone=True), nullable=True))
    op.add_column("payout_run", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("payout_run", "looked_at")
    op.drop_column("deal_appeal", "judge_by")
