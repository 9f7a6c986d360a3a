"""Partners claim territories; two exclusive ones never meet."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

GUARDS: dict[str, list[str]] = {
    "sqlite": [
        """CREATE TRIGGER claim_terms_no_update BEFORE UPDATE ON claim_terms BEGIN SELECT RAISE(ABORT, 'claim_terms is never changed'); END""",
        """CREATE TRIGGER claim_terms_no_delete BEFORE DELETE ON claim_terms BEGIN SELECT RAISE(ABORT, 'claim_terms is never changed'); END""",
        """CREATE TRIGGER claim_event_no_update BEFORE UPDATE ON claim_event BEGIN SELECT RAISE(ABORT, 'claim_event is never changed'); END""",
        """CREATE TRIGGER claim_event_no_delete BEFORE DELETE ON claim_event BEGIN SELECT RAISE(ABORT, 'claim_event is never changed'); END""",
        """CREATE TRIGGER claim_look_no_update BEFORE UPDATE ON claim_look BEGIN SELECT RAISE(ABORT, 'claim_look is never changed'); END""",
        """CREATE TRIGGER claim_look_no_delete BEFORE DELETE ON claim_look BEGIN SELECT RAISE(ABORT, 'claim_look is never changed'); END""",
        """CREATE TRIGGER claim_hold_never_two_insert BEFORE INSERT ON claim_hold WHEN EXISTS (SELECT 1 FROM claim_hold AS other WHERE other.id <> NEW.id AND other.place_low < NEW.place_high AND NEW.place_low < other.place_high AND other.family_low < NEW.family_high AND NEW.family_low < other.family_high AND other.industry_low < NEW.industry_high AND NEW.industry_low < other.industry_high AND other.size_low < NEW.size_high AND NEW.size_low < other.size_high
      AND other.from_on < NEW.to_on AND NEW.from_on < other.to_on) BEGIN SELECT RAISE(ABORT, 'this area is held by another claim'); END""",
        """CREATE TRIGGER claim_hold_never_two_update BEFORE UPDATE OF place_low, place_high, family_low, family_high, industry_low, industry_high, size_low, size_high, from_on, to_on ON claim_hold WHEN EXISTS (SELECT 1 FROM claim_hold AS other WHERE other.id <> NEW.id AND other.place_low < NEW.place_high AND NEW.place_low < other.place_high AND other.family_low < NEW.family_high AND NEW.family_low < other.family_high AND other.industry_low < NEW.industry_high AND NEW.industry_low < other.industry_high AND other.size_low < NEW.size_high AND NEW.size_low < other.size_high
      AND other.from_on < NEW.to_on AND NEW.from_on < other.to_on) BEGIN SELECT RAISE(ABORT, 'this area is held by another claim'); END""",
    ],
    "postgresql": [
        """CREATE OR REPLACE FUNCTION claim_terms_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'claim_terms is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER claim_terms_never_changes BEFORE UPDATE OR DELETE ON claim_terms FOR EACH ROW EXECUTE FUNCTION claim_terms_never_changes()""",
        """CREATE OR REPLACE FUNCTION claim_event_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'claim_event is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER claim_event_never_changes BEFORE UPDATE OR DELETE ON claim_event FOR EACH ROW EXECUTE FUNCTION claim_event_never_changes()""",
        """CREATE OR REPLACE FUNCTION claim_look_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'claim_look is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER claim_look_never_changes BEFORE UPDATE OR DELETE ON claim_look FOR EACH ROW EXECUTE FUNCTION claim_look_never_changes()""",
        """ALTER TABLE claim_hold ADD CONSTRAINT claim_hold_never_two EXCLUDE USING gist (int8range(place_low, place_high) WITH &&, int8range(family_low, family_high) WITH &&, int8range(industry_low, industry_high) WITH &&, int8range(size_low, size_high) WITH &&, daterange(from_on, to_on) WITH &&)""",
    ],
}
FUNCTIONS = ["claim_terms_never_changes", "claim_event_never_changes", "claim_look_never_changes"]


