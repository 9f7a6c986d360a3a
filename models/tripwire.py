"""The tripwire: reads each statement before the database does, and stops one that lost its scope.

A second pair of eyes that does not trust the first: whatever SQL a partner's session is about
to send, each table that partners own must carry its owner's condition, bound to nobody else.
A statement's text is read once and remembered; afterwards only the bound values are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import product
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import aliased

from models.base import Base, new_id
from models.reading_sql import Mention, Place, Reading, read
from models.scope import asked_by
from models.walls import OutOfScope, Owned, Private, Public, Scope, SeenBy, fence

CHANGES = ("INSERT", "UPDATE", "DELETE")


def watch(engine: Engine) -> None:
    """Let no statement of this engine pass unread."""
    event.listen(engine, "before_cursor_execute", _judge)


def check_the_walls(dialect: Dialect) -> None:
    """Ask for every table as a partner would, and refuse to go on if one comes without its owner.

    Raises OutOfScope.  It guards against a library that reads the criteria otherwise one day.
    """
    if missing := _open_table(dialect):
        raise OutOfScope(f"the wall around {missing} is open: its rows come without their owner")


def _judge(
    connection: Connection, _cursor: Any, sql: str, values: Any, context: Any, many: bool
) -> None:
    session = asked_by(connection)
    if session is not None and session.scope.is_vendor:
        return
    if context is not None and context.isddl:
        return
    reading = read(sql)
    if not reading.mentions:
        return
    if session is None:
        _refuse_without_scope(reading)
    elif not (_is_flushing(session) and reading.verb in CHANGES):  # before_flush judged each row
        for bound in values if many else (values,):
            refuse_unguarded(reading, bound, session.scope)


def _is_flushing(session: Any) -> bool:
    return session._flushing


def _refuse_without_scope(reading: Reading) -> None:
    walled = [mention.table for mention in reading.mentions if _guard_of(mention.table) != "open"]
    if walled:
        raise OutOfScope(f"nobody said for whom {walled[0]} is asked; open a session with a scope")


def refuse_unguarded(reading: Reading, values: Any, scope: Scope) -> None:
    """Raises OutOfScope for the first table that does not carry its owner."""
    for mention in reading.mentions:
        if not _is_guarded(mention, reading, values, scope):
            raise OutOfScope(f"{mention.table} is asked for without its owner in: {reading.sql}")


def _is_guarded(mention: Mention, reading: Reading, values: Any, scope: Scope) -> bool:
    guard = _guard_of(mention.table)
    if guard == "open":
        return reading.verb not in CHANGES or not mention.is_target
    if guard == "vendor":
        return reading.asks_nothing
    if guard.startswith("through "):
        return (mention.name, "id", guard.removeprefix("through ")) in reading.through
    column, whose = guard.split()
    reads = whose == "read" and not mention.is_target
    owners = _names_of(scope.reads if reads else frozenset({scope.owner}))
    return any(
        all(_value(values, place) in owners for place in places)
        for places in reading.bound.get((mention.name, column), ())
    )


@cache
def _guard_of(table: str) -> str:
    """How a table is guarded: "open", "vendor", "<column> own", "<column> read", "through <t>"."""
    return _guards().get(table, "open" if table not in Base.metadata.tables else "vendor")


@cache
def _guards() -> dict[str, str]:
    return {mapper.class_.__tablename__: _guard(mapper.class_) for mapper in Base.registry.mappers}


def _guard(cls: type) -> str:
    if issubclass(cls, Public):
        return "open"
    if issubclass(cls, Private):
        return "partner_id own"
    if issubclass(cls, Owned):
        return "partner_id read"
    return cls.guarded_by if issubclass(cls, SeenBy) else "vendor"


@lru_cache(maxsize=2048)
def _names_of(owners: frozenset[UUID | None]) -> frozenset[Any]:
    """The owners in each form in which a driver may be given them."""
    known = [owner for owner in owners if owner is not None]
    return frozenset(form for one in known for form in (one, one.hex, str(one)))


def _value(values: Mapping[str, Any] | Sequence[Any], place: Place) -> Any:
    return values[place]  # type: ignore[index]


@cache
def _open_table(dialect: Dialect) -> str | None:
    """One that can be asked for without its owner; worked out once a process."""
    return next(_open_tables(dialect), None)


def _open_tables(dialect: Dialect) -> Iterator[str]:
    one, other = new_id(), new_id()
    scopes = Scope.partner(one), Scope.partner(one, reads=frozenset({other}))
    for mapper in sorted(Base.registry.mappers, key=lambda each: each.class_.__name__):
        for form, scope in product((mapper.class_, aliased(mapper.class_)), scopes):
            asked = (
                select(form)
                .options(fence(scope))
                .compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
            )
            values: Any = asked.params
            if asked.positional:
                values = [asked.params[name] for name in asked.positiontup or ()]
            try:
                refuse_unguarded(read(asked.string), values, scope)
            except OutOfScope:
                yield mapper.class_.__name__
