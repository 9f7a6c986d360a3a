"""What the database itself refuses about commissions, on SQLite and on PostgreSQL.

A line that stands on a statement, or in a closed month, is never changed or deleted, and no
line changes its partner or month; a closed month takes no further line and stays closed, and one
that is being closed takes none for whom it is stated; a plan version is never edited, only ended,
and neither is the frame of a plan that has one; no two versions of a plan are in force on one day;
a changed proposal is a draft again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import DDL, event

STATED = (
    "EXISTS (SELECT 1 FROM statement WHERE partner_id = OLD.partner_id "
    "AND period = OLD.period AND currency = OLD.payout_currency) "
    "OR EXISTS (SELECT 1 FROM month_close "
    "WHERE month = OLD.period AND finished_at IS NOT NULL)"
)
FRAME = ("currency", "payout_currency", "time_zone", "earning_event", "fx_policy")
HAS_A_VERSION = "EXISTS (SELECT 1 FROM plan_version WHERE plan_id = OLD.id)"
TWO_AT_ONCE = (
    "EXISTS (SELECT 1 FROM plan_version AS other "
    "WHERE other.plan_id = NEW.plan_id AND other.id <> NEW.id "
    "AND (NEW.to_on IS NULL OR other.from_on < NEW.to_on) "
    "AND (other.to_on IS NULL OR NEW.from_on < other.to_on))"
)
PLAN = "hashtextextended(plan_id::text, 0) / 2"
"""A point on a line, halved so that the range around it does not overflow."""
MOVED = "NEW.id <> OLD.id OR NEW.partner_id <> OLD.partner_id OR NEW.period <> OLD.period"

SQLITE = (
    (
        "commission_line",
        f"CREATE TRIGGER commission_line_stated BEFORE UPDATE ON commission_line "
        f"WHEN {STATED} OR {MOVED} "
        "BEGIN SELECT RAISE(ABORT, 'a line on a statement is never changed'); END",
    ),
    (
        "commission_line",
        f"CREATE TRIGGER commission_line_kept BEFORE DELETE ON commission_line WHEN {STATED} "
        "BEGIN SELECT RAISE(ABORT, 'a line on a statement is never deleted'); END",
    ),
    (
        "commission_line",
        "CREATE TRIGGER commission_line_month BEFORE INSERT ON commission_line "
        "WHEN EXISTS (SELECT 1 FROM month_close WHERE month = NEW.period "
        "AND (finished_at IS NOT NULL OR EXISTS (SELECT 1 FROM statement "
        "WHERE partner_id = NEW.partner_id AND period = NEW.period "
        "AND currency = NEW.payout_currency))) "
        "BEGIN SELECT RAISE(ABORT, 'a closed month takes no further line'); END",
    ),
    (
        "month_close",
        "CREATE TRIGGER month_close_stays BEFORE UPDATE ON month_close "
        "WHEN OLD.finished_at IS NOT NULL OR NEW.month <> OLD.month "
        "BEGIN SELECT RAISE(ABORT, 'a closed month stays closed'); END",
    ),
    (
        "month_close",
        "CREATE TRIGGER month_close_kept BEFORE DELETE ON month_close "
        "BEGIN SELECT RAISE(ABORT, 'a closed month stays closed'); END",
    ),
    (
        "plan_version",
        "CREATE TRIGGER plan_version_kept BEFORE UPDATE ON plan_version "
        "WHEN OLD.rules IS NOT NEW.rules OR OLD.from_on IS NOT NEW.from_on "
        "OR OLD.plan_id IS NOT NEW.plan_id OR OLD.author_id IS NOT NEW.author_id "
        "OR OLD.approved_by_id IS NOT NEW.approved_by_id "
        "BEGIN SELECT RAISE(ABORT, 'a plan version is never edited'); END",
    ),
    *(
        (
            "plan_version",
            f"CREATE TRIGGER plan_version_never_two_{verb.lower()} BEFORE {verb} ON plan_version "
            f"WHEN {TWO_AT_ONCE} "
            "BEGIN SELECT RAISE(ABORT, 'two versions of a plan are never in force at once'); END",
        )
        for verb in ("INSERT", "UPDATE")
    ),
    (
        "plan_version",
        f"CREATE TRIGGER plan_frame_kept BEFORE UPDATE OF {', '.join(FRAME)} ON plan "
        f"WHEN {HAS_A_VERSION} AND ({' OR '.join(f'OLD.{n} IS NOT NEW.{n}' for n in FRAME)}) "
        "BEGIN SELECT RAISE(ABORT, 'a plan with a version keeps its frame'); END",
    ),
    (
        "plan_draft",
        "CREATE TRIGGER plan_draft_voided BEFORE UPDATE ON plan_draft "
        "WHEN NEW.state <> 'draft' AND (OLD.rules IS NOT NEW.rules "
        "OR OLD.from_on IS NOT NEW.from_on OR OLD.to_on IS NOT NEW.to_on) "
        "BEGIN SELECT RAISE(ABORT, 'a change takes a plan back to a draft'); END",
    ),
)

POSTGRESQL = (
    (
        "commission_line",
        "CREATE OR REPLACE FUNCTION commission_line_guard() RETURNS trigger AS $$ BEGIN "
        f"IF {STATED} THEN RAISE EXCEPTION 'a line on a statement is never changed'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; "
        f"IF {MOVED} THEN RAISE EXCEPTION 'a line never moves'; END IF; "
        "RETURN NEW; END $$ LANGUAGE plpgsql",
    ),
    (
        "commission_line",
        "CREATE TRIGGER commission_line_guard BEFORE UPDATE OR DELETE "
        "ON commission_line FOR EACH ROW EXECUTE FUNCTION commission_line_guard()",
    ),
    # Asked once for all lines of a statement: they come by the thousand.
    (
        "commission_line",
        "CREATE OR REPLACE FUNCTION commission_line_month() RETURNS trigger AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM (SELECT DISTINCT period FROM fresh) AS months "
        "JOIN month_close ON month = months.period WHERE finished_at IS NOT NULL) "
        "THEN RAISE EXCEPTION 'a closed month takes no further line'; END IF; "
        "IF EXISTS (SELECT 1 FROM (SELECT DISTINCT period FROM fresh) AS months "
        "JOIN month_close ON month = months.period) THEN "
        "IF EXISTS (SELECT 1 FROM fresh JOIN statement ON statement.partner_id = fresh.partner_id "
        "AND statement.period = fresh.period AND statement.currency = fresh.payout_currency) "
        "THEN RAISE EXCEPTION 'a closed month takes no further line'; END IF; END IF; "
        "RETURN NULL; END $$ LANGUAGE plpgsql",
    ),
    (
        "commission_line",
        "CREATE TRIGGER commission_line_month AFTER INSERT ON commission_line "
        "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT "
        "EXECUTE FUNCTION commission_line_month()",
    ),
    (
        "month_close",
        "CREATE OR REPLACE FUNCTION month_close_stays() RETURNS trigger AS $$ BEGIN "
        "IF TG_OP = 'DELETE' OR OLD.finished_at IS NOT NULL THEN "
        "RAISE EXCEPTION 'a closed month stays closed'; END IF; "
        "IF NEW.month <> OLD.month THEN RAISE EXCEPTION 'a closed month stays closed'; END IF; "
        "RETURN NEW; END $$ LANGUAGE plpgsql",
    ),
    (
        "month_close",
        "CREATE TRIGGER month_close_stays BEFORE UPDATE OR DELETE ON month_close "
        "FOR EACH ROW EXECUTE FUNCTION month_close_stays()",
    ),
    (
        "plan_version",
        "CREATE OR REPLACE FUNCTION plan_version_kept() RETURNS trigger AS $$ BEGIN "
        "IF OLD.rules::text IS DISTINCT FROM NEW.rules::text "
        "OR OLD.from_on IS DISTINCT FROM NEW.from_on OR OLD.plan_id <> NEW.plan_id "
        "OR OLD.author_id IS DISTINCT FROM NEW.author_id "
        "OR OLD.approved_by_id IS DISTINCT FROM NEW.approved_by_id THEN "
        "RAISE EXCEPTION 'a plan version is never edited'; END IF; "
        "RETURN NEW; END $$ LANGUAGE plpgsql",
    ),
    (
        "plan_version",
        "CREATE TRIGGER plan_version_kept BEFORE UPDATE ON plan_version "
        "FOR EACH ROW EXECUTE FUNCTION plan_version_kept()",
    ),
    (
        "plan_version",
        "ALTER TABLE plan_version ADD CONSTRAINT plan_version_never_two EXCLUDE USING gist "
        f"(int8range({PLAN}, {PLAN}, '[]') WITH &&, daterange(from_on, to_on) WITH &&)",
    ),
    (
        "plan_version",
        "CREATE OR REPLACE FUNCTION plan_frame_kept() RETURNS trigger AS $$ BEGIN "
        f"IF {HAS_A_VERSION} AND "
        f"({' OR '.join(f'OLD.{name} IS DISTINCT FROM NEW.{name}' for name in FRAME)}) "
        "THEN RAISE EXCEPTION 'a plan with a version keeps its frame'; END IF; "
        "RETURN NEW; END $$ LANGUAGE plpgsql",
    ),
    (
        "plan_version",
        "CREATE TRIGGER plan_frame_kept BEFORE UPDATE ON plan "
        "FOR EACH ROW EXECUTE FUNCTION plan_frame_kept()",
    ),
    (
        "plan_draft",
        "CREATE OR REPLACE FUNCTION plan_draft_voided() RETURNS trigger AS $$ BEGIN "
        "IF NEW.state <> 'draft' AND (OLD.rules::text IS DISTINCT FROM NEW.rules::text "
        "OR OLD.from_on IS DISTINCT FROM NEW.from_on OR OLD.to_on IS DISTINCT FROM NEW.to_on) "
        "THEN RAISE EXCEPTION 'a change takes a plan back to a draft'; END IF; "
        "RETURN NEW; END $$ LANGUAGE plpgsql",
    ),
    (
        "plan_draft",
        "CREATE TRIGGER plan_draft_voided BEFORE UPDATE ON plan_draft "
        "FOR EACH ROW EXECUTE FUNCTION plan_draft_voided()",
    ),
)


def guard(table: Any) -> None:
    """Declare the triggers of this table beside it."""
    for dialect, guards in (("sqlite", SQLITE), ("postgresql", POSTGRESQL)):
        for name, statement in guards:
            if name == table.name:
                ddl = DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)
                event.listen(table, "after_create", ddl)
