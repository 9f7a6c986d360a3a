"""Guards: what the database itself refuses, whoever asks, declared beside the tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import DDL, event


def never_changes(table: Any) -> None:
    """Let the database itself refuse UPDATE and DELETE on this table."""
    name = table.name
    table.info["never_changes"] = True
    for verb in ("UPDATE", "DELETE"):
        event.listen(
            table,
            "after_create",
            DDL(
                f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{name} is never changed'); END"
            ).execute_if(dialect="sqlite"),
        )
    event.listen(
        table,
        "after_create",
        DDL(
            f"CREATE OR REPLACE FUNCTION {name}_never_changes() RETURNS trigger AS $$ "
            f"BEGIN RAISE EXCEPTION '{name} is never changed'; END $$ LANGUAGE plpgsql"
        ).execute_if(dialect="postgresql"),
    )
    event.listen(
        table,
        "after_create",
        DDL(
            f"CREATE TRIGGER {name}_never_changes BEFORE UPDATE OR DELETE ON {name} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}_never_changes()"
        ).execute_if(dialect="postgresql"),
    )


def never_emptied(table: Any) -> None:
    """Let PostgreSQL refuse TRUNCATE too, which no trigger on rows sees; SQLite has none."""
    name = table.name
    event.listen(
        table,
        "after_create",
        DDL(
            f"CREATE TRIGGER {name}_never_emptied BEFORE TRUNCATE ON {name} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_never_changes()"
        ).execute_if(dialect="postgresql"),
    )


def never_changes_in(table: Any, *columns: str) -> None:
    """Let the database refuse DELETE, and UPDATE of these columns; the others may change."""
    name, kept = table.name, ", ".join(columns)
    table.info["never_changes_in"] = columns
    for verb, when in (("update", f"UPDATE OF {kept}"), ("delete", "DELETE")):
        event.listen(
            table,
            "after_create",
            DDL(
                f"CREATE TRIGGER {name}_no_{verb} BEFORE {when} ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{name} is kept as it was'); END"
            ).execute_if(dialect="sqlite"),
        )
    event.listen(
        table,
        "after_create",
        DDL(
            f"CREATE OR REPLACE FUNCTION {name}_is_kept() RETURNS trigger AS $$ "
            f"BEGIN RAISE EXCEPTION '{name} is kept as it was'; END $$ LANGUAGE plpgsql"
        ).execute_if(dialect="postgresql"),
    )
    event.listen(
        table,
        "after_create",
        DDL(
            f"CREATE TRIGGER {name}_is_kept BEFORE UPDATE OF {kept} OR DELETE ON {name} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}_is_kept()"
        ).execute_if(dialect="postgresql"),
    )
