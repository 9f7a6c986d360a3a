"""What the database refuses: two exclusive territories for the same place, family, segment and day.

PostgreSQL uses an exclusion constraint over ranges, which needs no extension.  SQLite has one
writer at a time, so its trigger sees whatever was written before.
"""

from typing import Any

from sqlalchemy import DDL, event

NAME = "territory_hold_never_two"
SAYS = "this area is held by another territory"

DIMENSIONS = ("place", "family", "industry", "size", "state", "code")
MEETS = " AND ".join(
    f"other.{one}_low < NEW.{one}_high AND NEW.{one}_low < other.{one}_high" for one in DIMENSIONS
)
OTHER = f"""SELECT 1 FROM territory_hold AS other WHERE other.id <> NEW.id AND {MEETS}
      AND other.from_on < NEW.to_on AND NEW.from_on < other.to_on"""
WATCHED = ", ".join(f"{one}_{end}" for one in DIMENSIONS for end in ("low", "high"))

RANGES = ", ".join(f"int8range({one}_low, {one}_high) WITH &&" for one in DIMENSIONS)
ON_POSTGRESQL = (
    f"ALTER TABLE territory_hold ADD CONSTRAINT {NAME} EXCLUDE USING gist "
    f"({RANGES}, daterange(from_on, to_on) WITH &&)"
)


def on_sqlite(verb: str) -> str:
    of = f"OF {WATCHED}, from_on, to_on " if verb == "UPDATE" else ""
    return (
        f"CREATE TRIGGER {NAME}_{verb.lower()} BEFORE {verb} {of}ON territory_hold "
        f"WHEN EXISTS ({OTHER}) BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
    )


def never_two_holders(table: Any) -> None:
    """Let the database itself have the last word about two approvals at once."""
    event.listen(table, "after_create", DDL(ON_POSTGRESQL).execute_if(dialect="postgresql"))
    for verb in ("INSERT", "UPDATE"):
        event.listen(table, "after_create", DDL(on_sqlite(verb)).execute_if(dialect="sqlite"))
