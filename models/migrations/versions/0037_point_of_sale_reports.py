"""Point-of-sale reports of distributors, their lines, and where each was routed."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
IS_IN = sa.text("state <> 'refused' AND sha256 <> ''")
COUNTS = sa.text("replaced_at IS NULL")
HAS_NAME = sa.text("end_user_name <> ''")


def upgrade() -> None:
    op.create_table(
        "pos_report",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("covers_from", sa.Date(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("amounts", sa.String(length=40), nullable=False),
        sa.Column("is_correction", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("loaded", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("replaced", sa.Integer(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("by_staff", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_pos_report_by_id_person")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_pos_report_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pos_report")),
        sa.UniqueConstraint("number", name=op.f("uq_pos_report_number")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_pos_report_partner_id_id")),
    )
    op.create_index("ix_pos_report_at", "pos_report", ["at", "id"], unique=False)
    op.create_index(op.f("ix_pos_report_partner_id"), "pos_report", ["partner_id"], unique=False)
    op.create_index(
        "ix_pos_report_partner_id_name", "pos_report", ["partner_id", "name"], unique=False
    )
    op.create_index(
        "uq_pos_report_same_file",
        "pos_report",
        ["partner_id", "sha256", "amounts", "is_correction"],
        unique=True,
        sqlite_where=IS_IN,
        postgresql_where=IS_IN,
    )

    op.create_table(
        "pos_schedule",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rhythm", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("told_late_for", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_pos_schedule_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pos_schedule")),
        sa.UniqueConstraint("partner_id", name=op.f("uq_pos_schedule_partner_id")),
    )
    op.create_index(
        op.f("ix_pos_schedule_partner_id"), "pos_schedule", ["partner_id"], unique=False
    )

    op.create_table(
        "pos_line",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("print", sa.String(length=64), nullable=False),
        sa.Column("reseller_ref", sa.String(length=60), nullable=False),
        sa.Column("reseller_name", sa.String(length=200), nullable=False),
        sa.Column("unit_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("deal_number", sa.String(length=40), nullable=False),
        sa.Column("returns_id", sa.Uuid(), nullable=True),
        sa.Column("replaced_by_id", sa.Uuid(), nullable=True),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("invoice_number", sa.String(length=60), nullable=False),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("end_user_name", sa.String(length=200), nullable=False),
        sa.Column("end_user_postal", sa.String(length=16), nullable=False),
        sa.Column("end_user_country", sa.String(length=2), nullable=False),
        sa.Column("serials", sa.JSON(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("replaced_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(replaced_at IS NULL) = (replaced_by_id IS NULL)",
            name=op.f("ck_pos_line_replaced_by_something"),
        ),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_pos_line_counts_something")),
        sa.CheckConstraint("unit_minor >= 0", name=op.f("ck_pos_line_price_has_no_sign")),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_pos_line_deal_id_deal")),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"],
            ["pos_report.id"],
            name=op.f("fk_pos_line_replaced_by_id_pos_report"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "report_id"],
            ["pos_report.partner_id", "pos_report.id"],
            name=op.f("fk_pos_line_partner_id_pos_report"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_pos_line_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_pos_line_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["returns_id"], ["pos_line.id"], name=op.f("fk_pos_line_returns_id_pos_line")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pos_line")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_pos_line_partner_id_id")),
    )
    op.create_index(op.f("ix_pos_line_partner_id"), "pos_line", ["partner_id"], unique=False)
    op.create_index(
        "ix_pos_line_partner_sold_on", "pos_line", ["partner_id", "sold_on"], unique=False
    )
    op.create_index(
        op.f("ix_pos_line_replaced_by_id"), "pos_line", ["replaced_by_id"], unique=False
    )
    op.create_index("ix_pos_line_report_row", "pos_line", ["report_id", "row"], unique=False)
    op.create_index(op.f("ix_pos_line_returns_id"), "pos_line", ["returns_id"], unique=False)
    op.create_index("ix_pos_line_sold_on", "pos_line", ["sold_on", "id"], unique=False)
    op.create_index(
        "uq_pos_line_counts_once",
        "pos_line",
        ["partner_id", "key"],
        unique=True,
        sqlite_where=COUNTS,
        postgresql_where=COUNTS,
    )

    op.create_table(
        "pos_named_line",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("distributor_name", sa.String(length=200), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("invoice_number", sa.String(length=60), nullable=False),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("end_user_name", sa.String(length=200), nullable=False),
        sa.Column("end_user_postal", sa.String(length=16), nullable=False),
        sa.Column("end_user_country", sa.String(length=2), nullable=False),
        sa.Column("serials", sa.JSON(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("replaced_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deal.id"], name=op.f("fk_pos_named_line_deal_id_deal")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_pos_named_line_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_pos_named_line_product_id_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pos_named_line")),
    )
    op.create_index(
        op.f("ix_pos_named_line_partner_id"), "pos_named_line", ["partner_id"], unique=False
    )
    op.create_index(
        "ix_pos_named_line_partner_sold_on",
        "pos_named_line",
        ["partner_id", "sold_on"],
        unique=False,
    )

    for table in ("pos_line", "pos_named_line"):
        op.create_index(
            f"ix_{table}_to_forget",
            table,
            ["sold_on"],
            sqlite_where=HAS_NAME,
            postgresql_where=HAS_NAME,
        )
    op.create_table(
        "pos_routing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("named_line_id", sa.Uuid(), nullable=True),
        sa.Column("reseller_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("deal_why", sa.Text(), nullable=False),
        sa.Column("territory_id", sa.Uuid(), nullable=True),
        sa.Column("channel_manager_id", sa.Uuid(), nullable=True),
        sa.Column("sales_manager_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_manager_id"],
            ["person.id"],
            name=op.f("fk_pos_routing_channel_manager_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_pos_routing_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_pos_routing_deal_id_deal")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["pos_line.id"], name=op.f("fk_pos_routing_line_id_pos_line")
        ),
        sa.ForeignKeyConstraint(
            ["named_line_id"],
            ["pos_named_line.id"],
            name=op.f("fk_pos_routing_named_line_id_pos_named_line"),
        ),
        sa.ForeignKeyConstraint(
            ["reseller_id"], ["partner.id"], name=op.f("fk_pos_routing_reseller_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["sales_manager_id"], ["person.id"], name=op.f("fk_pos_routing_sales_manager_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_pos_routing_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pos_routing")),
        sa.UniqueConstraint("line_id", name=op.f("uq_pos_routing_line_id")),
    )
    op.create_index(
        op.f("ix_pos_routing_channel_manager_id"),
        "pos_routing",
        ["channel_manager_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_pos_routing_customer_id"), "pos_routing", ["customer_id"], unique=False
    )
    op.create_index(op.f("ix_pos_routing_deal_id"), "pos_routing", ["deal_id"], unique=False)
    op.create_index(
        op.f("ix_pos_routing_reseller_id"), "pos_routing", ["reseller_id"], unique=False
    )
    op.create_index(
        op.f("ix_pos_routing_sales_manager_id"), "pos_routing", ["sales_manager_id"], unique=False
    )
    op.create_index(
        op.f("ix_pos_routing_territory_id"), "pos_routing", ["territory_id"], unique=False
    )


def downgrade() -> None:

    op.drop_table("pos_routing")

    op.drop_table("pos_named_line")

    op.drop_table("pos_line")

    op.drop_table("pos_schedule")

    op.drop_table("pos_report")
