"""Guards: what the database itself refuses, whoever asks, declared beside the tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import DDL, event


def never_changes(
    table: Any, *, but_goes: tuple[int, str] | None = None, but_empties: str = ""
) -> None:
    """Let the database itself refuse UPDATE and DELETE on this table.

    but_goes: (years, the SQL of a row's instant as OLD): what is older may be deleted.
    but_empties: a column with a list that may become empty, while all others stay as they are.
    """
    table.info["never_changes"] = True
    emptied = (but_empties, [one.name for one in table.columns if one.name != but_empties])
    guards = never_changing(table.name, but_goes, emptied if but_empties else None)
    for dialect, statements in guards.items():
        for statement in statements:
            event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))


def never_changing(
    name: str,
    but_goes: tuple[int, str] | None = None,
    but_empties: tuple[str, list[str]] | None = None,
) -> dict[str, list[str]]:
    """The statements that guard the table, by dialect; migrations use them too.

    but_empties: the column that may become an empty list, and all others.
    """
    years, at = but_goes or (0, "")
    filled, empties = _emptying(*but_empties) if but_empties else ("", "")
    young = f"WHEN NOT ({at} < datetime('now', '-{years} years')) " if but_goes else ""
    goes = (
        f"IF TG_OP = 'DELETE' THEN IF {at} < now() - interval '{years} years' THEN RETURN OLD;"
        " END IF; END IF; "
        if but_goes
        else ""
    )
    return {
        "sqlite": [
            f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} "
            f"{young if verb == 'DELETE' else filled}"
            f"BEGIN SELECT RAISE(ABORT, '{name} is never changed'); END"
            for verb in ("UPDATE", "DELETE")
        ],
        "postgresql": [
            f"CREATE OR REPLACE FUNCTION {name}_never_changes() RETURNS trigger AS $$ "
            f"BEGIN {goes}{empties}RAISE EXCEPTION '{name} is never changed'; END $$ "
            "LANGUAGE plpgsql",
            f"CREATE TRIGGER {name}_never_changes BEFORE UPDATE OR DELETE ON {name} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}_never_changes()",
        ],
    }


def _emptying(column: str, others: list[str]) -> tuple[str, str]:
    """What lets one column become an empty list: SQLite's condition, PostgreSQL's statement."""
    same = "".join(f" AND NEW.{one} IS OLD.{one}" for one in others)
    return (
        f"WHEN NOT (NEW.{column} = '[]'{same}) ",
        f"IF TG_OP = 'UPDATE' THEN IF NEW.{column}::text = '[]'"
        f" AND to_jsonb(NEW) - '{column}' = to_jsonb(OLD) - '{column}' THEN RETURN NEW;"
        " END IF; END IF; ",
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
