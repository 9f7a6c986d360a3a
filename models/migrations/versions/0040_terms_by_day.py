"""What a partner's tier, role and currency were before they changed, as far as the audit tells."""

import json
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from models.base import new_id
from models.guards import never_changing

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

CHANGES = ("tier", "role", "currency")
WORD = sa.String(length=40)


def upgrade() -> None:
    op.create_table(
        "partner_terms",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("tier", WORD, nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_partner_terms_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_terms")),
        sa.UniqueConstraint("partner_id", "to_on", name=op.f("uq_partner_terms_partner_id_to_on")),
    )
    op.create_index(
        op.f("ix_partner_terms_partner_id"), "partner_terms", ["partner_id"], unique=False
    )
    _fill(op.get_bind())
    for statement in never_changing("partner_terms")[op.get_context().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("partner_terms")
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION partner_terms_never_changes()")


def _fill(connection: sa.Connection) -> None:
    """Backwards from what each partner is, change by change."""
    instant = sa.DateTime(timezone=True)
    audit = sa.table(
        "audit_entry", sa.column("id", sa.Uuid()), sa.column("at", instant), sa.column("action"),
        sa.column("about_id", sa.Uuid()), sa.column("detail", sa.Text()),
    )  # fmt: skip
    partner = sa.table(
        "partner", sa.column("id", sa.Uuid()), sa.column("tier"), sa.column("role"),
        sa.column("country"), sa.column("currency"),
    )  # fmt: skip
    terms = sa.table(
        "partner_terms", sa.column("id", sa.Uuid()), sa.column("partner_id", sa.Uuid()),
        sa.column("to_on", sa.Date()), sa.column("tier"), sa.column("role"), sa.column("country"),
        sa.column("currency"),
    )  # fmt: skip
    zone = ZoneInfo(connection.scalar(sa.text("SELECT time_zone FROM vendor LIMIT 1")) or "UTC")
    detail = sa.cast(audit.c.detail, sa.Text())
    changes = connection.execute(
        sa.select(audit.c.about_id, audit.c.at, detail.label("detail"))
        .where(audit.c.action == "partner edited")
        .where(sa.or_(*(detail.contains(f'"{name}"') for name in CHANGES)))
        .order_by(audit.c.at.desc(), audit.c.id.desc())
    ).all()
    found = {row.id: row._asdict() for row in connection.execute(sa.select(partner))}
    rows = {}
    for change in changes:
        is_now = found.get(change.about_id)
        if is_now is None:
            continue
        changed = json.loads(change.detail)["changed"]
        terms_before = {name: changed[name][0] for name in CHANGES if name in changed}
        if not terms_before:
            continue
        is_now |= terms_before
        at = change.at if change.at.tzinfo else change.at.replace(tzinfo=UTC)
        to_on = at.astimezone(zone).date() + timedelta(days=1)
        row = {"id": new_id(), "partner_id": is_now["id"], "to_on": to_on}
        rows[row["partner_id"], to_on] = row | {
            name: is_now[name] for name in ("tier", "role", "country", "currency")
        }
    if rows:
        connection.execute(sa.insert(terms), list(rows.values()))
