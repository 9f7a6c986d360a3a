"""What payouts have left on a balance, brought of it, and what came back of them in part."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
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


def downgrade() -> None:
    for column in COLUMNS:
        op.drop_column("payout", column)
