"""Territories kept so that those of one address are found without looking at the others."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator

from models.territories.places import PostalPattern, with_its_wider_ones
from models.territories.regions import REGIONS, regions_of
from models.territories.resolving import Match, Resolution, decide
from models.territories.rules import Area, AreaKind, ExclusivePolicy, Facts, Fineness, Key, Rule

Entry = tuple[Rule, Area, Fineness]


class TerritoryIndex:
    """Built once from all territories; never changed."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: dict[Key, Rule] = {rule.id: rule for rule in rules}
        self._entries: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
        self._prefix_lengths: dict[str, set[int]] = defaultdict(set)
        ranges: dict[tuple[str, int], list[tuple[PostalPattern, Entry]]] = defaultdict(list)
        for rule in self.rules.values():
            for area in rule.areas:
                self._add(rule, area, ranges)
        self._ranges = {key: Segments(listed) for key, listed in ranges.items()}
        self._range_lengths: dict[str, list[int]] = defaultdict(list)
        for country, length in self._ranges:
            self._range_lengths[country].append(length)

    def resolve(self, facts: Facts, policy: ExclusivePolicy = ExclusivePolicy.REVIEW) -> Resolution:
        settled = facts.settled()
        return decide(self._holding(settled), settled, policy)

    def _add(
        self,
        rule: Rule,
        area: Area,
        ranges: dict[tuple[str, int], list[tuple[PostalPattern, Entry]]],
    ) -> None:
        if area.kind is not AreaKind.POSTAL:
            self._entries[(area.kind, area.value)].append((rule, area, _fineness(area)))
            return
        home = area.country or ""
        pattern = PostalPattern.read(area.value, home)
        entry = (rule, area, pattern.fineness)
        if pattern.is_exact:
            self._entries[("exact", home, pattern.low)].append(entry)
        elif pattern.low == pattern.high:
            self._entries[("prefix", home, pattern.low)].append(entry)
            self._prefix_lengths[home].add(len(pattern.low))
        else:
            ranges[(home, len(pattern.low))].append((pattern, entry))

    def _holding(self, facts: Facts) -> Iterator[Match]:
        """Each territory that holds, once, by its best area."""
        seen: set[Key] = set()
        for entries in (
            self._of_account(facts),
            sorted(self._of_postal(facts), key=lambda entry: entry[2], reverse=True),
            self._of_subdivision(facts),
            self._at(AreaKind.COUNTRY, facts.country or ""),
            self._of_regions(facts),
            self._at(AreaKind.GLOBAL, ""),
        ):
            for rule, area, fineness in entries:
                if rule.id in seen:
                    continue
                seen.add(rule.id)
                if not rule.unfit(facts):
                    yield Match(rule, area, fineness, rule.qualifiers.naics_length(facts))

    def _at(self, *key: str) -> list[Entry]:
        return self._entries.get(key, [])

    def _of_account(self, facts: Facts) -> Iterator[Entry]:
        for name in (facts.account, facts.domain):
            if name:
                yield from self._at(AreaKind.ACCOUNT, name)

    def _of_postal(self, facts: Facts) -> Iterator[Entry]:
        home, code = facts.country, facts.postal
        if not home or not code:
            return
        yield from self._at("exact", home, code)
        for length in self._prefix_lengths.get(home, ()):
            if length <= len(code):
                yield from self._at("prefix", home, code[:length])
        for length in self._range_lengths.get(home, ()):
            if length <= len(code):
                yield from self._ranges[(home, length)].at(code[:length])

    def _of_subdivision(self, facts: Facts) -> Iterator[Entry]:
        chain = with_its_wider_ones(facts.subdivision) if facts.subdivision else ()
        for steps_up, code in enumerate(chain):
            for rule, area, _ in self._at(AreaKind.SUBDIVISION, code):
                yield rule, area, (-steps_up,)

    def _of_regions(self, facts: Facts) -> list[Entry]:
        found: list[Entry] = []
        for region in regions_of(facts.country or ""):
            found += self._at(AreaKind.REGION, region)
        return sorted(found, key=lambda entry: entry[2], reverse=True)


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
            self._inside.append(tuple(ranges[number][1] for number in sorted(current)))

    def at(self, head: str) -> tuple[Entry, ...]:
        place = bisect_right(self._cuts, head)
        return self._inside[place - 1] if place else ()


def _fineness(area: Area) -> Fineness:
    """Of an area other than a postal code, where it does not depend on the facts."""
    if area.kind is AreaKind.REGION:
        return (-len(REGIONS.get(area.value, ())),)
    return (0,)
