"""Insights and counts read deals by two narrow indexes; of two that were the same one goes."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

COUNTED = ["status", "submitted_at"]
SUMMED = [*COUNTED, "value_currency", "value_minor"]


def upgrade() -> None:
    op.drop_index("ix_deal_status_submitted_at", "deal")
    op.drop_index("ix_deal_status_submitted", "deal")
    op.create_index("ix_deal_status_submitted", "deal", SUMMED, unique=False)
    op.create_index("ix_deal_partner_submitted", "deal", ["partner_id", "submitted_at"])


def downgrade() -> None:
    op.drop_index("ix_deal_partner_submitted", "deal")
    op.drop_index("ix_deal_status_submitted", "deal")
    op.create_index("ix_deal_status_submitted", "deal", COUNTED, unique=False)
    op.create_index("ix_deal_status_submitted_at", "deal", COUNTED, unique=False)
