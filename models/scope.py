"""Whose rows a session may touch: the session's side of the wall between partners.

The scope is given when a session is opened and cannot change.  A partner's
session sees its own rows (a distributor's also reads its resellers'), and
whatever it writes is its own; the vendor's sessions see all.  How each table
stands to the wall is said in walls.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Select, Update, event, inspect
from sqlalchemy import Delete as Deletion
from sqlalchemy.orm import ORMExecuteState, Session

from models.row_security import announce
from models.walls import (
    WALLS,
    OutOfScope,
    Owned,
    Private,
    Public,
    Scope,
    SeenBy,
    VendorOnly,
    fence,
    rows_seen,
)

__all__ = [
    "WALLS", "OutOfScope", "Owned", "Private", "Public", "Scope", "ScopedSession", "SeenBy",
    "VendorOnly", "as_vendor", "asked_by", "open_session", "vendor_side",
]  # fmt: skip


class ScopedSession(Session):
    """A session with its scope.  Only `open_session` and `vendor_side` make one."""

    def __init__(self, bind: Engine | Connection, *, scope: Scope, **options: Any) -> None:
        if not isinstance(scope, Scope):
            raise OutOfScope("a session needs a scope")
        super().__init__(bind, **options)
        self._scope = scope
        self._fence = (fence(scope),)

    @property
    def scope(self) -> Scope:
        return self._scope

    is_beside = False
    """Whether it is the vendor's side of another session's transaction, which does not end it."""

    def connection(self, *words: Any, **options: Any) -> Connection:
        self._vendors_only("connection")
        return super().connection(*words, **options)

    def bulk_save_objects(self, *words: Any, **options: Any) -> None:
        self._vendors_only("bulk_save_objects")
        super().bulk_save_objects(*words, **options)

    def bulk_insert_mappings(self, *words: Any, **options: Any) -> None:
        self._vendors_only("bulk_insert_mappings")
        super().bulk_insert_mappings(*words, **options)

    def bulk_update_mappings(self, mapper: Any, mappings: Any) -> None:
        self._vendors_only("bulk_update_mappings")
        super().bulk_update_mappings(mapper, mappings)

    def _vendors_only(self, way: str) -> None:
        if not self._scope.is_vendor:
            raise OutOfScope(f"a partner's session has no {way}: it would pass the wall by")


def open_session(bind: Engine | Connection, scope: Scope) -> ScopedSession:
    return ScopedSession(bind, scope=scope, expire_on_commit=False)


@contextmanager
def vendor_side(session: Session) -> Iterator[ScopedSession]:
    """The vendor's view inside a partner's transaction, for what needs to see all partners.

    Same connection, same transaction: it lives or dies with the caller's.  Take
    ids and plain values out of it, never rows.
    """
    if session.scope.is_vendor:  # type: ignore[attr-defined]
        session.flush()
        yield session  # type: ignore[misc]
        return
    session.flush()
    connection = Session.connection(session)
    beside = ScopedSession(
        connection,
        scope=Scope.vendor(),
        expire_on_commit=False,
        join_transaction_mode="rollback_only",
    )
    beside.is_beside = True
    beside.info = session.info  # what the outer transaction keeps until its end
    try:
        yield beside
        beside.commit()  # flushes only: the outer transaction decides
    finally:
        beside.close()
        _say_who_asks(connection, session)  # type: ignore[arg-type]
    session.expire_all()


@contextmanager
def over_the_wall(session: ScopedSession) -> Iterator[Connection]:
    """The session's own connection, for the vendor: what the system itself keeps of a change."""
    connection = as_vendor(Session.connection(session))
    try:
        yield connection
    finally:
        _say_who_asks(connection, session)


class Unattended:
    """Who asks when no session does: a migration, a measurement.  It sees all, as the vendor."""

    scope = Scope.vendor()


def as_vendor(connection: Connection) -> Connection:
    """This bare connection, for the vendor."""
    connection.execution_options(asked_by=Unattended())
    announce(connection, Unattended.scope)
    return connection


