"""Contacts go out of files of registrations and of changes; what is past its time is found."""

import sqlalchemy as sa
from alembic import op

from models.guards import never_changing

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

LINE = "deal_batch_line"
OTHERS = [
    "partner_id", "id", "batch_id", "row", "customer", "outcome", "deal_id", "number", "said",
    "key",
]  # fmt: skip
CONTACT = ("contact_name", "contact_title", "contact_email", "contact_phone")
AMENDMENT = sa.table(
    "deal_amendment", sa.column("id", sa.Uuid()), sa.column("deal_id", sa.Uuid()),
    sa.column("changes", sa.JSON()),
)  # fmt: skip
DEAL = sa.table(
    "deal", sa.column("id", sa.Uuid()), sa.column("status", sa.String()),
    *(sa.column(name, sa.String()) for name in CONTACT),
)  # fmt: skip
GOING = ("rejected", "withdrawn", "expired", "lost", "revoked", "cancelled")
TO_EMPTY = sa.text("state = 'done' AND emptied_at IS NULL")
TO_REMOVE = sa.text("title <> 'Removed'")


def upgrade() -> None:
    op.add_column("job", sa.Column("emptied_at", sa.DateTime(timezone=True)))
    op.create_index(
        "ix_job_to_empty", "job", ["run_at"], sqlite_where=TO_EMPTY, postgresql_where=TO_EMPTY
    )
    op.create_index(
        "ix_notice_to_remove", "notice", ["at"], sqlite_where=TO_REMOVE, postgresql_where=TO_REMOVE
    )
    op.create_index("ix_sign_in_attempt_at", "sign_in_attempt", ["at"])
    _guard(("cells", OTHERS))
    op.execute(
        f"UPDATE {LINE} SET cells = '[]' WHERE outcome <> 'refused' AND CAST(cells AS TEXT) <> '[]'"
    )
    _forget_who_was_named()


def downgrade() -> None:
    _guard(None)
    op.drop_index("ix_sign_in_attempt_at", "sign_in_attempt")
    op.drop_index("ix_notice_to_remove", "notice")
    op.drop_index("ix_job_to_empty", "job")
    op.drop_column("job", "emptied_at")


def _guard(but_empties: tuple[str, list[str]] | None) -> None:
    dialect = op.get_context().dialect.name
    if dialect == "postgresql":
        op.execute(f"DROP TRIGGER {LINE}_never_changes ON {LINE}")
    else:
        op.execute(f"DROP TRIGGER {LINE}_no_update")
        op.execute(f"DROP TRIGGER {LINE}_no_delete")
    for statement in never_changing(LINE, None, but_empties)[dialect]:
        op.execute(statement)


def _forget_who_was_named() -> None:
    """In changes of deals whose contacts have gone already."""
    connection = op.get_bind()
    gone = sa.select(DEAL.c.id).where(
        DEAL.c.status.in_(GOING), *(DEAL.c[name] == "" for name in CONTACT)
    )
    asked = sa.select(AMENDMENT.c.id, AMENDMENT.c.changes).where(AMENDMENT.c.deal_id.in_(gone))
    for row in connection.execute(asked).all():
        if set(CONTACT) & set(row.changes):
            without = {
                field: ["", ""] if field in CONTACT else it for field, it in row.changes.items()
            }
            connection.execute(
                sa.update(AMENDMENT).where(AMENDMENT.c.id == row.id).values(changes=without)
            )
