"""Which territories changed, in which order, so that what is kept in memory follows them.

Every change takes the next number, and the row that counts them is locked until it is committed:
the numbers stand in the order in which the changes were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, delete, event, insert, inspect, select, update
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from models.base import Base, new_id
from models.scope import VendorOnly
from models.territories.tables import ManagerAbsence, Territory, TerritoryArea

KEPT = 100_000
"""So many changes back, somebody who saw the territories then need not read all of them."""
NAMED = 10_000
"""More territories than that in one statement are called all of them."""
CHANGED_HERE = "territories changed in this transaction"


class TerritoryRevision(VendorOnly, Base):
    """One row: how many changes of territories there were, and a token of the last."""

    __tablename__ = "territory_revision"

    token: Mapped[UUID] = mapped_column(default=new_id)
    number: Mapped[int] = mapped_column(BigInteger, default=0)


class TerritoryChange(VendorOnly, Base):
    """A territory that a change may have touched; each change has at least one row."""

    __tablename__ = "territory_change"

    number: Mapped[int] = mapped_column(BigInteger, index=True)
    token: Mapped[UUID]
    """Of the revision; another one had the number when that was taken back."""
    territory_id: Mapped[UUID | None]
    """None: no territory, but an absence.  The territory may be gone by now."""
    is_all: Mapped[bool] = mapped_column(default=False)
    """Nobody knows which ones: all may have changed."""


COUNT: Any = TerritoryRevision.__table__
LOG: Any = TerritoryChange.__table__
SHAPES_ROUTING = (Territory, TerritoryArea, ManagerAbsence)


@event.listens_for(Session, "before_flush")
def _note_the_change(session: Session, _context: Any, _instances: Any) -> None:
    rows = [
        *(row for row in (*session.new, *session.deleted) if isinstance(row, SHAPES_ROUTING)),
        *(r for r in session.dirty if isinstance(r, SHAPES_ROUTING) and session.is_modified(r)),
    ]
    if rows:
        _turn_over(session, {key for row in rows for key in _touched(row)})


def _touched(row: Any) -> Iterator[UUID]:
    """The territory, and the one whose place it takes: each as it was and as it will be."""
    if isinstance(row, Territory):
        row.id = row.id or new_id()
        yield row.id
    columns = {Territory: "succeeds_id", TerritoryArea: "territory_id"}
    if column := columns.get(type(row)):
        history = inspect(row).attrs[column].history
        yield from (key for side in history for key in side or () if key)


@event.listens_for(Session, "do_orm_execute")
def _note_the_statement(state: ORMExecuteState) -> None:
    """Many rows at once: an import, or a merge of customers that named accounts follow."""
    statement: Any = state.statement
    if not (state.is_insert or state.is_update or state.is_delete):
        return
    column = {
        Territory.__table__: Territory.id,
        TerritoryArea.__table__: TerritoryArea.territory_id,
    }.get(statement.table)
    if column is not None:
        _turn_over(state.session, _named(state, column))
    elif statement.table is ManagerAbsence.__table__:
        _turn_over(state.session, ())


def _named(state: ORMExecuteState, column: Any) -> set[UUID] | None:
    """Those that the statement writes to; None when it does not say."""
    statement: Any = state.statement
    if state.is_insert:
        rows = state.parameters if isinstance(state.parameters, list) else []
        found = {row.get(column.key) for row in rows}
    elif statement.whereclause is None:
        return None
    else:
        with state.session.no_autoflush:
            found = set(state.session.scalars(select(column).where(statement.whereclause)))
    return found if found and None not in found and len(found) <= NAMED else None


def _turn_over(session: Session, touched: Iterable[UUID] | None) -> None:
    """The next number; touched None: all of them."""
    connection, token = Session.connection(session), new_id()
    count = update(COUNT).values(number=COUNT.c.number + 1, token=token)
    number = connection.scalar(count.returning(COUNT.c.number))
    if number is None:
        number = 1
        connection.execute(insert(COUNT).values(id=new_id(), number=1, token=token))
    each = {"number": number, "token": token, "territory_id": None, "is_all": touched is None}
    rows = [each | {"id": new_id(), "territory_id": key} for key in touched or (None,)]
    connection.execute(insert(LOG), rows)
    connection.execute(delete(LOG).where(LOG.c.number == number - KEPT))
    session.info.setdefault(CHANGED_HERE, True)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: Any) -> None:
    if transaction.parent is None and not getattr(session, "is_beside", False):
        session.info.pop(CHANGED_HERE, None)
