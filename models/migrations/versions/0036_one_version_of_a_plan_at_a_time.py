"""No two versions of a plan are in force on one day: the database refuses the second."""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

NAME = "plan_version_never_two"
TWO_AT_ONCE = """EXISTS (SELECT 1 FROM plan_version AS other WHERE other.plan_id = NEW.plan_id AND other.id <> NEW.id AND (NEW.to_on IS NULL OR other.from_on < NEW.to_on) AND (other.to_on IS NULL OR NEW.from_on < other.to_on))"""
PLAN = "hashtextextended(plan_id::text, 0) / 2"


def upgrade() -> None:
    _end_where_the_next_begins()
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            f"ALTER TABLE plan_version ADD CONSTRAINT {NAME} EXCLUDE USING gist "
            f"(int8range({PLAN}, {PLAN}, '[]') WITH &&, daterange(from_on, to_on) WITH &&)"
        )
        return
    for verb in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER {NAME}_{verb.lower()} BEFORE {verb} ON plan_version "
            f"WHEN {TWO_AT_ONCE} "
            "BEGIN SELECT RAISE(ABORT, 'two versions of a plan are never in force at once'); END"
        )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE plan_version DROP CONSTRAINT {NAME}")
        return
    for verb in ("insert", "update"):
        op.execute(f"DROP TRIGGER {NAME}_{verb}")


def _end_where_the_next_begins() -> None:
    """What began first has rated until now, but not what the version after it was made for."""
    op.execute(
        """UPDATE plan_version SET to_on = (
             SELECT min(later.from_on) FROM plan_version AS later
             WHERE later.plan_id = plan_version.plan_id AND later.from_on > plan_version.from_on
           )
           WHERE EXISTS (
             SELECT 1 FROM plan_version AS later
             WHERE later.plan_id = plan_version.plan_id AND later.from_on > plan_version.from_on
               AND (plan_version.to_on IS NULL OR later.from_on < plan_version.to_on)
           )"""
    )