def upgrade() -> None:
    op.create_table(
        "claim_look",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_claim_look_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_claim_look_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_look")),
    )
    op.create_index("ix_claim_look_partner_at", "claim_look", ["partner_id", "at"], unique=False)
    op.create_index(op.f("ix_claim_look_partner_id"), "claim_look", ["partner_id"], unique=False)
    op.create_table(
        "territory_claim",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "offered",
                "backed",
                "active",
                "warned",
                "notice",
                "refused",
                "withdrawn",
                "expired",
                "ended",
                name="claimstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("drawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("backed_by_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column(
            "reason_code",
            sa.Enum(
                "held",
                "coverage",
                "plan",
                "record",
                "minimum",
                "other",
                name="refusereason",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("reason_text", sa.Text(), nullable=False),
        sa.Column("moves", sa.JSON(), nullable=False),
        sa.Column("territory_id", sa.Uuid(), nullable=True),
        sa.Column("renews", sa.Boolean(), nullable=False),
        sa.Column(
            "change",
            sa.Enum("end", "open", "minimum", name="change", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("change_on", sa.Date(), nullable=True),
        sa.Column("change_note", sa.Text(), nullable=False),
        sa.Column("change_minimum_minor", sa.BigInteger(), nullable=True),
        sa.Column("change_by_id", sa.Uuid(), nullable=True),
        sa.Column("protest", sa.Text(), nullable=False),
        sa.Column("protested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("protest_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("cut_out", sa.JSON(), nullable=False),
        sa.Column("products", sa.JSON(), nullable=False),
        sa.Column("naics", sa.JSON(), nullable=False),
        sa.Column("employees_from", sa.Integer(), nullable=True),
        sa.Column("employees_to", sa.Integer(), nullable=True),
        sa.Column("is_exclusive", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("minimum_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "status NOT IN ('active', 'warned', 'notice') OR territory_id IS NOT NULL",
            name=op.f("ck_territory_claim_what_holds_is_a_territory"),
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR backed_by_id IS NULL OR confirmed_by_id <> backed_by_id",
            name=op.f("ck_territory_claim_two_people_approve"),
        ),
        sa.CheckConstraint(
            "minimum_minor >= 0", name=op.f("ck_territory_claim_minimum_is_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["backed_by_id"], ["person.id"], name=op.f("fk_territory_claim_backed_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["change_by_id"], ["person.id"], name=op.f("fk_territory_claim_change_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"],
            ["person.id"],
            name=op.f("fk_territory_claim_confirmed_by_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["drawn_by_id"], ["person.id"], name=op.f("fk_territory_claim_drawn_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["manager_id"], ["person.id"], name=op.f("fk_territory_claim_manager_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_territory_claim_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"],
            ["territory.id"],
            name=op.f("fk_territory_claim_territory_id_territory"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territory_claim")),
        sa.UniqueConstraint("number", name=op.f("uq_territory_claim_number")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_territory_claim_partner_id_id")),
        sa.UniqueConstraint("territory_id", name=op.f("uq_territory_claim_territory_id")),
    )
    op.create_index(
        op.f("ix_territory_claim_manager_id"), "territory_claim", ["manager_id"], unique=False
    )
    op.create_index(
        op.f("ix_territory_claim_partner_id"), "territory_claim", ["partner_id"], unique=False
    )
    op.create_index(
        "ix_territory_claim_status_to", "territory_claim", ["status", "to_on"], unique=False
    )
    op.create_index(
        "ix_territory_claim_updated", "territory_claim", ["updated_at", "id"], unique=False
    )
    op.create_table(
        "claim_event",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.String(length=30), nullable=False),
        sa.Column(
            "from_status",
            sa.Enum(
                "draft",
                "submitted",
                "offered",
                "backed",
                "active",
                "warned",
                "notice",
                "refused",
                "withdrawn",
                "expired",
                "ended",
                name="claimstatus",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_status",
            sa.Enum(
                "draft",
                "submitted",
                "offered",
                "backed",
                "active",
                "warned",
                "notice",
                "refused",
                "withdrawn",
                "expired",
                "ended",
                name="claimstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "claim_id"],
            ["territory_claim.partner_id", "territory_claim.id"],
            name=op.f("fk_claim_event_partner_id_territory_claim"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_claim_event_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_event")),
    )
    op.create_index(op.f("ix_claim_event_claim_id"), "claim_event", ["claim_id"], unique=False)
    op.create_index(op.f("ix_claim_event_partner_id"), "claim_event", ["partner_id"], unique=False)
    op.create_table(
        "claim_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("place_low", sa.BigInteger(), nullable=False),
        sa.Column("place_high", sa.BigInteger(), nullable=False),
        sa.Column("family_low", sa.BigInteger(), nullable=False),
        sa.Column("family_high", sa.BigInteger(), nullable=False),
        sa.Column("industry_low", sa.BigInteger(), nullable=False),
        sa.Column("industry_high", sa.BigInteger(), nullable=False),
        sa.Column("size_low", sa.BigInteger(), nullable=False),
        sa.Column("size_high", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.CheckConstraint("to_on > from_on", name=op.f("ck_claim_hold_holds_for_a_while")),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["territory_claim.id"],
            name=op.f("fk_claim_hold_claim_id_territory_claim"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_hold")),
    )
    op.create_index(op.f("ix_claim_hold_claim_id"), "claim_hold", ["claim_id"], unique=False)
    op.create_index("ix_claim_hold_place", "claim_hold", ["place_low", "place_high"], unique=False)
    op.create_table(
        "claim_quarter",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("target_minor", sa.BigInteger(), nullable=False),
        sa.Column("reached_minor", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "claim_id"],
            ["territory_claim.partner_id", "territory_claim.id"],
            name=op.f("fk_claim_quarter_partner_id_territory_claim"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_claim_quarter_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_quarter")),
        sa.UniqueConstraint("claim_id", "quarter", name=op.f("uq_claim_quarter_claim_id_quarter")),
    )
    op.create_index(
        op.f("ix_claim_quarter_partner_id"), "claim_quarter", ["partner_id"], unique=False
    )
    op.create_table(
        "claim_terms",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("cut_out", sa.JSON(), nullable=False),
        sa.Column("products", sa.JSON(), nullable=False),
        sa.Column("naics", sa.JSON(), nullable=False),
        sa.Column("employees_from", sa.Integer(), nullable=True),
        sa.Column("employees_to", sa.Integer(), nullable=True),
        sa.Column("is_exclusive", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("minimum_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "claim_id"],
            ["territory_claim.partner_id", "territory_claim.id"],
            name=op.f("fk_claim_terms_partner_id_territory_claim"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_claim_terms_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_terms")),
    )
    op.create_index(op.f("ix_claim_terms_claim_id"), "claim_terms", ["claim_id"], unique=False)
    op.create_index(op.f("ix_claim_terms_partner_id"), "claim_terms", ["partner_id"], unique=False)
    op.add_column(
        "vendor",
        sa.Column("territory_notice_days", sa.Integer(), nullable=False, server_default="30"),
    )
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_column("vendor", "territory_notice_days")
    op.drop_index(op.f("ix_claim_terms_partner_id"), table_name="claim_terms")
    op.drop_index(op.f("ix_claim_terms_claim_id"), table_name="claim_terms")
    op.drop_table("claim_terms")
    op.drop_index(op.f("ix_claim_quarter_partner_id"), table_name="claim_quarter")
    op.drop_table("claim_quarter")
    op.drop_index("ix_claim_hold_place", table_name="claim_hold")
    op.drop_index(op.f("ix_claim_hold_claim_id"), table_name="claim_hold")
    op.drop_table("claim_hold")
    op.drop_index(op.f("ix_claim_event_partner_id"), table_name="claim_event")
    op.drop_index(op.f("ix_claim_event_claim_id"), table_name="claim_event")
    op.drop_table("claim_event")
    op.drop_index("ix_territory_claim_updated", table_name="territory_claim")
    op.drop_index("ix_territory_claim_status_to", table_name="territory_claim")
    op.drop_index(op.f("ix_territory_claim_partner_id"), table_name="territory_claim")
    op.drop_index(op.f("ix_territory_claim_manager_id"), table_name="territory_claim")
    op.drop_table("territory_claim")
    op.drop_index(op.f("ix_claim_look_partner_id"), table_name="claim_look")
    op.drop_index("ix_claim_look_partner_at", table_name="claim_look")
    op.drop_table("claim_look")
    if op.get_bind().dialect.name == "postgresql":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION IF EXISTS {name}()")
