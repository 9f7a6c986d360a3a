"""No two exclusive territories meet, whoever drew them: claimed ones as before, and all others."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

SIDES = ("place", "family", "industry", "size")
ENDS = [f"{side}_{end}" for side in SIDES for end in ("low", "high")]
HELD = ", ".join([*ENDS, "from_on", "to_on"])
LIVING = "status IN ('active', 'warned', 'notice')"


def upgrade() -> None:
    op.add_column(
        "territory",
        sa.Column("is_claimed", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _make("territory_hold", "territory_id", "territory", "territory")
    claimed = f"SELECT territory_id FROM territory_claim WHERE {LIVING}"
    op.execute(
        f"UPDATE territory SET is_claimed = true WHERE id IN ({claimed})"
        f" OR (drawing_id IS NULL AND succeeds_id IN ({claimed}))"
    )
    # What was drawn anew since is held by the worker, as is what the vendor drew itself.
    op.execute(
        f"INSERT INTO territory_hold (id, territory_id, {HELD})"
        f" SELECT claim_hold.id, claim.territory_id, {_of('claim_hold')}"
        " FROM claim_hold JOIN territory_claim AS claim ON claim.id = claim_hold.claim_id"
        " WHERE claim.territory_id IS NOT NULL AND claim.territory_id NOT IN"
        " (SELECT succeeds_id FROM territory WHERE succeeds_id IS NOT NULL)"
    )
    op.drop_table("claim_hold")


def downgrade() -> None:
    _make("claim_hold", "claim_id", "territory_claim", "claim")
    op.execute(
        f"INSERT INTO claim_hold (id, claim_id, {HELD})"
        f" SELECT territory_hold.id, claim.id, {_of('territory_hold')}"
        " FROM territory_hold JOIN territory_claim AS claim"
        " ON claim.territory_id = territory_hold.territory_id"
    )
    op.drop_table("territory_hold")
    op.drop_column("territory", "is_claimed")


def _of(table: str) -> str:
    return ", ".join(f"{table}.{name}" for name in (*ENDS, "from_on", "to_on"))


def _make(table: str, key: str, parent: str, called: str) -> None:
    op.create_table(
        table,
        sa.Column(key, sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ENDS),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("to_on > from_on", name=op.f(f"ck_{table}_holds_for_a_while")),
        sa.ForeignKeyConstraint([key], [f"{parent}.id"], name=op.f(f"fk_{table}_{key}_{parent}")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_{key}"), table, [key], unique=False)
    op.create_index(f"ix_{table}_place", table, ["place_low", "place_high"], unique=False)
    for statement in _guards(table, called)[op.get_context().dialect.name]:
        op.execute(statement)


def _guards(table: str, called: str) -> dict[str, list[str]]:
    meets = " AND ".join(
        f"other.{one}_low < NEW.{one}_high AND NEW.{one}_low < other.{one}_high" for one in SIDES
    )
    other = f"""SELECT 1 FROM {table} AS other WHERE other.id <> NEW.id AND {meets}
      AND other.from_on < NEW.to_on AND NEW.from_on < other.to_on"""
    ranges = ", ".join(f"int8range({one}_low, {one}_high) WITH &&" for one in SIDES)

    def trigger(verb: str) -> str:
        of = f"OF {', '.join(ENDS)}, from_on, to_on " if verb == "UPDATE" else ""
        return (
            f"CREATE TRIGGER {table}_never_two_{verb.lower()} BEFORE {verb} {of}ON {table} "
            f"WHEN EXISTS ({other}) BEGIN SELECT RAISE(ABORT, 'this area is held by another "
            f"{called}'); END"
        )

    return {
        "sqlite": [trigger("INSERT"), trigger("UPDATE")],
        "postgresql": [
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_never_two EXCLUDE USING gist "
            f"({ranges}, daterange(from_on, to_on) WITH &&)"
        ],
    }
