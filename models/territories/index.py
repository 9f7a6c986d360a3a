"""Territories kept so that those of one address are found without looking at the others."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from sys import intern

from models.territories.places import PostalPattern, with_its_wider_ones
from models.territories.regions import REGIONS, regions_of
from models.territories.resolving import Match, Resolution, choose, match_of, ordered
from models.territories.rules import (
    Area,
    AreaKind,
    ExclusivePolicy,
    Facts,
    Fineness,
    Key,
    Rule,
    TerritoryStatus,
)

Rank = tuple[int, Fineness, int, int]
"""Of a match within its level: qualifiers, fineness, industry, priority."""
WHOLE: Fineness = (0,)
NONE_SMALLER = tuple((-steps,) for steps in range(8))
"""Fineness of a subdivision by how many steps up it lies; made once."""


class Entry:
    """A territory by one of its areas, with what of its rank is known beforehand."""

    __slots__ = ("area", "asked", "fineness", "fits", "rule")

    def __init__(self, rule: Rule, area: Area, fineness: Fineness) -> None:
        self.rule, self.area, self.fineness = rule, area, fineness
        self.asked = rule.qualifiers.count
        self.fits = rule.always_fits


Found = list[tuple[Sequence[Entry], Fineness | None]]
"""Entries that one key leads to, those that ask for most first, and how finely they hold here:
None where each entry knows it."""


class TerritoryIndex:
    """Built once from all territories; never changed."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: dict[Key, Rule] = {rule.id: rule for rule in rules}
        active, others = Places(), Places()
        self._accounts: set[str] = set()
        for rule in self.rules.values():
            places = active if rule.status is TerritoryStatus.ACTIVE else others
            for area in rule.areas:
                places.add(rule, area)
            for area in (*rule.areas, *rule.excluded):
                if area.kind is AreaKind.ACCOUNT:
                    self._accounts.add(area.value)
        active.settle()
        others.settle()
        self._active, self._others = active, others

    def resolve(self, facts: Facts, policy: ExclusivePolicy = ExclusivePolicy.REVIEW) -> Resolution:
        settled = facts.settled(self._accounts)
        best: list[Match] = []
        for found in self._active.by_level(settled):
            if found and (best := _best(found, settled)):
                break
        return choose(best, settled, policy, lambda: self._holding(settled))

    def near(self, facts: Facts) -> list[Rule]:
        """Territories whose area holds, whether they do or not: what an explanation speaks of."""
        settled = facts.settled(self._accounts)
        found = (
            entry.rule
            for places in (self._active, self._others)
            for level in places.by_level(settled)
            for entries, _ in level
            for entry in entries
        )
        return list({rule.id: rule for rule in found}.values())

    def _holding(self, facts: Facts) -> list[Match]:
        """Each territory that holds, once, by its best area."""
        near = {
            entry.rule.id: entry.rule
            for level in self._active.by_level(facts)
            for entries, _ in level
            for entry in entries
        }
        return ordered(match for rule in near.values() if (match := match_of(rule, facts)))


def _best(found: Found, facts: Facts) -> list[Match]:
    """Those of one level that hold and that nothing tells apart, each by one of its areas."""
    top: Rank | None = None
    best: list[tuple[Entry, Fineness]] = []
    for entries, here in found:
        for entry in entries:
            if top and entry.asked < top[0]:
                break
            rule = entry.rule
            if not entry.fits and rule.unfit(facts):
                continue
            fineness = here or entry.fineness
            digits = rule.qualifiers.naics_length(facts) if rule.qualifiers.naics else 0
            rank = (entry.asked, fineness, digits, rule.priority)
            if top is None or rank > top:
                top, best = rank, [(entry, fineness)]
            elif rank == top:
                best.append((entry, fineness))
    length = top[2] if top else 0
    if len(best) > 1:
        best = _once_each(best)
    return [Match(entry.rule, entry.area, fineness, length) for entry, fineness in best]


def _most_wanted(entry: Entry) -> tuple[int, int]:
    return -entry.asked, -entry.rule.priority


def _once_each(found: list[tuple[Entry, Fineness]]) -> list[tuple[Entry, Fineness]]:
    """Each territory by the area that `resolving.best_area` takes of those that are equal."""
    by_value = sorted(found, key=lambda each: each[0].area.spelled)
    return list({id(entry.rule): (entry, fineness) for entry, fineness in by_value}.values())


