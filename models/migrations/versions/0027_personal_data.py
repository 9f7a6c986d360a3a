"""Personal data: erasures, how long data is kept, and an audit whose oldest entries may go."""

import sqlalchemy as sa
from alembic import op

from models.guards import never_changing

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
GO_AFTER = {
    "audit_entry": (10, "OLD.at"),
    "audit_link": (10, "(SELECT at FROM audit_entry WHERE id = OLD.entry_id)"),
}


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.CheckConstraint("decided_by_id <> asked_by_id", name=op.f("ck_erasure_by_two_people")),
        sa.CheckConstraint("decided_by_id <> person_id", name=op.f("ck_erasure_not_by_oneself")),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_at IS NULL)", name=op.f("ck_erasure_decided_once")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["person.id"], name=op.f(f"fk_erasure_{column}_person")
            )
            for column in ("person_id", "asked_by_id", "decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index(
        "uq_erasure_one_asked",
        "erasure",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.add_column("vendor", sa.Column("retention", sa.JSON(), nullable=True))
    for table, old in GO_AFTER.items():
        _guard(table, old)


def downgrade() -> None:
    for table in GO_AFTER:
        _guard(table, None)
    with op.batch_alter_table("vendor") as vendor:
        vendor.drop_column("retention")
    op.drop_table("erasure")


def _guard(table: str, old: tuple[int, str] | None) -> None:
    """Put the guard of a table up anew; TRUNCATE's trigger uses the same function."""
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{verb}")
    else:
        op.execute(f"DROP TRIGGER {table}_never_changes ON {table}")
    for statement in never_changing(table, old)[dialect]:
        op.get_bind().exec_driver_sql(statement)
