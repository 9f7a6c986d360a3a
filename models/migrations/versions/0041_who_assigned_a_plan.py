"""Who assigned a plan does not let money go alone that it pays."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = "fk_plan_assignment_made_by_id_person"
    if op.get_bind().dialect.name == "sqlite":  # takes the reference only with the column itself
        op.execute(
            "ALTER TABLE plan_assignment ADD COLUMN made_by_id CHAR(32) "
            f"CONSTRAINT {key} REFERENCES person (id)"
        )
        return
    op.add_column("plan_assignment", sa.Column("made_by_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f(key), "plan_assignment", "person", ["made_by_id"], ["id"])


def downgrade() -> None:
    op.drop_column("plan_assignment", "made_by_id")
