"""What a file says about each territory, read row by row and not yet compared with anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from models import territories
from models.errors import Refused
from models.territories import Area, AreaKind, LoadKind
from portal.imports import ImportFile, ImportRow, Problem
from portal.sheets import LOOKS_LIKE_A_FORMULA
from portal.spreadsheets import as_csv
from portal.territories.columns import AS_IT_STANDS, COLUMNS

MOST_ROWS = 200_000
TOLD_EVERY = 10_000
"""Rows between two words about how far the reading is."""
Told = Callable[[int, int], None]
"""told(rows so far, rows of the file; 0 while nobody knows)."""


@dataclass(slots=True)
class Unit:
    """What the file says about one territory."""

    name: str
    row: int
    key: str
    said: dict[str, Any] = field(default_factory=dict)
    """Of a file of territories, the columns that it has besides the places."""
    areas: list[Area] | None = field(default_factory=list)
    """None: they stay as they are."""
    cut_out: list[Area] | None = None
    rows: int = 1


def read(kind: LoadKind, content: bytes, problems: list[Problem], told: Told) -> list[Unit]:
    """Territories above before those below.  Raises Refused for a file that cannot be read."""
    file = ImportFile(as_csv(content, lambda rows: told(rows, 0)), COLUMNS[kind])
    if file.total > MOST_ROWS:
        raise Refused(f"The file has {file.total:,} rows; one file takes {MOST_ROWS:,}. Split it.")
    units: dict[str, Unit] = {}
    for done, row in enumerate(file, start=1):
        problems += row.problems
        if not row.problems:
            try:
                _put(units, kind, row)
            except ValueError as error:
                problems.append(Problem(row.number, "", str(error), "Mend this row."))
        if done % TOLD_EVERY == 0:
            told(done, file.total)
    told(file.total, file.total)
    return list(_those_above_first(units))


def _put(units: dict[str, Unit], kind: LoadKind, row: ImportRow) -> None:
    values = {name: _plain(row.values[name]) for name in row.cells}
    if kind is LoadKind.TERRITORIES:
        _put_territory(units, row.number, values)
        return
    name = values["territory"]
    unit = units.get(name)
    if unit is None:
        unit = units[name] = Unit(name, row.number, name, rows=0)
    area = (
        Area.read(AreaKind.POSTAL, values["postal_code"], values["country"])
        if kind is LoadKind.POSTAL
        else Area.read(AreaKind.ACCOUNT, values["account"])
    )
    _refuse_fault(area)
    assert unit.areas is not None
    unit.areas.append(area)
    unit.rows += 1


def _put_territory(units: dict[str, Unit], number: int, values: dict[str, Any]) -> None:
    key = values.pop("key")
    if key in units:
        raise ValueError(f"The key {key} stands twice in the file.")
    areas = places(values.pop("places"))
    cut_out = places(values.pop("cut_out")) if "cut_out" in values else None
    units[key] = Unit(values["name"], number, key, values, areas, cut_out)


def _plain(value: Any) -> Any:
    """Without the apostrophe that keeps a spreadsheet from running a text as a formula."""
    is_kept = isinstance(value, str) and value[:1] == "'" and value[1:2] in LOOKS_LIKE_A_FORMULA
    return value[1:] if is_kept and len(value) > 1 else value


def places(written: str | None) -> list[Area] | None:
    """ "country DE; postal US 98*", as they are given out; None for "unchanged"."""
    if (written or "").strip().casefold() == AS_IT_STANDS:
        return None
    found = []
    for part in (each.strip() for each in (written or "").split(";")):
        if part:
            kind, _, rest = part.partition(" ")
            country, _, value = rest.partition(" ") if kind == "postal" else ("", "", rest)
            if kind.casefold() not in list(AreaKind):
                raise ValueError(f"“{part[:40]}” is no place: write country DE or postal US 981*.")
            area = Area.read(kind.casefold(), value, country or None)
            _refuse_fault(area)
            found.append(area)
    return found


def _refuse_fault(area: Area) -> None:
    if fault := territories.area_fault(area):
        raise ValueError(fault)


def _those_above_first(units: dict[str, Unit]) -> Iterator[Unit]:
    """Whoever takes them in this order knows what each one stands below."""
    given: set[str] = set()
    for unit in units.values():
        chain: list[Unit] = []
        each: Unit | None = unit
        while each is not None and each.key not in given:
            given.add(each.key)
            chain.append(each)
            each = units.get(each.said.get("belongs_to") or "")
        yield from reversed(chain)
