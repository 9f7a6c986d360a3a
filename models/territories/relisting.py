"""All postal codes, or all named accounts, of a territory replaced by a list of them.

A list may be 200,000 places long, so no object is made of each: only what differs is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from models import audit
from models.base import lock, new_id
from models.errors import Refused
from models.people import Actor
from models.territories.holding import hold, one_at_a_time
from models.territories.operations import TerritoryDetails, details_of, refuse_given
from models.territories.rules import Area, AreaKind
from models.territories.tables import Territory, TerritoryArea

AT_ONCE = 5_000


def weigh_list(
    session: Session, territory: Territory, kind: AreaKind, listed: Collection[Area]
) -> tuple[list[Area], list[Area]]:
    """What the list would add, and what it would take away.

    Raises Refused when nothing would be left.
    """
    kept = _kept(session, territory, kind)
    wanted = dict.fromkeys(listed)
    others = select(func.count(TerritoryArea.id)).where(
        TerritoryArea.territory_id == territory.id,
        TerritoryArea.kind != kind,
        ~TerritoryArea.is_exclusion,
    )
    if not wanted and not session.scalar(others):
        raise Refused("Nothing would be left of the territory: list at least one place.")
    return [area for area in wanted if area not in kept], [a for a in kept if a not in wanted]


def relist(
    session: Session,
    territory: Territory,
    kind: AreaKind,
    listed: Collection[Area],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """The territory holds these of the kind, and no others."""
    if territory.is_exclusive:
        one_at_a_time(session)
    lock(session, territory)
    if territory.is_claimed:
        refuse_given(territory, relisted(details_of(territory), kind, listed))
    more, fewer = weigh_list(session, territory, kind, listed)
    kept = _kept(session, territory, kind)
    for ids in _some([kept[area] for area in fewer]):
        session.execute(delete(TerritoryArea).where(TerritoryArea.id.in_(ids)))
    for areas in _some(more):
        session.execute(insert(TerritoryArea), [_row(territory.id, area) for area in areas])
    session.expire(territory, ["areas"])
    if territory.is_exclusive:
        hold(session, territory)
    detail = {"kind": kind.value, "more": len(more), "fewer": len(fewer)}
    audit.record(session, by, "places of a territory listed", territory, now=now, detail=detail)
    session.flush()


def relisted(details: TerritoryDetails, kind: AreaKind, listed: Iterable[Area]) -> TerritoryDetails:
    others = [area for area in details.areas if area.kind is not kind]
    return replace(details, areas=[*others, *listed])


def _kept(session: Session, territory: Territory, kind: AreaKind) -> dict[Area, UUID]:
    area = TerritoryArea
    columns = (area.id, area.value, area.country, area.customer_id)
    of_kind = (area.territory_id == territory.id, area.kind == kind, ~area.is_exclusion)
    rows = session.execute(select(*columns).where(*of_kind).execution_options(yield_per=AT_ONCE))
    return {Area(kind, row.value, row.country or None, row.customer_id): row.id for row in rows}


def _row(territory_id: UUID, area: Area) -> dict[str, Any]:
    return {
        "id": new_id(), "territory_id": territory_id, "kind": area.kind, "value": area.value,
        "country": area.country or "", "is_exclusion": False, "customer_id": area.customer,
    }  # fmt: skip


def _some(listed: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(listed), AT_ONCE):
        yield listed[start : start + AT_ONCE]
