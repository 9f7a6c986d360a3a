"""Disputes start from a line, have a clock, a decision in writing, and a story."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

GUARDS: dict[str, list[str]] = {
    "sqlite": [
        """CREATE TRIGGER dispute_note_no_update BEFORE UPDATE ON dispute_note BEGIN SELECT RAISE(ABORT, 'dispute_note is never changed'); END""",
        """CREATE TRIGGER dispute_note_no_delete BEFORE DELETE ON dispute_note BEGIN SELECT RAISE(ABORT, 'dispute_note is never changed'); END""",
    ],
    "postgresql": [
        """CREATE OR REPLACE FUNCTION dispute_note_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'dispute_note is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER dispute_note_never_changes BEFORE UPDATE OR DELETE ON dispute_note FOR EACH ROW EXECUTE FUNCTION dispute_note_never_changes()""",
    ],
}

OUTCOMES = {"accepted": "accepted", "denied": "denied"}


OLD = sa.table(
    "dispute",
    sa.column("id", sa.Uuid()),
    sa.column("partner_id", sa.Uuid()),
    sa.column("amount_minor", sa.BigInteger()),
    sa.column("currency", sa.String()),
    sa.column("hold_line_id", sa.Uuid()),
    sa.column("opened_at", sa.DateTime(timezone=True)),
    sa.column("closed_at", sa.DateTime(timezone=True)),
    sa.column("outcome", sa.String()),
)
NEW = sa.table(
    "dispute",
    sa.column("id", sa.Uuid()),
    sa.column("partner_id", sa.Uuid()),
    sa.column("amount_minor", sa.BigInteger()),
    sa.column("currency", sa.String()),
    sa.column("hold_line_id", sa.Uuid()),
    sa.column("opened_at", sa.DateTime(timezone=True)),
    sa.column("closed_at", sa.DateTime(timezone=True)),
    sa.column("line_id", sa.Uuid()),
    sa.column("status", sa.String()),
)
LINE = sa.table(
    "commission_line",
    sa.column("id", sa.Uuid()),
    sa.column("deal_id", sa.Uuid()),
    sa.column("corrects", sa.JSON()),
)


def upgrade() -> None:
    bind = op.get_bind()
    held = sa.select(OLD, LINE.c.corrects).join(LINE, LINE.c.id == OLD.c.hold_line_id)
    before = [_told(row) for row in bind.execute(held)]
    with op.batch_alter_table("dispute") as batch_op:
        batch_op.drop_index(batch_op.f("ix_dispute_partner_id"))
    op.drop_table("dispute")
    new = _make_new()
    for row in before:
        bind.execute(new.insert().values(**row))
    op.create_table(
        "dispute_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_note_dispute_id_dispute")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_dispute_note_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_note")),
    )
    op.create_index(op.f("ix_dispute_note_dispute_id"), "dispute_note", ["dispute_id"])
    op.create_index(op.f("ix_dispute_note_partner_id"), "dispute_note", ["partner_id"])
    for guard in GUARDS[bind.dialect.name]:
        bind.exec_driver_sql(guard)


def downgrade() -> None:
    bind = op.get_bind()
    op.drop_table("dispute_note")
    if bind.dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS dispute_note_never_changes()")
    held = sa.select(NEW, LINE.c.deal_id).join(LINE, LINE.c.id == NEW.c.line_id)
    told = held.where(NEW.c.hold_line_id.is_not(None), LINE.c.deal_id.is_not(None))
    kept = [dict(row._mapping) for row in bind.execute(told)]
    op.drop_table("dispute")
    old = _make_old()
    for row in kept:
        status = row.pop("status")
        row.pop("line_id")
        outcome = "" if status == "open" else status
        bind.execute(old.insert().values(**row, outcome=outcome))


def _told(row: sa.Row) -> dict:
    """What is known of a dispute of before: its line is what the held one corrects."""
    is_open = row.closed_at is None
    return {
        "id": row.id,
        "partner_id": row.partner_id,
        "number": f"Q-{row.id.hex[-10:].upper()}",
        "status": "open" if is_open else OUTCOMES.get(row.outcome, "accepted_in_part"),
        "line_id": UUID(row.corrects[0]),
        "reason": "other",
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "hold_line_id": row.hold_line_id,
        "opened_at": row.opened_at,
        "opened_by_name": "",
        "decide_by": row.opened_at,
        "closed_at": row.closed_at,
        "closed_by_name": "",
        "decision_text": "",
        "added_minor": 0,
    }


def _make_new() -> sa.Table:
    table = op.create_table(
        "dispute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("claimed_minor", sa.BigInteger(), nullable=True),
        sa.Column("hold_line_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_name", sa.String(length=200), nullable=False),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_name", sa.String(length=200), nullable=False),
        sa.Column("decision_text", sa.Text(), nullable=False),
        sa.Column("added_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_dispute_is_about_something")),
        sa.CheckConstraint(
            "(status = 'open') = (closed_at IS NULL)", name=op.f("ck_dispute_closed_has_its_day")
        ),
        sa.ForeignKeyConstraint(
            ["hold_line_id"],
            ["commission_line.id"],
            name=op.f("fk_dispute_hold_line_id_commission_line"),
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["commission_line.id"], name=op.f("fk_dispute_line_id_commission_line")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_dispute_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("number", name=op.f("uq_dispute_number")),
    )
    op.create_index(op.f("ix_dispute_partner_id"), "dispute", ["partner_id"])
    op.create_index(op.f("ix_dispute_line_id"), "dispute", ["line_id"])
    op.create_index("ix_dispute_status_decide_by", "dispute", ["status", "decide_by", "id"])
    op.create_index(
        "uq_dispute_one_open",
        "dispute",
        ["line_id"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    return table


def _make_old() -> sa.Table:
    table = op.create_table(
        "dispute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("hold_line_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_dispute_holds_something")),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_dispute_deal_id_deal")),
        sa.ForeignKeyConstraint(
            ["hold_line_id"],
            ["commission_line.id"],
            name=op.f("fk_dispute_hold_line_id_commission_line"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_dispute_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
    )
    op.create_index(op.f("ix_dispute_partner_id"), "dispute", ["partner_id"])
    return table
