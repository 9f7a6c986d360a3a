"""Maps drawn by the server: the world by country, the United States by state, others as tiles.

    paints = {"DE": Paint("held", "Held by a partner", url), "FR": Paint("free", "Nobody's")}
    area_map("world", paints, legend=[("held", "Held"), …], rest=Paint("none", "Nothing is sold"))

Outlines ship with the portal (`map_data`, with where they come from); nothing is fetched.
What is too small to have an outline stands beside the map as a tile, like the subdivisions
of every country but the United States.  `templates/components/map.html` shows it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pycountry

from models.territories import subdivision_name
from portal import formats

OUTLINES = Path(__file__).parent / "map_data"
WORLD = "world"
DRAWN = {WORLD: "world.json", "US": "us.json"}
NO_OUTLINES = {"view": "", "paths": {}}
STEPS = 5
"""Shades of a map that shows how much."""
TONES = ("none", "free", "mine", "held", "soon", "twice", "chosen")
"""What a place may be besides a shade, heat-1 to heat-5."""


@dataclass(frozen=True, slots=True)
class Paint:
    """How one place looks and what is said of it; `url` makes it a link."""

    tone: str
    words: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    code: str
    name: str
    paint: Paint
    path: str = ""
    """Its outline; empty for a tile."""


@dataclass(frozen=True, slots=True)
class AreaMap:
    """outlined: drawn as shapes.  tiles: beside them, or all there is."""

    view_box: str
    outlined: Sequence[Place]
    tiles: Sequence[Place]
    legend: Sequence[tuple[str, str]]
    chosen: str = ""
    """Code of the place that what stands beside the map is about."""

    @property
    def told(self) -> list[Place]:
        """Those of which anything is said that a table should repeat, by name."""
        told = [each for each in (*self.outlined, *self.tiles) if each.paint.tone != "none"]
        return sorted(told, key=lambda each: each.name)


def area_map(
    of: str,
    paints: Mapping[str, Paint],
    *,
    legend: Sequence[tuple[str, str]],
    rest: Paint | Callable[[str], Paint],
    chosen: str = "",
) -> AreaMap:
    """of: "world", or the alpha-2 code of a country.  rest: how places look that have no paint."""
    outlines: dict[str, Any] = _outlines(DRAWN[of]) if of in DRAWN else NO_OUTLINES
    named = {code: _name(of, code) for code in {*_codes(of), *outlines["paths"]}}

    def place(code: str) -> Place:
        paint = paints.get(code) or (rest if isinstance(rest, Paint) else rest(code))
        return Place(code, named[code], paint, outlines["paths"].get(code, ""))

    places = [place(code) for code in sorted(named, key=lambda code: named[code])]
    return AreaMap(
        view_box=outlines["view"],
        outlined=[each for each in places if each.path],
        tiles=[each for each in places if not each.path],
        legend=legend,
        chosen=chosen,
    )


def shades(
    amounts: Mapping[str, int],
    *,
    shown: Callable[[int], str],
    url: Callable[[str], str | None],
) -> tuple[dict[str, Paint], list[tuple[str, str]]]:
    """Paints and legend of a map that shows how much: five shades, as many places in each.

    Places of nothing are left out.
    """
    some = sorted(amount for amount in amounts.values() if amount > 0)
    if not some:
        return {}, []
    ends = sorted({some[len(some) * step // STEPS - 1] for step in range(1, STEPS + 1)})
    paints = {
        code: Paint(f"heat-{_step(amount, ends)}", shown(amount), url(code))
        for code, amount in amounts.items()
        if amount > 0
    }
    return paints, [
        (f"heat-{number}", f"to {shown(end)}") for number, end in enumerate(ends, start=1)
    ]


def _step(amount: int, ends: Sequence[int]) -> int:
    return next(number for number, end in enumerate(ends, start=1) if amount <= end)


@cache
def _outlines(file: str) -> dict[str, Any]:
    return json.loads((OUTLINES / file).read_text("utf-8"))


@cache
def _codes(of: str) -> tuple[str, ...]:
    """Countries; or the widest subdivisions of one, those that lie in no other."""
    if of == WORLD:
        return tuple(each.alpha_2 for each in pycountry.countries if each.alpha_2 != "AQ")
    found = pycountry.subdivisions.get(country_code=of) or ()
    return tuple(each.code for each in found if not each.parent_code)


def _name(of: str, code: str) -> str:
    return formats.country(code) if of == WORLD else subdivision_name(code)
