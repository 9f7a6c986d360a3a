"""How a table stands to the wall between partners, and what that asks of a select.

Each table class says it with one mixin:

    Owned       a partner's own rows, each with its partner_id
    Private     the same, hidden from the partner's distributor too
    Public      reference data that everybody may read
    VendorOnly  a partner's session may add to it, never read it
    SeenBy      says in `seen_in` which rows a partner may see
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, false, true
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, with_loader_criteria
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

    guarded_by: ClassVar[str] = "partner_id own"
    """How the tripwire knows its rows are guarded: a column and whose ids it must equal (`own`,
    or those it may `read`); or "through <table>", whose rows say which ids."""

    is_told_to_vendor: ClassVar[bool] = False
    """Whether a partner adds rows of the vendor's too, without an owner; it never reads them."""

    @classmethod
    def seen_in(cls, scope: Scope) -> Any:
        raise OutOfScope(f"{cls.__name__} must say what a partner may see")


WALLS = (Owned, Public, VendorOnly, SeenBy)


def rows_seen(cls: Any, scope: Scope) -> Any:
    if issubclass(cls, Private):
        return cls.partner_id == scope.owner
    if issubclass(cls, Owned):
        return cls.partner_id.in_(sorted(scope.reads))
    if issubclass(cls, SeenBy):
        return cls.seen_in(scope)
    return true() if issubclass(cls, Public) else false()


@lru_cache(maxsize=2048)  # building it takes as long as a query, and the same people ask again
def criteria(scope: Scope) -> tuple[Any, ...]:
    seen = [
        _SeenCriteria(cls, cls.seen_in(scope), include_aliases=True) for cls in mapped_with(SeenBy)
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


def mapped_with(wall: type) -> list[Any]:
    """Every mapped class that carries this mixin, in a fixed order."""
    found: list[type] = []
    waiting: list[type] = list(wall.__subclasses__())
    while waiting:
        cls = waiting.pop()
        waiting.extend(cls.__subclasses__())
        if hasattr(cls, "__table__"):
            found.append(cls)
    return sorted(found, key=lambda cls: cls.__name__)
