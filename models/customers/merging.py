"""Two records turn out to be one customer: they are merged, and that can be undone.

The merged record stays, as another name of the survivor: its keys go on finding the survivor,
and a row that may not change goes on pointing at it.  Every other row that points at it, in
whatever table, is pointed at the survivor and remembered one by one, so that undoing puts
back exactly those.  Which columns point at a customer is read from the foreign keys, so a new
table is never forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Row, Select, Table, UniqueConstraint, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from models import audit, bulk
from models.base import Base, lock, new_id
from models.customers.tables import Customer, CustomerMerge, CustomersApart, MovedRow
from models.errors import Refused
from models.people import Actor

AT_ONCE = 500
"""Rows in one statement; SQLite takes 32,766 values."""
SHORTEST_REASON = 3
WORDS = {
    "customer": "Records merged into it before",
    "customer_link": "Partners that see it",
    "deal": "Deals",
    "deal_match": "Findings of look-alikes",
    "invoice": "Invoices",
    "pos_routing": "Point-of-sale lines",
    "touch": "Touches of our own sales people",
}
"""What the rows of a table are called; others by the table's name."""


@dataclass(frozen=True)
class Pointing:
    """How many rows of one kind point at the customer that would be merged."""

    words: str
    moved: int
    left: int
    """Those that stay with the record: the survivor has the same, or they may not change."""


def hold(session: Session, *customers: Customer) -> None:
    """Lock these customers, in one order for everybody, and see them as they are now."""
    for customer in sorted(customers, key=lambda each: each.id):
        lock(session, customer)


def hold_survivor(session: Session, customer_id: UUID) -> UUID:
    """Lock the customer that this one is by now, itself or what it was merged into; its id.

    Not stronger than rows that point at it: locking it fully afterwards, two would wait for
    each other.
    """
    into: UUID | None = customer_id
    while into is not None:
        customer_id = into
        asked = select(Customer.merged_into_id).where(Customer.id == customer_id)
        into = session.scalars(asked.with_for_update(key_share=True)).first()
    return customer_id


def merge(
    session: Session,
    survivor: Customer,
    merged: Customer,
    *,
    reason: str,
    by: Actor,
    now: datetime,
) -> CustomerMerge:
    """From now on `merged` is another name of `survivor`, and all that it had is the survivor's.

    Raises Refused when one of them is merged already, or both hold what one may not hold.
    """
    if survivor.id == merged.id:
        raise Refused("Choose two records; a customer cannot be merged into itself.")
    hold(session, survivor, merged)
    _refuse_merged(session, survivor, merged)
    done = CustomerMerge(
        id=new_id(), survivor_id=survivor.id, merged_id=merged.id, reason=_said(reason),
        at=now, by_id=by.id, by_name=by.name,
    )  # fmt: skip
    session.add(done)
    session.flush()
    try:
        moved = {column: _move(session, done, column) for column in _pointers()}
        merged.merged_into_id = survivor.id
        session.flush()
    except IntegrityError as error:
        raise Refused(
            f"{survivor.name} and {merged.name} hold what one customer may not hold twice, such "
            "as protections of two partners. End one of them first, then merge."
        ) from error
    counts = {str(column): len(rows) for column, rows in moved.items() if rows}
    detail = {"merge": str(done.id), "into": str(survivor.id), "reason": done.reason}
    audit.record(session, by, "customer merged", merged, now=now, detail=detail | {"rows": counts})
    session.expire_all()
    return done


def undo(session: Session, done: CustomerMerge, *, reason: str, by: Actor, now: datetime) -> None:
    """Let the merged record stand for itself again, with exactly the rows that were moved.

    What was added since stays with the survivor, and so does a row that somebody has pointed
    elsewhere meanwhile.  Raises Refused when it is undone already, or not the last of a chain.
    """
    survivor = session.get_one(Customer, done.survivor_id)
    merged = session.get_one(Customer, done.merged_id)
    hold(session, survivor, merged)
    lock(session, done)
    if done.undone_at:
        raise Refused(f"{done.undone_by_name} has undone this already. Nothing was changed.")
    if survivor.merged_into_id:
        raise Refused(f"{survivor.name} was itself merged later. Undo that first, then this one.")
    done.undone_at, done.undone_by_name, done.undone_reason = now, by.name, _said(reason)
    merged.merged_into_id = None
    session.flush()
    try:
        back = _move_back(session, done)
    except IntegrityError as error:
        raise Refused(
            f"{merged.name} holds by now what came back with it. Look at its deals first."
        ) from error
    detail = {"merge": str(done.id), "from": str(survivor.id), "reason": done.undone_reason}
    audit.record(session, by, "merge undone", merged, now=now, detail=detail | {"rows": back})
    session.expire_all()


def set_apart(session: Session, one_id: UUID, other_id: UUID, *, by: Actor, now: datetime) -> None:
    """Say that two records that look alike are two customers.  Twice is once."""
    first, second = sorted((one_id, other_id))
    if first == second:
        raise Refused("Choose two records; a customer is not apart from itself.")
    said = select(CustomersApart.id).where(
        CustomersApart.one_id == first, CustomersApart.other_id == second
    )
    if session.scalar(said) is None:
        pair = CustomersApart(one_id=first, other_id=second, at=now, by_id=by.id, by_name=by.name)
        session.add(pair)
        session.flush()
        detail = {"other": str(second)}
        about = session.get_one(Customer, first)
        audit.record(session, by, "customers are two", about, now=now, detail=detail)


