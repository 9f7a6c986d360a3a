"""Registration, conflicts, wins, taxes, transfers: everything since the first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GUARDS: dict[str, list[str]] = {
    "sqlite": [
        """DROP TRIGGER deal_no_two_protections_insert""",
        """DROP TRIGGER deal_no_two_protections_update""",
        """CREATE TRIGGER tax_term_no_update BEFORE UPDATE ON tax_term BEGIN SELECT RAISE(ABORT, 'tax_term is never changed'); END""",
        """CREATE TRIGGER tax_term_no_delete BEFORE DELETE ON tax_term BEGIN SELECT RAISE(ABORT, 'tax_term is never changed'); END""",
        """CREATE TRIGGER partner_ending_no_update BEFORE UPDATE ON partner_ending BEGIN SELECT RAISE(ABORT, 'partner_ending is never changed'); END""",
        """CREATE TRIGGER partner_ending_no_delete BEFORE DELETE ON partner_ending BEGIN SELECT RAISE(ABORT, 'partner_ending is never changed'); END""",
        """CREATE TRIGGER customers_apart_no_update BEFORE UPDATE ON customers_apart BEGIN SELECT RAISE(ABORT, 'customers_apart is never changed'); END""",
        """CREATE TRIGGER customers_apart_no_delete BEFORE DELETE ON customers_apart BEGIN SELECT RAISE(ABORT, 'customers_apart is never changed'); END""",
        """CREATE TRIGGER deal_batch_no_update BEFORE UPDATE ON deal_batch BEGIN SELECT RAISE(ABORT, 'deal_batch is never changed'); END""",
        """CREATE TRIGGER deal_batch_no_delete BEFORE DELETE ON deal_batch BEGIN SELECT RAISE(ABORT, 'deal_batch is never changed'); END""",
        """CREATE TRIGGER deal_precheck_no_update BEFORE UPDATE ON deal_precheck BEGIN SELECT RAISE(ABORT, 'deal_precheck is never changed'); END""",
        """CREATE TRIGGER deal_precheck_no_delete BEFORE DELETE ON deal_precheck BEGIN SELECT RAISE(ABORT, 'deal_precheck is never changed'); END""",
        """CREATE TRIGGER self_billing_invoice_no_update BEFORE UPDATE ON self_billing_invoice BEGIN SELECT RAISE(ABORT, 'self_billing_invoice is never changed'); END""",
        """CREATE TRIGGER self_billing_invoice_no_delete BEFORE DELETE ON self_billing_invoice BEGIN SELECT RAISE(ABORT, 'self_billing_invoice is never changed'); END""",
        """CREATE TRIGGER bank_report_no_update BEFORE UPDATE ON bank_report BEGIN SELECT RAISE(ABORT, 'bank_report is never changed'); END""",
        """CREATE TRIGGER bank_report_no_delete BEFORE DELETE ON bank_report BEGIN SELECT RAISE(ABORT, 'bank_report is never changed'); END""",
        """CREATE TRIGGER customer_merge_row_no_update BEFORE UPDATE ON customer_merge_row BEGIN SELECT RAISE(ABORT, 'customer_merge_row is never changed'); END""",
        """CREATE TRIGGER customer_merge_row_no_delete BEFORE DELETE ON customer_merge_row BEGIN SELECT RAISE(ABORT, 'customer_merge_row is never changed'); END""",
        """CREATE TRIGGER deal_no_two_protections_insert BEFORE INSERT ON deal WHEN NEW.status = 'approved' AND EXISTS (
    SELECT 1 FROM deal AS other
    WHERE other.status = 'approved' AND other.id <> NEW.id
      AND other.customer_id = NEW.customer_id AND other.family_id = NEW.family_id
      AND other.partner_id <> NEW.partner_id
      AND (other.project_key = '' OR NEW.project_key = '' OR other.project_key = NEW.project_key)
      AND other.approved_on <= NEW.protected_through
      AND other.protected_through >= NEW.approved_on
) BEGIN SELECT RAISE(ABORT, 'another partner is protected for this customer and product family'); END""",
        """CREATE TRIGGER deal_no_two_protections_update BEFORE UPDATE OF status, customer_id, family_id, project_key, partner_id, approved_on, protected_through ON deal WHEN NEW.status = 'approved' AND EXISTS (
    SELECT 1 FROM deal AS other
    WHERE other.status = 'approved' AND other.id <> NEW.id
      AND other.customer_id = NEW.customer_id AND other.family_id = NEW.family_id
      AND other.partner_id <> NEW.partner_id
      AND (other.project_key = '' OR NEW.project_key = '' OR other.project_key = NEW.project_key)
      AND other.approved_on <= NEW.protected_through
      AND other.protected_through >= NEW.approved_on
) BEGIN SELECT RAISE(ABORT, 'another partner is protected for this customer and product family'); END""",
        """CREATE TRIGGER payout_approval_no_update BEFORE UPDATE ON payout_approval BEGIN SELECT RAISE(ABORT, 'payout_approval is never changed'); END""",
        """CREATE TRIGGER payout_approval_no_delete BEFORE DELETE ON payout_approval BEGIN SELECT RAISE(ABORT, 'payout_approval is never changed'); END""",
        """CREATE TRIGGER deal_batch_line_no_update BEFORE UPDATE ON deal_batch_line BEGIN SELECT RAISE(ABORT, 'deal_batch_line is never changed'); END""",
        """CREATE TRIGGER deal_batch_line_no_delete BEFORE DELETE ON deal_batch_line BEGIN SELECT RAISE(ABORT, 'deal_batch_line is never changed'); END""",
        """CREATE TRIGGER conflict_note_no_update BEFORE UPDATE ON conflict_note BEGIN SELECT RAISE(ABORT, 'conflict_note is never changed'); END""",
        """CREATE TRIGGER conflict_note_no_delete BEFORE DELETE ON conflict_note BEGIN SELECT RAISE(ABORT, 'conflict_note is never changed'); END""",
        """CREATE TRIGGER told_touch_no_update BEFORE UPDATE ON told_touch BEGIN SELECT RAISE(ABORT, 'told_touch is never changed'); END""",
        """CREATE TRIGGER told_touch_no_delete BEFORE DELETE ON told_touch BEGIN SELECT RAISE(ABORT, 'told_touch is never changed'); END""",
        """CREATE TRIGGER payout_attempt_no_update BEFORE UPDATE OF payout_id, number, key, params, made_at ON payout_attempt BEGIN SELECT RAISE(ABORT, 'payout_attempt is kept as it was'); END""",
        """CREATE TRIGGER payout_attempt_no_delete BEFORE DELETE ON payout_attempt BEGIN SELECT RAISE(ABORT, 'payout_attempt is kept as it was'); END""",
        """CREATE TRIGGER payout_reversal_no_update BEFORE UPDATE OF payout_id, key, amount_minor, amount_currency, asked_at ON payout_reversal BEGIN SELECT RAISE(ABORT, 'payout_reversal is kept as it was'); END""",
        """CREATE TRIGGER payout_reversal_no_delete BEFORE DELETE ON payout_reversal BEGIN SELECT RAISE(ABORT, 'payout_reversal is kept as it was'); END""",
        """CREATE TRIGGER bank_report_line_no_update BEFORE UPDATE ON bank_report_line BEGIN SELECT RAISE(ABORT, 'bank_report_line is never changed'); END""",
        """CREATE TRIGGER bank_report_line_no_delete BEFORE DELETE ON bank_report_line BEGIN SELECT RAISE(ABORT, 'bank_report_line is never changed'); END""",
        """CREATE TRIGGER renewal_proposal_no_update BEFORE UPDATE ON renewal_proposal BEGIN SELECT RAISE(ABORT, 'renewal_proposal is never changed'); END""",
        """CREATE TRIGGER renewal_proposal_no_delete BEFORE DELETE ON renewal_proposal BEGIN SELECT RAISE(ABORT, 'renewal_proposal is never changed'); END""",
        """CREATE TRIGGER conflict_evidence_no_update BEFORE UPDATE ON conflict_evidence BEGIN SELECT RAISE(ABORT, 'conflict_evidence is never changed'); END""",
        """CREATE TRIGGER conflict_evidence_no_delete BEFORE DELETE ON conflict_evidence BEGIN SELECT RAISE(ABORT, 'conflict_evidence is never changed'); END""",
        """CREATE TRIGGER win_evidence_no_update BEFORE UPDATE ON win_evidence BEGIN SELECT RAISE(ABORT, 'win_evidence is never changed'); END""",
        """CREATE TRIGGER win_evidence_no_delete BEFORE DELETE ON win_evidence BEGIN SELECT RAISE(ABORT, 'win_evidence is never changed'); END""",
    ],
    "postgresql": [
        """ALTER TABLE deal DROP CONSTRAINT IF EXISTS deal_no_two_protections""",
        """DROP TRIGGER IF EXISTS deal_no_two_protections ON deal""",
        """CREATE OR REPLACE FUNCTION tax_term_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'tax_term is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER tax_term_never_changes BEFORE UPDATE OR DELETE ON tax_term FOR EACH ROW EXECUTE FUNCTION tax_term_never_changes()""",
        """CREATE OR REPLACE FUNCTION partner_ending_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'partner_ending is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER partner_ending_never_changes BEFORE UPDATE OR DELETE ON partner_ending FOR EACH ROW EXECUTE FUNCTION partner_ending_never_changes()""",
        """CREATE OR REPLACE FUNCTION customers_apart_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'customers_apart is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER customers_apart_never_changes BEFORE UPDATE OR DELETE ON customers_apart FOR EACH ROW EXECUTE FUNCTION customers_apart_never_changes()""",
        """CREATE OR REPLACE FUNCTION deal_batch_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'deal_batch is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER deal_batch_never_changes BEFORE UPDATE OR DELETE ON deal_batch FOR EACH ROW EXECUTE FUNCTION deal_batch_never_changes()""",
        """CREATE OR REPLACE FUNCTION deal_precheck_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'deal_precheck is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER deal_precheck_never_changes BEFORE UPDATE OR DELETE ON deal_precheck FOR EACH ROW EXECUTE FUNCTION deal_precheck_never_changes()""",
        """CREATE OR REPLACE FUNCTION self_billing_invoice_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'self_billing_invoice is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER self_billing_invoice_never_changes BEFORE UPDATE OR DELETE ON self_billing_invoice FOR EACH ROW EXECUTE FUNCTION self_billing_invoice_never_changes()""",
        """CREATE OR REPLACE FUNCTION bank_report_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'bank_report is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER bank_report_never_changes BEFORE UPDATE OR DELETE ON bank_report FOR EACH ROW EXECUTE FUNCTION bank_report_never_changes()""",
        """CREATE OR REPLACE FUNCTION customer_merge_row_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'customer_merge_row is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER customer_merge_row_never_changes BEFORE UPDATE OR DELETE ON customer_merge_row FOR EACH ROW EXECUTE FUNCTION customer_merge_row_never_changes()""",
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
      (CASE WHEN project_key = '' THEN int8range(NULL, NULL)
        ELSE int8range(hashtextextended(project_key, 0) / 2, hashtextextended(project_key, 0) / 2, '[]') END) WITH &&,
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
      AND (other.project_key = '' OR NEW.project_key = '' OR other.project_key = NEW.project_key)
      AND other.approved_on <= NEW.protected_through
      AND other.protected_through >= NEW.approved_on
) THEN
        RAISE EXCEPTION 'another partner is protected for this customer and product family' USING ERRCODE = 'exclusion_violation';
      END IF;
      RETURN NEW;
    END $fn$ LANGUAGE plpgsql;
    CREATE TRIGGER deal_no_two_protections BEFORE INSERT OR UPDATE OF status, customer_id, family_id, project_key, partner_id, approved_on, protected_through ON deal
      FOR EACH ROW WHEN (NEW.status = 'approved') EXECUTE FUNCTION deal_no_two_protections();
  END IF;
