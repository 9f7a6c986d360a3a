"""Leads, and what is offered of them to partners."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OPEN_LEAD = sa.text("state <> 'closed'")
HELD_OFFER = sa.text("state IN ('offered', 'accepted', 'registered')")


def upgrade() -> None:
    op.create_table(
        "lead",
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("entered_by_name", sa.String(length=200), nullable=False),
        sa.Column("territory_id", sa.Uuid(), nullable=True),
        sa.Column("channel_manager_id", sa.Uuid(), nullable=True),
        sa.Column("sales_manager_id", sa.Uuid(), nullable=True),
        sa.Column("routing_why", sa.Text(), nullable=False),
        sa.Column("closed_why", sa.Text(), nullable=False),
        *_who("lead"),
        *(
            sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_lead_{name}_{to}"))
            for name, to in (
                ("territory_id", "territory"),
                ("channel_manager_id", "person"),
                ("sales_manager_id", "person"),
            )
        ),
    )
    for name in ("channel_manager_id", "sales_manager_id"):
        op.create_index(op.f(f"ix_lead_{name}"), "lead", [name], unique=False)
    op.create_index("ix_lead_created", "lead", ["created_at", "id"], unique=False)
    op.create_index(
        "uq_lead_open_once",
        "lead",
        ["name_key", "country", "contact_email"],
        unique=True,
        sqlite_where=OPEN_LEAD,
        postgresql_where=OPEN_LEAD,
    )
    op.create_table(
        "lead_offer",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("offered_at", INSTANT, nullable=False),
        sa.Column("answer_by", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("answered_by_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        *_who("lead_offer"),
        *(
            sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_lead_offer_{name}_{to}"))
            for name, to in (("partner_id", "partner"), ("lead_id", "lead"), ("deal_id", "deal"))
        ),
    )
    op.create_index(op.f("ix_lead_offer_partner_id"), "lead_offer", ["partner_id"], unique=False)
    op.create_index(
        "uq_lead_offer_one_at_a_time",
        "lead_offer",
        ["lead_id"],
        unique=True,
        sqlite_where=HELD_OFFER,
        postgresql_where=HELD_OFFER,
    )


def downgrade() -> None:
    op.drop_table("lead_offer")
    op.drop_table("lead")


def _who(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("subdivision", sa.String(length=6), nullable=False),
        sa.Column("postal_code", sa.String(length=16), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=True),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id"],
            ["product_family.id"],
            name=op.f(f"fk_{table}_family_id_product_family"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]
