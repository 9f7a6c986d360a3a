"""Roads along relationships: the real tables, mapped once more with every kind of loading.

The models have next to none; whoever adds one tomorrow walks these roads.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import (
    contains_eager,
    foreign,
    joinedload,
    lazyload,
    registry,
    relationship,
    remote,
    selectinload,
    subqueryload,
)

from models.deals import Deal, DealEvent
from models.scope import Owned


class Told(Owned):
    """A deal's event; `others` are deals, as a careless mapping would find them."""


class Sale(Owned):
    """A deal."""


mapping = registry()
mapping.map_imperatively(Sale, Deal.__table__)
mapping.map_imperatively(
    Told,
    DealEvent.__table__,
    properties={
        "others": relationship(
            Sale,
            primaryjoin=lambda: (
                foreign(DealEvent.__table__.c.deal_id) != remote(Deal.__table__.c.id)
            ),
            viewonly=True,
            uselist=True,
        )
    },
)
mapping.configure()


def _loaded(session: Any, option: Any) -> Any:
    rows = session.scalars(select(Told).options(option)).unique().all()
    return [*rows, *(sale for row in rows for sale in row.others)]


RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "lazy": lambda s, _: _loaded(s, lazyload(Told.others)),
    "joined": lambda s, _: _loaded(s, joinedload(Told.others)),
    "joined, inner": lambda s, _: _loaded(s, joinedload(Told.others, innerjoin=True)),
    "select in": lambda s, _: _loaded(s, selectinload(Told.others)),
    "sub-query": lambda s, _: _loaded(s, subqueryload(Told.others)),
    "contains eager": lambda s, _: [
        sale
        for row in s.scalars(
            select(Told).join(Told.others).options(contains_eager(Told.others))
        ).unique()
        for sale in (row, *row.others)
    ],
    "join along": lambda s, _: s.execute(select(Told.id, Sale.number).join(Told.others)).all(),
    "any along": lambda s, t: (
        s.scalars(select(Told.id).where(Told.others.any(Sale.id == t.deal))).all()
        and ["THEIRS: it is there"]
    ),
    "refreshed": lambda s, _: _refreshed(s),
    "expired": lambda s, _: _expired(s),
}


def _refreshed(session: Any) -> Any:
    row = session.scalars(select(Told)).first()
    session.refresh(row, ["others"])
    return row.others


def _expired(session: Any) -> Any:
    row = session.scalars(select(Told)).first()
    session.expire_all()
    assert inspect(row).expired_attributes
    return row.others
