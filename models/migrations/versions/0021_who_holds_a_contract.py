"""Who delivers a deal stands on it; an incumbent's notice says what was sold by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KEY = "fk_deal_fulfilled_by_id_partner"
TEXTS = (("number", 20), ("customer_name", 200), ("family", 120))


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":  # adds a foreign key only with its column
        op.execute(
            f"ALTER TABLE deal ADD COLUMN fulfilled_by_id CHAR(32) "
            f"CONSTRAINT {KEY} REFERENCES partner (id)"
        )
    else:
        op.add_column("deal", sa.Column("fulfilled_by_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(KEY, "deal", "partner", ["fulfilled_by_id"], ["id"])
    op.execute(
        "UPDATE deal SET fulfilled_by_id = (SELECT fulfilling_id FROM sharing"
        " WHERE sharing.deal_id = deal.id AND sharing.state = 'agreed')"
        " WHERE id IN (SELECT deal_id FROM sharing WHERE state = 'agreed')"
    )
    for name, length in TEXTS:
        column = sa.Column(name, sa.String(length), nullable=False, server_default="")
        op.add_column("renewal_notice", column)
    op.add_column("renewal_notice", sa.Column("won_on", sa.Date(), nullable=True))
    for name in ("number", "customer_name", "won_on"):
        op.execute(
            f"UPDATE renewal_notice SET {name} ="
            f" (SELECT deal.{name} FROM deal WHERE deal.id = own_deal_id)"
        )
    op.execute(
        "UPDATE renewal_notice SET family = coalesce((SELECT product_family.name FROM deal"
        " JOIN product_family ON product_family.id = deal.family_id"
        " WHERE deal.id = own_deal_id), '')"
    )
    with op.batch_alter_table("renewal_notice") as table:
        table.alter_column("own_deal_id", existing_type=sa.Uuid(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM renewal_notice WHERE own_deal_id IS NULL")
    with op.batch_alter_table("renewal_notice") as table:
        table.alter_column("own_deal_id", existing_type=sa.Uuid(), nullable=False)
        for name in ("number", "customer_name", "family", "won_on"):
            table.drop_column(name)
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ALTER TABLE deal DROP COLUMN fulfilled_by_id")
    else:
        op.drop_column("deal", "fulfilled_by_id")
