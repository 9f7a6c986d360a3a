"""What a file of territories, postal codes or accounts would change, and changing it.

A job in two halves: it looks, and shows what it found; when a person says so it takes the file,
some territories in each transaction, so that it may be killed and run again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import territories
from models.errors import Refused
from models.people import Person
from models.territories import (
    Area,
    AreaKind,
    LoadKind,
    LoadState,
    Territory,
    TerritoryDetails,
    TerritoryDrawing,
    TerritoryLoad,
    drawings,
)
from portal.clock import now
from portal.database import transaction
from portal.imports import ImportColumn, ImportFile, ImportRow, Problem
from portal.spreadsheets import as_csv

TOPIC = "territory-load"
MOST_ROWS = 200_000
AT_ONCE = 50
"""Territories in one transaction."""
MOST_TOLD = 200
LISTED = {LoadKind.POSTAL: AreaKind.POSTAL, LoadKind.ACCOUNTS: AreaKind.ACCOUNT}
"""A list takes the place of all areas of its kind that the territory has."""

COLUMNS = {
    LoadKind.TERRITORIES: [
        ImportColumn("key", "text", "Your own key of the territory; the same file finds it again."),
        ImportColumn("name", "text", "Its name."),
        ImportColumn("places", "list", "Such as: country DE; subdivision US-WA; postal US 981*."),
        ImportColumn("cut_out", "list", "Places that are left out.", required=False),
        ImportColumn("from", "day", "First day.", required=False),
        ImportColumn("until_before", "day", "First day that is no longer in.", required=False),
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


@dataclass
class Unit:
    """What the file says about one territory."""

    name: str
    row: int
    values: dict[str, Any] = field(default_factory=dict)
    areas: list[Area] = field(default_factory=list)


def load(payload: dict[str, Any]) -> datetime | None:
    """The errand: look, or take, as far as the file has come."""
    key = UUID(payload["load"])
    with transaction() as session:
        row = session.get_one(TerritoryLoad, key)
        kind, content, state = row.kind, row.content, row.state
    if content is None or state not in (LoadState.CHECKING, LoadState.TAKING):
        return None
    problems: list[Problem] = []
    try:
        units = list(_units(kind, content, problems, key))
    except Refused as refusal:
        with transaction() as session:
            row = session.get_one(TerritoryLoad, key)
            row.state, row.refusal, row.content = LoadState.REFUSED, str(refusal), None
        return None
    _each(key, units, problems, takes=state is LoadState.TAKING)
    return None


def _units(kind: LoadKind, content: bytes, problems: list[Problem], key: UUID) -> Iterator[Unit]:
    file = ImportFile(as_csv(content), COLUMNS[kind])
    if file.total > MOST_ROWS:
        raise Refused(f"The file has {file.total:,} rows; one file takes {MOST_ROWS:,}. Split it.")
    with transaction() as session:
        session.get_one(TerritoryLoad, key).total = file.total
    units: dict[str, Unit] = {}
    for row in file:
        problems += row.problems
        if not row.problems:
            try:
                _put(units, kind, row)
            except ValueError as error:
                problems.append(Problem(row.number, "", str(error), "Mend this row."))
    yield from units.values()


def _put(units: dict[str, Unit], kind: LoadKind, row: ImportRow) -> None:
    values = row.values
    if kind is LoadKind.TERRITORIES:
        if values["key"] in units:
            raise ValueError(f"The key {values['key']} stands twice in the file.")
        units[values["key"]] = Unit(values["name"], row.number, values, _places(values["places"]))
        return
    unit = units.setdefault(values["territory"], Unit(values["territory"], row.number))
    area = (
        Area.read(AreaKind.POSTAL, values["postal_code"], values["country"])
        if kind is LoadKind.POSTAL
        else Area.read(AreaKind.ACCOUNT, values["account"])
    )
    if fault := territories.area_fault(area):
        raise ValueError(fault)
    unit.areas.append(area)


def _places(written: str | None) -> list[Area]:
    """ "country DE; postal US 98*", as the export writes them."""
    found = []
    for part in (each.strip() for each in (written or "").split(";")):
        if part:
            kind, _, rest = part.partition(" ")
            country, _, value = rest.partition(" ") if kind == "postal" else ("", "", rest)
            found.append(Area.read(kind.casefold(), value, country or None))
    return found


def _each(key: UUID, units: list[Unit], problems: list[Problem], *, takes: bool) -> None:
    """Compare, or take, territory by territory; keep count where others see it."""
    counts: dict[str, int] = defaultdict(int)
    effects: list[list[str]] = []
    for start in range(0, len(units), AT_ONCE):
        with transaction() as session:
            row = session.get_one(TerritoryLoad, key)
            desk = Desk(session, row)
            for unit in units[start : start + AT_ONCE]:
                try:
                    effect, words = desk.weigh(unit, takes=takes)
                except (Refused, ValueError) as refusal:
                    problems.append(Problem(unit.row, "", str(refusal), "Mend this row."))
                    continue
                counts[effect] += 1
                if effect != "unchanged" and len(effects) < MOST_TOLD:
                    effects.append([unit.name, words])
            row.done = row.total * min(start + AT_ONCE, len(units)) // len(units)
    with transaction() as session:
        row = session.get_one(TerritoryLoad, key)
        row.added, row.changed = counts["added"], counts["changed"]
        row.unchanged, row.refused = counts["unchanged"], len(problems)
        told = sorted(problems, key=lambda each: each.row)[:MOST_TOLD]
        row.problems = [[each.row, each.column, each.what, each.remedy] for each in told]
        row.effects, row.done = effects, row.total
        row.state = LoadState.DONE if takes else LoadState.READY
        row.content = None if takes else row.content


class Desk:
    """Where one territory of a file is compared with what is kept, and taken."""

    def __init__(self, session: Session, row: TerritoryLoad) -> None:
        self._session, self._row = session, row
        self._by = session.get_one(Person, row.by_id).actor()
        self._drawing = row.drawing_id and session.get_one(TerritoryDrawing, row.drawing_id)

    def weigh(self, unit: Unit, *, takes: bool) -> tuple[str, str]:
        """added, changed or unchanged; and what changes, in words."""
        kept = self._kept(unit)
        if kept is None and self._row.kind is not LoadKind.TERRITORIES:
            raise Refused(f"No territory has the key or the name {unit.name}.")
        before = territories.details_of(kept) if kept else None
        after = self._wanted(unit, before)
        same = set(after.areas) ^ set(before.areas if before else [])
        if before and not same and replace(after, areas=before.areas) == before:
            return "unchanged", ""
        if takes:
            self._take(kept, after)
        plus = len(set(after.areas) - set(before.areas if before else []))
        minus = len(set(before.areas if before else []) - set(after.areas))
        return "changed" if before else "added", f"{plus} places more, {minus} fewer"

    def _kept(self, unit: Unit) -> Territory | None:
        name = unit.values.get("key") or unit.name
        own = [Territory.external_id == name]
        if not unit.values:
            own.append(Territory.name == name)
        query = select(Territory).where(
            or_(*own),
            or_(Territory.drawing_id.is_(None), Territory.drawing_id == self._row.drawing_id),
        )
        found = self._session.scalars(query.order_by(Territory.from_on.desc()).limit(1)).first()
        if found is not None and self._drawing and found.drawing_id is None:
            return drawings.copy_of(self._session, self._drawing, found.id) or found
        return found

    def _wanted(self, unit: Unit, before: TerritoryDetails | None) -> TerritoryDetails:
        session = self._session
        if self._row.kind is not LoadKind.TERRITORIES:
            assert before is not None
            kind = LISTED[self._row.kind]
            others = [area for area in before.areas if area.kind is not kind]
            listed = territories.pointed(session, list(dict.fromkeys(unit.areas)))
            return replace(before, areas=[*others, *listed])
        said = unit.values
        areas = territories.pointed(session, unit.areas)
        cut_out = territories.pointed(session, _places(said["cut_out"]))
        for area in (*areas, *cut_out):
            if fault := territories.area_fault(area):
                raise Refused(fault)
        usual = before or TerritoryDetails(name="", areas=[], external_id=said["key"])
        return replace(
            usual,
            name=said["name"],
            areas=areas,
            excluded=cut_out,
            from_on=said["from"],
            to_on=said["until_before"],
        )

    def _take(self, kept: Territory | None, after: TerritoryDetails) -> None:
        if self._drawing:
            drawings.put(self._session, self._drawing, after, instead_of=kept, now=now())
        elif kept:
            territories.redraw(self._session, kept, after, by=self._by, now=now())
        else:
            territories.draw(self._session, after, by=self._by, now=now())


ERRANDS = {TOPIC: load}
