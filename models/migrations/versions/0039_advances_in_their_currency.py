"""Advances say in which currency they were given: the key of what is remembered ends with it."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

STATE = sa.table(
    "rating_state",
    sa.column("id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("key", sa.String()),
)
PLAN = sa.table("plan", sa.column("id", sa.Uuid()), sa.column("payout_currency", sa.String()))
PARTNER = sa.table("partner", sa.column("id", sa.Uuid()), sa.column("currency", sa.String()))


def upgrade() -> None:
    for state_id, key in _advances():
        partner_id, plan_id = key.split("|")
        currency = _one(PLAN.c.payout_currency, PLAN.c.id, plan_id) or _one(
            PARTNER.c.currency, PARTNER.c.id, partner_id
        )
        _call(state_id, f"{key}|{currency}")


def downgrade() -> None:
    for state_id, key in _advances():
        _call(state_id, key.rsplit("|", 1)[0])


def _advances() -> list[tuple[UUID, str]]:
    asked = sa.select(STATE.c.id, STATE.c.key).where(STATE.c.kind == "draw")
    return [(row.id, row.key) for row in op.get_bind().execute(asked)]


def _one(wanted: sa.ColumnClause, key: sa.ColumnClause, value: str) -> str | None:
    return op.get_bind().scalar(sa.select(wanted).where(key == UUID(value)))


def _call(state_id: UUID, key: str) -> None:
    op.execute(sa.update(STATE).where(STATE.c.id == state_id).values(key=key))
