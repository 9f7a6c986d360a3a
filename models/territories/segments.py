"""Ranges of postal codes cut where they begin and end, so that one search finds all that hold."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from models.territories.places import PostalPattern
from models.territories.rules import Rule

if TYPE_CHECKING:
    from models.territories.index import Entry

Range = tuple[PostalPattern, "Entry"]


class Segments:
    """Ranges of one country and one length."""

    __slots__ = ("_cuts", "_inside")

    def __init__(self, ranges: list[Range]) -> None:
        opening: dict[str, list[int]] = defaultdict(list)
        closing: dict[str, list[int]] = defaultdict(list)
        for number, (pattern, _) in enumerate(ranges):
            opening[pattern.low].append(number)
            closing[_after(pattern)].append(number)
        self._cuts = sorted(opening.keys() | closing.keys())
        self._inside: list[tuple[Entry, ...]] = []
        current: set[int] = set()
        for cut in self._cuts:
            current.difference_update(closing.get(cut, ()))
            current.update(opening.get(cut, ()))
            self._inside.append(_sorted(ranges[number][1] for number in current))

    def at(self, head: str) -> tuple[Entry, ...]:
        place = bisect_right(self._cuts, head)
        return self._inside[place - 1] if place else ()

    def apart(self) -> Segments:
        """The same, to be changed while others go on asking this one."""
        copy = object.__new__(Segments)
        copy._cuts, copy._inside = self._cuts.copy(), self._inside.copy()
        return copy

    def add(self, pattern: PostalPattern, entry: Entry) -> None:
        first, end = self._cut(pattern.low), self._cut(_after(pattern))
        for place in range(first, end):
            self._inside[place] = _sorted((*self._inside[place], entry))

    def drop(self, pattern: PostalPattern, rule: Rule) -> None:
        """The cuts stay: two stretches that hold the same are as good as one."""
        first, end = (bisect_left(self._cuts, cut) for cut in (pattern.low, _after(pattern)))
        for place in range(first, end):
            left = (entry for entry in self._inside[place] if entry.rule is not rule)
            self._inside[place] = tuple(left)

    def _cut(self, at: str) -> int:
        place = bisect_left(self._cuts, at)
        if place == len(self._cuts) or self._cuts[place] != at:
            self._cuts.insert(place, at)
            self._inside.insert(place, self._inside[place - 1] if place else ())
        return place


def _after(pattern: PostalPattern) -> str:
    """The first text after the last one inside."""
    return pattern.high + "\0"


def _sorted(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=most_wanted))


def most_wanted(entry: Entry) -> tuple[int, int]:
    """Puts those first that win most."""
    return -entry.asked, -entry.rule.priority
