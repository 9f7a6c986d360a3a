"""Rests of payouts, and changed accounts that finance confirms."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

COLUMNS = (
    "brought_minor", "left_minor", "back_minor", "back_vat_minor", "back_withheld_minor",
)  # fmt: skip

PART_BACK = """
    SELECT payout.id, payout.amount_minor, payout.vat_minor, payout.withheld_minor,
        sum(payout_reversal.amount_minor) AS back
    FROM payout JOIN payout_reversal ON payout_reversal.payout_id = payout.id
    WHERE payout_reversal.state = 'ok'
    GROUP BY payout.id, payout.amount_minor, payout.vat_minor, payout.withheld_minor
"""


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column(
            "payout", sa.Column(column, sa.BigInteger(), nullable=False, server_default="0")
        )
    connection = op.get_bind()
    for row in connection.execute(sa.text(PART_BACK)).all():
        vat = row.vat_minor * int(row.back) // row.amount_minor
        withheld = row.withheld_minor * int(row.back) // row.amount_minor
        connection.execute(
            sa.text(
                "UPDATE payout SET back_minor = :back, back_vat_minor = :vat,"
                " back_withheld_minor = :withheld WHERE id = :id"
            ),
            {"back": int(row.back) - vat + withheld, "vat": vat, "withheld": withheld,
             "id": row.id},
        )  # fmt: skip
    _add_confirmation()


def _add_confirmation() -> None:
    """What is changed and past its hold has been paid to; what is held waits to be confirmed."""
    table, name = "payout_destination", "fk_payout_destination_confirmed_by_id_person"
    op.add_column(table, sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        table,
        sa.Column("confirmed_how", sa.String(length=300), nullable=False, server_default=""),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN confirmed_by_id CHAR(32) "
            f"CONSTRAINT {name} REFERENCES person (id)"
        )
    else:
        op.add_column(table, sa.Column("confirmed_by_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(name, table, "person", ["confirmed_by_id"], ["id"])
    op.execute(
        f"UPDATE {table} SET confirmed_at = held_until, confirmed_how = 'Paid to before"
        " confirmations were asked for.' WHERE held_until < CURRENT_TIMESTAMP"
    )


def downgrade() -> None:
    for column in COLUMNS:
        op.drop_column("payout", column)
    for column in ("confirmed_by_id", "confirmed_how", "confirmed_at"):
        op.drop_column("payout_destination", column)
