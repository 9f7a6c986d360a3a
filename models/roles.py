"""Who may do what in PostgreSQL: one role owns the tables, another reads and writes rows."""

from __future__ import annotations

from sqlalchemy import Engine, make_url

from models.engine import for_writing

GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
    " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
)


def let_in(owner: Engine, url: str) -> None:
    """Let the role of this address read and write what the owner's engine made, and no more."""
    role = make_url(url).username
    if owner.dialect.name != "postgresql" or role in (None, owner.url.username):
        return
    quoted = owner.dialect.identifier_preparer.quote_identifier(str(role))
    with for_writing(owner).begin() as connection:
        for grant in GRANTS:
            connection.exec_driver_sql(grant.format(quoted))
