"""What a mail server says about a mail that it does not take, and when it is tried again."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("mail_after", sa.DateTime(timezone=True), nullable=True))
    op.add_column("notice", sa.Column("mail_problem", sa.String(length=200), nullable=True))


def downgrade() -> None:
    op.drop_column("notice", "mail_problem")
    op.drop_column("notice", "mail_after")
