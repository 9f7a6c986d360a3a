"""Beside each key of a customer stand the letters of its name, to pass over who differs in many."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

BATCH = 1_000
CUSTOMER = sa.table("customer", sa.column("id", sa.Uuid()), sa.column("core_name", sa.String()))
KEY = sa.table(
    "customer_key", sa.column("customer_id", sa.Uuid()), sa.column("letters", sa.BigInteger())
)


def upgrade() -> None:
    op.add_column(
        "customer_key", sa.Column("letters", sa.BigInteger(), nullable=False, server_default="0")
    )
    connection = op.get_bind()
    told = sa.update(KEY).where(KEY.c.customer_id == sa.bindparam("of"))
    told = told.values(letters=sa.bindparam("said"))
    asked = sa.select(CUSTOMER).order_by(CUSTOMER.c.id).limit(BATCH)
    rows = connection.execute(asked).all()
    while rows:
        said = [{"of": row.id, "said": _letters(row.core_name)} for row in rows]
        connection.execute(told, said)
        rows = connection.execute(asked.where(CUSTOMER.c.id > rows[-1].id)).all()
    _keys_with(" INCLUDE (letters)")


def downgrade() -> None:
    _keys_with("")
    op.drop_column("customer_key", "letters")


def _keys_with(more: str) -> None:
    """On PostgreSQL the search reads the index alone; SQLite keeps the rows in it anyway."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("ALTER TABLE customer_key DROP CONSTRAINT pk_customer_key")
        op.execute(
            "ALTER TABLE customer_key ADD CONSTRAINT pk_customer_key"
            f" PRIMARY KEY (key, customer_id){more}"
        )


def _letters(core: str) -> int:
    bits = 0
    for letter in core.replace(" ", ""):
        bits ^= 1 << (ord(letter) % 31)
    return bits
