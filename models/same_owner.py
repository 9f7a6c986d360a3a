"""A child and its parent have the same owner, and the database itself sees to it.

Each key from one owned table to another is kept twice on PostgreSQL: once plainly, and once
together with the owner.  SQLite cannot add a key to a table that is there; triggers do the same.
Where a row rightly belongs to another party than what it refers to, it says so here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import MetaData, Table

ELSEWHERE = {
    ("commission_line", "deal_id"): "a distributor's override, or a share, of another's deal",
    ("commission_line", "invoice_id"): "the same: the invoice is the seller's, the line another's",
    ("renewal_notice", "deal_id"): "the incumbent is told of a rival's renewal, without a name",
    ("sharing_side", "deal_id"): "the fulfilling partner's side of the registering one's deal",
}
"""(table, column): why the row is another party's than what it refers to."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key between two owned tables that must not lead over the wall."""

    child: str
    column: str
    parent: str

    @property
    def name(self) -> str:
        return f"wall_{self.child}_{self.column}"


def keys(metadata: MetaData) -> list[Key]:
    """Those that are not declared together with their owner already."""
    return [
        Key(table.name, column, parent.name)
        for table in metadata.sorted_tables
        if is_owned(table)
        for column, parent in _references(table)
        if (table.name, column) not in ELSEWHERE and not _is_declared(table, column, parent)
    ]


def is_owned(table: Table) -> bool:
    return "partner_id" in table.c and not table.c.partner_id.nullable


def on_postgresql(metadata: MetaData) -> Iterator[str]:
    wanted = keys(metadata)
    for parent in sorted({key.parent for key in wanted}):
        yield f"CREATE UNIQUE INDEX wall_{parent}_owner ON {parent} (partner_id, id)"
    for key in wanted:
        yield (
            f"ALTER TABLE {key.child} ADD CONSTRAINT {key.name}"
            f" FOREIGN KEY (partner_id, {key.column}) REFERENCES {key.parent} (partner_id, id)"
            " DEFERRABLE"
        )


def on_sqlite(metadata: MetaData) -> Iterator[str]:
    wanted = keys(metadata)
    for key in wanted:
        for verb, when in (("insert", "INSERT"), ("update", f"UPDATE OF partner_id, {key.column}")):
            yield (
                f"CREATE TRIGGER {key.name}_{verb} BEFORE {when} ON {key.child}"
                f" WHEN NEW.{key.column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {key.parent}"
                f" WHERE id = NEW.{key.column} AND partner_id = NEW.partner_id)"
                f" BEGIN SELECT RAISE(ABORT, '{key.child}.{key.column} has another owner'); END"
            )
    for parent in sorted({key.parent for key in wanted}):
        yield (
            f"CREATE TRIGGER wall_{parent}_owner BEFORE UPDATE OF partner_id ON {parent}"
            f" WHEN NEW.partner_id IS NOT OLD.partner_id"
            f" BEGIN SELECT RAISE(ABORT, 'a {parent} cannot change its owner'); END"
        )


def _references(table: Table) -> Iterator[tuple[str, Table]]:
    for column in table.c:
        for key in column.foreign_keys:
            alone = key.constraint is not None and len(key.constraint.columns) == 1
            if alone and is_owned(key.column.table):
                yield column.name, key.column.table


def _is_declared(table: Table, column: str, parent: Table) -> bool:
    return any(
        constraint.referred_table is parent
        and set(constraint.column_keys) == {"partner_id", column}
        for constraint in table.foreign_key_constraints
    )
