"""Territories kept so that those of one address are found without looking at the others."""

from __future__ import annotations

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
from models.territories.segments import Range, Segments, most_wanted

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


Stretch = tuple[str, int]
"""Country and length of ranges of postal codes."""
Found = list[tuple[Sequence[Entry], Fineness | None]]
"""Entries that one key leads to, those that ask for most first, and how finely they hold here:
None where each entry knows it."""


class TerritoryIndex:
    """Built once from all territories, and never changed: a change makes another one of it."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: dict[Key, Rule] = {}
        self._accounts: set[str] = set()
        self._active, self._others = Places(), Places()
        self._take_in(rules)

    def after(self, changed: Iterable[Rule], gone: Iterable[Key] = ()) -> TerritoryIndex:
        """With these territories as they are now and without those gone; costs what they cost.

        It shares with this one whatever did not change, and who asks this one is not disturbed.
        """
        changed = list(changed)
        index = object.__new__(TerritoryIndex)
        index.rules, index._accounts = self.rules.copy(), self._accounts.copy()
        index._active, index._others = self._active.apart(), self._others.apart()
        for key in {*gone, *(rule.id for rule in changed)}:
            if rule := index.rules.pop(key, None):
                index._places_of(rule).drop(rule)
        index._take_in(changed)
        return index

    def _take_in(self, rules: Iterable[Rule]) -> None:
        for rule in rules:
            self.rules[rule.id] = rule
            self._places_of(rule).add(rule)
            for area in (*rule.areas, *rule.excluded):
                if area.kind is AreaKind.ACCOUNT:
                    self._accounts.add(area.value)
        self._active.settle()
        self._others.settle()

    def _places_of(self, rule: Rule) -> Places:
        return self._active if rule.status is TerritoryStatus.ACTIVE else self._others

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


def _once_each(found: list[tuple[Entry, Fineness]]) -> list[tuple[Entry, Fineness]]:
    """Each territory by the area that `resolving.best_area` takes of those that are equal."""
    by_value = sorted(found, key=lambda each: each[0].area.spelled)
    return list({id(entry.rule): (entry, fineness) for entry, fineness in by_value}.values())


class Places:
    """Areas of some territories, each under the key by which an address finds it."""

    def __init__(self) -> None:
        self._at: dict[str, list[Entry]] = {}
        """By "kind value", and by "exact US 94103" or "prefix US 941"."""
        self._lengths: dict[str, tuple[int, ...]] = {}
        """Of the prefixes that are known in a country."""
        self._ranges: dict[str, dict[int, Segments]] = {}
        """By country and length."""
        self._waiting: dict[tuple[str, int], list[Range]] = defaultdict(list)
        self._own: set[str | Stretch] = set()
        """Where lists and segments lie that no other Places shares."""

    def apart(self) -> Places:
        """The same, to be changed while others go on asking this one."""
        copy = Places()
        copy._at, copy._lengths = self._at.copy(), self._lengths.copy()
        copy._ranges = {home: known.copy() for home, known in self._ranges.items()}
        return copy

    def add(self, rule: Rule) -> None:
        for area in rule.areas:
            pattern = _pattern(area)
            entry = Entry(rule, area, _fineness(area, pattern))
            if pattern and _is_range(pattern):
                self._waiting[(area.country or "", len(pattern.low))].append((pattern, entry))
                continue
            if pattern and not pattern.is_exact:
                known = self._lengths.get(area.country or "", ())
                self._lengths[area.country or ""] = (*{*known, len(pattern.low)},)
            for key in _keys(area, pattern):
                self._list_at(key).append(entry)

    def drop(self, rule: Rule) -> None:
        """As if it had never been added."""
        for area in dict.fromkeys(rule.areas):
            pattern = _pattern(area)
            if pattern and _is_range(pattern):
                self._segments_at((area.country or "", len(pattern.low))).drop(pattern, rule)
                continue
            for key in _keys(area, pattern):
                entries = self._list_at(key)
                entries[:] = [entry for entry in entries if entry.rule is not rule]

    def settle(self) -> None:
        """All are added: put those first that win most, cut the ranges where they begin and end."""
        for key in self._own:
            if isinstance(key, str) and not (entries := self._at[key]):
                del self._at[key]
            elif isinstance(key, str) and len(entries) > 1:
                entries.sort(key=most_wanted)
        for (home, length), ranges in self._waiting.items():
            if length not in self._ranges.setdefault(home, {}):
                self._ranges[home][length] = Segments(ranges)
                continue
            segments = self._segments_at((home, length))
            for pattern, entry in ranges:
                segments.add(pattern, entry)
        self._waiting.clear()
        self._own = set()

    def by_level(self, facts: Facts) -> Iterator[Found]:
        """What holds at each level, the highest first, whether it fits or not."""
        yield self._of_account(facts) if facts.account or facts.domain else []
        yield self._of_postal(facts) if facts.postal and facts.country else []
        yield self._of_subdivision(facts.subdivision) if facts.subdivision else []
        yield self._under(f"country {facts.country}")
        yield self._under(*(f"region {name}" for name in regions_of(facts.country or "")))
        yield self._under("global ")

    def _list_at(self, key: str) -> list[Entry]:
        """What is known there, to be changed."""
        if key not in self._own:
            key = intern(key)
            self._own.add(key)
            self._at[key] = self._at[key].copy() if key in self._at else []
        return self._at[key]

    def _segments_at(self, where: Stretch) -> Segments:
        home, length = where
        if where not in self._own:
            self._own.add(where)
            self._ranges[home][length] = self._ranges[home][length].apart()
        return self._ranges[home][length]

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
        for length, segments in self._ranges.get(home, {}).items():
            if length <= len(code) and (inside := segments.at(code[:length])):
                found.append((inside, None))
        return found

    def _of_subdivision(self, code: str) -> Found:
        found: Found = []
        for steps_up, wider in enumerate(with_its_wider_ones(code)):
            if known := self._at.get(f"subdivision {wider}"):
                found.append((known, NONE_SMALLER[steps_up]))
        return found


def _pattern(area: Area) -> PostalPattern | None:
    return PostalPattern.read(area.value, area.country) if area.kind is AreaKind.POSTAL else None


def _is_range(pattern: PostalPattern) -> bool:
    return not pattern.is_exact and pattern.low != pattern.high


def _fineness(area: Area, pattern: PostalPattern | None) -> Fineness:
    if area.kind is AreaKind.REGION:
        return (-len(REGIONS.get(area.value, ())),)
    return pattern.fineness if pattern else WHOLE


def _keys(area: Area, pattern: PostalPattern | None) -> Iterable[str]:
    """By which an address finds it; not of a range."""
    if pattern:
        return (f"{'exact' if pattern.is_exact else 'prefix'} {area.country or ''} {pattern.low}",)
    if area.kind is AreaKind.ACCOUNT:
        return {f"account {name}" for name in (area.value, str(area.customer or area.value))}
    return (f"{area.kind} {area.value}",)