END $do$""",
        """CREATE OR REPLACE FUNCTION payout_approval_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'payout_approval is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER payout_approval_never_changes BEFORE UPDATE OR DELETE ON payout_approval FOR EACH ROW EXECUTE FUNCTION payout_approval_never_changes()""",
        """CREATE OR REPLACE FUNCTION deal_batch_line_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'deal_batch_line is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER deal_batch_line_never_changes BEFORE UPDATE OR DELETE ON deal_batch_line FOR EACH ROW EXECUTE FUNCTION deal_batch_line_never_changes()""",
        """CREATE OR REPLACE FUNCTION conflict_note_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'conflict_note is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER conflict_note_never_changes BEFORE UPDATE OR DELETE ON conflict_note FOR EACH ROW EXECUTE FUNCTION conflict_note_never_changes()""",
        """CREATE OR REPLACE FUNCTION told_touch_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'told_touch is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER told_touch_never_changes BEFORE UPDATE OR DELETE ON told_touch FOR EACH ROW EXECUTE FUNCTION told_touch_never_changes()""",
        """CREATE OR REPLACE FUNCTION payout_attempt_is_kept() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'payout_attempt is kept as it was'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER payout_attempt_is_kept BEFORE UPDATE OF payout_id, number, key, params, made_at OR DELETE ON payout_attempt FOR EACH ROW EXECUTE FUNCTION payout_attempt_is_kept()""",
        """CREATE OR REPLACE FUNCTION payout_reversal_is_kept() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'payout_reversal is kept as it was'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER payout_reversal_is_kept BEFORE UPDATE OF payout_id, key, amount_minor, amount_currency, asked_at OR DELETE ON payout_reversal FOR EACH ROW EXECUTE FUNCTION payout_reversal_is_kept()""",
        """CREATE OR REPLACE FUNCTION bank_report_line_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'bank_report_line is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER bank_report_line_never_changes BEFORE UPDATE OR DELETE ON bank_report_line FOR EACH ROW EXECUTE FUNCTION bank_report_line_never_changes()""",
        """CREATE OR REPLACE FUNCTION renewal_proposal_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'renewal_proposal is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER renewal_proposal_never_changes BEFORE UPDATE OR DELETE ON renewal_proposal FOR EACH ROW EXECUTE FUNCTION renewal_proposal_never_changes()""",
        """CREATE OR REPLACE FUNCTION conflict_evidence_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'conflict_evidence is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER conflict_evidence_never_changes BEFORE UPDATE OR DELETE ON conflict_evidence FOR EACH ROW EXECUTE FUNCTION conflict_evidence_never_changes()""",
        """CREATE OR REPLACE FUNCTION win_evidence_never_changes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'win_evidence is never changed'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER win_evidence_never_changes BEFORE UPDATE OR DELETE ON win_evidence FOR EACH ROW EXECUTE FUNCTION win_evidence_never_changes()""",
    ],
}

UNGUARDED: dict[str, list[str]] = {
    "sqlite": [
        """DROP TRIGGER deal_no_two_protections_insert""",
        """DROP TRIGGER deal_no_two_protections_update""",
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
    ],
    "postgresql": [
        """ALTER TABLE deal DROP CONSTRAINT IF EXISTS deal_no_two_protections""",
        """DROP TRIGGER IF EXISTS deal_no_two_protections ON deal""",
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
    ],
}

FUNCTIONS = [
    "bank_report_line_never_changes",
    "bank_report_never_changes",
    "conflict_evidence_never_changes",
    "conflict_note_never_changes",
    "customer_merge_row_never_changes",
    "customers_apart_never_changes",
    "deal_batch_line_never_changes",
    "deal_batch_never_changes",
    "deal_precheck_never_changes",
    "partner_ending_never_changes",
    "payout_approval_never_changes",
    "payout_attempt_is_kept",
    "payout_reversal_is_kept",
    "renewal_proposal_never_changes",
    "self_billing_invoice_never_changes",
    "tax_term_never_changes",
    "told_touch_never_changes",
    "win_evidence_never_changes",
]

