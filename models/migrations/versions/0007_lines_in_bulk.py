"""Lines are written in bulk: short workings, memories beside their events, nothing written twice."""

from __future__ import annotations

import json
import re
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATED = (
    "EXISTS (SELECT 1 FROM statement WHERE partner_id = OLD.partner_id "
    "AND period = OLD.period AND currency = OLD.payout_currency) "
    "OR EXISTS (SELECT 1 FROM month_close "
    "WHERE month = OLD.period AND finished_at IS NOT NULL)"
)
MOVED = "NEW.id <> OLD.id OR NEW.partner_id <> OLD.partner_id OR NEW.period <> OLD.period"
CLOSED = "EXISTS (SELECT 1 FROM month_close WHERE month = NEW.period AND finished_at IS NOT NULL)"

GUARDS: dict[str, list[str]] = {
    "sqlite": [
        f"CREATE TRIGGER commission_line_stated BEFORE UPDATE ON commission_line WHEN {STATED} OR {MOVED} BEGIN SELECT RAISE(ABORT, 'a line on a statement is never changed'); END",
        f"CREATE TRIGGER commission_line_kept BEFORE DELETE ON commission_line WHEN {STATED} BEGIN SELECT RAISE(ABORT, 'a line on a statement is never deleted'); END",
        f"CREATE TRIGGER commission_line_month BEFORE INSERT ON commission_line WHEN {CLOSED} BEGIN SELECT RAISE(ABORT, 'a closed month takes no further line'); END",
    ],
    "postgresql": [
        f"CREATE OR REPLACE FUNCTION commission_line_guard() RETURNS trigger AS $$ BEGIN IF {STATED} THEN RAISE EXCEPTION 'a line on a statement is never changed'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; IF {MOVED} THEN RAISE EXCEPTION 'a line never moves'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER commission_line_guard BEFORE UPDATE OR DELETE ON commission_line FOR EACH ROW EXECUTE FUNCTION commission_line_guard()",
        "CREATE OR REPLACE FUNCTION commission_line_month() RETURNS trigger AS $$ BEGIN IF EXISTS (SELECT 1 FROM (SELECT DISTINCT period FROM fresh) AS months JOIN month_close ON month = months.period WHERE finished_at IS NOT NULL) THEN RAISE EXCEPTION 'a closed month takes no further line'; END IF; RETURN NULL; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER commission_line_month AFTER INSERT ON commission_line REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION commission_line_month()",
    ],
}

GUARDS_BEFORE: dict[str, list[str]] = {
    "sqlite": [
        "CREATE TRIGGER commission_line_stated BEFORE UPDATE ON commission_line WHEN OLD.statement_id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a line on a statement is never changed'); END",
        "CREATE TRIGGER commission_line_kept BEFORE DELETE ON commission_line BEGIN SELECT RAISE(ABORT, 'a commission line is never deleted'); END",
        f"CREATE TRIGGER commission_line_month BEFORE INSERT ON commission_line WHEN {CLOSED} BEGIN SELECT RAISE(ABORT, 'a closed month takes no further line'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION commission_line_guard() RETURNS trigger AS $$ BEGIN IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'a commission line is never deleted'; END IF; IF TG_OP = 'UPDATE' THEN IF OLD.statement_id IS NOT NULL THEN RAISE EXCEPTION 'a line on a statement is never changed'; END IF; RETURN NEW; END IF; IF EXISTS (SELECT 1 FROM month_close WHERE month = NEW.period AND finished_at IS NOT NULL) THEN RAISE EXCEPTION 'a closed month takes no further line'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER commission_line_guard BEFORE INSERT OR UPDATE OR DELETE ON commission_line FOR EACH ROW EXECUTE FUNCTION commission_line_guard()",
    ],
}

