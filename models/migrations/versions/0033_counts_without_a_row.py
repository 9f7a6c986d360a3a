"""The counts above lists of deals are read from an index alone."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

SUMMED = ["status", "submitted_at", "value_currency", "value_minor"]


def upgrade() -> None:
    op.drop_index("ix_deal_status_submitted", "deal")
    op.create_index("ix_deal_status_submitted", "deal", [*SUMMED, "partner_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_deal_status_submitted", "deal")
    op.create_index("ix_deal_status_submitted", "deal", SUMMED, unique=False)