class Places:
    """Areas of some territories, each under the key by which an address finds it."""

    def __init__(self) -> None:
        self._at: dict[str, list[Entry]] = {}
        """By "kind value", and by "exact US 94103" or "prefix US 941"."""
        self._lengths: dict[str, list[int]] = defaultdict(list)
        """Of the prefixes that are known in a country."""
        self._waiting: dict[tuple[str, int], list[tuple[PostalPattern, Entry]]] = defaultdict(list)
        self._ranges: dict[str, list[tuple[int, Segments]]] = defaultdict(list)

    def add(self, rule: Rule, area: Area) -> None:
        match area.kind:
            case AreaKind.POSTAL:
                self._add_postal(rule, area)
            case AreaKind.REGION:
                size = len(REGIONS.get(area.value, ()))
                self._keep(f"region {area.value}", Entry(rule, area, (-size,)))
            case AreaKind.ACCOUNT:
                entry = Entry(rule, area, WHOLE)
                for name in {area.value, str(area.customer or area.value)}:
                    self._keep(f"account {name}", entry)
            case kind:
                self._keep(f"{kind} {area.value}", Entry(rule, area, WHOLE))

    def settle(self) -> None:
        """All are added: put those first that win most, cut the ranges where they begin and end."""
        for entries in self._at.values():
            if len(entries) > 1:
                entries.sort(key=_most_wanted)
        for (home, length), ranges in sorted(self._waiting.items()):
            self._ranges[home].append((length, Segments(ranges)))
        self._waiting.clear()

    def by_level(self, facts: Facts) -> Iterator[Found]:
        """What holds at each level, the highest first, whether it fits or not."""
        yield self._of_account(facts) if facts.account or facts.domain else []
        yield self._of_postal(facts) if facts.postal and facts.country else []
        yield self._of_subdivision(facts.subdivision) if facts.subdivision else []
        yield self._under(f"country {facts.country}")
        yield self._under(*(f"region {name}" for name in regions_of(facts.country or "")))
        yield self._under("global ")

    def _add_postal(self, rule: Rule, area: Area) -> None:
        home = area.country or ""
        pattern = PostalPattern.read(area.value, home)
        entry = Entry(rule, area, pattern.fineness)
        if pattern.is_exact:
            self._keep(f"exact {home} {pattern.low}", entry)
        elif pattern.low == pattern.high:
            self._keep(f"prefix {home} {pattern.low}", entry)
            if len(pattern.low) not in self._lengths[home]:
                self._lengths[home].append(len(pattern.low))
        else:
            self._waiting[(home, len(pattern.low))].append((pattern, entry))

    def _keep(self, key: str, entry: Entry) -> None:
        known = self._at.get(key)
        if known is None:
            self._at[intern(key)] = [entry]
        else:
            known.append(entry)

    def _under(self, *keys: str) -> Found:
        return [(entries, None) for key in keys if (entries := self._at.get(key))]

    def _of_account(self, facts: Facts) -> Found:
        return self._under(*(f"account {name}" for name in (facts.account, facts.domain) if name))

    def _of_postal(self, facts: Facts) -> Found:
        home, code = facts.country or "", facts.postal or ""
        found = self._under(f"exact {home} {code}")
        for length in self._lengths.get(home, ()):
            if length <= len(code) and (known := self._at.get(f"prefix {home} {code[:length]}")):
                found.append((known, None))
        for length, segments in self._ranges.get(home, ()):
            if length <= len(code) and (inside := segments.at(code[:length])):
                found.append((inside, None))
        return found

    def _of_subdivision(self, code: str) -> Found:
        found: Found = []
        for steps_up, wider in enumerate(with_its_wider_ones(code)):
            if known := self._at.get(f"subdivision {wider}"):
                found.append((known, NONE_SMALLER[steps_up]))
        return found


class Segments:
    """Ranges of one length, cut at every end, so that one search finds all that hold a code."""

    def __init__(self, ranges: list[tuple[PostalPattern, Entry]]) -> None:
        opening: dict[str, list[int]] = defaultdict(list)
        closing: dict[str, list[int]] = defaultdict(list)
        for number, (pattern, _) in enumerate(ranges):
            opening[pattern.low].append(number)
            closing[pattern.high + "\0"].append(number)  # the first text after the last one inside
        self._cuts = sorted(opening.keys() | closing.keys())
        self._inside: list[tuple[Entry, ...]] = []
        current: set[int] = set()
        for cut in self._cuts:
            current.difference_update(closing.get(cut, ()))
            current.update(opening.get(cut, ()))
            inside = (ranges[number][1] for number in current)
            self._inside.append(tuple(sorted(inside, key=_most_wanted)))

    def at(self, head: str) -> tuple[Entry, ...]:
        place = bisect_right(self._cuts, head)
        return self._inside[place - 1] if place else ()