def asked_by(connection: Connection) -> ScopedSession | Unattended | None:
    """Whose statements come over this connection; None when nobody said."""
    return connection.get_execution_options().get("asked_by")


def _begin(session: ScopedSession, _transaction: Any, connection: Connection) -> None:
    _say_who_asks(connection, session)


def _say_who_asks(connection: Connection, session: ScopedSession) -> None:
    connection.execution_options(asked_by=session)
    announce(connection, session.scope)


def _take_in_no_strangers(session: ScopedSession, row: Any) -> None:
    """A row made up elsewhere would be written as if it had been read, whosever key is in it."""
    if not session.scope.is_vendor:
        raise OutOfScope(f"a {type(row).__name__} must be read in the session that changes it")


def _stay_inside(state: ORMExecuteState) -> None:
    session: ScopedSession = state.session  # type: ignore[assignment]
    if session.scope.is_vendor:
        return
    if not state.is_orm_statement or not isinstance(state.statement, Select | Update | Deletion):
        raise OutOfScope("a partner's session asks through the models, and adds with add()")
    if isinstance(state.statement, Update | Deletion):
        state.statement = _of_ones_own(state.statement, session.scope.owner)
    elif state.is_column_load:  # a refresh of one row: SQLAlchemy passes it by the criteria
        state.statement = state.statement.where(
            rows_seen(state.bind_mapper.class_, session.scope)  # type: ignore[union-attr]
        )
    state.statement = state.statement.options(*session._fence)


def _of_ones_own(statement: Any, owner: UUID | None) -> Any:
    """A change of many rows at once: the owner's only, whatever else it may read."""
    changed = statement.entity_description["entity"]
    if not hasattr(changed, "partner_id"):
        raise OutOfScope(f"a partner's session may not change every {changed.__name__} at once")
    if isinstance(statement, Update) and "partner_id" in _columns_set(statement):
        raise OutOfScope("a row cannot change its owner")
    return statement.where(changed.partner_id == owner)


def _write_only_own(session: ScopedSession, _context: Any, _instances: Any) -> None:
    if session.scope.is_vendor:
        return
    owner = session.scope.owner
    for row in session.new:
        if isinstance(row, Owned):
            if row.partner_id is None:
                row.partner_id = owner
            _refuse_foreign(row, owner)
        elif isinstance(row, Public):
            raise OutOfScope(f"a partner's session may not add a {type(row).__name__}")
    for row in (*session.dirty, *session.deleted):
        if isinstance(row, Owned):
            _refuse_foreign(row, owner)
            if inspect(row).attrs.partner_id.history.has_changes():
                raise OutOfScope(f"a {type(row).__name__} cannot change its owner")
        elif isinstance(row, Public | VendorOnly) and session.is_modified(row):
            raise OutOfScope(f"a partner's session may not change a {type(row).__name__}")


def _never_load_foreign(session: ScopedSession, row: Any) -> None:
    scope = session.scope
    if scope.is_vendor or not isinstance(row, Owned):
        return
    state = inspect(row)
    if "partner_id" in state.dict and state.dict["partner_id"] not in scope.reads:
        raise OutOfScope(f"a foreign {type(row).__name__} appeared in a partner's session")


def _columns_set(statement: Update) -> set[str]:
    return set(statement.compile().params)


def _refuse_foreign(row: Owned, owner: UUID | None) -> None:
    if row.partner_id != owner:
        raise OutOfScope(f"a {type(row).__name__} of another partner cannot be written here")


event.listen(ScopedSession, "after_begin", _begin)
event.listen(ScopedSession, "detached_to_persistent", _take_in_no_strangers)
event.listen(ScopedSession, "do_orm_execute", _stay_inside)
event.listen(ScopedSession, "before_flush", _write_only_own)
event.listen(ScopedSession, "loaded_as_persistent", _never_load_foreign)
