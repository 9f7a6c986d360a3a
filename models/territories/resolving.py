"""Which territory gets a deal, and who looks after it.  Pure; see `rules` for what holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.territories.regions import PASSIVE_SALES_PROTECTED
from models.territories.rules import (
    LEVEL,
    Area,
    ExclusivePolicy,
    Facts,
    Fineness,
    Key,
    Rule,
    TerritoryStatus,
)


class Action(StrEnum):
    ACCEPT = "accept"
    ROUTE_TO_DEFAULT = "route_to_default"
    REVIEW_EXCLUSIVE = "review_exclusive"
    REJECT_EXCLUSIVE = "reject_exclusive"
    REVIEW_CONFLICT = "review_conflict"
    OFFER_LEAD_TO_OWNER = "offer_lead_to_owner"


Rank = tuple[int, int, Fineness, int, int]


@dataclass(frozen=True, slots=True)
class Match:
    """A territory that holds, and by which of its areas."""

    rule: Rule
    area: Area
    fineness: Fineness
    naics_length: int

    @property
    def rank(self) -> Rank:
        """Level, qualifiers, fineness, industry, priority; the highest wins."""
        return (
            LEVEL[self.area.kind],
            self.rule.qualifiers.count,
            self.fineness,
            self.naics_length,
            self.rule.priority,
        )


class Resolution:
    """Who gets it.  `winner` is None when no territory holds."""

    __slots__ = ("_every", "action", "tied", "winner")

    def __init__(
        self,
        winner: Match | None,
        tied: tuple[Match, ...],
        action: Action,
        every: Callable[[], Iterable[Match]],
    ) -> None:
        self.winner, self.tied, self.action, self._every = winner, tied, action, every
        """tied: those that nothing told apart from the winner; empty when it won clearly."""

    @property
    def is_conflict(self) -> bool:
        return bool(self.tied)

    @property
    def matches(self) -> list[Match]:
        """All that hold, best first; looked for only when somebody wants to know."""
        return ordered(self._every())


def decide(
    matches: Iterable[Match], facts: Facts, policy: ExclusivePolicy = ExclusivePolicy.REVIEW
) -> Resolution:
    """Choose among territories that hold.  Their order never matters."""
    found = ordered(matches)
    best = [match for match in found if match.rank == found[0].rank]
    return choose(best, facts, policy, lambda: found)


def ordered(matches: Iterable[Match]) -> list[Match]:
    """Best first; what nothing tells apart by start and id."""
    by_start = sorted(matches, key=_by_start_and_id)
    return sorted(by_start, key=lambda match: match.rank, reverse=True)


def choose(
    best: list[Match], facts: Facts, policy: ExclusivePolicy, every: Callable[[], Iterable[Match]]
) -> Resolution:
    """The provisional pick among those that nothing tells apart; none, when there are none."""
    if not best:
        return Resolution(None, (), Action.ROUTE_TO_DEFAULT, every)
    if len(best) == 1:
        return Resolution(best[0], (), _action(best[0].rule, (), facts, policy), every)
    winner, *others = sorted(best, key=_by_start_and_id)
    return Resolution(winner, tuple(others), _action(winner.rule, others, facts, policy), every)


def match_of(rule: Rule, facts: Facts) -> Match | None:
    """The rule's best area for settled facts; None when it does not hold."""
    best = best_area(rule, facts)
    if best is None or rule.unfit(facts):
        return None
    return Match(rule, *best, rule.qualifiers.naics_length(facts))


def best_area(rule: Rule, facts: Facts) -> tuple[Area, Fineness] | None:
    """The area that holds at the highest level, and there most finely."""
    found = [
        (LEVEL[area.kind], fineness, area)
        for area in rule.areas
        if (fineness := area.fineness_for(facts)) is not None
    ]
    if not found:
        return None
    _, fineness, area = max(found, key=lambda each: (each[0], each[1], each[2].spelled))
    return area, fineness


