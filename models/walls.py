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
from functools import cached_property, lru_cache
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from sqlalchemy import BindParameter, ForeignKey, bindparam, false, true
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.orm.interfaces import CriteriaOption
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

    @property
    def listed(self) -> list[UUID]:
        """`reads`, as a condition takes them."""
        return sorted(self.reads)


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


def rows_seen(cls: Any, scope: Any) -> Any:
    """scope: a Scope, or as a statement binds it (`Asked`)."""
    if issubclass(cls, Private):
        return cls.partner_id == scope.owner
    if issubclass(cls, Owned):
        return cls.partner_id.in_(scope.listed)
    if issubclass(cls, SeenBy):
        return cls.seen_in(scope)
    return true() if issubclass(cls, Public) else false()


class Asked(NamedTuple):
    """A scope as a statement binds it: the same two bound values wherever an owner is asked for."""

    owner: BindParameter[UUID]
    listed: BindParameter[Any]


class Fence(CriteriaOption):
    """The owner's condition on every table that a statement names, as one option.

    Written out table by table, the conditions would be part of what SQLAlchemy compares to find
    a statement that it has compiled before, and cost more than the question itself.  All that
    differs from scope to scope are two bound values: they alone are compared, and taken over.
    """

    propagate_to_loaders = False  # what is loaded later is a statement of its own, fenced anew

    def __init__(self, scope: Scope) -> None:
        listed: Any = scope.listed
        self.asked = Asked(bindparam(None, scope.owner), bindparam(None, listed, expanding=True))

    def _gen_cache_key(self, anon_map: Any, bound: list[BindParameter[Any]]) -> Any:
        return Fence, *(value._gen_cache_key(anon_map, bound) for value in self.asked)

    def process_compile_state(self, compile_state: Any) -> None:
        self.get_global_criteria(compile_state.global_attributes)

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        for row_of in self._rows:
            row_of.get_global_criteria(attributes)

    @cached_property
    def _rows(self) -> list[LoaderCriteriaOption]:
        return [
            _Rows(cls, self.asked)
            for wall in (Owned, VendorOnly, SeenBy)
            for cls in mapped_with(wall)
        ]


class _Rows(LoaderCriteriaOption):
    """The condition on one table, worked out when a statement first names it."""

    __slots__ = ("asked",)

    def __init__(self, cls: type, asked: Asked) -> None:
        super().__init__(cls, true(), include_aliases=True)
        self.asked = asked

    def _resolve_where_criteria(self, ext_info: Any) -> Any:
        self.where_criteria = rows_seen(ext_info.mapper.class_, self.asked)
        criteria = super()._resolve_where_criteria(ext_info)
        # SQLAlchemy itself fits them to an alias only in WHERE, not in a JOIN
        return ext_info._adapter.traverse(criteria) if ext_info.is_aliased_class else criteria


@lru_cache(maxsize=2048)
def fence(scope: Scope) -> Fence:
    return Fence(scope)


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
