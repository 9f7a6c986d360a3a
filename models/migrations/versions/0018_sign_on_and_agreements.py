"""Single sign-on, directories and agreements: providers, tokens, groups, texts, signatures."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLES = ("agreement_text", "agreement_signature")


def upgrade() -> None:
    op.create_table(
        "identity_provider",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("client_id", sa.String(length=200), nullable=False),
        sa.Column("client_secret_sealed", sa.Text(), nullable=False),
        sa.Column("groups_claim", sa.String(length=60), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_only_way", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_identity_provider_partner_id_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_provider")),
        sa.UniqueConstraint("partner_id", name=op.f("uq_identity_provider_partner_id")),
    )
    op.create_table(
        "provider_domain",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("verified_at", INSTANT, nullable=False),
        sa.Column("verified_by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["identity_provider.id"],
            name=op.f("fk_provider_domain_provider_id_identity_provider"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_domain")),
        sa.UniqueConstraint("domain", name=op.f("uq_provider_domain_domain")),
    )
    op.create_index(op.f("ix_provider_domain_provider_id"), "provider_domain", ["provider_id"])
    op.create_table(
        "outside_login",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["identity_provider.id"],
            name=op.f("fk_outside_login_provider_id_identity_provider"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_outside_login_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_login")),
        sa.UniqueConstraint(
            "provider_id", "subject", name=op.f("uq_outside_login_provider_id_subject")
        ),
    )
    op.create_index(op.f("ix_outside_login_person_id"), "outside_login", ["person_id"])
    op.create_table(
        "scim_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("may_write", sa.Boolean(), nullable=False),
        sa.Column("made_by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("last_used_on", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["identity_provider.id"],
            name=op.f("fk_scim_token_provider_id_identity_provider"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scim_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_scim_token_token_hash")),
    )
    op.create_index(op.f("ix_scim_token_provider_id"), "scim_token", ["provider_id"])
    op.create_table(
        "provisioned_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["identity_provider.id"],
            name=op.f("fk_provisioned_person_provider_id_identity_provider"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_provisioned_person_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provisioned_person")),
        sa.UniqueConstraint("person_id", name=op.f("uq_provisioned_person_person_id")),
    )
    op.create_index(
        op.f("ix_provisioned_person_provider_id"), "provisioned_person", ["provider_id"]
    )
    op.create_table(
        "provisioned_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["identity_provider.id"],
            name=op.f("fk_provisioned_group_provider_id_identity_provider"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provisioned_group")),
        sa.UniqueConstraint(
            "provider_id", "name", name=op.f("uq_provisioned_group_provider_id_name")
        ),
    )
    op.create_table(
        "group_membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["provisioned_group.id"],
            name=op.f("fk_group_membership_group_id_provisioned_group"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_group_membership_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_membership")),
        sa.UniqueConstraint(
            "group_id", "person_id", name=op.f("uq_group_membership_group_id_person_id")
        ),
    )
    op.create_index(op.f("ix_group_membership_person_id"), "group_membership", ["person_id"])
    op.create_table(
        "agreement_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("blocks", sa.Boolean(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("published_by_name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_text")),
        sa.UniqueConstraint("kind", "version", name=op.f("uq_agreement_text_kind_version")),
    )
    op.create_table(
        "agreement_signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("typed_name", sa.String(length=200), nullable=False),
        sa.Column("signed_at", INSTANT, nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("browser", sa.String(length=300), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_agreement_signature_partner_id_partner")
        ),
        sa.ForeignKeyConstraint(
            ["text_id"],
            ["agreement_text.id"],
            name=op.f("fk_agreement_signature_text_id_agreement_text"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_agreement_signature_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_signature")),
        sa.UniqueConstraint(
            "text_id", "person_id", name=op.f("uq_agreement_signature_text_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_agreement_signature_partner_id"), "agreement_signature", ["partner_id"]
    )
    for table in TABLES:
        for statement in guards(table)[op.get_bind().dialect.name]:
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION IF EXISTS {table}_never_changes()")
    for table in (
        "group_membership", "provisioned_group", "provisioned_person", "scim_token",
        "outside_login", "provider_domain", "identity_provider",
    ):  # fmt: skip
        op.drop_table(table)


def guards(table: str) -> dict[str, list[str]]:
    """What keeps a row as it was, in the words of each database."""
    return {
        "sqlite": [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is never changed'); END"
            for verb in ("UPDATE", "DELETE")
        ],
        "postgresql": [
            f"CREATE OR REPLACE FUNCTION {table}_never_changes() RETURNS trigger AS $$ "
            f"BEGIN RAISE EXCEPTION '{table} is never changed'; END $$ LANGUAGE plpgsql",
            f"CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_never_changes()",
        ],
    }
