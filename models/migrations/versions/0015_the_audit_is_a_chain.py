"""The audit's entries are linked into one chain whose head is kept outside."""

import hashlib
import json
import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("audit_link", "audit_anchor")
NEW_COLUMNS = (
    ("on_behalf_of", sa.String(length=200)),
    ("changed", sa.JSON()),
    ("address", sa.String(length=45)),
    ("session_id", sa.Uuid()),
    ("request_id", sa.Uuid()),
)


def upgrade() -> None:
    for name, kind in NEW_COLUMNS:
        op.add_column("audit_entry", sa.Column(name, kind, nullable=True))
    op.create_table(
        "audit_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_link_entry_id_audit_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_link_entry_id")),
        sa.UniqueConstraint("seq", name=op.f("uq_audit_link_seq")),
    )
    op.create_table(
        "audit_anchor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_anchor")),
    )
    op.create_index(op.f("ix_audit_anchor_at"), "audit_anchor", ["at"], unique=False)
    _link_what_is_there()
    _guard()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_entry_never_emptied ON audit_entry")
    for table in TABLES:
        op.drop_table(table)
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION IF EXISTS {table}_never_changes()")
    for name, _kind in reversed(NEW_COLUMNS):
        op.drop_column("audit_entry", name)


def _link_what_is_there() -> None:
    """Entries of older releases come first in the chain, in the order in which they were written."""
    entry = sa.table(
        "audit_entry",
        sa.column("id", sa.Uuid()), sa.column("at", sa.DateTime(timezone=True)),
        sa.column("actor_id", sa.Uuid()), sa.column("actor_name"),
        sa.column("partner_id", sa.Uuid()), sa.column("action"), sa.column("about_kind"),
        sa.column("about_id", sa.Uuid()), sa.column("detail", sa.JSON()),
    )  # fmt: skip
    link = sa.table(
        "audit_link",
        sa.column("id", sa.Uuid()), sa.column("seq"), sa.column("entry_id", sa.Uuid()),
        sa.column("prev"), sa.column("hash"),
    )  # fmt: skip
    prev, links = "0" * 64, []
    for seq, row in enumerate(op.get_bind().execute(sa.select(entry).order_by(entry.c.id)), 1):
        values = [
            str(row.id), _utc(row.at), _or_none(row.actor_id), row.actor_name, None,
            _or_none(row.partner_id), row.action, row.about_kind, _or_none(row.about_id),
            row.detail, None, None, None, None,
        ]  # fmt: skip
        line = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        digest = hashlib.sha256(f"{prev}\n{seq}\n{line}".encode()).hexdigest()
        links.append(
            {"id": uuid.uuid4(), "seq": seq, "entry_id": row.id, "prev": prev, "hash": digest}
        )
        prev = digest
    for at in range(0, len(links), 1000):
        op.get_bind().execute(sa.insert(link), links[at : at + 1000])


def _or_none(value: uuid.UUID | None) -> str | None:
    return None if value is None else str(value)


def _utc(at: datetime) -> str:
    return (at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()


def _guard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is never changed'); END"
                )
        return
    for table in TABLES:
        op.execute(
            f"CREATE OR REPLACE FUNCTION {table}_never_changes() RETURNS trigger AS $$ "
            f"BEGIN RAISE EXCEPTION '{table} is never changed'; END $$ LANGUAGE plpgsql"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_never_changes()"
        )
    for table in ("audit_entry", *TABLES):
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_never_changes()"
        )
