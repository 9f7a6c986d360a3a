"""Exclusive states and postal codes of one country never meet; a company is a lead again later."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from alembic import op

from models.base import new_id

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

SIDES = ("place", "family", "industry", "size")
MORE = ("state", "code")
ANY = 1 << 62
COUNTRY_BITS = 53
UNTOLD = ((26 * 26 + 1) << COUNTRY_BITS) + (1 << 61)
NAME = "territory_hold_never_two"

ENDS = [f"{side}_{end}" for side in (*SIDES, *MORE) for end in ("low", "high")]
HOLD = sa.table(
    "territory_hold",
    sa.column("id", sa.Uuid()),
    sa.column("territory_id", sa.Uuid()),
    *(sa.column(name, sa.BigInteger()) for name in ENDS),
    sa.column("from_on", sa.Date()),
    sa.column("to_on", sa.Date()),
)
AREA = sa.table(
    "territory_area",
    sa.column("territory_id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("value", sa.String()),
    sa.column("country", sa.String()),
    sa.column("is_exclusion", sa.Boolean()),
)


def upgrade() -> None:
    _unguard()
    for side in MORE:
        for end, usual in (("low", 0), ("high", ANY)):
            op.add_column(
                "territory_hold",
                sa.Column(f"{side}_{end}", sa.BigInteger(), nullable=False,
                          server_default=str(usual)),
            )  # fmt: skip
    _tell_apart()
    _guard((*SIDES, *MORE))
    _lead_once("state NOT IN ('closed', 'registered')")


def downgrade() -> None:
    _lead_once("state <> 'closed'")
    _unguard()
    op.execute(f"DELETE FROM territory_hold WHERE place_low >= {UNTOLD}")
    for side in MORE:
        for end in ("low", "high"):
            op.drop_column("territory_hold", f"{side}_{end}")
    _guard(SIDES)


def _tell_apart() -> None:
    """What each territory holds of states and of postal codes, at one point of their country.

    Of two that met all the same (the code forbade it) the later one is held by the worker again,
    which lists it when it cannot.
    """
    bind = op.get_bind()
    kept: list[dict[str, Any]] = []
    usual = [HOLD.c[name] for name in ENDS if name.startswith(("family", "industry", "size"))]
    segments = sa.select(HOLD.c.territory_id, *usual, HOLD.c.from_on, HOLD.c.to_on).distinct()
    wanted = sa.select(AREA).where(
        AREA.c.kind.in_(("subdivision", "postal")),
        AREA.c.is_exclusion == sa.false(),
        AREA.c.territory_id.in_(sa.select(HOLD.c.territory_id)),
    )
    areas: dict[Any, list[Any]] = {}
    for row in bind.execute(wanted):
        areas.setdefault(row.territory_id, []).append(row)
    for segment in bind.execute(segments.order_by(HOLD.c.territory_id)).mappings().all():
        key = segment["territory_id"]
        rows = [{**segment, **each, "id": new_id()} for each in _rows(key, areas.get(key, []))]
        if any(_meet(row, other) for row in rows for other in kept):
            bind.execute(sa.delete(HOLD).where(HOLD.c.territory_id == key))
            kept = [row for row in kept if row["territory_id"] != key]
        else:
            kept += rows
    if kept:
        bind.execute(sa.insert(HOLD), kept)


def _rows(key: Any, areas: list[Any]) -> Iterator[dict[str, int]]:
    point = int.from_bytes(blake2b(str(key).encode(), digest_size=8).digest(), "big") >> 2
    homes = {
        kind: {row.country or row.value[:2] for row in areas if row.kind == kind} - {"US"}
        for kind in ("subdivision", "postal")
    }
    for home in sorted(homes["subdivision"]):
        yield _at(home, (point, point + 1), (0, ANY))
    for home in sorted(homes["postal"]):
        yield _at(home, (0, point), (point, point + 1))
        yield _at(home, (point + 1, ANY), (point, point + 1))


def _at(home: str, state: tuple[int, int], code: tuple[int, int]) -> dict[str, int]:
    first, second = (ord(letter) - ord("A") for letter in home)
    place = UNTOLD + first * 26 + second
    return {
        "place_low": place, "place_high": place + 1, "state_low": state[0],
        "state_high": state[1], "code_low": code[0], "code_high": code[1],
    }  # fmt: skip


def _meet(one: dict[str, Any], other: dict[str, Any]) -> bool:
    days = one["from_on"] < other["to_on"] and other["from_on"] < one["to_on"]
    return days and all(
        one[f"{side}_low"] < other[f"{side}_high"] and other[f"{side}_low"] < one[f"{side}_high"]
        for side in (*SIDES, *MORE)
    )


def _unguard() -> None:
    if op.get_context().dialect.name == "sqlite":
        for verb in ("insert", "update"):
            op.execute(f"DROP TRIGGER {NAME}_{verb}")
    else:
        op.execute(f"ALTER TABLE territory_hold DROP CONSTRAINT {NAME}")


def _guard(sides: tuple[str, ...]) -> None:
    if op.get_context().dialect.name == "sqlite":
        for verb in ("INSERT", "UPDATE"):
            op.execute(_trigger(verb, sides))
        return
    ranges = ", ".join(f"int8range({one}_low, {one}_high) WITH &&" for one in sides)
    op.execute(
        f"ALTER TABLE territory_hold ADD CONSTRAINT {NAME} EXCLUDE USING gist "
        f"({ranges}, daterange(from_on, to_on) WITH &&)"
    )


def _trigger(verb: str, sides: tuple[str, ...]) -> str:
    meets = " AND ".join(
        f"other.{one}_low < NEW.{one}_high AND NEW.{one}_low < other.{one}_high" for one in sides
    )
    other = f"""SELECT 1 FROM territory_hold AS other WHERE other.id <> NEW.id AND {meets}
      AND other.from_on < NEW.to_on AND NEW.from_on < other.to_on"""
    ends = ", ".join(f"{one}_{end}" for one in sides for end in ("low", "high"))
    of = f"OF {ends}, from_on, to_on " if verb == "UPDATE" else ""
    return (
        f"CREATE TRIGGER {NAME}_{verb.lower()} BEFORE {verb} {of}ON territory_hold "
        f"WHEN EXISTS ({other}) BEGIN SELECT RAISE(ABORT, 'this area is held by another "
        "territory'); END"
    )


def _lead_once(while_: str) -> None:
    op.drop_index("uq_lead_open_once", "lead")
    op.create_index(
        "uq_lead_open_once",
        "lead",
        ["name_key", "country", "contact_email"],
        unique=True,
        sqlite_where=sa.text(while_),
        postgresql_where=sa.text(while_),
    )
