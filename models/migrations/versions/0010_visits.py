"""Visits: looking at the portal through a partner's eyes."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.String(length=200), nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=False),
        sa.Column("visitor_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.CheckConstraint("visitor_id <> person_id", name=op.f("ck_visit_somebody_else")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_visit_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_visit_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["visitor_id"], ["person.id"], name=op.f("fk_visit_visitor_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index(op.f("ix_visit_partner_id"), "visit", ["partner_id"])
    key = "fk_user_session_visit_id_visit"
    if op.get_bind().dialect.name == "sqlite":  # adds a foreign key only with its column
        op.execute(
            f"ALTER TABLE user_session ADD COLUMN visit_id CHAR(32) "
            f"CONSTRAINT {key} REFERENCES visit (id)"
        )
    else:
        op.add_column("user_session", sa.Column("visit_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(key, "user_session", "visit", ["visit_id"], ["id"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("UPDATE user_session SET visit_id = NULL")
        with op.batch_alter_table("user_session") as table:
            table.drop_column("visit_id")
    else:
        op.drop_column("user_session", "visit_id")
    op.drop_table("visit")
