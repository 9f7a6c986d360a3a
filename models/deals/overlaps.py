"""What the database refuses: two partners protected at once for one customer and family.

Two projects of one customer are two things, unless one of them is not named: that is the
whole family, and overlaps with each.  So a project is a range of one point, and no project
the range of all.

PostgreSQL uses an exclusion constraint where the extension btree_gist may be
had, and elsewhere a trigger that first locks the customer and family.  SQLite
has one writer at a time, so its trigger needs no lock.
"""

from typing import Any

from sqlalchemy import DDL, event

NAME = "deal_no_two_protections"
SAYS = "another partner is protected for this customer and product family"

OTHER = """
    SELECT 1 FROM deal AS other
    WHERE other.status = 'approved' AND other.id <> NEW.id
      AND other.customer_id = NEW.customer_id AND other.family_id = NEW.family_id
      AND other.partner_id <> NEW.partner_id
      AND (other.project_key = '' OR NEW.project_key = '' OR other.project_key = NEW.project_key)
      AND other.approved_on <= NEW.protected_through
      AND other.protected_through >= NEW.approved_on
"""

WATCHED = "status, customer_id, family_id, project_key, partner_id, approved_on, protected_through"

POINT = "hashtextextended(project_key, 0) / 2"  # halved: the upper end must not overflow
PROJECT = f"""CASE WHEN project_key = '' THEN int8range(NULL, NULL)
        ELSE int8range({POINT}, {POINT}, '[]') END"""

ON_POSTGRESQL = f"""
DO $do$ BEGIN
  IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'btree_gist') THEN
    BEGIN
      CREATE EXTENSION IF NOT EXISTS btree_gist;
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END;
  END IF;
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist') THEN
    ALTER TABLE deal ADD CONSTRAINT {NAME} EXCLUDE USING gist (
      customer_id WITH =, family_id WITH =, partner_id WITH <>,
      ({PROJECT}) WITH &&,
      daterange(approved_on, protected_through, '[]') WITH &&
    ) WHERE (status = 'approved');
  ELSE
    CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger AS $fn$
    BEGIN
      PERFORM pg_advisory_xact_lock(
        hashtextextended(NEW.customer_id::text || NEW.family_id::text, 0));
      IF EXISTS ({OTHER}) THEN
        RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'exclusion_violation';
      END IF;
      RETURN NEW;
    END $fn$ LANGUAGE plpgsql;
    CREATE TRIGGER {NAME} BEFORE INSERT OR UPDATE OF {WATCHED} ON deal
      FOR EACH ROW WHEN (NEW.status = 'approved') EXECUTE FUNCTION {NAME}();
  END IF;
END $do$
"""


def on_sqlite(verb: str) -> str:
    of = f"OF {WATCHED} " if verb == "UPDATE" else ""
    return (
        f"CREATE TRIGGER {NAME}_{verb.lower()} BEFORE {verb} {of}ON deal "
        f"WHEN NEW.status = 'approved' AND EXISTS ({OTHER}) "
        f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
    )


def never_two_protections(deal: Any) -> None:
    """Let the database itself have the last word about two approvals at once."""
    event.listen(deal, "after_create", DDL(ON_POSTGRESQL).execute_if(dialect="postgresql"))
    for verb in ("INSERT", "UPDATE"):
        event.listen(deal, "after_create", DDL(on_sqlite(verb)).execute_if(dialect="sqlite"))