def by_scan(rules: Iterable[Rule], facts: Facts) -> list[Match]:
    """Every territory that holds, found by looking at each of them."""
    settled = facts.settled()
    return [match for rule in rules if (match := match_of(rule, settled))]


def _by_start_and_id(match: Match) -> tuple[date, str]:
    return (match.rule.from_on or date.min, str(match.rule.id))


def _action(rule: Rule, tied: Sequence[Match], facts: Facts, policy: ExclusivePolicy) -> Action:
    if tied:
        return Action.REVIEW_CONFLICT
    if rule.owner is None or rule.owner == facts.partner:
        return Action.ACCEPT
    if facts.partner is None:
        return Action.OFFER_LEAD_TO_OWNER
    if not rule.is_exclusive:
        return Action.ACCEPT
    if policy is ExclusivePolicy.REJECT and not is_passive_sale(facts.country, facts.came_unasked):
        return Action.REJECT_EXCLUSIVE
    return Action.REVIEW_EXCLUSIVE


def is_passive_sale(country: str | None, came_unasked: bool) -> bool:
    """European law lets nobody be refused who was asked by the customer."""
    return came_unasked and country in PASSIVE_SALES_PROTECTED


@dataclass(frozen=True, slots=True)
class Absence:
    """Who stands in for somebody; the last day is inclusive, None is open."""

    delegate: Key
    from_on: date | None = None
    through: date | None = None

    def covers(self, day: date) -> bool:
        begun = self.from_on is None or self.from_on <= day
        return begun and (self.through is None or day <= self.through)


Absences = Mapping[Key, Iterable["Absence"]]


@dataclass(frozen=True, slots=True)
class Assigned:
    """The person, and how they came by it."""

    manager: Key | None
    from_territory: Rule | None
    """Whose manager it is; None for the default."""
    stands_in_for: Key | None = None


def assigned(
    rule: Rule | None,
    *,
    rules: Mapping[Key, Rule],
    manager_of: Callable[[Rule], Key | None],
    default: Key | None,
    absences: Absences,
    on: date,
) -> Assigned:
    """The territory's manager, else the nearest ancestor's, else the default; then delegates."""
    holder = nearest(rule, rules, manager_of, on)
    manager = manager_of(holder) if holder else default
    present = standing_in(manager, absences, on)
    return Assigned(present, holder, manager if present != manager else None)


def nearest(
    rule: Rule | None,
    rules: Mapping[Key, Rule],
    manager_of: Callable[[Rule], Key | None],
    on: date,
) -> Rule | None:
    """The territory or its closest ancestor that names a manager; safe in a loop of parents."""
    seen: set[Key] = set()
    while rule is not None and rule.id not in seen:
        if manager_of(rule) is not None:
            return rule
        seen.add(rule.id)
        rule = in_force(rules, rule.parent, on)
    return None


def in_force(rules: Mapping[Key, Rule], key: Key | None, on: date) -> Rule | None:
    """The territory of that key, or the one that has taken its place by that day."""
    rule = rules.get(key) if key is not None else None
    while rule and rule.succeeded_by in rules and _is_over(rule, on):
        rule = rules[rule.succeeded_by]
    return rule


def last_of(after: Mapping[Key, Key], territory_id: Key) -> Key:
    """The one that took its place last, or itself.  after: who took whose place."""
    while territory_id in after:
        territory_id = after[territory_id]
    return territory_id


def _is_over(rule: Rule, on: date) -> bool:
    return rule.status is TerritoryStatus.ENDED or bool(rule.to_on and on >= rule.to_on)


def standing_in(manager: Key | None, absences: Absences, on: date) -> Key | None:
    """Who does the work of an absent manager.  When all of a loop are away, the one met twice."""
    seen: set[Key] = set()
    while manager is not None and manager not in seen:
        seen.add(manager)
        away = [each for each in absences.get(manager, ()) if each.covers(on)]
        if not away:
            break
        manager = away[0].delegate
    return manager
