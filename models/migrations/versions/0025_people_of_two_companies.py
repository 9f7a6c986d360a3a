"""Somebody may work for two companies; a session knows through whose sign-in it came."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

UNIQUE = "CONSTRAINT uq_person_email UNIQUE (email)"
ONE = "account_id IS NULL OR password_hash IS NULL"
ACCOUNT = (
    f"account_id CHAR(32) CONSTRAINT ck_person_one_password CHECK ({ONE})"
    " CONSTRAINT fk_person_account_id_person REFERENCES person (id)"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(lambda sql: re.sub(rf",\s*{re.escape(UNIQUE)}", "", sql))
        op.execute(f"ALTER TABLE person ADD COLUMN {ACCOUNT}")
    else:
        op.drop_constraint("uq_person_email", "person")
        op.add_column("person", sa.Column("account_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(
            "fk_person_account_id_person", "person", "person", ["account_id"], ["id"]
        )
        op.create_check_constraint(op.f("ck_person_one_password"), "person", ONE)
    _index("uq_person_email_partner_id", ["email", "partner_id"], None)
    _index("uq_person_staff_email", ["email"], "partner_id IS NULL")
    _index("uq_person_password", ["email"], "password_hash IS NOT NULL")
    op.create_index(op.f("ix_person_account_id"), "person", ["account_id"])
    with op.batch_alter_table("user_session") as batch:
        batch.add_column(sa.Column("provider_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            "fk_user_session_provider_id_identity_provider",
            "identity_provider",
            ["provider_id"],
            ["id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("user_session") as batch:
        batch.drop_constraint("fk_user_session_provider_id_identity_provider", type_="foreignkey")
        batch.drop_column("provider_id")
    for name in ("uq_person_email_partner_id", "uq_person_staff_email", "uq_person_password"):
        op.drop_index(name, "person")
    op.drop_index(op.f("ix_person_account_id"), "person")
    _leave_one_of_each_address()
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(_as_before)
    else:
        op.drop_constraint("ck_person_one_password", "person")
        op.drop_constraint("fk_person_account_id_person", "person")
        op.drop_column("person", "account_id")
        op.create_unique_constraint("uq_person_email", "person", ["email"])


def _index(name: str, columns: list[str], where: str | None) -> None:
    words = {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)} if where else {}
    op.create_index(name, "person", columns, unique=True, **words)  # type: ignore[arg-type]


def _rebuild(change) -> None:
    """SQLite drops no constraint: the table is made anew, and its rows are put back.

    Until they are back, what names them names nothing; that is looked at when all is done.
    """
    bind = op.get_bind()
    sql = bind.scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = 'person'"))
    indexes = bind.scalars(
        sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = 'person' AND type = 'index'"
                " AND sql IS NOT NULL")
    ).all()  # fmt: skip
    before = _columns()
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TEMPORARY TABLE kept_person AS SELECT * FROM person")
    op.execute("DROP TABLE person")
    op.execute(change(sql))
    names = ", ".join(name for name in _columns() if name in before)
    op.execute(f"INSERT INTO person ({names}) SELECT {names} FROM kept_person")
    op.execute("DROP TABLE kept_person")
    for index in indexes:
        op.execute(index)


def _columns() -> list[str]:
    rows = op.get_bind().execute(sa.text("SELECT name FROM pragma_table_info('person')"))
    return [row.name for row in rows]


def _as_before(sql: str) -> str:
    for part in (
        r"account_id CHAR\(32\)( CONSTRAINT ck_person_one_password CHECK \([^)]*\)"
        r" CONSTRAINT fk_person_account_id_person REFERENCES person \(id\))?",
        r"CONSTRAINT ck_person_one_password CHECK \([^)]*\)",
        r"CONSTRAINT fk_person_account_id_person FOREIGN KEY\(account_id\) REFERENCES person \(id\)",
    ):
        sql = re.sub(rf",\s*{part}", "", sql)
    return f"{sql.rstrip().removesuffix(')')}, {UNIQUE})"


def _leave_one_of_each_address() -> None:
    """Who works for two companies has one password: the second row keeps a name that is free."""
    bind = op.get_bind()
    person = sa.table(
        "person", sa.column("id", sa.Uuid()), sa.column("email"), sa.column("account_id", sa.Uuid()),
        sa.column("created_at"), sa.column("password_hash"),
    )  # fmt: skip
    rows = bind.execute(
        sa.select(person.c.id, person.c.email).order_by(
            person.c.email, person.c.password_hash.is_(None), person.c.created_at, person.c.id
        )
    )
    last = None
    for row in rows.all():
        if row.email == last:
            other = f"{row.id.hex}@second.invalid"
            bind.execute(person.update().where(person.c.id == row.id).values(email=other))
        last = row.email