FIELDS: dict[str, tuple[str, ...]] = {
    "flat": ("basis_minor", "rate", "pool_minor"),
    "by_deal_type": ("basis_minor", "rate", "pool_minor", "deal_type"),
    "by_category": ("basis_minor", "rate", "pool_minor", "category", "sku"),
    "margin": ("basis_minor", "rate", "pool_minor", "cost_minor"),
    "recurring": ("basis_minor", "rate", "pool_minor", "month"),
    "dealreg_uplift": (
        "basis_minor",
        "rate",
        "pool_minor",
        "approved_on",
        "protected_through",
        "won_on",
    ),
    "deal_slab": ("basis_minor", "rate", "pool_minor", "reached_minor", "window"),
    "slab_step": ("basis_minor", "rate", "pool_minor", "reached_minor", "window"),
    "slab_retro": ("basis_minor", "rate", "pool_minor", "reached_minor", "window"),
    "deal_marginal": ("basis_minor", "pool_minor", "start_minor", "window", "pieces"),
    "marginal": ("basis_minor", "pool_minor", "start_minor", "window", "pieces"),
    "tier_trueup": ("to", "pool_minor", "lifted"),
    "floor_adjustment": ("bound_minor", "before_minor", "raw_minor", "pool_minor"),
    "cap_adjustment": ("bound_minor", "before_minor", "raw_minor", "pool_minor"),
    "period_cap": ("bound_minor", "before_minor", "raw_minor", "month", "pool_minor"),
    "override_of_net": ("basis_minor", "rate", "pool_minor"),
    "override_of_commission": ("basis_minor", "rate", "pool_minor"),
    "new_logo_bonus": ("lookback_months", "last_bought_on", "pool_minor"),
    "spiff": (
        "sku",
        "units",
        "units_due",
        "per_unit_minor",
        "used_units",
        "max_units",
        "pool_minor",
    ),
    "holdback": ("basis_minor", "rate", "release_on", "pool_minor"),
    "holdback_release": ("release_on", "pool_minor"),
    "holdback_freed": ("release_on", "pool_minor"),
    "clawback": (
        "earned_minor",
        "refunded_minor",
        "sold_minor",
        "before_minor",
        "bonus_minor",
        "day",
        "days",
        "pool_minor",
    ),
    "draw": ("draw_minor", "net_minor", "before_minor"),
}
ROWS = {
    "pieces": ("amount_minor", "rate", "lower_minor"),
    "lifted": ("basis_minor", "from", "amount_minor"),
}
MORE = {
    "paid": ("amount_minor", "net_minor"),
    "split": ("weight", "of"),
    "fx": ("policy", "from", "to", "rate", "on", "source"),
}
SHARE = (
    "partner",
    "currency",
    "payout_currency",
    "lines",
    "earned",
    "earned_payout",
    "clawed",
    "clawed_payout",
    "bonus",
    "bonus_payout",
    "bonus_clawed",
    "bonus_clawed_payout",
    "held",
    "freed",
)
HOLD = ("partner", "currency", "payout_currency", "due_on", "left", "left_payout", "line")
BOUGHT = ("spiff", "sku", "per_unit", "count", "units_key", "returned")
DEAL = (
    "plan",
    "first_on",
    "sold",
    "refunded",
    "shares",
    "counted",
    "raw",
    "bounded",
    "splits",
    "paid",
    "units_paid",
    "holds",
    "bought",
)
OTHERS = {
    "counter": ("volume", "rated"),
    "units": ("count",),
    "customer": ("last_on",),
    "earned": ("minor",),
    "draw": ("balance",),
}
DASHED = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})")
PLAIN = re.compile(
    r"(?<![0-9a-f])([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})(?![0-9a-f])"
)
BATCH = 1_000


def upgrade() -> None:
    bind = op.get_bind()
    _drop_guards()
    rated, states = _read_rated(), _read_states()
    op.drop_table("rated_event")
    op.drop_table("rating_state")
    _make_memory_tables()
    _keep_rated(rated, states)
    _keep_states(states)
    with op.batch_alter_table("month_close") as batch:
        batch.add_column(sa.Column("stated_through_id", sa.Uuid(), nullable=True))
    _say_how_far()
    with op.batch_alter_table("commission_line") as batch:
        batch.drop_constraint("fk_commission_line_statement_id_statement", type_="foreignkey")
        batch.drop_index("ix_commission_line_statement_id")
        batch.drop_column("statement_id")
        batch.alter_column(
            "working", type_=sa.Text(), existing_nullable=False, postgresql_using="working::text"
        )
        for column in ("deal_id", "invoice_id", "source_id"):
            batch.drop_index(f"ix_commission_line_{column}")
    for column in ("deal_id", "invoice_id", "source_id"):
        known = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_commission_line_{column}",
            "commission_line",
            [column],
            sqlite_where=known,
            postgresql_where=known,
        )
    _each_working(_short)
    dashless = "replace(CAST(corrects AS VARCHAR), '-', '')"
    told = dashless if bind.dialect.name == "sqlite" else f"CAST({dashless} AS JSON)"
    bind.exec_driver_sql(f"UPDATE commission_line SET corrects = {told}")
    for guard in GUARDS[bind.dialect.name]:
        bind.exec_driver_sql(guard)


