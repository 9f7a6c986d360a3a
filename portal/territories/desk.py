"""Where each territory of a file is compared with what is kept, and taken."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from models import territories, vendor
from models.errors import Refused
from models.money import Money
from models.partners import PartnerRole
from models.people import Person
from models.territories import (
    Area,
    AreaKind,
    LoadKind,
    Territory,
    TerritoryDetails,
    TerritoryDrawing,
    TerritoryLoad,
    TerritoryStatus,
    drawings,
)
from portal.clock import now
from portal.territories.columns import written
from portal.territories.drawing import CHANNEL, SALES
from portal.territories.naming import Names
from portal.territories.units import Unit

LISTED = {LoadKind.POSTAL: AreaKind.POSTAL, LoadKind.ACCOUNTS: AreaKind.ACCOUNT}
"""A list takes the place of all areas of its kind that the territory has."""
NAMED = {"from_on": "from", "to_on": "until before", "is_exclusive": "exclusive"}
MOST_NAMED = 12
"""Places that one line of the preview names."""
SEPARATORS = re.compile(r"[;,\s]+")


class Desk:
    """Of some territories of a file.  coming: the keys of all of them."""

    def __init__(
        self, session: Session, row: TerritoryLoad, units: Sequence[Unit], coming: Collection[str]
    ) -> None:
        self._session, self._row, self._coming = session, row, coming
        self._by = session.get_one(Person, row.by_id).actor()
        self._drawing = (
            session.get_one(TerritoryDrawing, row.drawing_id) if row.drawing_id else None
        )
        self._names = Names(session, units, self._drawing)
        self._currency = vendor.settings(session).base_currency

    def weigh(self, unit: Unit, *, takes: bool) -> tuple[str, str]:
        """added, changed or unchanged; and what changes, in words."""
        is_list = self._row.kind is not LoadKind.TERRITORIES
        kept = self._names.land(unit.key, by_name=is_list)
        if is_list:
            if kept is None:
                raise Refused(f"No territory has the key or the name {unit.key}.")
            if self._drawing is None:
                return self._weigh_list(unit, kept, takes=takes)
        before = territories.details_of(kept) if kept else None
        if is_list:
            assert before is not None
            listed = self._pointed(unit.areas)
            after = territories.relisted(before, LISTED[self._row.kind], listed)
        else:
            after = self._wanted(unit, before)
        if before is not None and _alike(before, after):
            return "unchanged", ""
        if takes:
            self._names.remember(unit.key, self._take(kept, after))
        else:
            territories.refuse_faults(self._session, after, kept)
        return ("changed", _words(before, after)) if before else ("added", _words(None, after))

    def _weigh_list(self, unit: Unit, kept: Territory, *, takes: bool) -> tuple[str, str]:
        """Without making an object of each of what may be 200,000 places."""
        kind, listed = LISTED[self._row.kind], self._pointed(unit.areas)
        more, fewer = territories.weigh_list(self._session, kept, kind, listed)
        if not more and not fewer:
            return "unchanged", ""
        if takes:
            territories.relist(self._session, kept, kind, listed, by=self._by, now=now())
        return "changed", _place_words(more, fewer)

    def _wanted(self, unit: Unit, before: TerritoryDetails | None) -> TerritoryDetails:
        usual = before or TerritoryDetails(name="", areas=[], external_id=unit.key)
        if before is None and unit.areas is None:
            raise Refused("A new territory says its places.")
        said = {
            name: value
            for column, value in unit.said.items()
            for name, value in self._read(column, value, usual)
        }
        if unit.areas is not None:
            said["areas"] = self._pointed(unit.areas)
        if unit.cut_out is not None:
            said["excluded"] = self._pointed(unit.cut_out)
        return replace(usual, **said)

    def _read(self, column: str, value: Any, usual: TerritoryDetails) -> list[tuple[str, Any]]:
        """What a cell says, under the name by which territories keep it."""
        names = self._names
        match column:
            case "from" | "until_before":
                return [("from_on" if column == "from" else "to_on", value)]
            case "state":
                return [("status", _state(value))]
            case "partner":
                return [("owner_id", names.partner(value))]
            case "exclusive":
                return [("is_exclusive", bool(value))]
            case "channel_manager":
                kept = usual.channel_manager_id
                return [("channel_manager_id", names.person(value, CHANNEL, kept))]
            case "sales_manager":
                kept = usual.sales_manager_id
                return [("sales_manager_id", names.person(value, SALES, kept))]
            case "belongs_to":
                return [("parent_id", names.parent(value, usual.parent_id, self._coming))]
            case "priority":
                return [("priority", value or 0)]
            case "product_families":
                return [("products", names.families(_several(value), usual.products))]
            case "industries":
                return [("naics", _several(value))]
            case "partner_roles":
                return [("partner_roles", _roles(value))]
            case "quota" | "minimum":
                return [(f"{column}_minor", self._minor(value))]
        return [(column, value)]

    def _minor(self, amount: Decimal | None) -> int | None:
        return None if amount is None else Money.of(amount, self._currency).minor

    def _pointed(self, areas: list[Area] | None) -> list[Area]:
        """Each once, and named accounts with the one customer that has the domain or key."""
        meant = self._names.customers
        found = (
            replace(area, customer=meant[area.value])
            if area.kind is AreaKind.ACCOUNT and area.value in meant
            else area
            for area in areas or ()
        )
        return list(dict.fromkeys(found))

    def _take(self, kept: Territory | None, after: TerritoryDetails) -> Territory:
        if self._drawing:
            return drawings.put(self._session, self._drawing, after, instead_of=kept, now=now())
        if kept is None:
            return territories.draw(self._session, after, by=self._by, now=now())
        territories.redraw(self._session, kept, after, by=self._by, now=now())
        return kept


def _state(text: str | None) -> TerritoryStatus:
    if text is None:
        return TerritoryStatus.ACTIVE
    if text.casefold() not in list(TerritoryStatus):
        raise Refused(f"“{text}” is no state: write draft, pending, active or ended.")
    return TerritoryStatus(text.casefold())


def _roles(text: str | None) -> list[str]:
    found = [role.casefold() for role in _several(text)]
    for role in found:
        if role not in list(PartnerRole):
            raise Refused(f"“{role}” is no kind of partner: write {', '.join(PartnerRole)}.")
    return found


def _several(text: str | None) -> list[str]:
    return [part for part in SEPARATORS.split(text or "") if part]


def _alike(one: TerritoryDetails, other: TerritoryDetails) -> bool:
    return not _different(one, other) and not _places(one) ^ _places(other)


def _different(one: TerritoryDetails, other: TerritoryDetails) -> list[str]:
    """Names of what is not the same besides the places; the order of lists says nothing."""

    def kept(details: TerritoryDetails, name: str) -> Any:
        value = getattr(details, name)
        return sorted(value) if isinstance(value, list) else value

    names = [each.name for each in fields(one) if each.name not in ("areas", "excluded")]
    return [name for name in names if kept(one, name) != kept(other, name)]


def _places(details: TerritoryDetails) -> set[tuple[Area, bool]]:
    held = {(area, False) for area in details.areas}
    return held | {(area, True) for area in details.excluded}


def _words(before: TerritoryDetails | None, after: TerritoryDetails) -> str:
    if before is None:
        return _place_words(after.areas, [])
    changed = [
        NAMED.get(name, name.removesuffix("_id").removesuffix("_minor").replace("_", " "))
        for name in _different(before, after)
    ]
    more = [_spelled(each) for each in _places(after) - _places(before)]
    fewer = [_spelled(each) for each in _places(before) - _places(after)]
    told = [", ".join(changed)] if changed else []
    return "; ".join([*told, *([_places_told(more, fewer)] if more or fewer else [])])


def _place_words(more: Collection[Area], fewer: Collection[Area]) -> str:
    return _places_told([_short(area) for area in more], [_short(area) for area in fewer])


def _places_told(more: Sequence[str], fewer: Sequence[str]) -> str:
    """What goes away is named; what comes is counted, for it stands in the file."""
    told = f"{len(more):,} {'place' if len(more) == 1 else 'places'} more, {len(fewer):,} fewer"
    if not fewer:
        return told
    named = ", ".join(sorted(fewer)[:MOST_NAMED])
    rest = f" and {len(fewer) - MOST_NAMED:,} more" if len(fewer) > MOST_NAMED else ""
    return f"{told}: loses {named}{rest}"


def _spelled(place: tuple[Area, bool]) -> str:
    area, is_cut_out = place
    return f"cut out {_short(area)}" if is_cut_out else _short(area)


def _short(area: Area) -> str:
    """US-ID, US 98101, acme.com."""
    return written(area).partition(" ")[2] or "the whole world"