def preview(session: Session, survivor: Customer, merged: Customer) -> list[Pointing]:
    """What points at `merged`, and what would become of it.  Changes nothing."""
    told = []
    for column in _pointers(with_facts=True):
        every = select(func.count()).select_from(column.table).where(column == merged.id)
        total = session.scalar(every) or 0
        moved = 0
        if total and not column.table.info.get("never_changes"):
            moves = _movable(column, merged.id, survivor.id).subquery()
            moved = session.scalar(select(func.count()).select_from(moves)) or 0
        if total:
            told.append(Pointing(_words(column.table), moved, total - moved))
    return sorted(told, key=lambda each: each.words)


def merged_into(session: Session) -> dict[str, str]:
    """{a record that was merged: the one that stands for it}, as 32 digits.  Vendor's side."""
    rows = session.execute(
        select(bulk.hex_id(Customer.id), bulk.hex_id(Customer.merged_into_id)).where(
            Customer.merged_into_id.is_not(None)
        )
    )
    return {row[0]: row[1] for row in rows}


def merges_of(session: Session, customer_id: UUID) -> Sequence[Row]:
    """The records that are another name of this one, with the merge that made them so."""
    merged = aliased(Customer, name="merged")
    return session.execute(
        select(
            CustomerMerge.id,
            CustomerMerge.at,
            CustomerMerge.by_name,
            CustomerMerge.reason,
            CustomerMerge.survivor_id,
            merged.id.label("merged_id"),
            merged.name,
            merged.domain,
            merged.town,
        )
        .join(merged, merged.id == CustomerMerge.merged_id)
        .where(merged.merged_into_id == customer_id, CustomerMerge.undone_at.is_(None))
        .order_by(CustomerMerge.at.desc(), CustomerMerge.id.desc())
    ).all()


def _pointers(*, with_facts: bool = False) -> Iterator[Column[Any]]:
    """Every column that points at a customer and may be pointed at another."""
    for table in Base.metadata.sorted_tables:
        if table.info.get("never_changes") and not with_facts:
            continue
        for column in table.columns:
            points = any(key.column is Customer.__table__.c.id for key in column.foreign_keys)
            if points and not column.info.get("stays_when_merged"):
                yield column


def _movable(column: Column[Any], from_id: UUID, to_id: UUID) -> Select[UUID]:
    """Rows that can point at the other one too: it has none that must be the only one."""
    table: Table = column.table
    query = select(table.c.id).where(column == from_id)
    for names in _unique_with(column):
        other = table.alias()
        equal = [other.c[name] == table.c[name] for name in names]
        query = query.where(
            ~select(other.c.id).where(other.c[column.name] == to_id, *equal).exists()
        )
    return query


def _unique_with(column: Column[Any]) -> Iterator[list[str]]:
    """The columns that are unique together with this one."""
    table: Table = column.table
    rules: list[Any] = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    for rule in (*rules, *(index for index in table.indexes if index.unique)):
        names = [each.name for each in rule.columns]
        if column.name in names:
            yield [name for name in names if name != column.name]


def _move(session: Session, done: CustomerMerge, column: Column[Any]) -> Sequence[UUID]:
    rows = session.scalars(_movable(column, done.merged_id, done.survivor_id)).all()
    _point(session, column, rows, from_id=done.merged_id, to_id=done.survivor_id)
    about = {"merge_id": done.id, "table_name": column.table.name, "column_name": column.name}
    if rows:
        session.execute(insert(MovedRow), [about | {"row_id": row} for row in rows])
    return rows


def _move_back(session: Session, done: CustomerMerge) -> dict[str, int]:
    """Each row that still points at the survivor; how many of each column."""
    columns = {(each.table.name, each.name): each for each in _pointers()}
    kept = session.execute(
        select(MovedRow.table_name, MovedRow.column_name, MovedRow.row_id)
        .where(MovedRow.merge_id == done.id)
        .order_by(MovedRow.table_name, MovedRow.column_name)
    ).all()
    counts = {}
    for where, rows in groupby(kept, key=lambda row: (row.table_name, row.column_name)):
        ids = [row.row_id for row in rows]
        counts[".".join(where)] = _point(
            session, columns[where], ids, from_id=done.survivor_id, to_id=done.merged_id
        )
    return counts


def _point(
    session: Session, column: Column[Any], rows: Sequence[UUID], *, from_id: UUID, to_id: UUID
) -> int:
    changed = 0
    table: Table = column.table
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        statement = update(table).where(table.c.id.in_(some), column == from_id)
        done: Any = session.execute(statement.values({column.name: to_id}))
        changed += done.rowcount
    return changed


def _refuse_merged(session: Session, *customers: Customer) -> None:
    for customer in customers:
        if customer.merged_into_id:
            into = session.get_one(Customer, customer.merged_into_id)
            raise Refused(
                f"{customer.name} is merged into {into.name} already. Reload and look again."
            )


def _said(reason: str) -> str:
    tidy = " ".join(reason.split())
    if len(tidy) < SHORTEST_REASON:
        raise Refused("Say why, in a few words: others read it when they wonder.")
    return tidy[:2000]


def _words(table: Table) -> str:
    return WORDS.get(table.name) or table.name.replace("_", " ").capitalize()
