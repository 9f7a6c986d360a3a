"""How much one person has attached is asked before each further file."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_stored_file_by_id", "stored_file", ["by_id"])


def downgrade() -> None:
    op.drop_index("ix_stored_file_by_id", "stored_file")
