"""The columns of files of territories: what is given out is what is handed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import Session, aliased

from models import territories, vendor
from models.money import Money
from models.partners import Partner
from models.people import Person
from models.territories import Area, AreaKind, LoadKind, Territory, TerritoryArea, TerritoryStatus
from portal import imports, sheets
from portal.imports import LONGEST_LIST, ImportColumn
from portal.sheets import Column
from portal.territories.blueprint import today

AS_IT_STANDS = "unchanged"
"""In a cell of places: they stay, because a cell is too small for them; lists name them."""


@dataclass(frozen=True)
class Given:
    """One territory as a file gives it out."""

    row: Row
    held: str
    cut_out: str
    belongs_to: str
    currency: str

    def money(self, minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, self.currency)


@dataclass(frozen=True)
class Both:
    """One column, read and written."""

    name: str
    kind: imports.Kind
    meaning: str
    given: Callable[[Given], Any]
    as_: sheets.Kind = "text"
    required: bool = False


def _joined(name: str) -> Callable[[Given], str]:
    return lambda each: "; ".join(getattr(each.row, name))


TERRITORY = [
    Both("key", "text", "Your own key of the territory; the same file finds it again.",
         lambda each: each.row.external_id or str(each.row.id), required=True),
    Both("name", "text", "Its name.", lambda each: each.row.name, required=True),
    Both("places", "list", "Such as: country DE; subdivision US-WA; postal US 981*; or unchanged.",
         lambda each: each.held, required=True),
    Both("cut_out", "list", "Places that are left out.", lambda each: each.cut_out),
    Both("from", "day", "First day.", lambda each: each.row.from_on, "day"),
    Both("until_before", "day", "First day that is no longer in.", lambda each: each.row.to_on,
         "day"),
    Both("state", "text", "draft, pending, active or ended.", lambda each: each.row.status.value),
    Both("partner", "text", "Number or exact name of the partner whose it is.",
         lambda each: each.row.owner_number),
    Both("exclusive", "yes or no", "Whether it is that partner's alone.",
         lambda each: "yes" if each.row.is_exclusive else "no"),
    Both("channel_manager", "text", "E-mail address.", lambda each: each.row.channel_email),
    Both("sales_manager", "text", "E-mail address.", lambda each: each.row.sales_email),
    Both("belongs_to", "text", "Key of the territory above it.", lambda each: each.belongs_to),
    Both("priority", "number", "The higher wins where nothing else tells two apart.",
         lambda each: each.row.priority, "number"),
    Both("product_families", "list", "Only for these: their codes, with ; between.",
         _joined("products")),
    Both("industries", "list", "Only for these: NAICS codes, their beginnings, or 31-33.",
         _joined("naics")),
    Both("employees_from", "number", "Only for customers of this size or more.",
         lambda each: each.row.employees_from, "number"),
    Both("employees_to", "number", "Only for customers of this size or less.",
         lambda each: each.row.employees_to, "number"),
    Both("partner_roles", "list", "Only for partners that are: reseller, distributor, and so on.",
         _joined("partner_roles")),
    Both("quota", "amount", "To be won in a year, in the base currency.",
         lambda each: each.money(each.row.quota_minor), "money"),
    Both("minimum", "amount", "What the partner has committed to in a year.",
         lambda each: each.money(each.row.minimum_minor), "money"),
]  # fmt: skip

COLUMNS = {
    LoadKind.TERRITORIES: [
        ImportColumn(each.name, each.kind, each.meaning, each.required) for each in TERRITORY
    ],
    LoadKind.POSTAL: [
        ImportColumn("territory", "text", "Key or exact name of the territory."),
        ImportColumn("country", "text", "Two letters, such as DE."),
        ImportColumn("postal_code", "text", "94103, 941* or 80-81; format the column as text."),
    ],
    LoadKind.ACCOUNTS: [
        ImportColumn("territory", "text", "Key or exact name of the territory."),
        ImportColumn("account", "text", "Web address, or your own key of the customer."),
    ],
}
GIVEN = {
    LoadKind.TERRITORIES: [Column(each.name, each.given, each.as_) for each in TERRITORY],
    LoadKind.POSTAL: [
        Column("territory", lambda each: each.key or str(each.id)),
        Column("country", lambda each: each.country),
        Column("postal_code", lambda each: each.value),
    ],
    LoadKind.ACCOUNTS: [
        Column("territory", lambda each: each.key or str(each.id)),
        Column("account", lambda each: each.value),
    ],
}


def given(session: Session, kind: LoadKind) -> Iterator[Any]:
    """What holds today or will, row by row."""
    if kind is not LoadKind.TERRITORIES:
        return iter(session.execute(_listed(kind)))
    return _territories(session)


def _territories(session: Session) -> Iterator[Given]:
    places: dict[tuple[UUID, bool], list[str]] = defaultdict(list)
    area: Any = TerritoryArea
    columns = (area.territory_id, area.kind, area.value, area.country, area.is_exclusion)
    for row in session.execute(select(*columns).order_by(area.id)):
        spelled = written(Area(row.kind, row.value, row.country or None))
        places[(row.territory_id, row.is_exclusion)].append(spelled)
    keys = _keys(session)
    currency = vendor.settings(session).base_currency
    for row in session.execute(_wanted().execution_options(yield_per=1000)):
        above = keys.get(row.parent_id, "")
        held, cut_out = (_cell(places[(row.id, is_exclusion)]) for is_exclusion in (False, True))
        yield Given(row, held, cut_out, above, currency)


def _wanted() -> Select:
    channel, sales = aliased(Person), aliased(Person)
    return (
        select(
            *Territory.__table__.columns,
            Partner.number.label("owner_number"),
            channel.email.label("channel_email"),
            sales.email.label("sales_email"),
        )
        .outerjoin(Partner, Partner.id == Territory.owner_id)
        .outerjoin(channel, channel.id == Territory.channel_manager_id)
        .outerjoin(sales, sales.id == Territory.sales_manager_id)
        .where(*_not_over())
        .order_by(Territory.name, Territory.id)
    )


def _not_over() -> tuple[Any, ...]:
    return (
        Territory.drawing_id.is_(None),
        Territory.status != TerritoryStatus.ENDED,
        or_(Territory.to_on.is_(None), Territory.to_on > today()),
    )


def _keys(session: Session) -> dict[UUID | None, str]:
    """By territory, the key of the one that took its place last, or its own."""
    rows = session.execute(
        select(Territory.id, Territory.external_id, Territory.succeeds_id).where(
            Territory.drawing_id.is_(None)
        )
    ).all()
    after = {row.succeeds_id: row.id for row in rows if row.succeeds_id}
    own = {row.id: row.external_id or str(row.id) for row in rows}
    return {key: own[territories.last_of(after, key)] for key in own}


def _listed(kind: LoadKind) -> Select:
    wanted = AreaKind.POSTAL if kind is LoadKind.POSTAL else AreaKind.ACCOUNT
    return (
        select(
            Territory.id, Territory.external_id.label("key"), TerritoryArea.country,
            TerritoryArea.value,
        )
        .join(TerritoryArea, TerritoryArea.territory_id == Territory.id)
        .where(*_not_over(), TerritoryArea.kind == wanted, ~TerritoryArea.is_exclusion)
        .order_by(Territory.name, Territory.id, TerritoryArea.country, TerritoryArea.value)
        .execution_options(yield_per=1000)
    )  # fmt: skip


def written(area: Area) -> str:
    """As it is typed: postal US 98*, country DE."""
    if area.kind is AreaKind.GLOBAL:
        return "global"
    return " ".join(part for part in (area.kind.value, area.country, area.value) if part)


def _cell(places: list[str]) -> str:
    told = "; ".join(places)
    return told if len(told) <= LONGEST_LIST else AS_IT_STANDS
