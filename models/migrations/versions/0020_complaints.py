"""Complaints: what somebody objects to, who hears it, and how fast."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "complaint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("about_person_id", sa.Uuid(), nullable=True),
        sa.Column("about_kind", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("about_number", sa.String(length=30), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("handler_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("acknowledge_by", INSTANT, nullable=False),
        sa.Column("answer_by", INSTANT, nullable=False),
        sa.Column("overdue_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "handler_id <> about_person_id", name=op.f("ck_complaint_heard_by_somebody_else")
        ),
        sa.CheckConstraint(
            "handler_id <> person_id", name=op.f("ck_complaint_not_heard_by_its_author")
        ),
        sa.CheckConstraint(
            "(status = 'answered') = (outcome IS NOT NULL)",
            name=op.f("ck_complaint_answered_has_an_outcome"),
        ),
        sa.CheckConstraint(
            "(person_id IS NULL) = (email <> '')", name=op.f("ck_complaint_a_person_or_an_address")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_complaint_{column}_{table}")
            )
            for column, table in (
                ("partner_id", "partner"),
                ("person_id", "person"),
                ("about_person_id", "person"),
                ("handler_id", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("number", name=op.f("uq_complaint_number")),
    )
    op.create_index(op.f("ix_complaint_partner_id"), "complaint", ["partner_id"])
    op.create_index(op.f("ix_complaint_person_id"), "complaint", ["person_id"])
    op.create_index("ix_complaint_handler_id_status", "complaint", ["handler_id", "status"])
    op.create_table(
        "complaint_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_complaint_note_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_complaint_note_complaint_id_complaint"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_note")),
    )
    op.create_index(op.f("ix_complaint_note_partner_id"), "complaint_note", ["partner_id"])
    op.create_index(op.f("ix_complaint_note_complaint_id"), "complaint_note", ["complaint_id"])
    op.create_table(
        "complaint_officer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("answers_to_id", sa.Uuid(), nullable=True),
        sa.Column("named_at", INSTANT, nullable=False),
        sa.Column("named_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "answers_to_id <> person_id", name=op.f("ck_complaint_officer_not_ones_own_superior")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_complaint_officer_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["answers_to_id"],
            ["person.id"],
            name=op.f("fk_complaint_officer_answers_to_id_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_officer")),
        sa.UniqueConstraint("person_id", name=op.f("uq_complaint_officer_person_id")),
    )
    for name, kind, default in COLUMNS:
        op.add_column("vendor", sa.Column(name, kind, nullable=False, server_default=default))


COLUMNS = (
    ("complaint_acknowledge_days", sa.Integer(), "3"),
    ("complaint_answer_days", sa.Integer(), "15"),
    ("complaint_outside_email", sa.String(length=254), ""),
)


def downgrade() -> None:
    with op.batch_alter_table("vendor") as vendor:
        for name, _kind, _default in reversed(COLUMNS):
            vendor.drop_column(name)
    for table in ("complaint_officer", "complaint_note", "complaint"):
        op.drop_table(table)