ORDERS_OF_EARLIER_WINS = sa.text(
    """
    INSERT INTO deal_order (
        id, partner_id, deal_id, state, reference, ordered_at, ordered_on, amount_minor,
        amount_currency, customer_name, family_id, completes, differs, support_contact,
        service_starts_on, renews_on, recorded_at, recorded_by_name, by_staff, decided_by_name,
        returned_because)
    SELECT id, partner_id, id, 'accepted',
        CASE WHEN order_number = '' THEN number ELSE order_number END, won_at, won_on, value_minor,
        value_currency, customer_name, family_id, 1 = 1, :differs, support_contact,
        COALESCE(service_starts_on, won_on), renews_on, won_at, registered_by_name, 1 = 0, '', ''
    FROM deal WHERE status = 'won' AND value_minor > 0
    """
).bindparams(sa.bindparam("differs", [], sa.JSON()))
# The key of the order is the deal's: what was rated for the win is not rated again.


def upgrade() -> None:
    add_column(
        "customer", sa.Column("merged_into_id", sa.Uuid(), nullable=True), ("customer", "id")
    )
    add_column("deal", sa.Column("win_asked_at", sa.DateTime(timezone=True), nullable=True))
    add_column(
        "deal", sa.Column("project", sa.String(length=120), nullable=False, server_default="")
    )
    add_column(
        "deal", sa.Column("project_key", sa.String(length=120), nullable=False, server_default="")
    )
    add_column(
        "deal", sa.Column("tender_number", sa.String(length=80), nullable=False, server_default="")
    )
    add_column("deal", sa.Column("tender_published_on", sa.Date(), nullable=True))
    add_column(
        "deal", sa.Column("previous_order", sa.String(length=80), nullable=False, server_default="")
    )
    add_column("deal", sa.Column("previous_ends_on", sa.Date(), nullable=True))
    add_column(
        "deal", sa.Column("replaces", sa.String(length=120), nullable=False, server_default="")
    )
    add_column("deal", sa.Column("replace_reason", sa.Text(), nullable=False, server_default=""))
    add_column("deal", sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True))
    add_column("deal", sa.Column("escalated_to_id", sa.Uuid(), nullable=True), ("person", "id"))
    add_column("deal", sa.Column("decided_by_id", sa.Uuid(), nullable=True), ("person", "id"))
    add_column("deal", sa.Column("approved_minor", sa.BigInteger(), nullable=True))
    add_column("deal", sa.Column("stale_warned_at", sa.DateTime(timezone=True), nullable=True))
    add_column("notice", sa.Column("silent_at", sa.DateTime(timezone=True), nullable=True))
    add_column("notice", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    add_column("payout", sa.Column("commission_minor", sa.BigInteger(), nullable=True))
    add_column(
        "payout",
        sa.Column("vat_minor", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
    )
    add_column(
        "payout",
        sa.Column("withheld_minor", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
    )
    add_column("payout", sa.Column("vat_rate", sa.String(40), nullable=True))
    add_column(
        "payout", sa.Column("tax_words", sa.String(length=200), nullable=False, server_default="")
    )
    add_column("payout", sa.Column("try_after", sa.DateTime(timezone=True), nullable=True))
    add_column("payout_destination", sa.Column("account_sealed", sa.Text(), nullable=True))
    add_column(
        "payout_destination",
        sa.Column("routing_number", sa.String(length=9), nullable=False, server_default=""),
    )
    add_column(
        "payout_destination",
        sa.Column("is_savings", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    add_column("payout_destination", sa.Column("account_id", sa.String(length=60), nullable=True))
    add_column(
        "vendor",
        sa.Column("tax_form_policy", sa.String(length=20), nullable=False, server_default="block"),
    )
    add_column(
        "vendor",
        sa.Column("ach_routing_number", sa.String(length=9), nullable=False, server_default=""),
    )
    add_column(
        "vendor",
        sa.Column("ach_bank_name", sa.String(length=23), nullable=False, server_default=""),
    )
    add_column(
        "vendor",
        sa.Column("ach_company_id", sa.String(length=10), nullable=False, server_default=""),
    )
    add_column(
        "vendor",
        sa.Column(
            "extension_activity_days", sa.Integer(), nullable=False, server_default=sa.text("30")
        ),
    )
    add_column(
        "vendor",
        sa.Column("reminder_days", sa.String(length=40), nullable=False, server_default="14, 7, 1"),
    )
    add_column(
        "vendor",
        sa.Column("incumbent_months", sa.Integer(), nullable=False, server_default=sa.text("24")),
    )
    add_column(
        "vendor",
        sa.Column(
            "incumbent_comment_days", sa.Integer(), nullable=False, server_default=sa.text("2")
        ),
    )
    add_column(
        "vendor",
        sa.Column("tender_policy", sa.String(length=20), nullable=False, server_default="before"),
    )
    add_column("vendor", sa.Column("capacity", sa.JSON(), nullable=True))
    add_column(
        "vendor",
        sa.Column(
            "precheck_tells_protection", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )
    add_column(
        "vendor",
        sa.Column(
            "precheck_tells_engagement", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )
    add_column(
        "vendor",
        sa.Column(
            "win_tolerance_percent", sa.Integer(), nullable=False, server_default=sa.text("25")
        ),
    )
    add_column(
        "vendor",
        sa.Column("early_win_hours", sa.Integer(), nullable=False, server_default=sa.text("72")),
    )
    add_column("vendor", sa.Column("decision_days_by_tier", sa.JSON(), nullable=True))
    add_column(
        "vendor",
        sa.Column("clock_warn_percent", sa.Integer(), nullable=False, server_default=sa.text("75")),
    )
    add_column(
        "vendor",
        sa.Column(
            "clock_escalate_percent", sa.Integer(), nullable=False, server_default=sa.text("150")
        ),
    )
    add_column(
        "vendor",
        sa.Column("holiday_subdivision", sa.String(length=6), nullable=False, server_default=""),
    )
    add_column("vendor", sa.Column("closed_days", sa.JSON(), nullable=True))
    add_column(
        "vendor",
        sa.Column(
            "appeal_business_days", sa.Integer(), nullable=False, server_default=sa.text("10")
        ),
    )
    add_column(
        "vendor",
        sa.Column(
            "material_change_percent", sa.Integer(), nullable=False, server_default=sa.text("25")
        ),
    )
    add_column(
        "vendor",
        sa.Column("stale_days", sa.Integer(), nullable=False, server_default=sa.text("30")),
    )
    add_column(
        "vendor",
        sa.Column("stale_grace_days", sa.Integer(), nullable=False, server_default=sa.text("14")),
    )
    add_column(
        "vendor",
        sa.Column(
            "participants_may_approve", sa.Boolean(), nullable=False, server_default=sa.true()
        ),
    )
    op.create_table(
        "approval_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_minor", sa.BigInteger(), nullable=False),
        sa.Column("to_minor", sa.BigInteger(), nullable=True),
        sa.Column("tiers", sa.JSON(), nullable=False),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("families", sa.JSON(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "from_minor >= 0 AND (to_minor IS NULL OR to_minor > from_minor)",
            name=op.f("ck_approval_rule_amounts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_rule")),
    )
    op.create_table(
        "payout_minimum",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("minor > 0", name=op.f("ck_payout_minimum_is_an_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_minimum")),
        sa.UniqueConstraint("currency", name=op.f("uq_payout_minimum_currency")),
    )
    op.create_table(
        "payout_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("single", sa.Integer(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("cut_off_business_day", sa.Integer(), nullable=False),
        sa.Column("review_business_days", sa.Integer(), nullable=False),
        sa.Column("pay_business_day", sa.Integer(), nullable=False),
        sa.Column("one_person_is_enough", sa.Boolean(), nullable=False),
        sa.Column("tail_months", sa.Integer(), nullable=False),
        sa.CheckConstraint("single = 1", name=op.f("ck_payout_terms_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_terms")),
        sa.UniqueConstraint("single", name=op.f("uq_payout_terms_single")),
    )
    op.create_table(
        "provider_comparison",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_comparison")),
    )
    op.create_table(
        "provider_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=120), nullable=False),
        sa.Column("about_id", sa.String(length=120), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_provider_event_event_id")),
    )
    op.create_table(
        "registration_type",
        sa.Column("id", sa.Uuid(), nullable=False),
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
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("asks", sa.JSON(), nullable=False),
        sa.Column("guidance", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_type")),
        sa.UniqueConstraint("kind", name=op.f("uq_registration_type_kind")),
    )
    op.create_table(
        "stripe_balance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("available_minor", sa.BigInteger(), nullable=False),
        sa.Column("pending_minor", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_balance")),
        sa.UniqueConstraint("currency", name=op.f("uq_stripe_balance_currency")),
    )
    op.create_table(
        "tax_term",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "vat", "withholding", "reporting", name="termkind", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("value", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_term")),
        sa.UniqueConstraint(
            "kind", "country", "from_on", name=op.f("uq_tax_term_kind_country_from_on")
        ),
        info={"never_changes": True},
    )
    op.create_table(
        "approval_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "channel_manager",
                "sales_manager",
                "administrator",
                "person",
                name="approverkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'person') = (person_id IS NOT NULL)",
            name=op.f("ck_approval_step_a_person_or_a_part"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_approval_step_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["approval_rule.id"], name=op.f("fk_approval_step_rule_id_approval_rule")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_step")),
    )
    op.create_table(
        "bank_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=130), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by_id", sa.Uuid(), nullable=True),
        sa.Column("taken_by_name", sa.String(length=200), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["person.id"], name=op.f("fk_bank_report_taken_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_report")),
        sa.UniqueConstraint("sha256", name=op.f("uq_bank_report_sha256")),
        info={"never_changes": True},
    )
    op.create_table(
        "customer_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_name", sa.String(length=200), nullable=False),
        sa.Column("undone_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["customer.id"], name=op.f("fk_customer_merge_merged_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["survivor_id"], ["customer.id"], name=op.f("fk_customer_merge_survivor_id_customer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_merge")),
    )
    op.create_table(
        "customers_apart",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["one_id"], ["customer.id"], name=op.f("fk_customers_apart_one_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["customer.id"], name=op.f("fk_customers_apart_other_id_customer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers_apart")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_customers_apart_one_id_other_id")),
        info={"never_changes": True},
    )
    op.create_table(
        "deal_batch",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_deal_batch_by_id_person")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_deal_batch_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_batch")),
        info={"never_changes": True},
    )
    op.create_table(
        "deal_precheck",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("vat_id", sa.String(length=40), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=True),
        sa.Column(
            "answer",
            sa.Enum(
                "free",
                "review",
                "yours",
                "protected",
                "engaged",
                name="precheck",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["family_id"],
            ["product_family.id"],
            name=op.f("fk_deal_precheck_family_id_product_family"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_deal_precheck_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_deal_precheck_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_precheck")),
        info={"never_changes": True},
    )
    op.create_table(
        "decision_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.String(length=30), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_decision_round_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_round")),
    )
    op.create_table(
        "notice_mute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_notice_mute_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_mute_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_mute")),
        sa.UniqueConstraint("person_id", "kind", name=op.f("uq_notice_mute_person_id_kind")),
    )
    op.create_table(
        "partner_ending",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("tail_months", sa.Integer(), nullable=False),
        sa.Column("tail_through", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("tail_months >= 0", name=op.f("ck_partner_ending_tail_is_not_negative")),
        sa.CheckConstraint("tail_through >= ended_on", name=op.f("ck_partner_ending_tail_follows")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_partner_ending_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_ending")),
        info={"never_changes": True},
    )
    op.create_table(
        "partner_invoice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("fee", "debt", name="invoicekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "asked", "open", "paid", "void", name="invoicestatus", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_currency", sa.String(length=3), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.String(length=60), nullable=False),
        sa.Column("invoice_id", sa.String(length=60), nullable=True),
        sa.Column("hosted_url", sa.String(length=1000), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_partner_invoice_asks_for_something")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_partner_invoice_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_partner_invoice_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_invoice")),
        sa.UniqueConstraint("invoice_id", name=op.f("uq_partner_invoice_invoice_id")),
        sa.UniqueConstraint("number", name=op.f("uq_partner_invoice_number")),
    )
    op.create_table(
        "provider_difference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_currency", sa.String(length=3), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(length=400), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Uuid(), nullable=True),
        sa.Column("resolution", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"],
            ["person.id"],
            name=op.f("fk_provider_difference_resolved_by_id_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_difference")),
        sa.UniqueConstraint("key", name=op.f("uq_provider_difference_key")),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("page", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name=op.f("fk_saved_view_owner_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_saved_view_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint(
            "owner_id", "page", "name", name=op.f("uq_saved_view_owner_id_page_name")
        ),
    )
    op.create_table(
        "self_billing_agreement",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by_id", sa.Uuid(), nullable=True),
        sa.Column("agreed_by_name", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreed_by_id"],
            ["person.id"],
            name=op.f("fk_self_billing_agreement_agreed_by_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["partner.id"],
            name=op.f("fk_self_billing_agreement_partner_id_partner"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_billing_agreement")),
    )
    op.create_table(
        "self_billing_invoice",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("series_number", sa.Integer(), nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("cancels_id", sa.Uuid(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("vat_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("vat_rate", sa.String(40), nullable=False),
        sa.Column("wording", sa.String(length=200), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "series_number > 0", name=op.f("ck_self_billing_invoice_counts_from_one")
        ),
        sa.ForeignKeyConstraint(
            ["cancels_id"],
            ["self_billing_invoice.id"],
            name=op.f("fk_self_billing_invoice_cancels_id_self_billing_invoice"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_self_billing_invoice_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_billing_invoice")),
        sa.UniqueConstraint("number", name=op.f("uq_self_billing_invoice_number")),
        sa.UniqueConstraint(
            "partner_id",
            "series_number",
            name=op.f("uq_self_billing_invoice_partner_id_series_number"),
        ),
        sa.UniqueConstraint(
            "payout_id", "cancels_id", name=op.f("uq_self_billing_invoice_payout_id_cancels_id")
        ),
        info={"never_changes": True},
    )
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("about_kind", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=130), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "partner_id IS NOT NULL OR is_private", name=op.f("ck_stored_file_ours_is_private")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_stored_file_by_id_person")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_stored_file_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "stripe_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.String(length=60), nullable=True),
        sa.Column("is_ready", sa.Boolean(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("due", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "NOT is_ready OR account_id IS NOT NULL", name=op.f("ck_stripe_account_exists")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_stripe_account_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_stripe_account_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_account")),
        sa.UniqueConstraint("account_id", name=op.f("uq_stripe_account_account_id")),
        sa.UniqueConstraint("partner_id", name=op.f("uq_stripe_account_partner_id")),
    )
    op.create_table(
        "tax_form",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("W-9", "W-8BEN", "W-8BEN-E", name="formkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "on_file",
                "refused",
                "replaced",
                name="formstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("tin_sealed", sa.Text(), nullable=True),
        sa.Column("tin_last4", sa.String(length=4), nullable=False),
        sa.Column("is_exempt", sa.Boolean(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("valid_through", sa.Date(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_tax_form_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_tax_form_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["person.id"], name=op.f("fk_tax_form_sent_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_form")),
    )
    op.create_table(
        "touch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("person_name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "call",
                "visit",
                "mail",
                "quote",
                "direct",
                name="touchkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "ended_on IS NULL OR kind = 'direct'", name=op.f("ck_touch_only_direct_ones_end")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_touch_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["family_id"], ["product_family.id"], name=op.f("fk_touch_family_id_product_family")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_touch_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touch")),
    )
    op.create_table(
        "conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "decided",
                "appealed",
                "final",
                "settled",
                name="conflictstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("touch_id", sa.Uuid(), nullable=True),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "likely_rule",
            sa.Enum(
                "first_complete",
                "incumbent",
                "customers_choice",
                "existing_protection",
                "vendor_engaged",
                "not_the_same",
                "other",
                name="rule",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "partner", "vendor", "nobody", "apart", name="outcome", native_enum=False, length=40
            ),
            nullable=True,
        ),
        sa.Column("favoured_id", sa.Uuid(), nullable=True),
        sa.Column(
            "rule",
            sa.Enum(
                "first_complete",
                "incumbent",
                "customers_choice",
                "existing_protection",
                "vendor_engaged",
                "not_the_same",
                "other",
                name="rule",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column("appeal_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(outcome IS NULL) = (rule IS NULL)", name=op.f("ck_conflict_decided_by_a_rule")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_conflict_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_conflict_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["family_id"], ["product_family.id"], name=op.f("fk_conflict_family_id_product_family")
        ),
        sa.ForeignKeyConstraint(
            ["manager_id"], ["person.id"], name=op.f("fk_conflict_manager_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["touch_id"], ["touch.id"], name=op.f("fk_conflict_touch_id_touch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
        sa.UniqueConstraint("number", name=op.f("uq_conflict_number")),
    )
    op.create_table(
        "customer_merge_row",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("table_name", sa.String(length=63), nullable=False),
        sa.Column("column_name", sa.String(length=63), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merge_id"],
            ["customer_merge.id"],
            name=op.f("fk_customer_merge_row_merge_id_customer_merge"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_merge_row")),
        info={"never_changes": True},
    )
    op.create_table(
        "payout_approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("seen", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_payout_approval_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["payout_run.id"], name=op.f("fk_payout_approval_run_id_payout_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_approval")),
        sa.UniqueConstraint(
            "run_id", "by_id", "seen", name=op.f("uq_payout_approval_run_id_by_id_seen")
        ),
        info={"never_changes": True},
    )
    op.create_table(
        "payout_slot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("program", sa.String(length=20), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["payout_run.id"], name=op.f("fk_payout_slot_run_id_payout_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_slot")),
        sa.UniqueConstraint(
            "program", "period", "currency", name=op.f("uq_payout_slot_program_period_currency")
        ),
    )
    op.create_table(
        "bank_report_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "paid",
                "failed",
                "waiting",
                "corrected",
                "unreadable",
                name="outcome",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column(
            "effect",
            sa.Enum(
                "done", "known", "noted", "refused", name="effect", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("said", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_bank_report_line_payout_id_payout")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["bank_report.id"],
            name=op.f("fk_bank_report_line_report_id_bank_report"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_report_line")),
        sa.UniqueConstraint(
            "report_id", "position", name=op.f("uq_bank_report_line_report_id_position")
        ),
        info={"never_changes": True},
    )
    op.create_table(
        "conflict_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conflict_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.String(length=30), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["conflict_id"], ["conflict.id"], name=op.f("fk_conflict_note_conflict_id_conflict")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_note")),
        info={"never_changes": True},
    )
    op.create_table(
        "conflict_side",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conflict_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column(
            "standing",
            sa.Enum(
                "open",
                "favoured",
                "refused",
                "free",
                "left",
                "settled",
                name="standing",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "likely_rule",
            sa.Enum(
                "first_complete",
                "incumbent",
                "customers_choice",
                "existing_protection",
                "vendor_engaged",
                "not_the_same",
                "other",
                name="rule",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column(
            "rule",
            sa.Enum(
                "first_complete",
                "incumbent",
                "customers_choice",
                "existing_protection",
                "vendor_engaged",
                "not_the_same",
                "other",
                name="rule",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("decision_text", sa.Text(), nullable=False),
        sa.Column("appeal_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal_text", sa.Text(), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_by_name", sa.String(length=200), nullable=False),
        sa.Column("judged_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conflict_id"], ["conflict.id"], name=op.f("fk_conflict_side_conflict_id_conflict")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "deal_id"],
            ["deal.partner_id", "deal.id"],
            name=op.f("fk_conflict_side_partner_id_deal"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_conflict_side_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_side")),
        sa.UniqueConstraint(
            "conflict_id", "deal_id", name=op.f("uq_conflict_side_conflict_id_deal_id")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_conflict_side_number")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_conflict_side_partner_id_id")),
    )
    op.create_table(
        "customer_choice",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("transfer", "release", name="choicekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "named",
                "backed",
                "confirmed",
                "declined",
                name="choicestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("named_by_name", sa.String(length=200), nullable=False),
        sa.Column("backed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("backed_by_id", sa.Uuid(), nullable=True),
        sa.Column("backed_by_name", sa.String(length=200), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_name", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["backed_by_id"], ["person.id"], name=op.f("fk_customer_choice_backed_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "deal_id"],
            ["deal.partner_id", "deal.id"],
            name=op.f("fk_customer_choice_partner_id_deal"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_customer_choice_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_choice")),
    )
    op.create_table(
        "deal_amendment",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "applied",
                "accepted",
                "refused",
                name="amendmentstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("why_material", sa.JSON(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by_name", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_deal_amendment_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "deal_id"],
            ["deal.partner_id", "deal.id"],
            name=op.f("fk_deal_amendment_partner_id_deal"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_deal_amendment_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_amendment")),
    )
    op.create_table(
        "deal_appeal",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_name", sa.String(length=200), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_by_name", sa.String(length=200), nullable=False),
        sa.Column("was_granted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["judge_id"], ["person.id"], name=op.f("fk_deal_appeal_judge_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "deal_id"],
            ["deal.partner_id", "deal.id"],
            name=op.f("fk_deal_appeal_partner_id_deal"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_deal_appeal_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_appeal")),
        sa.UniqueConstraint("deal_id", name=op.f("uq_deal_appeal_deal_id")),
    )
    op.create_table(
        "deal_batch_line",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(length=200), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "registered",
                "review",
                "known",
                "refused",
                name="outcome",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["deal_batch.id"], name=op.f("fk_deal_batch_line_batch_id_deal_batch")
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deal.id"], name=op.f("fk_deal_batch_line_deal_id_deal")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_deal_batch_line_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_batch_line")),
        info={"never_changes": True},
    )
    op.create_table(
        "deal_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.String(length=30), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
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
        sa.Column("took_seconds", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("had_conflict", sa.Boolean(), nullable=False),
        sa.Column(
            "code",
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
        sa.Column("together", sa.Uuid(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deal.id"], name=op.f("fk_deal_decision_deal_id_deal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_decision")),
    )
    op.create_table(
        "deal_order",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "accepted", "returned", name="orderstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_currency", sa.String(length=3), nullable=False),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=True),
        sa.Column("completes", sa.Boolean(), nullable=False),
        sa.Column("differs", sa.JSON(), nullable=False),
        sa.Column("support_contact", sa.String(length=200), nullable=False),
        sa.Column("service_starts_on", sa.Date(), nullable=False),
        sa.Column("renews_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by_name", sa.String(length=200), nullable=False),
        sa.Column("by_staff", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column("returned_because", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_deal_order_is_worth_something")),
        sa.ForeignKeyConstraint(
            ["family_id"],
            ["product_family.id"],
            name=op.f("fk_deal_order_family_id_product_family"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "deal_id"],
            ["deal.partner_id", "deal.id"],
            name=op.f("fk_deal_order_partner_id_deal"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_deal_order_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_deal_order_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_order")),
        sa.UniqueConstraint("partner_id", "id", name=op.f("uq_deal_order_partner_id_id")),
    )
    op.create_table(
        "payout_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "ok",
                "rejected",
                "absent",
                name="attemptstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("transfer_id", sa.String(length=60), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'ok') = (transfer_id IS NOT NULL)",
            name=op.f("ck_payout_attempt_ok_when_there_is_a_transfer"),
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_payout_attempt_payout_id_payout")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_attempt")),
        sa.UniqueConstraint("key", name=op.f("uq_payout_attempt_key")),
        sa.UniqueConstraint("payout_id", "number", name=op.f("uq_payout_attempt_payout_id_number")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_payout_attempt_transfer_id")),
        info={"never_changes_in": ("payout_id", "number", "key", "params", "made_at")},
    )
    op.create_table(
        "payout_reversal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "ok",
                "rejected",
                "absent",
                name="attemptstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reversal_id", sa.String(length=60), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "amount_minor > 0", name=op.f("ck_payout_reversal_gives_something_back")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_payout_reversal_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_payout_reversal_payout_id_payout")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_reversal")),
        sa.UniqueConstraint("key", name=op.f("uq_payout_reversal_key")),
        sa.UniqueConstraint("reversal_id", name=op.f("uq_payout_reversal_reversal_id")),
        info={
            "never_changes_in": ("payout_id", "key", "amount_minor", "amount_currency", "asked_at")
        },
    )
    op.create_table(
        "renewal",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("of_deal_id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "deal_id"], ["deal.partner_id", "deal.id"], name="fk_renewal_by_deal"
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "of_deal_id"],
            ["deal.partner_id", "deal.id"],
            name=op.f("fk_renewal_partner_id_deal"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_renewal_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewal")),
        sa.UniqueConstraint("deal_id", name=op.f("uq_renewal_deal_id")),
        sa.UniqueConstraint("of_deal_id", name=op.f("uq_renewal_of_deal_id")),
    )
    op.create_table(
        "renewal_notice",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("own_deal_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("commented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("commented_by_name", sa.String(length=200), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deal.id"], name=op.f("fk_renewal_notice_deal_id_deal")
        ),
        sa.ForeignKeyConstraint(
            ["own_deal_id"], ["deal.id"], name=op.f("fk_renewal_notice_own_deal_id_deal")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_renewal_notice_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewal_notice")),
    )
    op.create_table(
        "renewal_proposal",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("renews_on", sa.Date(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_partner", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "deal_id"],
            ["deal.partner_id", "deal.id"],
            name=op.f("fk_renewal_proposal_partner_id_deal"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_renewal_proposal_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewal_proposal")),
        sa.UniqueConstraint(
            "deal_id",
            "renews_on",
            "days_before",
            name=op.f("uq_renewal_proposal_deal_id_renews_on_days_before"),
        ),
        info={"never_changes": True},
    )
    op.create_table(
        "sharing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "offered",
                "agreed",
                "ended",
                name="sharestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("registering_id", sa.Uuid(), nullable=False),
        sa.Column("fulfilling_id", sa.Uuid(), nullable=True),
        sa.Column("registering_percent", sa.String(40), nullable=False),
        sa.Column("named", sa.String(length=200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by_name", sa.String(length=200), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state <> 'agreed' OR fulfilling_id IS NOT NULL", name=op.f("ck_sharing_agreed_by_two")
        ),
        sa.CheckConstraint(
            "fulfilling_id <> registering_id", name=op.f("ck_sharing_is_between_two")
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_sharing_deal_id_deal")),
        sa.ForeignKeyConstraint(
            ["fulfilling_id"], ["partner.id"], name=op.f("fk_sharing_fulfilling_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["registering_id"], ["partner.id"], name=op.f("fk_sharing_registering_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing")),
    )
    op.create_table(
        "told_touch",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("touch_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "call",
                "visit",
                "mail",
                "quote",
                "direct",
                name="touchkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "deal_id"],
            ["deal.partner_id", "deal.id"],
            name=op.f("fk_told_touch_partner_id_deal"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_told_touch_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["touch_id"], ["touch.id"], name=op.f("fk_told_touch_touch_id_touch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_touch")),
        sa.UniqueConstraint("deal_id", "touch_id", name=op.f("uq_told_touch_deal_id_touch_id")),
        info={"never_changes": True},
    )
    op.create_table(
        "conflict_evidence",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("side_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id", "side_id"],
            ["conflict_side.partner_id", "conflict_side.id"],
            name=op.f("fk_conflict_evidence_partner_id_conflict_side"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_conflict_evidence_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_evidence")),
        info={"never_changes": True},
    )
    op.create_table(
        "deal_approval",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("amendment_id", sa.Uuid(), nullable=True),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "channel_manager",
                "sales_manager",
                "administrator",
                "person",
                name="approverkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "later",
                "open",
                "done",
                "dropped",
                name="approvalstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["amendment_id"],
            ["deal_amendment.id"],
            name=op.f("fk_deal_approval_amendment_id_deal_amendment"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_deal_approval_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "deal_id"],
            ["deal.partner_id", "deal.id"],
            name=op.f("fk_deal_approval_partner_id_deal"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_deal_approval_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_deal_approval_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_approval")),
    )
    op.create_table(
        "early_win",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_by_name", sa.String(length=200), nullable=False),
        sa.Column("cleared_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deal.id"], name=op.f("fk_early_win_deal_id_deal")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["deal_order.id"], name=op.f("fk_early_win_order_id_deal_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_win")),
        sa.UniqueConstraint("order_id", name=op.f("uq_early_win_order_id")),
    )
    op.create_table(
        "sharing_side",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sharing_id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column(
            "side",
            sa.Enum("registering", "fulfilling", name="side", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "offered",
                "agreed",
                "ended",
                name="sharestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("percent", sa.String(40), nullable=False),
        sa.Column("family", sa.String(length=120), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("other_name", sa.String(length=200), nullable=False),
        sa.Column("customer_name", sa.String(length=200), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deal.id"], name=op.f("fk_sharing_side_deal_id_deal")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_sharing_side_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["sharing_id"], ["sharing.id"], name=op.f("fk_sharing_side_sharing_id_sharing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing_side")),
        sa.UniqueConstraint(
            "sharing_id", "partner_id", name=op.f("uq_sharing_side_sharing_id_partner_id")
        ),
    )
    op.create_table(
        "win_evidence",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("by_staff", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "number <> '' OR signed_on IS NOT NULL", name=op.f("ck_win_evidence_shows_something")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id", "order_id"],
            ["deal_order.partner_id", "deal_order.id"],
            name=op.f("fk_win_evidence_partner_id_deal_order"),
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_win_evidence_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_win_evidence")),
        info={"never_changes": True},
    )
    op.create_index(
        "ix_provider_event_received_at", "provider_event", ["received_at", "id"], unique=False
    )
    op.create_index(op.f("ix_approval_step_rule_id"), "approval_step", ["rule_id"], unique=False)
    op.create_index(
        op.f("ix_customer_merge_survivor_id"), "customer_merge", ["survivor_id"], unique=False
    )
    op.create_index(
        "uq_customer_merge_standing",
        "customer_merge",
        ["merged_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index(
        op.f("ix_customers_apart_other_id"), "customers_apart", ["other_id"], unique=False
    )
    op.create_index(op.f("ix_deal_batch_at"), "deal_batch", ["at"], unique=False)
    op.create_index(op.f("ix_deal_batch_partner_id"), "deal_batch", ["partner_id"], unique=False)
    op.create_index("ix_deal_precheck_at", "deal_precheck", ["at"], unique=False)
    op.create_index(
        "ix_deal_precheck_partner_at", "deal_precheck", ["partner_id", "at"], unique=False
    )
    op.create_index(
        op.f("ix_deal_precheck_partner_id"), "deal_precheck", ["partner_id"], unique=False
    )
    op.create_index(op.f("ix_notice_mute_partner_id"), "notice_mute", ["partner_id"], unique=False)
    op.create_index(
        op.f("ix_partner_ending_partner_id"), "partner_ending", ["partner_id"], unique=False
    )
    op.create_index("uq_partner_ending_partner", "partner_ending", ["partner_id"], unique=True)
    op.create_index(
        op.f("ix_partner_invoice_partner_id"), "partner_invoice", ["partner_id"], unique=False
    )
    op.create_index(
        "uq_partner_invoice_one_open_debt",
        "partner_invoice",
        ["partner_id", "amount_currency"],
        unique=True,
        sqlite_where=sa.text("kind = 'debt' AND status IN ('asked', 'open')"),
        postgresql_where=sa.text("kind = 'debt' AND status IN ('asked', 'open')"),
    )
    op.create_index(
        "ix_provider_difference_open", "provider_difference", ["resolved_at"], unique=False
    )
    op.create_index(op.f("ix_saved_view_partner_id"), "saved_view", ["partner_id"], unique=False)
    op.create_index(
        op.f("ix_self_billing_agreement_partner_id"),
        "self_billing_agreement",
        ["partner_id"],
        unique=False,
    )
    op.create_index(
        "uq_self_billing_agreement_one_open",
        "self_billing_agreement",
        ["partner_id"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_index(
        op.f("ix_self_billing_invoice_partner_id"),
        "self_billing_invoice",
        ["partner_id"],
        unique=False,
    )
    op.create_index(
        "uq_self_billing_invoice_one_per_payout",
        "self_billing_invoice",
        ["payout_id"],
        unique=True,
        sqlite_where=sa.text("cancels_id IS NULL"),
        postgresql_where=sa.text("cancels_id IS NULL"),
    )
    op.create_index("ix_stored_file_about", "stored_file", ["about_kind", "about_id"], unique=False)
    op.create_index(op.f("ix_stored_file_partner_id"), "stored_file", ["partner_id"], unique=False)
    op.create_index(op.f("ix_tax_form_partner_id"), "tax_form", ["partner_id"], unique=False)
    op.create_index(
        "uq_tax_form_one_on_file",
        "tax_form",
        ["partner_id"],
        unique=True,
        sqlite_where=sa.text("status = 'on_file'"),
        postgresql_where=sa.text("status = 'on_file'"),
    )
    op.create_index(
        "uq_tax_form_one_waiting",
        "tax_form",
        ["partner_id"],
        unique=True,
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index("ix_touch_happened_on_id", "touch", ["happened_on", "id"], unique=False)
    op.create_index(
        "uq_touch_once",
        "touch",
        ["customer_id", "family_id", "kind", "happened_on", "person_name"],
        unique=True,
    )
    op.create_index(op.f("ix_conflict_customer_id"), "conflict", ["customer_id"], unique=False)
    op.create_index(op.f("ix_conflict_manager_id"), "conflict", ["manager_id"], unique=False)
    op.create_index("ix_conflict_opened_at_id", "conflict", ["opened_at", "id"], unique=False)
    op.create_index(
        "ix_conflict_status_decide_by", "conflict", ["status", "decide_by", "id"], unique=False
    )
    op.create_index(
        op.f("ix_customer_merge_row_merge_id"), "customer_merge_row", ["merge_id"], unique=False
    )
    op.create_index(
        op.f("ix_conflict_note_conflict_id"), "conflict_note", ["conflict_id"], unique=False
    )
    op.create_index(
        op.f("ix_conflict_side_conflict_id"), "conflict_side", ["conflict_id"], unique=False
    )
    op.create_index(op.f("ix_conflict_side_deal_id"), "conflict_side", ["deal_id"], unique=False)
    op.create_index(
        op.f("ix_conflict_side_partner_id"), "conflict_side", ["partner_id"], unique=False
    )
    op.create_index(
        "ix_conflict_side_partner_opened",
        "conflict_side",
        ["partner_id", "opened_at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_conflict_side_one_open",
        "conflict_side",
        ["deal_id"],
        unique=True,
        sqlite_where=sa.text("standing = 'open'"),
        postgresql_where=sa.text("standing = 'open'"),
    )
    op.create_index(
        op.f("ix_customer_choice_deal_id"), "customer_choice", ["deal_id"], unique=False
    )
    op.create_index(
        op.f("ix_customer_choice_partner_id"), "customer_choice", ["partner_id"], unique=False
    )
    op.create_index(
        "uq_customer_choice_one_open",
        "customer_choice",
        ["deal_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('named', 'backed')"),
        postgresql_where=sa.text("state IN ('named', 'backed')"),
    )
    op.create_index(op.f("ix_deal_amendment_deal_id"), "deal_amendment", ["deal_id"], unique=False)
    op.create_index(
        op.f("ix_deal_amendment_partner_id"), "deal_amendment", ["partner_id"], unique=False
    )
    op.create_index(
        "uq_deal_amendment_one_asked",
        "deal_amendment",
        ["deal_id"],
        unique=True,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_index(op.f("ix_deal_appeal_judge_id"), "deal_appeal", ["judge_id"], unique=False)
    op.create_index(op.f("ix_deal_appeal_partner_id"), "deal_appeal", ["partner_id"], unique=False)
    op.create_index(
        op.f("ix_deal_batch_line_batch_id"), "deal_batch_line", ["batch_id"], unique=False
    )
    op.create_index(
        "ix_deal_batch_line_once", "deal_batch_line", ["partner_id", "key"], unique=True
    )
    op.create_index(
        op.f("ix_deal_batch_line_partner_id"), "deal_batch_line", ["partner_id"], unique=False
    )
    op.create_index(op.f("ix_deal_decision_by_id"), "deal_decision", ["by_id"], unique=False)
    op.create_index("ix_deal_decision_counts_at", "deal_decision", ["counts", "at"], unique=False)
    op.create_index("ix_deal_decision_deal_id_at", "deal_decision", ["deal_id", "at"], unique=False)
    op.create_index(op.f("ix_deal_decision_together"), "deal_decision", ["together"], unique=False)
    op.create_index(
        "uq_deal_decision_one_counts",
        "deal_decision",
        ["deal_id"],
        unique=True,
        sqlite_where=sa.text("counts"),
        postgresql_where=sa.text("counts"),
    )
    op.create_index(op.f("ix_deal_order_deal_id"), "deal_order", ["deal_id"], unique=False)
    op.create_index(op.f("ix_deal_order_partner_id"), "deal_order", ["partner_id"], unique=False)
    op.create_index(
        "ix_deal_order_state_recorded_at",
        "deal_order",
        ["state", "recorded_at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_deal_order_reference_once",
        "deal_order",
        ["deal_id", "reference"],
        unique=True,
        sqlite_where=sa.text("state <> 'returned'"),
        postgresql_where=sa.text("state <> 'returned'"),
    )
    op.create_index(
        "uq_payout_attempt_one_live",
        "payout_attempt",
        ["payout_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('open', 'ok')"),
        postgresql_where=sa.text("state IN ('open', 'ok')"),
    )
    op.create_index(
        op.f("ix_payout_reversal_payout_id"), "payout_reversal", ["payout_id"], unique=False
    )
    op.create_index(op.f("ix_renewal_partner_id"), "renewal", ["partner_id"], unique=False)
    op.create_index(
        op.f("ix_renewal_notice_own_deal_id"), "renewal_notice", ["own_deal_id"], unique=False
    )
    op.create_index(
        op.f("ix_renewal_notice_partner_id"), "renewal_notice", ["partner_id"], unique=False
    )
    op.create_index(
        "ix_renewal_notice_told_once", "renewal_notice", ["deal_id", "partner_id"], unique=True
    )
    op.create_index(
        op.f("ix_renewal_proposal_partner_id"), "renewal_proposal", ["partner_id"], unique=False
    )
    op.create_index(op.f("ix_sharing_deal_id"), "sharing", ["deal_id"], unique=False)
    op.create_index(
        "uq_sharing_one_at_a_time",
        "sharing",
        ["deal_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'ended'"),
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_index(op.f("ix_told_touch_deal_id"), "told_touch", ["deal_id"], unique=False)
    op.create_index(op.f("ix_told_touch_partner_id"), "told_touch", ["partner_id"], unique=False)
    op.create_index(op.f("ix_told_touch_touch_id"), "told_touch", ["touch_id"], unique=False)
    op.create_index(
        op.f("ix_conflict_evidence_partner_id"), "conflict_evidence", ["partner_id"], unique=False
    )
    op.create_index(
        op.f("ix_conflict_evidence_side_id"), "conflict_evidence", ["side_id"], unique=False
    )
    op.create_index(op.f("ix_deal_approval_deal_id"), "deal_approval", ["deal_id"], unique=False)
    op.create_index(
        op.f("ix_deal_approval_partner_id"), "deal_approval", ["partner_id"], unique=False
    )
    op.create_index(
        "ix_deal_approval_person_state", "deal_approval", ["person_id", "state"], unique=False
    )
    op.create_index(op.f("ix_early_win_cleared_at"), "early_win", ["cleared_at"], unique=False)
    op.create_index(op.f("ix_early_win_deal_id"), "early_win", ["deal_id"], unique=False)
    op.create_index(op.f("ix_sharing_side_deal_id"), "sharing_side", ["deal_id"], unique=False)
    op.create_index(
        op.f("ix_sharing_side_partner_id"), "sharing_side", ["partner_id"], unique=False
    )
    op.create_index(op.f("ix_win_evidence_order_id"), "win_evidence", ["order_id"], unique=False)
    op.create_index(
        op.f("ix_win_evidence_partner_id"), "win_evidence", ["partner_id"], unique=False
    )
    op.create_index(
        op.f("ix_customer_merged_into_id"), "customer", ["merged_into_id"], unique=False
    )
    op.create_index(op.f("ix_deal_renews_on"), "deal", ["renews_on"], unique=False)
    op.create_index("ix_payout_run_id_status", "payout", ["run_id", "status"], unique=False)
    op.get_bind().execute(ORDERS_OF_EARLIER_WINS)
    for guard in GUARDS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(guard)


def downgrade() -> None:
    for guard in UNGUARDED[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(guard)
    op.drop_index("ix_customer_merged_into_id", table_name="customer")
    op.drop_index("ix_deal_renews_on", table_name="deal")
    op.drop_index("ix_payout_run_id_status", table_name="payout")
    op.drop_table("win_evidence")
    op.drop_table("sharing_side")
    op.drop_table("early_win")
    op.drop_table("deal_approval")
    op.drop_table("conflict_evidence")
    op.drop_table("told_touch")
    op.drop_table("sharing")
    op.drop_table("renewal_proposal")
    op.drop_table("renewal_notice")
    op.drop_table("renewal")
    op.drop_table("payout_reversal")
    op.drop_table("payout_attempt")
    op.drop_table("deal_order")
    op.drop_table("deal_decision")
    op.drop_table("deal_batch_line")
    op.drop_table("deal_appeal")
    op.drop_table("deal_amendment")
    op.drop_table("customer_choice")
    op.drop_table("conflict_side")
    op.drop_table("conflict_note")
    op.drop_table("bank_report_line")
    op.drop_table("payout_slot")
    op.drop_table("payout_approval")
    op.drop_table("customer_merge_row")
    op.drop_table("conflict")
    op.drop_table("touch")
    op.drop_table("tax_form")
    op.drop_table("stripe_account")
    op.drop_table("stored_file")
    op.drop_table("self_billing_invoice")
    op.drop_table("self_billing_agreement")
    op.drop_table("saved_view")
    op.drop_table("provider_difference")
    op.drop_table("partner_invoice")
    op.drop_table("partner_ending")
    op.drop_table("notice_mute")
    op.drop_table("decision_round")
    op.drop_table("deal_precheck")
    op.drop_table("deal_batch")
    op.drop_table("customers_apart")
    op.drop_table("customer_merge")
    op.drop_table("bank_report")
    op.drop_table("approval_step")
    op.drop_table("tax_term")
    op.drop_table("stripe_balance")
    op.drop_table("registration_type")
    op.drop_table("provider_event")
    op.drop_table("provider_comparison")
    op.drop_table("payout_terms")
    op.drop_table("payout_minimum")
    op.drop_table("approval_rule")
    op.drop_column("vendor", "participants_may_approve")
    op.drop_column("vendor", "stale_grace_days")
    op.drop_column("vendor", "stale_days")
    op.drop_column("vendor", "material_change_percent")
    op.drop_column("vendor", "appeal_business_days")
    op.drop_column("vendor", "closed_days")
    op.drop_column("vendor", "holiday_subdivision")
    op.drop_column("vendor", "clock_escalate_percent")
    op.drop_column("vendor", "clock_warn_percent")
    op.drop_column("vendor", "decision_days_by_tier")
    op.drop_column("vendor", "early_win_hours")
    op.drop_column("vendor", "win_tolerance_percent")
    op.drop_column("vendor", "precheck_tells_engagement")
    op.drop_column("vendor", "precheck_tells_protection")
    op.drop_column("vendor", "capacity")
    op.drop_column("vendor", "tender_policy")
    op.drop_column("vendor", "incumbent_comment_days")
    op.drop_column("vendor", "incumbent_months")
    op.drop_column("vendor", "reminder_days")
    op.drop_column("vendor", "extension_activity_days")
    op.drop_column("vendor", "ach_company_id")
    op.drop_column("vendor", "ach_bank_name")
    op.drop_column("vendor", "ach_routing_number")
    op.drop_column("vendor", "tax_form_policy")
    op.drop_column("payout_destination", "account_id")
    op.drop_column("payout_destination", "is_savings")
    op.drop_column("payout_destination", "routing_number")
    op.drop_column("payout_destination", "account_sealed")
    op.drop_column("payout", "try_after")
    op.drop_column("payout", "tax_words")
    op.drop_column("payout", "vat_rate")
    op.drop_column("payout", "withheld_minor")
    op.drop_column("payout", "vat_minor")
    op.drop_column("payout", "commission_minor")
    op.drop_column("notice", "not_before")
    op.drop_column("notice", "silent_at")
    op.drop_column("deal", "stale_warned_at")
    op.drop_column("deal", "approved_minor")
    op.drop_column("deal", "decided_by_id")
    op.drop_column("deal", "escalated_to_id")
    op.drop_column("deal", "missed_at")
    op.drop_column("deal", "replace_reason")
    op.drop_column("deal", "replaces")
    op.drop_column("deal", "previous_ends_on")
    op.drop_column("deal", "previous_order")
    op.drop_column("deal", "tender_published_on")
    op.drop_column("deal", "tender_number")
    op.drop_column("deal", "project_key")
    op.drop_column("deal", "project")
    op.drop_column("deal", "win_asked_at")
    op.drop_column("customer", "merged_into_id")
    if op.get_bind().dialect.name == "postgresql":
        for function in FUNCTIONS:
            op.execute(f"DROP FUNCTION IF EXISTS {function}()")


def add_column(table: str, column: sa.Column, names: tuple[str, str] | None = None) -> None:
    """A column of a table with data; `names` is the table and column that it refers to.

    In words of its own on SQLite, which can add a foreign key only together with its column.
    """
    if names is None:
        op.add_column(table, column)
        return
    key = f"fk_{table}_{column.name}_{names[0]}"
    if op.get_bind().dialect.name == "sqlite":
        kind = column.type.compile(op.get_bind().dialect)
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column.name} {kind} "
            f"CONSTRAINT {key} REFERENCES {names[0]} ({names[1]})"
        )
        return
    op.add_column(table, column)
    op.create_foreign_key(key, table, names[0], [column.name], [names[1]])
