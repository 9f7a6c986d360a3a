"""The sums of months are kept, and who gains when one is rated anew; a closed month stays closed."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
CLOSED = sa.table(
    "closed_sum",
    sa.column("id", sa.Uuid()),
    sa.column("month", sa.String()),
    sa.column("currency", sa.String()),
    sa.column("line_count", sa.Integer()),
    sa.column("partner_count", sa.Integer()),
    sa.column("earned_minor", sa.BigInteger()),
    sa.column("taken_back_minor", sa.BigInteger()),
)
STATED = sa.text(
    "SELECT period, currency, CAST(sum(line_count) AS BIGINT), count(*),"
    " CAST(sum(earned_minor) AS BIGINT), CAST(sum(taken_back_minor) AS BIGINT)"
    " FROM statement WHERE line_count > 0 AND period IN"
    " (SELECT month FROM month_close WHERE finished_at IS NOT NULL)"
    " GROUP BY period, currency ORDER BY period, currency"
)
STATED_ALREADY = (
    "EXISTS (SELECT 1 FROM statement WHERE partner_id = NEW.partner_id "
    "AND period = NEW.period AND currency = NEW.payout_currency)"
)
NO_MORE = "RAISE EXCEPTION 'a closed month takes no further line'; END IF; "
STAYS = "a closed month stays closed"
LINE_MONTH = {
    "sqlite": (
        "CREATE TRIGGER commission_line_month BEFORE INSERT ON commission_line "
        "WHEN EXISTS (SELECT 1 FROM month_close WHERE month = NEW.period "
        f"AND (finished_at IS NOT NULL OR {STATED_ALREADY})) "
        "BEGIN SELECT RAISE(ABORT, 'a closed month takes no further line'); END"
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION commission_line_month() RETURNS trigger AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM (SELECT DISTINCT period FROM fresh) AS months "
        f"JOIN month_close ON month = months.period WHERE finished_at IS NOT NULL) THEN {NO_MORE}"
        "IF EXISTS (SELECT 1 FROM (SELECT DISTINCT period FROM fresh) AS months "
        "JOIN month_close ON month = months.period) THEN "
        "IF EXISTS (SELECT 1 FROM fresh JOIN statement ON statement.partner_id = fresh.partner_id "
        "AND statement.period = fresh.period AND statement.currency = fresh.payout_currency) "
        f"THEN {NO_MORE}END IF; RETURN NULL; END $$ LANGUAGE plpgsql"
    ),
}
LINE_MONTH_BEFORE = {
    "sqlite": (
        "CREATE TRIGGER commission_line_month BEFORE INSERT ON commission_line "
        "WHEN EXISTS (SELECT 1 FROM month_close "
        "WHERE month = NEW.period AND finished_at IS NOT NULL) "
        "BEGIN SELECT RAISE(ABORT, 'a closed month takes no further line'); END"
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION commission_line_month() RETURNS trigger AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM (SELECT DISTINCT period FROM fresh) AS months "
        f"JOIN month_close ON month = months.period WHERE finished_at IS NOT NULL) THEN {NO_MORE}"
        "RETURN NULL; END $$ LANGUAGE plpgsql"
    ),
}
MONTH_STAYS = {
    "sqlite": (
        "CREATE TRIGGER month_close_stays BEFORE UPDATE ON month_close "
        "WHEN OLD.finished_at IS NOT NULL OR NEW.month <> OLD.month "
        f"BEGIN SELECT RAISE(ABORT, '{STAYS}'); END",
        "CREATE TRIGGER month_close_kept BEFORE DELETE ON month_close "
        f"BEGIN SELECT RAISE(ABORT, '{STAYS}'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION month_close_stays() RETURNS trigger AS $$ BEGIN "
        "IF TG_OP = 'DELETE' OR OLD.finished_at IS NOT NULL THEN "
        f"RAISE EXCEPTION '{STAYS}'; END IF; "
        f"IF NEW.month <> OLD.month THEN RAISE EXCEPTION '{STAYS}'; END IF; "
        "RETURN NEW; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER month_close_stays BEFORE UPDATE OR DELETE ON month_close "
        "FOR EACH ROW EXECUTE FUNCTION month_close_stays()",
    ),
}
NAMES = [column.name for column in CLOSED.columns][1:]


def upgrade() -> None:
    _make_tallies()
    _make_changes()
    connection = op.get_bind()
    rows = connection.execute(STATED).all()
    if rows:
        told = [{"id": uuid4()} | dict(zip(NAMES, row, strict=True)) for row in rows]
        connection.execute(sa.insert(CLOSED), told)
    op.add_column(
        "month_rerating",
        sa.Column("is_checked", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    _lines_are_guarded_by(LINE_MONTH)
    for statement in MONTH_STAYS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    _lines_are_guarded_by(LINE_MONTH_BEFORE)
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TRIGGER month_close_stays")
        connection.exec_driver_sql("DROP TRIGGER month_close_kept")
    else:
        connection.exec_driver_sql("DROP TRIGGER month_close_stays ON month_close")
        connection.exec_driver_sql("DROP FUNCTION month_close_stays()")
    op.drop_column("month_rerating", "is_checked")
    op.drop_table("rerating_change")
    op.execute("DELETE FROM month_rerating WHERE state IN ('looking', 'looked')")
    for table in ("month_tally_row", "month_tally", "closed_sum"):
        op.drop_table(table)


def _lines_are_guarded_by(statements: dict[str, str]) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TRIGGER commission_line_month")
    connection.exec_driver_sql(statements[connection.dialect.name])


def _make_tallies() -> None:
    op.create_table(
        "closed_sum",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("partner_count", sa.Integer(), nullable=False),
        sa.Column("earned_minor", sa.BigInteger(), nullable=False),
        sa.Column("taken_back_minor", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_sum")),
        sa.UniqueConstraint("month", "currency", name=op.f("uq_closed_sum_month_currency")),
    )
    op.create_table(
        "month_tally",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("tallied_at", INSTANT, nullable=False),
        sa.Column("last_line_id", sa.Uuid(), nullable=False),
        sa.Column("seen", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_tally")),
        sa.UniqueConstraint("month", name=op.f("uq_month_tally_month")),
    )
    op.create_table(
        "month_tally_row",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("back_minor", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_month_tally_row_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_tally_row")),
    )
    op.create_index(op.f("ix_month_tally_row_partner_id"), "month_tally_row", ["partner_id"])
    op.create_index(
        "uq_month_tally_row_partner",
        "month_tally_row",
        ["month", "partner_id", "currency"],
        unique=True,
    )


def _make_changes() -> None:
    op.create_table(
        "rerating_change",
        sa.Column("rerating_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("before_minor", sa.BigInteger(), nullable=False),
        sa.Column("difference_minor", sa.BigInteger(), nullable=False),
        sa.Column("size_minor", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_rerating_change_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["rerating_id"],
            ["month_rerating.id"],
            name=op.f("fk_rerating_change_rerating_id_month_rerating"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rerating_change")),
    )
    op.create_index(op.f("ix_rerating_change_partner_id"), "rerating_change", ["partner_id"])
    op.create_index(
        "uq_rerating_change_partner",
        "rerating_change",
        ["rerating_id", "partner_id", "currency"],
        unique=True,
    )
