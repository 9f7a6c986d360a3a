"""Plan versions are written by one person and put into force by another."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


GUARDS: dict[str, list[str]] = {
    "sqlite": [
        """DROP TRIGGER plan_version_kept""",
        """CREATE TRIGGER plan_version_kept BEFORE UPDATE ON plan_version WHEN OLD.rules IS NOT NEW.rules OR OLD.from_on IS NOT NEW.from_on OR OLD.plan_id IS NOT NEW.plan_id OR OLD.author_id IS NOT NEW.author_id OR OLD.approved_by_id IS NOT NEW.approved_by_id BEGIN SELECT RAISE(ABORT, 'a plan version is never edited'); END""",
        """CREATE TRIGGER plan_draft_voided BEFORE UPDATE ON plan_draft WHEN NEW.state <> 'draft' AND (OLD.rules IS NOT NEW.rules OR OLD.from_on IS NOT NEW.from_on OR OLD.to_on IS NOT NEW.to_on) BEGIN SELECT RAISE(ABORT, 'a change takes a plan back to a draft'); END""",
        """CREATE TRIGGER plan_draft_event_no_update BEFORE UPDATE ON plan_draft_event BEGIN SELECT RAISE(ABORT, 'plan_draft_event is never changed'); END""",
        """CREATE TRIGGER plan_draft_event_no_delete BEFORE DELETE ON plan_draft_event BEGIN SELECT RAISE(ABORT, 'plan_draft_event is never changed'); END""",
    ],
    "postgresql": [
        """CREATE OR REPLACE FUNCTION plan_version_kept() RETURNS trigger AS $$ BEGIN IF OLD.rules::text IS DISTINCT FROM NEW.rules::text OR OLD.from_on IS DISTINCT FROM NEW.from_on OR OLD.plan_id <> NEW.plan_id OR OLD.author_id IS DISTINCT FROM NEW.author_id OR OLD.approved_by_id IS DISTINCT FROM NEW.approved_by_id THEN RAISE EXCEPTION 'a plan version is never edited'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql""",
        """CREATE OR REPLACE FUNCTION plan_draft_voided() RETURNS trigger AS $$ BEGIN IF NEW.state <> 'draft' AND (OLD.rules::text IS DISTINCT FROM NEW.rules::text OR OLD.from_on IS DISTINCT FROM NEW.from_on OR OLD.to_on IS DISTINCT FROM NEW.to_on) THEN RAISE EXCEPTION 'a change takes a plan back to a draft'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER plan_draft_voided BEFORE UPDATE ON plan_draft FOR EACH ROW EXECUTE FUNCTION plan_draft_voided()""",
        """CREATE OR REPLACE FUNCTION plan_draft_event_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'plan_draft_event is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER plan_draft_event_never_changes BEFORE UPDATE OR DELETE ON plan_draft_event FOR EACH ROW EXECUTE FUNCTION plan_draft_event_never_changes()""",
    ],
}

FUNCTIONS = ["plan_draft_voided", "plan_draft_event_never_changes"]

PLAN_VERSION_BEFORE = {
    "sqlite": [
        """DROP TRIGGER plan_version_kept""",
        """CREATE TRIGGER plan_version_kept BEFORE UPDATE ON plan_version WHEN OLD.rules IS NOT NEW.rules OR OLD.from_on IS NOT NEW.from_on OR OLD.plan_id IS NOT NEW.plan_id BEGIN SELECT RAISE(ABORT, 'a plan version is never edited'); END""",
    ],
    "postgresql": [
        """CREATE OR REPLACE FUNCTION plan_version_kept() RETURNS trigger AS $$ BEGIN IF OLD.rules::text IS DISTINCT FROM NEW.rules::text OR OLD.from_on IS DISTINCT FROM NEW.from_on OR OLD.plan_id <> NEW.plan_id THEN RAISE EXCEPTION 'a plan version is never edited'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql""",
    ],
}

SECOND_PERSON = "author_id IS NULL OR (approved_by_id IS NOT NULL AND approved_by_id <> author_id)"


def upgrade() -> None:
    op.create_table(
        "plan_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "proposed",
                "approved",
                "discarded",
                name="draftstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("editors", sa.JSON(), nullable=False),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("ended_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'approved') = (version_id IS NOT NULL)",
            name=op.f("ck_plan_draft_in_force_once_approved"),
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> author_id",
            name=op.f("ck_plan_draft_needs_a_second_person"),
        ),
        sa.CheckConstraint(
            "to_on IS NULL OR to_on > from_on", name=op.f("ck_plan_draft_ends_after_it_starts")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["person.id"], name=op.f("fk_plan_draft_approved_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_plan_draft_author_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["ended_id"], ["plan_version.id"], name=op.f("fk_plan_draft_ended_id_plan_version")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_draft_plan_id_plan")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["plan_version.id"], name=op.f("fk_plan_draft_version_id_plan_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_draft")),
        sa.UniqueConstraint("version_id", name=op.f("uq_plan_draft_version_id")),
    )
    op.create_index(op.f("ix_plan_draft_plan_id"), "plan_draft", ["plan_id"], unique=False)
    op.create_table(
        "plan_draft_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["plan_draft.id"], name=op.f("fk_plan_draft_event_draft_id_plan_draft")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_draft_event")),
    )
    op.create_index(
        op.f("ix_plan_draft_event_draft_id"), "plan_draft_event", ["draft_id"], unique=False
    )
    _add_people()
    for guard in GUARDS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(guard)


def downgrade() -> None:
    for guard in PLAN_VERSION_BEFORE[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(guard)
    op.drop_table("plan_draft_event")
    op.drop_table("plan_draft")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("ck_plan_version_needs_a_second_person", "plan_version")
        for function in FUNCTIONS:
            op.execute(f"DROP FUNCTION IF EXISTS {function}()")
    op.drop_column("plan_version", "approved_by_id")
    op.drop_column("plan_version", "authors")
    op.drop_column("plan_version", "author_id")


def _add_people() -> None:
    """Versions that are there already have no author: nobody is known to have proposed them."""
    op.add_column(
        "plan_version",
        sa.Column("authors", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
    )
    name = "ck_plan_version_needs_a_second_person"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "ALTER TABLE plan_version ADD COLUMN author_id CHAR(32) "
            "CONSTRAINT fk_plan_version_author_id_person REFERENCES person (id)"
        )
        op.execute(
            "ALTER TABLE plan_version ADD COLUMN approved_by_id CHAR(32) "
            "CONSTRAINT fk_plan_version_approved_by_id_person REFERENCES person (id) "
            f"CONSTRAINT {name} CHECK ({SECOND_PERSON})"
        )
        return
    for column in ("author_id", "approved_by_id"):
        op.add_column("plan_version", sa.Column(column, sa.Uuid(), nullable=True))
        key = f"fk_plan_version_{column}_person"
        op.create_foreign_key(key, "plan_version", "person", [column], ["id"])
    op.create_check_constraint(op.f(name), "plan_version", SECOND_PERSON)
