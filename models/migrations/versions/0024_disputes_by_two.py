"""Disputes: clock and window are settings, large decisions need two, sales can be missed.

A plan keeps its frame from its first version on; a month is rated anew in parts.
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

FRAME = ("currency", "payout_currency", "time_zone", "earning_event", "fx_policy")
HAS_A_VERSION = "EXISTS (SELECT 1 FROM plan_version WHERE plan_id = OLD.id)"
GUARDS: dict[str, list[str]] = {
    "sqlite": [
        f"CREATE TRIGGER plan_frame_kept BEFORE UPDATE OF {', '.join(FRAME)} ON plan "
        f"WHEN {HAS_A_VERSION} AND ({' OR '.join(f'OLD.{n} IS NOT NEW.{n}' for n in FRAME)}) "
        "BEGIN SELECT RAISE(ABORT, 'a plan with a version keeps its frame'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION plan_frame_kept() RETURNS trigger AS $$ BEGIN "
        f"IF {HAS_A_VERSION} AND "
        f"({' OR '.join(f'OLD.{name} IS DISTINCT FROM NEW.{name}' for name in FRAME)}) "
        "THEN RAISE EXCEPTION 'a plan with a version keeps its frame'; END IF; "
        "RETURN NEW; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER plan_frame_kept BEFORE UPDATE ON plan "
        "FOR EACH ROW EXECUTE FUNCTION plan_frame_kept()",
    ],
}
INSTANT = sa.DateTime(timezone=True)
WAITS = sa.text("state = 'waiting'")


def upgrade() -> None:
    for name, days in (("dispute_business_days", "10"), ("dispute_window_days", "90")):
        op.add_column(
            "vendor",
            sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text(days)),
        )
    _notes_aside(_loosen)
    _make_decisions()
    for guard in GUARDS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(guard)
    _make_reratings()


def _loosen() -> None:
    with op.batch_alter_table("dispute") as batch:
        batch.alter_column("line_id", existing_type=sa.Uuid(), nullable=True)
        batch.add_column(
            sa.Column("missing_sale", sa.String(200), nullable=False, server_default="")
        )
        batch.add_column(
            sa.Column("missing_month", sa.String(7), nullable=False, server_default="")
        )
        batch.drop_constraint(op.f("fk_dispute_line_id_commission_line"), type_="foreignkey")
        batch.create_foreign_key(
            op.f("fk_dispute_line_id_commission_line"),
            "commission_line",
            ["line_id"],
            ["id"],
            deferrable=True,
            initially="IMMEDIATE",
        )
        batch.add_column(sa.Column("deal_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(op.f("fk_dispute_deal_id_deal"), "deal", ["deal_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_dispute_a_line_or_a_missing_sale"),
            "(line_id IS NULL) = (missing_sale <> '') "
            "AND (line_id IS NULL) = (missing_month <> '')",
        )


def _make_decisions() -> None:
    op.create_table(
        "dispute_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "given", "sent_back", name="decisionstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("added_minor", sa.BigInteger(), nullable=False),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("second_by_id", sa.Uuid(), nullable=True),
        sa.Column("second_by_name", sa.String(length=200), nullable=False),
        sa.Column("second_at", INSTANT, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("added_minor >= 0", name=op.f("ck_dispute_decision_takes_nothing")),
        sa.CheckConstraint(
            "second_by_id IS NULL OR by_id IS NULL OR second_by_id <> by_id",
            name=op.f("ck_dispute_decision_needs_a_second_person"),
        ),
        sa.CheckConstraint(
            "NOT needs_second OR state <> 'given' OR second_by_id IS NOT NULL",
            name=op.f("ck_dispute_decision_given_by_two_above_the_limit"),
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_decision_dispute_id_dispute")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_dispute_decision_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["second_by_id"], ["person.id"], name=op.f("fk_dispute_decision_second_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_decision")),
    )
    op.create_index(op.f("ix_dispute_decision_dispute_id"), "dispute_decision", ["dispute_id"])
    op.create_index(
        "uq_dispute_decision_one_waits",
        "dispute_decision",
        ["dispute_id"],
        unique=True,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )


def _make_reratings() -> None:
    op.create_table(
        "month_rerating",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "done", "void", "refused", name="reratingstate", native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seen", sa.String(length=64), nullable=False),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("through_id", sa.Uuid(), nullable=True),
        sa.Column("changed_count", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_month_rerating_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_rerating")),
    )  # fmt: skip
    op.create_index(op.f("ix_month_rerating_month"), "month_rerating", ["month"])
    op.create_index(
        "uq_month_rerating_one_waits",
        "month_rerating",
        ["state"],
        unique=True,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )


def downgrade() -> None:
    """A missed sale has no place in what was before: it goes, its lines stay."""
    op.drop_table("month_rerating")
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(f"DROP TRIGGER plan_frame_kept{'' if is_sqlite else ' ON plan'}")
    if not is_sqlite:
        op.execute("DROP FUNCTION plan_frame_kept()")
    op.drop_table("dispute_decision")
    _notes_aside(_tighten)
    op.drop_column("vendor", "dispute_window_days")
    op.drop_column("vendor", "dispute_business_days")


def _tighten() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE dispute_note DISABLE TRIGGER dispute_note_never_changes")
        missed = "SELECT id FROM dispute WHERE line_id IS NULL"
        op.execute(f"DELETE FROM dispute_note WHERE dispute_id IN ({missed})")
        op.execute("ALTER TABLE dispute_note ENABLE TRIGGER dispute_note_never_changes")
    op.execute("DELETE FROM dispute WHERE line_id IS NULL")
    with op.batch_alter_table("dispute") as batch:
        batch.drop_constraint(op.f("ck_dispute_a_line_or_a_missing_sale"), type_="check")
        batch.drop_constraint(op.f("fk_dispute_deal_id_deal"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_dispute_line_id_commission_line"), type_="foreignkey")
        batch.create_foreign_key(
            op.f("fk_dispute_line_id_commission_line"), "commission_line", ["line_id"], ["id"]
        )
        batch.drop_column("deal_id")
        batch.drop_column("missing_month")
        batch.drop_column("missing_sale")
        batch.alter_column("line_id", existing_type=sa.Uuid(), nullable=False)


def _notes_aside(change: Callable[[], None]) -> None:
    """SQLite makes the table anew, which nothing may refer to meanwhile: the notes wait beside."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        change()
        return
    made = bind.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE tbl_name = 'dispute_note' AND sql IS NOT NULL "
        "ORDER BY type <> 'table'"
    )
    statements = made.scalars().all()
    bind.exec_driver_sql("CREATE TABLE dispute_note_aside AS SELECT * FROM dispute_note")
    bind.exec_driver_sql("DROP TABLE dispute_note")
    change()
    for statement in statements:
        bind.exec_driver_sql(statement)
    bind.exec_driver_sql(
        "INSERT INTO dispute_note SELECT * FROM dispute_note_aside "
        "WHERE dispute_id IN (SELECT id FROM dispute)"
    )
    bind.exec_driver_sql("DROP TABLE dispute_note_aside")
