"""Whose rows a session may touch: the wall between partners.

The scope is given when a session is opened and cannot change.  A partner's
session sees its own rows (a distributor's also reads its resellers'), and
whatever it writes is its own; the vendor's sessions see all.  Each table class
says with one mixin how it stands to the wall:

    Owned       a partner's own rows, each with its partner_id
    Private     the same, hidden from the partner's distributor too
    Public      reference data that everybody may read
    VendorOnly  a partner's session may add to it, never read it
    SeenBy      says in `seen_in` which rows a partner may see
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, ForeignKey, Select, Update, event, false, inspect
from sqlalchemy import Delete as Deletion
from sqlalchemy.orm import (
    Mapped,
    ORMExecuteState,
    Session,
    declared_attr,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.orm.util import LoaderCriteriaOption


class OutOfScope(Exception):
    """A programming error: a session was asked for what it may never touch."""


@dataclass(frozen=True)
class Scope:
    """Whose rows: `owner` is the partner, None for the vendor; `reads` are also readable."""

    owner: UUID | None
    reads: frozenset[UUID]

    @classmethod
    def vendor(cls) -> Scope:
        return cls(None, frozenset())

    @classmethod
    def partner(cls, partner_id: UUID, *, reads: frozenset[UUID] = frozenset()) -> Scope:
        if partner_id is None:
            raise OutOfScope("a partner's scope needs the partner")
        return cls(partner_id, reads | {partner_id})

    @property
    def is_vendor(self) -> bool:
        return self.owner is None


class Owned:
    """A partner's own row."""

    @declared_attr
    def partner_id(cls) -> Mapped[UUID]:
        return mapped_column(ForeignKey("partner.id"), index=True, sort_order=-1)


class Private(Owned):
    """A partner's own row that not even its distributor reads, such as a bank account."""


class Public:
    """Reference data: everybody may read, only the vendor writes."""


class VendorOnly:
    """The vendor's own: a partner's session may add a row (a job, an audit entry), never read."""


class SeenBy:
    """Neither owned nor public: the class itself says which rows a partner may see."""

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        raise OutOfScope(f"{cls.__name__} must say what a partner may see")


WALLS = (Owned, Public, VendorOnly, SeenBy)


class ScopedSession(Session):
    """A session with its scope.  Only `open_session` and `vendor_side` make one."""

    def __init__(self, bind: Engine | Connection, *, scope: Scope, **options: Any) -> None:
        if not isinstance(scope, Scope):
            raise OutOfScope("a session needs a scope")
        super().__init__(bind, **options)
        self._scope = scope
        self._criteria = () if scope.is_vendor else _criteria(scope)

    @property
    def scope(self) -> Scope:
        return self._scope


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
    try:
        yield beside
        beside.commit()  # flushes only: the outer transaction decides
    finally:
        beside.close()
    session.expire_all()


@event.listens_for(ScopedSession, "do_orm_execute")
def _stay_inside(state: ORMExecuteState) -> None:
    session: ScopedSession = state.session  # type: ignore[assignment]
    if session.scope.is_vendor:
        return
    if not state.is_orm_statement or not isinstance(state.statement, Select | Update | Deletion):
        raise OutOfScope("a partner's session asks through the models, and adds with add()")
    if isinstance(state.statement, Update) and "partner_id" in _columns_set(state.statement):
        raise OutOfScope("a row cannot change its owner")
    state.statement = state.statement.options(*session._criteria)


@event.listens_for(ScopedSession, "before_flush")
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


@event.listens_for(ScopedSession, "loaded_as_persistent")
def _never_load_foreign(session: ScopedSession, row: Any) -> None:
    scope = session.scope
    if scope.is_vendor or not isinstance(row, Owned):
        return
    state = inspect(row)
    if "partner_id" in state.dict and state.dict["partner_id"] not in scope.reads:
        raise OutOfScope(f"a foreign {type(row).__name__} appeared in a partner's session")


def _columns_set(statement: Update) -> set[str]:
    return {getattr(column, "key", column) for column in statement.compile().params}


def _refuse_foreign(row: Owned, owner: UUID | None) -> None:
    if row.partner_id != owner:
        raise OutOfScope(f"a {type(row).__name__} of another partner cannot be written here")


@lru_cache(maxsize=2048)  # building it takes as long as a query, and the same people ask again
def _criteria(scope: Scope) -> tuple[Any, ...]:
    seen = [
        _SeenCriteria(cls, cls.seen_in(scope), include_aliases=True) for cls in _mapped_with(SeenBy)
    ]
    return (
        _owned_by_one(Owned, scope.owner) if len(scope.reads) == 1 else _owned_by_any(scope.reads),
        _owned_by_one(Private, scope.owner),
        with_loader_criteria(VendorOnly, lambda cls: false(), include_aliases=True),
        *seen,
    )


class _SeenCriteria(LoaderCriteriaOption):
    """Criteria that also fit an alias in a JOIN; SQLAlchemy itself fits them only in WHERE."""

    __slots__ = ()
    inherit_cache = True
    _cache_key_traversal = LoaderCriteriaOption._traverse_internals

    def _resolve_where_criteria(self, ext_info: Any) -> Any:
        criteria = super()._resolve_where_criteria(ext_info)
        return ext_info._adapter.traverse(criteria) if ext_info.is_aliased_class else criteria


def _owned_by_one(wall: type, owner: UUID | None) -> Any:
    return with_loader_criteria(wall, lambda cls: cls.partner_id == owner, include_aliases=True)


def _owned_by_any(reads: frozenset[UUID]) -> Any:
    owners = sorted(reads)
    return with_loader_criteria(Owned, lambda cls: cls.partner_id.in_(owners), include_aliases=True)


def _mapped_with(wall: type) -> list[Any]:
    """Every mapped class that carries this mixin, in a fixed order."""
    found: list[type] = []
    waiting: list[type] = list(wall.__subclasses__())
    while waiting:
        cls = waiting.pop()
        waiting.extend(cls.__subclasses__())
        if hasattr(cls, "__table__"):
            found.append(cls)
    return sorted(found, key=lambda cls: cls.__name__)
