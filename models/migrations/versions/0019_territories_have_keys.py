"""Every territory that stands has a key, by which files name it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

territory = sa.table(
    "territory",
    sa.column("id", sa.Uuid()),
    sa.column("external_id", sa.String()),
    sa.column("drawing_id", sa.Uuid()),
    sa.column("status", sa.String()),
    sa.column("succeeds_id", sa.Uuid()),
)


def upgrade() -> None:
    connection = op.get_bind()
    stands = territory.c.drawing_id.is_(None) | territory.c.succeeds_id.is_(None)
    without = sa.select(territory.c.id).where(territory.c.external_id.is_(None), stands)
    for key in connection.scalars(without).all():
        named = sa.update(territory).where(territory.c.id == key)
        connection.execute(named.values(external_id=f"TR-{key.hex[-10:].upper()}"))


def downgrade() -> None:
    """They stay: a key made here does no harm."""
