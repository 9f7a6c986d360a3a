"""Territories as a file: one row a territory, its places in one cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from models.territories import Area, TerritoryArea, TerritoryStatus, place_name
from portal.formats import words
from portal.sheets import Column
from portal.territories.columns import written
from portal.territories.forms import KINDS

TONES = {
    TerritoryStatus.DRAFT: "plain",
    TerritoryStatus.PENDING: "warn",
    TerritoryStatus.ACTIVE: "good",
    TerritoryStatus.ENDED: "plain",
}


@dataclass(frozen=True)
class Exported:
    row: Row
    held: str
    cut_out: str


COLUMNS = [
    Column("Territory", lambda each: each.row.name),
    Column("State", lambda each: words(each.row.status)),
    Column("Places", lambda each: each.held),
    Column("Cut out", lambda each: each.cut_out),
    Column("Partner", lambda each: each.row.owner_name),
    Column("Exclusive", lambda each: "yes" if each.row.is_exclusive else "no"),
    Column("Channel manager", lambda each: each.row.channel_manager_name),
    Column("Sales manager", lambda each: each.row.sales_manager_name),
    Column("From", lambda each: each.row.from_on, "day"),
    Column("Until before", lambda each: each.row.to_on, "day"),
]


def for_export(session: Session, query: Select) -> Iterator[Exported]:
    places: dict[tuple[UUID, bool], list[str]] = defaultdict(list)
    area: Any = TerritoryArea
    columns = (area.territory_id, area.kind, area.value, area.country, area.is_exclusion)
    for row in session.execute(select(*columns).order_by(area.id)):
        spelled = written(Area(row.kind, row.value, row.country or None))
        places[(row.territory_id, row.is_exclusion)].append(spelled)
    for row in session.execute(query):
        yield Exported(row, _joined(places[(row.id, False)]), _joined(places[(row.id, True)]))


@dataclass(frozen=True)
class Place:
    """A place of a territory as its page shows it."""

    kind: str
    name: str
    country: str
    customer_id: UUID | None
    """The customer that a named account is, where it is known."""


def place_of(row: TerritoryArea) -> Place:
    return Place(KINDS[row.kind.value], place_name(row.area), row.country, row.customer_id)


def _joined(places: list[str]) -> str:
    return "; ".join(places)