def downgrade() -> None:
    bind = op.get_bind()
    _drop_guards()
    if bind.dialect.name == "postgresql":
        bind.exec_driver_sql("DROP FUNCTION commission_line_month()")
    _each_working(_long)
    for column in ("deal_id", "invoice_id", "source_id"):
        op.drop_index(f"ix_commission_line_{column}", "commission_line")
    with op.batch_alter_table("commission_line") as batch:
        batch.alter_column(
            "working", type_=sa.JSON(), existing_nullable=False, postgresql_using="working::json"
        )
        batch.add_column(sa.Column("statement_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            "fk_commission_line_statement_id_statement", "statement", ["statement_id"], ["id"]
        )
        for column in ("deal_id", "invoice_id", "source_id", "statement_id"):
            batch.create_index(f"ix_commission_line_{column}", [column])
    bind.exec_driver_sql(
        "UPDATE commission_line SET statement_id = (SELECT id FROM statement "
        "WHERE statement.partner_id = commission_line.partner_id "
        "AND statement.period = commission_line.period "
        "AND statement.currency = commission_line.payout_currency)"
    )
    rated, deals, states = _read_back()
    op.drop_table("rated_event")
    op.drop_table("rating_state")
    _make_tables_before()
    _put_back(rated, deals, states)
    with op.batch_alter_table("month_close") as batch:
        batch.drop_column("stated_through_id")
    for guard in GUARDS_BEFORE[bind.dialect.name]:
        bind.exec_driver_sql(guard)


def _drop_guards() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        for name in ("stated", "kept", "month"):
            bind.exec_driver_sql(f"DROP TRIGGER commission_line_{name}")
        return
    bind.exec_driver_sql("DROP TRIGGER commission_line_guard ON commission_line")
    bind.exec_driver_sql("DROP TRIGGER IF EXISTS commission_line_month ON commission_line")


LINES = sa.table(
    "commission_line",
    sa.column("id", sa.Uuid()),
    sa.column("working", sa.Text()),
    sa.column("source_id", sa.Uuid()),
    sa.column("period", sa.String()),
)
RATED = sa.table(
    "rated_event",
    sa.column("id", sa.Uuid()),
    sa.column("sale_id", sa.Uuid()),
    sa.column("nth", sa.Integer()),
    sa.column("kind", sa.String()),
    sa.column("month", sa.String()),
    sa.column("rated_at", sa.DateTime(timezone=True)),
    sa.column("line_count", sa.Integer()),
    sa.column("memory", sa.Text()),
    sa.column("due_on", sa.Date()),
)
RATED_BEFORE = sa.table(
    "rated_event",
    sa.column("id", sa.Uuid()),
    sa.column("source_id", sa.Uuid()),
    sa.column("partner_id", sa.Uuid()),
    sa.column("rated_at", sa.DateTime(timezone=True)),
    sa.column("line_count", sa.Integer()),
)
STATES = sa.table(
    "rating_state",
    sa.column("id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("key", sa.String()),
    sa.column("month", sa.String()),
    sa.column("value", sa.Text()),
    sa.column("version", sa.Integer()),
)
STATES_BEFORE = sa.table(
    "rating_state",
    sa.column("id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("key", sa.String()),
    sa.column("value", sa.JSON()),
    sa.column("due_on", sa.Date()),
    sa.column("version", sa.Integer()),
)
EVENTS = sa.table(
    "earning_event",
    sa.column("id", sa.Uuid()),
    sa.column("partner_id", sa.Uuid()),
    sa.column("deal_id", sa.Uuid()),
    sa.column("invoice_id", sa.Uuid()),
)
ORDERS = sa.table(
    "deal_order",
    sa.column("id", sa.Uuid()),
    sa.column("partner_id", sa.Uuid()),
    sa.column("deal_id", sa.Uuid()),
)


def _each_working(changed: Any) -> None:
    """Every line's working anew, a batch at a time."""
    bind, last = op.get_bind(), None
    change = (
        sa.update(LINES)
        .where(LINES.c.id == sa.bindparam("which"))
        .values(working=sa.bindparam("told"))
    )
    while True:
        some = sa.select(LINES.c.id, LINES.c.working).order_by(LINES.c.id).limit(BATCH)
        rows = bind.execute(some if last is None else some.where(LINES.c.id > last)).all()
        if not rows:
            return
        bind.execute(change, [{"which": row.id, "told": changed(row.working)} for row in rows])
        last = rows[-1].id


def _short(text: str) -> str:
    working = json.loads(text)
    working.pop("plan", None)
    names = FIELDS.get(working["rule"], ())
    values = [
        [[row.get(name) for name in ROWS[field]] for row in working.get(field, [])]
        if field in ROWS
        else working.get(field)
        for field in names
    ]
    more = {
        name: [value.get(one) for one in MORE[name]] if name in MORE else value
        for name, value in working.items()
        if name not in names and name != "rule" and (name, value) != ("rounding", "half_up")
    }
    return json.dumps([working["rule"], *values, *([more] if more else [])], separators=(",", ":"))


def _long(text: str) -> str:
    told = json.loads(text)
    more = told.pop() if isinstance(told[-1], dict) else {}
    working: dict[str, Any] = {"rounding": "half_up", "rule": told[0]}
    working |= dict(zip(FIELDS.get(told[0], ()), told[1:], strict=False))
    for name, fields in ROWS.items():
        if name in working:
            working[name] = [dict(zip(fields, row, strict=True)) for row in working[name]]
    for name, value in more.items():
        working[name] = dict(zip(MORE[name], value, strict=False)) if name in MORE else value
    return json.dumps(working)


def _read_rated() -> list[dict[str, Any]]:
    """In the order in which they were rated, with their deals and months."""
    bind = op.get_bind()
    posted = (
        sa.select(LINES.c.source_id, sa.func.max(LINES.c.period).label("month"))
        .group_by(LINES.c.source_id)
        .subquery()
    )
    sale = sa.func.coalesce(EVENTS.c.deal_id, EVENTS.c.invoice_id, ORDERS.c.deal_id)
    rows = bind.execute(
        sa.select(
            RATED_BEFORE.c.source_id.label("id"),
            sa.type_coerce(sale, sa.Uuid()).label("sale_id"),
            RATED_BEFORE.c.rated_at,
            RATED_BEFORE.c.line_count,
            posted.c.month,
        )
        .outerjoin(EVENTS, EVENTS.c.id == RATED_BEFORE.c.source_id)
        .outerjoin(ORDERS, ORDERS.c.id == RATED_BEFORE.c.source_id)
        .outerjoin(posted, posted.c.source_id == RATED_BEFORE.c.source_id)
        .order_by(RATED_BEFORE.c.rated_at, RATED_BEFORE.c.id)
    )
    return [dict(row._mapping) for row in rows if row.sale_id is not None]


def _read_states() -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in op.get_bind().execute(sa.select(STATES_BEFORE))]


def _keep_rated(rated: list[dict[str, Any]], states: list[dict[str, Any]]) -> None:
    """What is remembered of a deal goes to the last of its events."""
    deals = {
        DASHED.sub(r"\1\2\3\4\5", row["key"]).removeprefix("invoice "): row
        for row in states
        if row["kind"] == "deal"
    }
    last: dict[str, dict[str, Any]] = {}
    for row in rated:
        before = last.get(row["sale_id"].hex)
        row["nth"] = before["nth"] + 1 if before else 1
        own = row["month"] or f"{row['rated_at']:%Y-%m}"
        row["month"] = max(own, before["month"]) if before else own
        row |= {"kind": "event", "memory": None, "due_on": None}
        last[row["sale_id"].hex] = row
    for key, row in last.items():
        if key in deals:
            row["memory"] = _memory(deals[key]["value"])
            row["due_on"] = deals[key]["due_on"]
    _insert(RATED, rated)


def _memory(value: dict[str, Any]) -> str:
    value = value | {
        "shares": [[share[name] for name in SHARE] for share in value["shares"]],
        "holds": [[hold[name] for name in HOLD] for hold in value["holds"]],
        "bought": [[one[name] for name in BOUGHT] for one in value["bought"]],
    }
    text = json.dumps([value[name] for name in DEAL], separators=(",", ":"))
    return DASHED.sub(r"\1\2\3\4\5", text).replace('"invoice ', '"')


def _keep_states(states: list[dict[str, Any]]) -> None:
    """Of which month each was is not known: they are of before all months that follow."""
    kept = []
    for row in states:
        if row["kind"] in OTHERS:
            values = [row["value"][name] for name in OTHERS[row["kind"]]]
            text = json.dumps(values, separators=(",", ":")).replace('"invoice ', '"')
            kept.append(
                {
                    "id": row["id"],
                    "kind": row["kind"],
                    "version": 1,
                    "month": "",
                    "key": DASHED.sub(r"\1\2\3\4\5", row["key"]),
                    "value": DASHED.sub(r"\1\2\3\4\5", text),
                }
            )
    _insert(STATES, kept)


def _say_how_far() -> None:
    op.get_bind().exec_driver_sql(
        "UPDATE month_close SET stated_through_id = (SELECT partner_id FROM statement "
        "WHERE statement.period = month_close.month ORDER BY partner_id DESC LIMIT 1)"
    )


def _make_memory_tables() -> None:
    op.create_table(
        "rated_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sale_id", sa.Uuid(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("event", "release", "lifted", name="rated", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("memory", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rated_event")),
        sa.UniqueConstraint("sale_id", "nth", name=op.f("uq_rated_event_sale_id_nth")),
    )
    due = sa.text("due_on IS NOT NULL")
    op.create_index(
        "ix_rated_event_due_on", "rated_event", ["due_on"], sqlite_where=due, postgresql_where=due
    )
    op.create_table(
        "rating_state",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_state")),
        sa.UniqueConstraint("kind", "key", "month", name=op.f("uq_rating_state_kind_key_month")),
    )


def _read_back() -> tuple[list[Any], list[Any], list[Any]]:
    bind = op.get_bind()
    partner = sa.func.coalesce(EVENTS.c.partner_id, ORDERS.c.partner_id)
    rated = bind.execute(
        sa.select(
            RATED.c.id,
            RATED.c.rated_at,
            RATED.c.line_count,
            sa.type_coerce(partner, sa.Uuid()).label("partner_id"),
        )
        .outerjoin(EVENTS, EVENTS.c.id == RATED.c.id)
        .outerjoin(ORDERS, ORDERS.c.id == RATED.c.id)
        .where(RATED.c.kind == "event")
    ).all()
    deals = bind.execute(
        sa.select(
            RATED.c.id,
            RATED.c.sale_id,
            RATED.c.memory,
            RATED.c.due_on,
            EVENTS.c.deal_id.label("deal_id"),
            EVENTS.c.invoice_id.label("invoice_id"),
        )
        .outerjoin(EVENTS, EVENTS.c.id == RATED.c.id)
        .where(RATED.c.memory.is_not(None))
        .order_by(RATED.c.nth)
    ).all()
    states = bind.execute(sa.select(STATES).order_by(STATES.c.month)).all()
    return list(rated), list(deals), list(states)


def _make_tables_before() -> None:
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
    op.create_index("ix_rated_event_partner_id", "rated_event", ["partner_id"])
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
    op.create_index("ix_rating_state_due_on", "rating_state", ["due_on"])


def _put_back(rated: list[Any], deals: list[Any], states: list[Any]) -> None:
    _insert(
        RATED_BEFORE,
        [
            {
                "id": row.id,
                "source_id": row.id,
                "partner_id": row.partner_id,
                "rated_at": row.rated_at,
                "line_count": row.line_count,
            }
            for row in rated
            if row.partner_id is not None
        ],
    )
    latest: dict[str, dict[str, Any]] = {}
    for row in deals:
        key = str(row.sale_id)
        if row.deal_id is None and row.invoice_id is not None:
            key = f"invoice {key}"
        latest[key] = {
            "id": row.id,
            "kind": "deal",
            "key": key,
            "value": _deal_before(row.memory),
            "due_on": row.due_on,
            "version": 1,
        }
    for row in states:
        if row.kind in OTHERS:
            key = PLAIN.sub(r"\1-\2-\3-\4-\5", row.key)
            values = json.loads(PLAIN.sub(r"\1-\2-\3-\4-\5", row.value))
            value: dict[str, Any] = {"rated": []} if row.kind == "counter" else {}
            value |= dict(zip(OTHERS[row.kind], values, strict=False))
            latest[f"{row.kind} {key}"] = {
                "id": row.id,
                "kind": row.kind,
                "key": key,
                "value": value,
                "due_on": None,
                "version": 1,
            }
    _insert(STATES_BEFORE, list(latest.values()))


def _deal_before(text: str) -> dict[str, Any]:
    told = json.loads(PLAIN.sub(r"\1-\2-\3-\4-\5", text))
    empty: list[Any] = ["", None, 0, 0, [], [], 0, 0, [], {}, {}, [], []]
    value: dict[str, Any] = dict(zip(DEAL, told + empty[len(told) :], strict=True))
    value["shares"] = [
        dict.fromkeys(SHARE, 0) | dict(zip(SHARE, row, strict=False)) for row in value["shares"]
    ]
    value["holds"] = [dict(zip(HOLD, row, strict=True)) for row in value["holds"]]
    value["bought"] = [dict(zip(BOUGHT, row, strict=True)) for row in value["bought"]]
    value["version"] = ""
    return value


def _insert(table: Any, rows: list[dict[str, Any]]) -> None:
    names = [column.name for column in table.columns]
    for start in range(0, len(rows), BATCH):
        some = [{name: row[name] for name in names} for row in rows[start : start + BATCH]]
        op.get_bind().execute(sa.insert(table), some)
