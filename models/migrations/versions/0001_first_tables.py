"""The first tables, and what the database itself refuses."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


GUARDS = {
    "sqlite": [
        """CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is never changed'); END""",
        """CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is never changed'); END""",
        """CREATE TRIGGER posting_no_update BEFORE UPDATE ON posting BEGIN SELECT RAISE(ABORT, 'posting is never changed'); END""",
        """CREATE TRIGGER posting_no_delete BEFORE DELETE ON posting BEGIN SELECT RAISE(ABORT, 'posting is never changed'); END""",
        """CREATE TRIGGER plan_version_kept BEFORE UPDATE ON plan_version WHEN OLD.rules IS NOT NEW.rules OR OLD.from_on IS NOT NEW.from_on OR OLD.plan_id IS NOT NEW.plan_id BEGIN SELECT RAISE(ABORT, 'a plan version is never edited'); END""",
        """CREATE TRIGGER statement_no_update BEFORE UPDATE ON statement BEGIN SELECT RAISE(ABORT, 'statement is never changed'); END""",
        """CREATE TRIGGER statement_no_delete BEFORE DELETE ON statement BEGIN SELECT RAISE(ABORT, 'statement is never changed'); END""",
        """CREATE TRIGGER sales_import_no_update BEFORE UPDATE ON sales_import BEGIN SELECT RAISE(ABORT, 'sales_import is never changed'); END""",
        """CREATE TRIGGER sales_import_no_delete BEFORE DELETE ON sales_import BEGIN SELECT RAISE(ABORT, 'sales_import is never changed'); END""",
        """CREATE TRIGGER posting_line_no_update BEFORE UPDATE ON posting_line BEGIN SELECT RAISE(ABORT, 'posting_line is never changed'); END""",
        """CREATE TRIGGER posting_line_no_delete BEFORE DELETE ON posting_line BEGIN SELECT RAISE(ABORT, 'posting_line is never changed'); END""",
        """CREATE TRIGGER posting_balances AFTER INSERT ON posting WHEN 
    (SELECT count(*) FROM posting_line WHERE posting_line.posting_id = NEW.id) <> NEW.line_count
    OR EXISTS (
        SELECT 1 FROM posting_line WHERE posting_line.posting_id = NEW.id GROUP BY amount_currency HAVING sum(amount_minor) <> 0
    )

    BEGIN SELECT RAISE(ABORT, 'a posting must balance'); END""",
        """CREATE TRIGGER posting_line_before_seal BEFORE INSERT ON posting_line
    WHEN EXISTS (SELECT 1 FROM posting WHERE posting.id = NEW.posting_id)
    BEGIN SELECT RAISE(ABORT, 'a posting takes no further line'); END""",
        """CREATE TRIGGER deal_no_two_protections_insert BEFORE INSERT ON deal WHEN NEW.status = 'approved' AND EXISTS (
    SELECT 1 FROM deal AS other
    WHERE other.status = 'approved' AND other.id <> NEW.id
      AND other.customer_id = NEW.customer_id AND other.family_id = NEW.family_id
      AND other.partner_id <> NEW.partner_id
      AND other.approved_on <= NEW.protected_through
      AND other.protected_through >= NEW.approved_on
) BEGIN SELECT RAISE(ABORT, 'another partner is protected for this customer and product family'); END""",
        """CREATE TRIGGER deal_no_two_protections_update BEFORE UPDATE OF status, customer_id, family_id, partner_id, approved_on, protected_through ON deal WHEN NEW.status = 'approved' AND EXISTS (
    SELECT 1 FROM deal AS other
    WHERE other.status = 'approved' AND other.id <> NEW.id
      AND other.customer_id = NEW.customer_id AND other.family_id = NEW.family_id
      AND other.partner_id <> NEW.partner_id
      AND other.approved_on <= NEW.protected_through
      AND other.protected_through >= NEW.approved_on
) BEGIN SELECT RAISE(ABORT, 'another partner is protected for this customer and product family'); END""",
        """CREATE TRIGGER routing_log_no_update BEFORE UPDATE ON routing_log BEGIN SELECT RAISE(ABORT, 'routing_log is never changed'); END""",
        """CREATE TRIGGER routing_log_no_delete BEFORE DELETE ON routing_log BEGIN SELECT RAISE(ABORT, 'routing_log is never changed'); END""",
        """CREATE TRIGGER payout_file_no_update BEFORE UPDATE ON payout_file BEGIN SELECT RAISE(ABORT, 'payout_file is never changed'); END""",
        """CREATE TRIGGER payout_file_no_delete BEFORE DELETE ON payout_file BEGIN SELECT RAISE(ABORT, 'payout_file is never changed'); END""",
        """CREATE TRIGGER payout_run_event_no_update BEFORE UPDATE ON payout_run_event BEGIN SELECT RAISE(ABORT, 'payout_run_event is never changed'); END""",
        """CREATE TRIGGER payout_run_event_no_delete BEFORE DELETE ON payout_run_event BEGIN SELECT RAISE(ABORT, 'payout_run_event is never changed'); END""",
        """CREATE TRIGGER deal_event_no_update BEFORE UPDATE ON deal_event BEGIN SELECT RAISE(ABORT, 'deal_event is never changed'); END""",
        """CREATE TRIGGER deal_event_no_delete BEFORE DELETE ON deal_event BEGIN SELECT RAISE(ABORT, 'deal_event is never changed'); END""",
        """CREATE TRIGGER deal_note_no_update BEFORE UPDATE ON deal_note BEGIN SELECT RAISE(ABORT, 'deal_note is never changed'); END""",
        """CREATE TRIGGER deal_note_no_delete BEFORE DELETE ON deal_note BEGIN SELECT RAISE(ABORT, 'deal_note is never changed'); END""",
        """CREATE TRIGGER payout_event_no_update BEFORE UPDATE ON payout_event BEGIN SELECT RAISE(ABORT, 'payout_event is never changed'); END""",
        """CREATE TRIGGER payout_event_no_delete BEFORE DELETE ON payout_event BEGIN SELECT RAISE(ABORT, 'payout_event is never changed'); END""",
        """CREATE TRIGGER commission_line_stated BEFORE UPDATE ON commission_line WHEN OLD.statement_id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a line on a statement is never changed'); END""",
        """CREATE TRIGGER commission_line_kept BEFORE DELETE ON commission_line BEGIN SELECT RAISE(ABORT, 'a commission line is never deleted'); END""",
        """CREATE TRIGGER commission_line_month BEFORE INSERT ON commission_line WHEN EXISTS (SELECT 1 FROM month_close WHERE month = NEW.period AND finished_at IS NOT NULL) BEGIN SELECT RAISE(ABORT, 'a closed month takes no further line'); END""",
        """CREATE TRIGGER invoice_line_no_update BEFORE UPDATE ON invoice_line BEGIN SELECT RAISE(ABORT, 'invoice_line is never changed'); END""",
        """CREATE TRIGGER invoice_line_no_delete BEFORE DELETE ON invoice_line BEGIN SELECT RAISE(ABORT, 'invoice_line is never changed'); END""",
        """CREATE TRIGGER payment_no_update BEFORE UPDATE ON payment BEGIN SELECT RAISE(ABORT, 'payment is never changed'); END""",
        """CREATE TRIGGER payment_no_delete BEFORE DELETE ON payment BEGIN SELECT RAISE(ABORT, 'payment is never changed'); END""",
        """CREATE TRIGGER credit_note_no_update BEFORE UPDATE ON credit_note BEGIN SELECT RAISE(ABORT, 'credit_note is never changed'); END""",
        """CREATE TRIGGER credit_note_no_delete BEFORE DELETE ON credit_note BEGIN SELECT RAISE(ABORT, 'credit_note is never changed'); END""",
        """CREATE TRIGGER earning_event_no_update BEFORE UPDATE ON earning_event BEGIN SELECT RAISE(ABORT, 'earning_event is never changed'); END""",
        """CREATE TRIGGER earning_event_no_delete BEFORE DELETE ON earning_event BEGIN SELECT RAISE(ABORT, 'earning_event is never changed'); END""",
    ],
    "postgresql": [
        """CREATE OR REPLACE FUNCTION audit_entry_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'audit_entry is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER audit_entry_never_changes BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_never_changes()""",
        """CREATE OR REPLACE FUNCTION posting_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'posting is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER posting_never_changes BEFORE UPDATE OR DELETE ON posting FOR EACH ROW EXECUTE FUNCTION posting_never_changes()""",
        """CREATE OR REPLACE FUNCTION plan_version_kept() RETURNS trigger AS $$ BEGIN IF OLD.rules::text IS DISTINCT FROM NEW.rules::text OR OLD.from_on IS DISTINCT FROM NEW.from_on OR OLD.plan_id <> NEW.plan_id THEN RAISE EXCEPTION 'a plan version is never edited'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER plan_version_kept BEFORE UPDATE ON plan_version FOR EACH ROW EXECUTE FUNCTION plan_version_kept()""",
        """CREATE OR REPLACE FUNCTION statement_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'statement is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER statement_never_changes BEFORE UPDATE OR DELETE ON statement FOR EACH ROW EXECUTE FUNCTION statement_never_changes()""",
        """CREATE OR REPLACE FUNCTION sales_import_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'sales_import is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER sales_import_never_changes BEFORE UPDATE OR DELETE ON sales_import FOR EACH ROW EXECUTE FUNCTION sales_import_never_changes()""",
        """CREATE OR REPLACE FUNCTION posting_line_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'posting_line is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER posting_line_never_changes BEFORE UPDATE OR DELETE ON posting_line FOR EACH ROW EXECUTE FUNCTION posting_line_never_changes()""",
        """CREATE OR REPLACE FUNCTION posting_balances() RETURNS trigger AS $$ BEGIN
        IF 
    (SELECT count(*) FROM posting_line WHERE posting_line.posting_id = NEW.id) <> NEW.line_count
    OR EXISTS (
        SELECT 1 FROM posting_line WHERE posting_line.posting_id = NEW.id GROUP BY amount_currency HAVING sum(amount_minor) <> 0
    )
 THEN RAISE EXCEPTION 'a posting must balance'; END IF;
        RETURN NULL;
    END $$ LANGUAGE plpgsql""",
        """CREATE CONSTRAINT TRIGGER posting_balances AFTER INSERT ON posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_balances()""",
        """CREATE OR REPLACE FUNCTION posting_line_before_seal() RETURNS trigger AS $$ BEGIN
        IF EXISTS (SELECT 1 FROM posting WHERE posting.id = NEW.posting_id)
        THEN RAISE EXCEPTION 'a posting takes no further line'; END IF;
        RETURN NEW;
    END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER posting_line_before_seal BEFORE INSERT ON posting_line
    FOR EACH ROW EXECUTE FUNCTION posting_line_before_seal()""",
        """DO $do$ BEGIN
  IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'btree_gist') THEN
    BEGIN
      CREATE EXTENSION IF NOT EXISTS btree_gist;
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END;
  END IF;
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist') THEN
    ALTER TABLE deal ADD CONSTRAINT deal_no_two_protections EXCLUDE USING gist (
      customer_id WITH =, family_id WITH =, partner_id WITH <>,
      daterange(approved_on, protected_through, '[]') WITH &&
    ) WHERE (status = 'approved');
  ELSE
    CREATE OR REPLACE FUNCTION deal_no_two_protections() RETURNS trigger AS $fn$
    BEGIN
      PERFORM pg_advisory_xact_lock(
        hashtextextended(NEW.customer_id::text || NEW.family_id::text, 0));
      IF EXISTS (
    SELECT 1 FROM deal AS other
    WHERE other.status = 'approved' AND other.id <> NEW.id
      AND other.customer_id = NEW.customer_id AND other.family_id = NEW.family_id
      AND other.partner_id <> NEW.partner_id
      AND other.approved_on <= NEW.protected_through
      AND other.protected_through >= NEW.approved_on
) THEN
        RAISE EXCEPTION 'another partner is protected for this customer and product family' USING ERRCODE = 'exclusion_violation';
      END IF;
      RETURN NEW;
    END $fn$ LANGUAGE plpgsql;
    CREATE TRIGGER deal_no_two_protections BEFORE INSERT OR UPDATE OF status, customer_id, family_id, partner_id, approved_on, protected_through ON deal
      FOR EACH ROW WHEN (NEW.status = 'approved') EXECUTE FUNCTION deal_no_two_protections();
  END IF;
END $do$""",
        """CREATE OR REPLACE FUNCTION routing_log_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'routing_log is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER routing_log_never_changes BEFORE UPDATE OR DELETE ON routing_log FOR EACH ROW EXECUTE FUNCTION routing_log_never_changes()""",
        """CREATE OR REPLACE FUNCTION payout_file_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'payout_file is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER payout_file_never_changes BEFORE UPDATE OR DELETE ON payout_file FOR EACH ROW EXECUTE FUNCTION payout_file_never_changes()""",
        """CREATE OR REPLACE FUNCTION payout_run_event_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'payout_run_event is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER payout_run_event_never_changes BEFORE UPDATE OR DELETE ON payout_run_event FOR EACH ROW EXECUTE FUNCTION payout_run_event_never_changes()""",
        """CREATE OR REPLACE FUNCTION deal_event_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'deal_event is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER deal_event_never_changes BEFORE UPDATE OR DELETE ON deal_event FOR EACH ROW EXECUTE FUNCTION deal_event_never_changes()""",
        """CREATE OR REPLACE FUNCTION deal_note_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'deal_note is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER deal_note_never_changes BEFORE UPDATE OR DELETE ON deal_note FOR EACH ROW EXECUTE FUNCTION deal_note_never_changes()""",
        """CREATE OR REPLACE FUNCTION payout_event_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'payout_event is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER payout_event_never_changes BEFORE UPDATE OR DELETE ON payout_event FOR EACH ROW EXECUTE FUNCTION payout_event_never_changes()""",
        """CREATE OR REPLACE FUNCTION commission_line_guard() RETURNS trigger AS $$ BEGIN IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'a commission line is never deleted'; END IF; IF TG_OP = 'UPDATE' THEN IF OLD.statement_id IS NOT NULL THEN RAISE EXCEPTION 'a line on a statement is never changed'; END IF; RETURN NEW; END IF; IF EXISTS (SELECT 1 FROM month_close WHERE month = NEW.period AND finished_at IS NOT NULL) THEN RAISE EXCEPTION 'a closed month takes no further line'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER commission_line_guard BEFORE INSERT OR UPDATE OR DELETE ON commission_line FOR EACH ROW EXECUTE FUNCTION commission_line_guard()""",
        """CREATE OR REPLACE FUNCTION invoice_line_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'invoice_line is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER invoice_line_never_changes BEFORE UPDATE OR DELETE ON invoice_line FOR EACH ROW EXECUTE FUNCTION invoice_line_never_changes()""",
        """CREATE OR REPLACE FUNCTION payment_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'payment is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER payment_never_changes BEFORE UPDATE OR DELETE ON payment FOR EACH ROW EXECUTE FUNCTION payment_never_changes()""",
        """CREATE OR REPLACE FUNCTION credit_note_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'credit_note is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER credit_note_never_changes BEFORE UPDATE OR DELETE ON credit_note FOR EACH ROW EXECUTE FUNCTION credit_note_never_changes()""",
        """CREATE OR REPLACE FUNCTION earning_event_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'earning_event is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER earning_event_never_changes BEFORE UPDATE OR DELETE ON earning_event FOR EACH ROW EXECUTE FUNCTION earning_event_never_changes()""",
    ],
}
FUNCTIONS = [
    "audit_entry_never_changes",
    "commission_line_guard",
    "credit_note_never_changes",
    "deal_event_never_changes",
    "deal_no_two_protections",
    "deal_note_never_changes",
    "earning_event_never_changes",
    "invoice_line_never_changes",
    "payment_never_changes",
    "payout_event_never_changes",
    "payout_file_never_changes",
    "payout_run_event_never_changes",
    "plan_version_kept",
    "posting_balances",
    "posting_line_before_seal",
    "posting_line_never_changes",
    "posting_never_changes",
    "routing_log_never_changes",
    "sales_import_never_changes",
    "statement_never_changes",
]


LATER = [
    ("fk_partner_channel_manager_id_person", "partner", "person", ["channel_manager_id"], ["id"]),
    ("fk_person_partner_id_partner", "person", "partner", ["partner_id"], ["id"]),
    (
        "fk_vendor_default_channel_manager_id_person",
        "vendor",
        "person",
        ["default_channel_manager_id"],
        ["id"],
    ),
    (
        "fk_vendor_default_sales_manager_id_person",
        "vendor",
        "person",
        ["default_sales_manager_id"],
        ["id"],
    ),
]
# Foreign keys between tables that name one another; SQLite has them in the tables.


def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("about_kind", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_about", ["about_kind", "about_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "customer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("core_name", sa.String(length=200), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("subdivision", sa.String(length=6), nullable=False),
        sa.Column("postal_code", sa.String(length=16), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("street", sa.String(length=120), nullable=False),
        sa.Column("vat_id", sa.String(length=20), nullable=False),
        sa.Column("duns", sa.String(length=9), nullable=False),
        sa.Column("lei", sa.String(length=20), nullable=False),
        sa.Column("naics", sa.String(length=6), nullable=False),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "business", "public", "consumer", name="customerkind", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("external_id", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("employees >= 0", name=op.f("ck_customer_employees_are_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("external_id", name=op.f("uq_customer_external_id")),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_core_name"), ["core_name"], unique=False)
        batch_op.create_index("ix_customer_name_id", ["name", "id"], unique=False)

    op.create_table(
        "exchange_rate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("base", sa.String(length=3), nullable=False),
        sa.Column("quote", sa.String(length=3), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("rate", sa.String(40), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.CheckConstraint("base <> quote", name=op.f("ck_exchange_rate_two_currencies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rate")),
        sa.UniqueConstraint("base", "quote", "on", name=op.f("uq_exchange_rate_base_quote_on")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "running", "done", "dead", name="jobstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_state_run_at", ["state", "run_at"], unique=False)

    op.create_table(
        "month_close",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_early", sa.Boolean(), nullable=False),
        sa.Column("closed_by_name", sa.String(length=200), nullable=False),
        sa.Column("partner_count", sa.Integer(), nullable=False),
        sa.Column("stated_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_close")),
        sa.UniqueConstraint("month", name=op.f("uq_month_close_month")),
    )
    op.create_table(
        "partner",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("legal_name", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "distributor",
                "reseller",
                "var",
                "agent",
                "outsourced",
                name="partnerrole",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "tier",
            sa.Enum(
                "registered",
                "silver",
                "gold",
                "platinum",
                name="tier",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "onboarding",
                "active",
                "suspended",
                "ended",
                name="partnerstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("street", sa.String(length=70), nullable=False),
        sa.Column("building", sa.String(length=16), nullable=False),
        sa.Column("postal_code", sa.String(length=16), nullable=False),
        sa.Column("town", sa.String(length=35), nullable=False),
        sa.Column("subdivision", sa.String(length=6), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("vat_id", sa.String(length=20), nullable=False),
        sa.Column("tax_id", sa.String(length=40), nullable=False),
        sa.Column("tax_form", sa.String(length=20), nullable=False),
        sa.Column("agreement_signed_on", sa.Date(), nullable=True),
        sa.Column("channel_manager_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_manager_id"],
            ["person.id"],
            name=op.f("fk_partner_channel_manager_id_person"),
            use_alter=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner")),
        sa.UniqueConstraint("external_id", name=op.f("uq_partner_external_id")),
        sa.UniqueConstraint("number", name=op.f("uq_partner_number")),
    )
    with op.batch_alter_table("partner", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_channel_manager_id"), ["channel_manager_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partner_name"), ["name"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "administrator",
                "channel_manager",
                "sales_manager",
                "finance",
                "partner_administrator",
                "seller",
                name="role",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum("invited", "active", "left", name="personstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(partner_id IS NOT NULL) = (role IN ('partner_administrator', 'seller'))",
            name=op.f("ck_person_partner_roles_have_a_partner"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
            name=op.f("fk_person_partner_id_partner"),
            use_alter=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payout_currency", sa.String(length=3), nullable=True),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column(
            "earning_event",
            sa.Enum("won", "paid", name="trigger", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "fx_policy",
            sa.Enum(
                "won_date", "paid_date", "period_end", name="fxpolicy", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("name", name=op.f("uq_plan_name")),
    )
    op.create_table(
        "posting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("line_count >= 2", name=op.f("ck_posting_has_two_sides")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
        sa.UniqueConstraint("key", name=op.f("uq_posting_key")),
    )
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posting_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_posting_period"), ["period"], unique=False)

    op.create_table(
        "price_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "tier",
            sa.Enum(
                "registered",
                "silver",
                "gold",
                "platinum",
                name="tier",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "to_on IS NULL OR to_on > from_on", name=op.f("ck_price_list_ends_after_it_starts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list")),
    )
    with op.batch_alter_table("price_list", schema=None) as batch_op:
        batch_op.create_index(
            "ix_price_list_currency_from_on", ["currency", "from_on"], unique=False
        )

    op.create_table(
        "product_family",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_family")),
        sa.UniqueConstraint("code", name=op.f("uq_product_family_code")),
    )
    op.create_table(
        "rating_state",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_state")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_rating_state_kind_key")),
    )
    with op.batch_alter_table("rating_state", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rating_state_due_on"), ["due_on"], unique=False)

    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "door",
            sa.Enum(
                "sign_in",
                "password_reset",
                "application",
                "invitation",
                name="door",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("account", sa.String(length=254), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempt_account_at", ["account", "at"], unique=False)
        batch_op.create_index("ix_sign_in_attempt_address_at", ["address", "at"], unique=False)

    op.create_table(
        "territory_revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territory_revision")),
    )
    op.create_table(
        "vendor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("legal_name", sa.String(length=200), nullable=False),
        sa.Column("street", sa.String(length=70), nullable=False),
        sa.Column("building", sa.String(length=16), nullable=False),
        sa.Column("postal_code", sa.String(length=16), nullable=False),
        sa.Column("town", sa.String(length=35), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("vat_id", sa.String(length=20), nullable=False),
        sa.Column("base_currency", sa.String(length=3), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("mail_from", sa.String(length=254), nullable=False),
        sa.Column("protection_days", sa.Integer(), nullable=False),
        sa.Column("extension_days", sa.Integer(), nullable=False),
        sa.Column("decision_business_days", sa.Integer(), nullable=False),
        sa.Column("lookback_months", sa.Integer(), nullable=False),
        sa.Column("minimum_deal_minor", sa.BigInteger(), nullable=False),
        sa.Column("minimum_payout_minor", sa.BigInteger(), nullable=False),
        sa.Column("destination_hold_hours", sa.Integer(), nullable=False),
        sa.Column("default_channel_manager_id", sa.Uuid(), nullable=True),
        sa.Column("default_sales_manager_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["default_channel_manager_id"],
            ["person.id"],
            name=op.f("fk_vendor_default_channel_manager_id_person"),
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["default_sales_manager_id"],
            ["person.id"],
            name=op.f("fk_vendor_default_sales_manager_id_person"),
            use_alter=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor")),
    )
    op.create_table(
        "access_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "password_reset", "invitation", name="tokenpurpose", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_access_token_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_access_token_token_hash")),
    )
    with op.batch_alter_table("access_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_token_person_id"), ["person_id"], unique=False)

    op.create_table(
        "application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "received",
                "under_review",
                "accepted",
                "declined",
                name="applicationstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "distributor",
                "reseller",
                "var",
                "agent",
                "outsourced",
                name="partnerrole",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("town", sa.String(length=35), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_application_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["person.id"], name=op.f("fk_application_reviewer_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("number", name=op.f("uq_application_number")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_name_key"), ["name_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_status"), ["status"], unique=False)

    op.create_table(
        "customer_key",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_customer_key_customer_id_customer")
        ),
        sa.PrimaryKeyConstraint("key", "customer_id", name=op.f("pk_customer_key")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("customer_key", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customer_key_customer_id"), ["customer_id"], unique=False
        )

    op.create_table(
        "customer_link",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_customer_link_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_customer_link_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_link")),
        sa.UniqueConstraint(
            "partner_id", "customer_id", name=op.f("uq_customer_link_partner_id_customer_id")
        ),
    )
    with op.batch_alter_table("customer_link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customer_link_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_customer_link_partner_id"), ["partner_id"], unique=False
        )

    op.create_table(
        "manager_absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("delegate_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "person_id <> delegate_id", name=op.f("ck_manager_absence_somebody_else")
        ),
        sa.CheckConstraint(
            "through >= from_on", name=op.f("ck_manager_absence_ends_after_it_starts")
        ),
        sa.ForeignKeyConstraint(
            ["delegate_id"], ["person.id"], name=op.f("fk_manager_absence_delegate_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_manager_absence_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manager_absence")),
    )
    with op.batch_alter_table("manager_absence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_manager_absence_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "(person_id IS NULL) = (email <> '')", name=op.f("ck_notice_a_person_or_an_address")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_notice_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_mail_waiting", ["mailed_at", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index("ix_notice_person_id_at", ["person_id", "at"], unique=False)

    op.create_table(
        "partner_parent",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("distributor_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "partner_id <> distributor_id",
            name=op.f("ck_partner_parent_nobody_is_their_own_parent"),
        ),
        sa.CheckConstraint(
            "to_on IS NULL OR to_on > from_on", name=op.f("ck_partner_parent_ends_after_it_starts")
        ),
        sa.ForeignKeyConstraint(
            ["distributor_id"],
            ["partner.id"],
            name=op.f("fk_partner_parent_distributor_id_partner"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_partner_parent_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_parent")),
        sa.UniqueConstraint(
            "partner_id", "from_on", name=op.f("uq_partner_parent_partner_id_from_on")
        ),
    )
    with op.batch_alter_table("partner_parent", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_parent_distributor_id"), ["distributor_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_partner_parent_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            "uq_partner_parent_one_open",
            ["partner_id"],
            unique=True,
            sqlite_where=sa.text("to_on IS NULL"),
            postgresql_where=sa.text("to_on IS NULL"),
        )

    op.create_table(
        "payout_destination",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("sepa", "by_hand", name="destinationkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum("current", "replaced", name="destinationstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("holder", sa.String(length=70), nullable=False),
        sa.Column("iban_sealed", sa.Text(), nullable=True),
        sa.Column("iban_last4", sa.String(length=4), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("instructions", sa.String(length=500), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'sepa') = (iban_sealed IS NOT NULL)",
            name=op.f("ck_payout_destination_sepa_has_an_account"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"],
            ["person.id"],
            name=op.f("fk_payout_destination_entered_by_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_payout_destination_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_destination")),
    )
    with op.batch_alter_table("payout_destination", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payout_destination_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            "uq_payout_destination_one_current",
            ["partner_id"],
            unique=True,
            sqlite_where=sa.text("status = 'current'"),
            postgresql_where=sa.text("status = 'current'"),
        )

    op.create_table(
        "payout_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("program", sa.String(length=20), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "released",
                "closed",
                "cancelled",
                name="runstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("prepared_by_id", sa.Uuid(), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by_id", sa.Uuid(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_seen", sa.String(length=64), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "released_by_id <> prepared_by_id", name=op.f("ck_payout_run_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["person.id"], name=op.f("fk_payout_run_prepared_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["person.id"], name=op.f("fk_payout_run_released_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_run")),
        sa.UniqueConstraint("number", name=op.f("uq_payout_run_number")),
        sa.UniqueConstraint(
            "program",
            "period",
            "seq",
            "currency",
            name=op.f("uq_payout_run_program_period_seq_currency"),
        ),
    )
    with op.batch_alter_table("payout_run", schema=None) as batch_op:
        batch_op.create_index(
            "uq_payout_run_one_draft",
            ["program", "currency"],
            unique=True,
            sqlite_where=sa.text("status = 'draft'"),
            postgresql_where=sa.text("status = 'draft'"),
        )

    op.create_table(
        "plan_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column(
            "tier",
            sa.Enum(
                "registered",
                "silver",
                "gold",
                "platinum",
                name="tier",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "role",
            sa.Enum(
                "distributor",
                "reseller",
                "var",
                "agent",
                "outsourced",
                name="partnerrole",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "to_on IS NULL OR to_on > from_on", name=op.f("ck_plan_assignment_ends_after_it_starts")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_plan_assignment_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_assignment_plan_id_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_assignment")),
    )
    with op.batch_alter_table("plan_assignment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plan_assignment_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_plan_assignment_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "plan_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "to_on IS NULL OR to_on > from_on", name=op.f("ck_plan_version_ends_after_it_starts")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_version_plan_id_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_version_plan_id_number")),
    )
    op.create_table(
        "posting_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("posting_id", sa.Uuid(), nullable=False),
        sa.Column(
            "account",
            sa.Enum(
                "commission_expense",
                "partner_payable",
                "payout_clearing",
                "bank",
                "stripe_balance",
                "fees",
                "exchange_clearing",
                name="account",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint(
            "partner_id IS NOT NULL OR account <> 'partner_payable'",
            name=op.f("ck_posting_line_payable_to_somebody"),
        ),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_posting_line_moves_something")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_posting_line_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["posting_id"],
            ["posting.id"],
            name=op.f("fk_posting_line_posting_id_posting"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting_line")),
    )
    with op.batch_alter_table("posting_line", schema=None) as batch_op:
        batch_op.create_index(
            "ix_posting_line_balance", ["account", "partner_id", "amount_currency"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_posting_line_posting_id"), ["posting_id"], unique=False
        )

    op.create_table(
        "product",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("commissionable", sa.Boolean(), nullable=False),
        sa.Column("standard_cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("standard_cost_currency", sa.String(length=3), nullable=True),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id"], ["product_family.id"], name=op.f("fk_product_family_id_product_family")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("sku", name=op.f("uq_product_sku")),
    )
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_family_id"), ["family_id"], unique=False)
        batch_op.create_index("ix_product_name_id", ["name", "id"], unique=False)

    op.create_table(
        "rated_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_rated_event_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rated_event")),
        sa.UniqueConstraint("source_id", name=op.f("uq_rated_event_source_id")),
    )
    with op.batch_alter_table("rated_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rated_event_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "rating_problem",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_rating_problem_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_problem")),
        sa.UniqueConstraint("source_id", name=op.f("uq_rating_problem_source_id")),
    )
    with op.batch_alter_table("rating_problem", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_rating_problem_partner_id"), ["partner_id"], unique=False
        )

    op.create_table(
        "sales_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("loaded", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("problem_count", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_sales_import_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_import")),
    )
    with op.batch_alter_table("sales_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sales_import_at"), ["at"], unique=False)

    op.create_table(
        "statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("opening_minor", sa.BigInteger(), nullable=False),
        sa.Column("earned_minor", sa.BigInteger(), nullable=False),
        sa.Column("taken_back_minor", sa.BigInteger(), nullable=False),
        sa.Column("payable_minor", sa.BigInteger(), nullable=False),
        sa.Column("closing_minor", sa.BigInteger(), nullable=False),
        sa.Column("vat_minor", sa.BigInteger(), nullable=True),
        sa.Column("withheld_minor", sa.BigInteger(), nullable=True),
        sa.Column("draw_balance_minor", sa.BigInteger(), nullable=True),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "opening_minor + earned_minor + taken_back_minor = payable_minor + closing_minor",
            name=op.f("ck_statement_adds_up"),
        ),
        sa.CheckConstraint("payable_minor >= 0", name=op.f("ck_statement_is_never_paid_negative")),
        sa.CheckConstraint("taken_back_minor <= 0", name=op.f("ck_statement_taken_back_lowers_it")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_statement_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("number", name=op.f("uq_statement_number")),
        sa.UniqueConstraint(
            "partner_id", "period", "currency", name=op.f("uq_statement_partner_id_period_currency")
        ),
    )
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index("ix_statement_period", ["period", "id"], unique=False)

    op.create_table(
        "territory",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("is_exclusive", sa.Boolean(), nullable=False),
        sa.Column("channel_manager_id", sa.Uuid(), nullable=True),
        sa.Column("sales_manager_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "pending",
                "active",
                "ended",
                name="territorystatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("products", sa.JSON(), nullable=False),
        sa.Column("naics", sa.JSON(), nullable=False),
        sa.Column("employees_from", sa.Integer(), nullable=True),
        sa.Column("employees_to", sa.Integer(), nullable=True),
        sa.Column("partner_roles", sa.JSON(), nullable=False),
        sa.Column("external_id", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "NOT is_exclusive OR owner_id IS NOT NULL",
            name=op.f("ck_territory_exclusive_to_somebody"),
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_territory_not_its_own_parent")),
        sa.CheckConstraint(
            "to_on IS NULL OR from_on IS NULL OR to_on > from_on", name=op.f("ck_territory_dates")
        ),
        sa.ForeignKeyConstraint(
            ["channel_manager_id"],
            ["person.id"],
            name=op.f("fk_territory_channel_manager_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["partner.id"], name=op.f("fk_territory_owner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["territory.id"], name=op.f("fk_territory_parent_id_territory")
        ),
        sa.ForeignKeyConstraint(
            ["sales_manager_id"], ["person.id"], name=op.f("fk_territory_sales_manager_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territory")),
        sa.UniqueConstraint("external_id", name=op.f("uq_territory_external_id")),
    )
    with op.batch_alter_table("territory", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_territory_channel_manager_id"), ["channel_manager_id"], unique=False
        )
        batch_op.create_index("ix_territory_name_id", ["name", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_territory_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_territory_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_territory_sales_manager_id"), ["sales_manager_id"], unique=False
        )

    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("browser", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_user_session_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "application_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("from_status", sa.String(length=20), nullable=False),
        sa.Column("to_status", sa.String(length=20), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_application_event_application_id_application"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_application_event_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_event")),
    )
    with op.batch_alter_table("application_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_application_event_application_id"), ["application_id"], unique=False
        )

    op.create_table(
        "deal",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "info_requested",
                "approved",
                "rejected",
                "won",
                "lost",
                "expired",
                "withdrawn",
                "revoked",
                name="dealstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "new_business",
                "renewal",
                "expansion",
                "rfp",
                "take_out",
                name="dealtype",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "portal",
                "phone",
                "mail",
                "edi",
                "api",
                "pos",
                name="source",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("value_currency", sa.String(length=3), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("family_id", sa.Uuid(), nullable=True),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("customer_domain", sa.String(length=253), nullable=False),
        sa.Column("customer_country", sa.String(length=2), nullable=False),
        sa.Column("customer_subdivision", sa.String(length=6), nullable=False),
        sa.Column("customer_postal_code", sa.String(length=16), nullable=False),
        sa.Column("customer_town", sa.String(length=80), nullable=False),
        sa.Column("customer_vat_id", sa.String(length=20), nullable=False),
        sa.Column("expected_close_on", sa.Date(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("competitors", sa.String(length=300), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_title", sa.String(length=120), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "prospect",
                "qualified",
                "proposal",
                "negotiation",
                "committed",
                name="stage",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "forecast_category",
            sa.Enum(
                "omitted",
                "pipeline",
                "best_case",
                "commit",
                name="forecastcategory",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("registered_by_id", sa.Uuid(), nullable=True),
        sa.Column("registered_by_name", sa.String(length=200), nullable=False),
        sa.Column("channel_manager_id", sa.Uuid(), nullable=True),
        sa.Column("sales_manager_id", sa.Uuid(), nullable=True),
        sa.Column("territory_id", sa.Uuid(), nullable=True),
        sa.Column("routing_why", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_fields", sa.JSON(), nullable=False),
        sa.Column("asked_note", sa.Text(), nullable=False),
        sa.Column(
            "reject_code",
            sa.Enum(
                "incomplete",
                "not_authorised",
                "below_minimum",
                "existing_registration",
                "vendor_engaged",
                "existing_customer",
                "outside_territory",
                "rfp_excluded",
                "no_value_added",
                "not_qualified",
                "duplicate_of_own",
                "other",
                name="rejectreason",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("reject_text", sa.Text(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("protected_through", sa.Date(), nullable=True),
        sa.Column("extension_days", sa.Integer(), nullable=False),
        sa.Column("extension_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extension_note", sa.Text(), nullable=False),
        sa.Column("won_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("won_on", sa.Date(), nullable=True),
        sa.Column("order_number", sa.String(length=80), nullable=False),
        sa.Column("support_contact", sa.String(length=200), nullable=False),
        sa.Column("service_starts_on", sa.Date(), nullable=True),
        sa.Column("renews_on", sa.Date(), nullable=True),
        sa.Column("lost_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status <> 'approved' OR (approved_on IS NOT NULL AND protected_through IS NOT NULL)",
            name=op.f("ck_deal_approved_means_protected"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'withdrawn') OR customer_id IS NOT NULL",
            name=op.f("ck_deal_whoever_submits_names_a_customer"),
        ),
        sa.CheckConstraint("value_minor >= 0", name=op.f("ck_deal_value_is_not_negative")),
        sa.ForeignKeyConstraint(
            ["channel_manager_id"], ["person.id"], name=op.f("fk_deal_channel_manager_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_deal_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["family_id"], ["product_family.id"], name=op.f("fk_deal_family_id_product_family")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_deal_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["registered_by_id"], ["person.id"], name=op.f("fk_deal_registered_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["sales_manager_id"], ["person.id"], name=op.f("fk_deal_sales_manager_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_deal_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal")),
        sa.UniqueConstraint("number", name=op.f("uq_deal_number")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_deal_partner_id_id")),
    )
    with op.batch_alter_table("deal", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deal_channel_manager_status", ["channel_manager_id", "status"], unique=False
        )
        batch_op.create_index(
            "ix_deal_customer_family", ["customer_id", "family_id", "status"], unique=False
        )
        batch_op.create_index("ix_deal_customer_name", ["customer_name", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deal_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(
            "ix_deal_partner_status_updated", ["partner_id", "status", "updated_at"], unique=False
        )
        batch_op.create_index(
            "ix_deal_partner_updated", ["partner_id", "updated_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_deal_protected_through"), ["protected_through"], unique=False
        )
        batch_op.create_index(
            "ix_deal_sales_manager_status", ["sales_manager_id", "status"], unique=False
        )
        batch_op.create_index(
            "ix_deal_status_decide_by", ["status", "decide_by", "id"], unique=False
        )
        batch_op.create_index("ix_deal_status_submitted", ["status", "submitted_at"], unique=False)
        batch_op.create_index(
            "ix_deal_status_submitted_at", ["status", "submitted_at"], unique=False
        )
        batch_op.create_index(
            "ix_deal_status_updated", ["status", "updated_at", "id"], unique=False
        )
        batch_op.create_index("ix_deal_updated", ["updated_at", "id"], unique=False)
        batch_op.create_index("ix_deal_value", ["value_minor", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deal_won_on"), ["won_on"], unique=False)

    op.create_table(
        "payout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_currency", sa.String(length=3), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "held",
                "approved",
                "sending",
                "paid",
                "failed",
                "cancelled",
                name="payoutstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("destination_id", sa.Uuid(), nullable=False),
        sa.Column(
            "rail",
            sa.Enum("sepa", "by_hand", name="destinationkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=140), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'paid') <= (paid_on IS NOT NULL)", name=op.f("ck_payout_paid_on_a_day")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payout_pays_something")),
        sa.ForeignKeyConstraint(
            ["destination_id"],
            ["payout_destination.id"],
            name=op.f("fk_payout_destination_id_payout_destination"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_payout_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["payout_run.id"], name=op.f("fk_payout_run_id_payout_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("number", name=op.f("uq_payout_number")),
        sa.UniqueConstraint("run_id", "partner_id", name=op.f("uq_payout_run_id_partner_id")),
    )
    with op.batch_alter_table("payout", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payout_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index("ix_payout_status", ["status"], unique=False)

    op.create_table(
        "payout_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column(
            "rail",
            sa.Enum("sepa", "by_hand", name="destinationkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=35), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_currency", sa.String(length=3), nullable=False),
        sa.Column("content_sealed", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_payout_file_made_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["payout_run.id"], name=op.f("fk_payout_file_run_id_payout_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_file")),
        sa.UniqueConstraint("key", name=op.f("uq_payout_file_key")),
        sa.UniqueConstraint("run_id", "rail", name=op.f("uq_payout_file_run_id_rail")),
    )
    op.create_table(
        "payout_run_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["payout_run.id"], name=op.f("fk_payout_run_event_run_id_payout_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_run_event")),
    )
    with op.batch_alter_table("payout_run_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payout_run_event_run_id"), ["run_id"], unique=False)

    op.create_table(
        "payout_skip",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_currency", sa.String(length=3), nullable=False),
        sa.Column(
            "why",
            sa.Enum(
                "negative",
                "nothing_due",
                "taken_back",
                "below_minimum",
                "partner_suspended",
                "no_destination",
                "destination_held",
                "no_rail",
                name="whynot",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_payout_skip_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["payout_run.id"], name=op.f("fk_payout_skip_run_id_payout_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_skip")),
        sa.UniqueConstraint("run_id", "partner_id", name=op.f("uq_payout_skip_run_id_partner_id")),
    )
    op.create_table(
        "price",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("price_list_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("unit_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("unit_minor >= 0", name=op.f("ck_price_unit_is_not_negative")),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_list.id"], name=op.f("fk_price_price_list_id_price_list")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_price_product_id_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price")),
        sa.UniqueConstraint(
            "price_list_id", "product_id", name=op.f("uq_price_price_list_id_product_id")
        ),
    )
    with op.batch_alter_table("price", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_price_product_id"), ["product_id"], unique=False)

    op.create_table(
        "routing_log",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("about_kind", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("territory_id", sa.Uuid(), nullable=True),
        sa.Column("channel_manager_id", sa.Uuid(), nullable=True),
        sa.Column("sales_manager_id", sa.Uuid(), nullable=True),
        sa.Column(
            "action",
            sa.Enum(
                "accept",
                "route_to_default",
                "review_exclusive",
                "reject_exclusive",
                "review_conflict",
                "offer_lead_to_owner",
                name="action",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_conflict", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_manager_id"],
            ["person.id"],
            name=op.f("fk_routing_log_channel_manager_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["sales_manager_id"], ["person.id"], name=op.f("fk_routing_log_sales_manager_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_routing_log_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_log")),
    )
    with op.batch_alter_table("routing_log", schema=None) as batch_op:
        batch_op.create_index("ix_routing_log_about", ["about_kind", "about_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_routing_log_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_routing_log_territory_id"), ["territory_id"], unique=False
        )

    op.create_table(
        "territory_area",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("territory_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "account",
                "postal",
                "subdivision",
                "country",
                "region",
                "global",
                name="areakind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.String(length=253), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("is_exclusion", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["territory_id"],
            ["territory.id"],
            name=op.f("fk_territory_area_territory_id_territory"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territory_area")),
    )
    with op.batch_alter_table("territory_area", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_territory_area_territory_id"), ["territory_id"], unique=False
        )

    op.create_table(
        "deal_event",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.String(length=30), nullable=False),
        sa.Column(
            "from_status",
            sa.Enum(
                "draft",
                "submitted",
                "info_requested",
                "approved",
                "rejected",
                "won",
                "lost",
                "expired",
                "withdrawn",
                "revoked",
                name="dealstatus",
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
                "info_requested",
                "approved",
                "rejected",
                "won",
                "lost",
                "expired",
                "withdrawn",
                "revoked",
                name="dealstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("by_staff", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "deal_id"],
            ["deal.partner_id", "deal.id"],
            name=op.f("fk_deal_event_partner_id_deal"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_deal_event_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_event")),
    )
    with op.batch_alter_table("deal_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_event_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deal_event_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "deal_line",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "quantity > 0 AND unit_minor >= 0", name=op.f("ck_deal_line_counts_something")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "deal_id"],
            ["deal.partner_id", "deal.id"],
            name=op.f("fk_deal_line_partner_id_deal"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_deal_line_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_deal_line_product_id_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_line")),
    )
    with op.batch_alter_table("deal_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_line_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deal_line_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "deal_match",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("score_percent", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_by_name", sa.String(length=200), nullable=False),
        sa.Column("cleared_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_deal_match_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_deal_match_deal_id_deal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_match")),
        sa.UniqueConstraint(
            "deal_id", "customer_id", name=op.f("uq_deal_match_deal_id_customer_id")
        ),
    )
    with op.batch_alter_table("deal_match", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_deal_match_customer_id"), ["customer_id"], unique=False
        )

    op.create_table(
        "deal_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.String(length=30), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_deal_note_deal_id_deal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_note")),
    )
    with op.batch_alter_table("deal_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_note_deal_id"), ["deal_id"], unique=False)

    op.create_table(
        "deal_participant",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "deal_id"],
            ["deal.partner_id", "deal.id"],
            name=op.f("fk_deal_participant_partner_id_deal"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_deal_participant_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_deal_participant_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_participant")),
        sa.UniqueConstraint(
            "deal_id", "person_id", name=op.f("uq_deal_participant_deal_id_person_id")
        ),
    )
    with op.batch_alter_table("deal_participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_participant_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_deal_participant_partner_id"), ["partner_id"], unique=False
        )

    op.create_table(
        "invoice",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("freight_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("credited_minor", sa.BigInteger(), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "credited_minor >= 0 AND credited_minor <= net_minor",
            name=op.f("ck_invoice_never_overcredited"),
        ),
        sa.CheckConstraint("net_minor > 0", name=op.f("ck_invoice_net_is_positive")),
        sa.CheckConstraint(
            "paid_minor + open_minor <= net_minor + tax_minor + freight_minor",
            name=op.f("ck_invoice_never_more_than_asked"),
        ),
        sa.CheckConstraint(
            "paid_minor >= 0 AND open_minor >= 0", name=op.f("ck_invoice_never_overpaid")
        ),
        sa.CheckConstraint(
            "tax_minor >= 0 AND freight_minor >= 0", name=op.f("ck_invoice_extras_are_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_invoice_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "deal_id"],
            ["deal.partner_id", "deal.id"],
            name=op.f("fk_invoice_partner_id_deal"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_invoice_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_number")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_invoice_partner_id_id")),
    )
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index("ix_invoice_issued_on_id", ["issued_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(
            "ix_invoice_partner_id_issued_on", ["partner_id", "issued_on"], unique=False
        )

    op.create_table(
        "payout_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column(
            "from_status",
            sa.Enum(
                "draft",
                "held",
                "approved",
                "sending",
                "paid",
                "failed",
                "cancelled",
                name="payoutstatus",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_status",
            sa.Enum(
                "draft",
                "held",
                "approved",
                "sending",
                "paid",
                "failed",
                "cancelled",
                name="payoutstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_payout_event_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_payout_event_payout_id_payout")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_event")),
    )
    with op.batch_alter_table("payout_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payout_event_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_payout_event_payout_id"), ["payout_id"], unique=False)

    op.create_table(
        "payout_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_payout_statement_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_payout_statement_payout_id_payout")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statement.id"],
            name=op.f("fk_payout_statement_statement_id_statement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_statement")),
        sa.UniqueConstraint(
            "payout_id", "statement_id", name=op.f("uq_payout_statement_payout_id_statement_id")
        ),
    )
    with op.batch_alter_table("payout_statement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payout_statement_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_payout_statement_payout_id"), ["payout_id"], unique=False
        )
        batch_op.create_index(
            "uq_payout_statement_live",
            ["statement_id"],
            unique=True,
            sqlite_where=sa.text("is_live"),
            postgresql_where=sa.text("is_live"),
        )

    op.create_table(
        "commission_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column(
            "code",
            sa.Enum(
                "base",
                "dealreg_uplift",
                "floor_adjustment",
                "cap_adjustment",
                "tier_trueup",
                "override",
                "new_logo_bonus",
                "spiff",
                "holdback",
                "holdback_release",
                "clawback",
                "draw_topup",
                "draw_advance",
                "draw_recovery",
                "dispute_hold",
                "dispute_release",
                "adjustment",
                name="code",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payout_minor", sa.BigInteger(), nullable=False),
        sa.Column("payout_currency", sa.String(length=3), nullable=False),
        sa.Column("plan_version_id", sa.Uuid(), nullable=False),
        sa.Column("working", sa.JSON(), nullable=False),
        sa.Column("corrects", sa.JSON(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deal.id"], name=op.f("fk_commission_line_deal_id_deal")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_commission_line_invoice_id_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_commission_line_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["plan_version_id"],
            ["plan_version.id"],
            name=op.f("fk_commission_line_plan_version_id_plan_version"),
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statement.id"],
            name=op.f("fk_commission_line_statement_id_statement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_line")),
        sa.UniqueConstraint("number", name=op.f("uq_commission_line_number")),
    )
    with op.batch_alter_table("commission_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commission_line_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_commission_line_invoice_id"), ["invoice_id"], unique=False
        )
        batch_op.create_index(
            "ix_commission_line_partner_period", ["partner_id", "period", "id"], unique=False
        )
        batch_op.create_index("ix_commission_line_period", ["period", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_commission_line_source_id"), ["source_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_commission_line_statement_id"), ["statement_id"], unique=False
        )

    op.create_table(
        "credit_note",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_credit_note_amount_is_positive")),
        sa.ForeignKeyConstraint(
            ["partner_id", "invoice_id"],
            ["invoice.partner_id", "invoice.id"],
            name=op.f("fk_credit_note_partner_id_invoice"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_credit_note_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note")),
        sa.UniqueConstraint("number", name=op.f("uq_credit_note_number")),
    )
    with op.batch_alter_table("credit_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credit_note_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_credit_note_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "earning_event",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("paid", "refund", name="earningkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_earning_event_amount_is_positive")),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deal.id"], name=op.f("fk_earning_event_deal_id_deal")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "invoice_id"],
            ["invoice.partner_id", "invoice.id"],
            name=op.f("fk_earning_event_partner_id_invoice"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_earning_event_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earning_event")),
        sa.UniqueConstraint("source_id", name=op.f("uq_earning_event_source_id")),
    )
    with op.batch_alter_table("earning_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_earning_event_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_earning_event_invoice_id"), ["invoice_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_earning_event_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index("ix_earning_event_partner_id_at", ["partner_id", "at"], unique=False)

    op.create_table(
        "invoice_line",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("commissionable", sa.Boolean(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_invoice_line_quantity_is_positive")),
        sa.ForeignKeyConstraint(
            ["partner_id", "invoice_id"],
            ["invoice.partner_id", "invoice.id"],
            name=op.f("fk_invoice_line_partner_id_invoice"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_invoice_line_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_invoice_line_product_id_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line")),
        sa.UniqueConstraint(
            "invoice_id", "position", name=op.f("uq_invoice_line_invoice_id_position")
        ),
    )
    with op.batch_alter_table("invoice_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoice_line_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invoice_line_product_id"), ["product_id"], unique=False
        )

    op.create_table(
        "payment",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_amount_is_positive")),
        sa.ForeignKeyConstraint(
            ["partner_id", "invoice_id"],
            ["invoice.partner_id", "invoice.id"],
            name=op.f("fk_payment_partner_id_invoice"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_payment_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint(
            "invoice_id", "reference", name=op.f("uq_payment_invoice_id_reference")
        ),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_paid_at"), ["paid_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_partner_id"), ["partner_id"], unique=False)

    op.create_table(
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
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dispute_partner_id"), ["partner_id"], unique=False)

    # ### end Alembic commands ###
    if op.get_bind().dialect.name == "postgresql":
        for name, table, other, columns, others in LATER:
            op.create_foreign_key(name, table, other, columns, others)
    for guard in GUARDS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(guard)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name, table, *_ in LATER:
            op.drop_constraint(name, table, type_="foreignkey")
    # ### commands auto generated by Alembic - please adjust! ###
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dispute_partner_id"))

    op.drop_table("dispute")
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_partner_id"))
        batch_op.drop_index(batch_op.f("ix_payment_paid_at"))

    op.drop_table("payment")
    with op.batch_alter_table("invoice_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_line_product_id"))
        batch_op.drop_index(batch_op.f("ix_invoice_line_partner_id"))

    op.drop_table("invoice_line")
    with op.batch_alter_table("earning_event", schema=None) as batch_op:
        batch_op.drop_index("ix_earning_event_partner_id_at")
        batch_op.drop_index(batch_op.f("ix_earning_event_partner_id"))
        batch_op.drop_index(batch_op.f("ix_earning_event_invoice_id"))
        batch_op.drop_index(batch_op.f("ix_earning_event_deal_id"))

    op.drop_table("earning_event")
    with op.batch_alter_table("credit_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_credit_note_partner_id"))
        batch_op.drop_index(batch_op.f("ix_credit_note_invoice_id"))

    op.drop_table("credit_note")
    with op.batch_alter_table("commission_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commission_line_statement_id"))
        batch_op.drop_index(batch_op.f("ix_commission_line_source_id"))
        batch_op.drop_index("ix_commission_line_period")
        batch_op.drop_index("ix_commission_line_partner_period")
        batch_op.drop_index(batch_op.f("ix_commission_line_invoice_id"))
        batch_op.drop_index(batch_op.f("ix_commission_line_deal_id"))

    op.drop_table("commission_line")
    with op.batch_alter_table("payout_statement", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_payout_statement_live",
            sqlite_where=sa.text("is_live"),
            postgresql_where=sa.text("is_live"),
        )
        batch_op.drop_index(batch_op.f("ix_payout_statement_payout_id"))
        batch_op.drop_index(batch_op.f("ix_payout_statement_partner_id"))

    op.drop_table("payout_statement")
    with op.batch_alter_table("payout_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payout_event_payout_id"))
        batch_op.drop_index(batch_op.f("ix_payout_event_partner_id"))

    op.drop_table("payout_event")
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.drop_index("ix_invoice_partner_id_issued_on")
        batch_op.drop_index(batch_op.f("ix_invoice_partner_id"))
        batch_op.drop_index("ix_invoice_issued_on_id")
        batch_op.drop_index(batch_op.f("ix_invoice_deal_id"))
        batch_op.drop_index(batch_op.f("ix_invoice_customer_id"))

    op.drop_table("invoice")
    with op.batch_alter_table("deal_participant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_participant_partner_id"))
        batch_op.drop_index(batch_op.f("ix_deal_participant_deal_id"))

    op.drop_table("deal_participant")
    with op.batch_alter_table("deal_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_note_deal_id"))

    op.drop_table("deal_note")
    with op.batch_alter_table("deal_match", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_match_customer_id"))

    op.drop_table("deal_match")
    with op.batch_alter_table("deal_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_line_partner_id"))
        batch_op.drop_index(batch_op.f("ix_deal_line_deal_id"))

    op.drop_table("deal_line")
    with op.batch_alter_table("deal_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_event_partner_id"))
        batch_op.drop_index(batch_op.f("ix_deal_event_deal_id"))

    op.drop_table("deal_event")
    with op.batch_alter_table("territory_area", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_territory_area_territory_id"))

    op.drop_table("territory_area")
    with op.batch_alter_table("routing_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_routing_log_territory_id"))
        batch_op.drop_index(batch_op.f("ix_routing_log_at"))
        batch_op.drop_index("ix_routing_log_about")

    op.drop_table("routing_log")
    with op.batch_alter_table("price", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_price_product_id"))

    op.drop_table("price")
    op.drop_table("payout_skip")
    with op.batch_alter_table("payout_run_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payout_run_event_run_id"))

    op.drop_table("payout_run_event")
    op.drop_table("payout_file")
    with op.batch_alter_table("payout", schema=None) as batch_op:
        batch_op.drop_index("ix_payout_status")
        batch_op.drop_index(batch_op.f("ix_payout_partner_id"))

    op.drop_table("payout")
    with op.batch_alter_table("deal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_won_on"))
        batch_op.drop_index("ix_deal_value")
        batch_op.drop_index("ix_deal_updated")
        batch_op.drop_index("ix_deal_status_updated")
        batch_op.drop_index("ix_deal_status_submitted_at")
        batch_op.drop_index("ix_deal_status_submitted")
        batch_op.drop_index("ix_deal_status_decide_by")
        batch_op.drop_index("ix_deal_sales_manager_status")
        batch_op.drop_index(batch_op.f("ix_deal_protected_through"))
        batch_op.drop_index("ix_deal_partner_updated")
        batch_op.drop_index("ix_deal_partner_status_updated")
        batch_op.drop_index(batch_op.f("ix_deal_partner_id"))
        batch_op.drop_index("ix_deal_customer_name")
        batch_op.drop_index("ix_deal_customer_family")
        batch_op.drop_index("ix_deal_channel_manager_status")

    op.drop_table("deal")
    with op.batch_alter_table("application_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_event_application_id"))

    op.drop_table("application_event")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_person_id"))

    op.drop_table("user_session")
    with op.batch_alter_table("territory", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_territory_sales_manager_id"))
        batch_op.drop_index(batch_op.f("ix_territory_parent_id"))
        batch_op.drop_index(batch_op.f("ix_territory_owner_id"))
        batch_op.drop_index("ix_territory_name_id")
        batch_op.drop_index(batch_op.f("ix_territory_channel_manager_id"))

    op.drop_table("territory")
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.drop_index("ix_statement_period")
        batch_op.drop_index(batch_op.f("ix_statement_partner_id"))

    op.drop_table("statement")
    with op.batch_alter_table("sales_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sales_import_at"))

    op.drop_table("sales_import")
    with op.batch_alter_table("rating_problem", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rating_problem_partner_id"))

    op.drop_table("rating_problem")
    with op.batch_alter_table("rated_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rated_event_partner_id"))

    op.drop_table("rated_event")
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.drop_index("ix_product_name_id")
        batch_op.drop_index(batch_op.f("ix_product_family_id"))

    op.drop_table("product")
    with op.batch_alter_table("posting_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_posting_line_posting_id"))
        batch_op.drop_index("ix_posting_line_balance")

    op.drop_table("posting_line")
    op.drop_table("plan_version")
    with op.batch_alter_table("plan_assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_assignment_plan_id"))
        batch_op.drop_index(batch_op.f("ix_plan_assignment_partner_id"))

    op.drop_table("plan_assignment")
    with op.batch_alter_table("payout_run", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_payout_run_one_draft",
            sqlite_where=sa.text("status = 'draft'"),
            postgresql_where=sa.text("status = 'draft'"),
        )

    op.drop_table("payout_run")
    with op.batch_alter_table("payout_destination", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_payout_destination_one_current",
            sqlite_where=sa.text("status = 'current'"),
            postgresql_where=sa.text("status = 'current'"),
        )
        batch_op.drop_index(batch_op.f("ix_payout_destination_partner_id"))

    op.drop_table("payout_destination")
    with op.batch_alter_table("partner_parent", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_partner_parent_one_open",
            sqlite_where=sa.text("to_on IS NULL"),
            postgresql_where=sa.text("to_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_partner_parent_partner_id"))
        batch_op.drop_index(batch_op.f("ix_partner_parent_distributor_id"))

    op.drop_table("partner_parent")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_person_id_at")
        batch_op.drop_index(batch_op.f("ix_notice_partner_id"))
        batch_op.drop_index("ix_notice_mail_waiting")

    op.drop_table("notice")
    with op.batch_alter_table("manager_absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_manager_absence_person_id"))

    op.drop_table("manager_absence")
    with op.batch_alter_table("customer_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_link_partner_id"))
        batch_op.drop_index(batch_op.f("ix_customer_link_customer_id"))

    op.drop_table("customer_link")
    with op.batch_alter_table("customer_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_key_customer_id"))

    op.drop_table("customer_key")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_status"))
        batch_op.drop_index(batch_op.f("ix_application_name_key"))

    op.drop_table("application")
    with op.batch_alter_table("access_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_token_person_id"))

    op.drop_table("access_token")
    op.drop_table("vendor")
    op.drop_table("territory_revision")
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempt_address_at")
        batch_op.drop_index("ix_sign_in_attempt_account_at")

    op.drop_table("sign_in_attempt")
    with op.batch_alter_table("rating_state", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rating_state_due_on"))

    op.drop_table("rating_state")
    op.drop_table("product_family")
    with op.batch_alter_table("price_list", schema=None) as batch_op:
        batch_op.drop_index("ix_price_list_currency_from_on")

    op.drop_table("price_list")
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_posting_period"))
        batch_op.drop_index(batch_op.f("ix_posting_kind"))

    op.drop_table("posting")
    op.drop_table("plan")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_partner_id"))

    op.drop_table("person")
    with op.batch_alter_table("partner", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_name"))
        batch_op.drop_index(batch_op.f("ix_partner_channel_manager_id"))

    op.drop_table("partner")
    op.drop_table("month_close")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("ix_job_state_run_at")

    op.drop_table("job")
    op.drop_table("exchange_rate")
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_index("ix_customer_name_id")
        batch_op.drop_index(batch_op.f("ix_customer_core_name"))

    op.drop_table("customer")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_partner_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))
        batch_op.drop_index("ix_audit_entry_about")

    op.drop_table("audit_entry")
    # ### end Alembic commands ###
    if op.get_bind().dialect.name == "postgresql":
        for function in FUNCTIONS:
            op.execute(f"DROP FUNCTION IF EXISTS {function}()")
