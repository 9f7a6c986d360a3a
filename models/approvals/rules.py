"""Which approvals a deal needs: the first rule that holds names them, step by step.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from uuid import UUID

from models.territories.regions import REGIONS


class ApproverKind(StrEnum):
    """Who approves a step: somebody by their part in the deal, or by name."""

    CHANNEL_MANAGER = "channel_manager"
    SALES_MANAGER = "sales_manager"
    ADMINISTRATOR = "administrator"
    PERSON = "person"

    @property
    def words(self) -> str:
        return KIND_WORDS[self]


KIND_WORDS = {
    ApproverKind.CHANNEL_MANAGER: "The deal's channel manager",
    ApproverKind.SALES_MANAGER: "The deal's sales manager",
    ApproverKind.ADMINISTRATOR: "An administrator",
    ApproverKind.PERSON: "A person",
}


@dataclass(frozen=True)
class Step:
    """One approval.  Steps of the same stage are asked side by side, stages one after another."""

    stage: int
    kind: ApproverKind
    person_id: UUID | None = None
    """Only of a person."""


@dataclass(frozen=True, kw_only=True)
class DealFacts:
    """What a rule may ask about a deal."""

    minor: int | None
    """Value in minor units of the vendor's base currency; None when no rate is known."""
    tier: str
    country: str
    family_id: UUID | None
    kind: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Conditions, all of which must hold; an empty one always does."""

    id: UUID | None = None
    name: str = ""
    from_minor: int = 0
    to_minor: int | None = None
    """No longer below it; None: no upper end."""
    tiers: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    """Names of regions, or ISO codes of countries."""
    families: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = ()

    def holds(self, facts: DealFacts) -> bool:
        return (
            self._holds_value(facts.minor)
            and (not self.tiers or facts.tier in self.tiers)
            and (not self.regions or any(_within(facts.country, name) for name in self.regions))
            and (not self.families or str(facts.family_id) in self.families)
            and (not self.kinds or facts.kind in self.kinds)
        )

    def _holds_value(self, minor: int | None) -> bool:
        if minor is None:  # an unknown value is treated as the largest
            return self.to_minor is None
        return self.from_minor <= minor and (self.to_minor is None or minor < self.to_minor)


def first_that_holds(rules: Iterable[Rule], facts: DealFacts) -> Rule | None:
    return next((rule for rule in rules if rule.holds(facts)), None)


def _within(country: str, name: str) -> bool:
    return country == name or country in REGIONS.get(name, ())


@dataclass(frozen=True)
class Span:
    """Amounts that no rule holds although rules hold below and above them."""

    from_minor: int
    to_minor: int
    facts: DealFacts
    """An example."""


ELSE = "\0"
"""Stands for whatever no rule names."""


def gaps(rules: Sequence[Rule]) -> list[Span]:
    """Amounts between two rules for which nobody has written one; one example of each."""
    found: dict[tuple[int, int], Span] = {}
    edges = sorted({0, *(edge for rule in rules for edge in _edges(rule))})
    spans = list(zip(edges, [*edges[1:], None], strict=True))
    for example in _examples(rules):
        held = [first_that_holds(rules, _worth(example, low)) is not None for low, _high in spans]
        for at, (low, high) in enumerate(spans):
            if not held[at] and any(held[:at]) and any(held[at + 1 :]):
                assert high is not None
                found.setdefault((low, high), Span(low, high, _worth(example, low)))
    return list(found.values())


def never_reached(rules: Sequence[Rule]) -> list[Rule]:
    """Rules that always lose to one above them."""
    edges = sorted({0, *(edge for rule in rules for edge in _edges(rule))})
    won = {
        first_that_holds(rules, _worth(example, low))
        for example in _examples(rules)
        for low in edges
    }
    return [rule for rule in rules if rule not in won]


def _edges(rule: Rule) -> list[int]:
    return [rule.from_minor] + ([rule.to_minor] if rule.to_minor is not None else [])


def _examples(rules: Sequence[Rule]) -> Iterable[DealFacts]:
    """A deal of every sort that the rules tell apart."""
    named = [
        sorted({ELSE, *(name for rule in rules for name in getattr(rule, part))})
        for part in ("tiers", "families", "kinds")
    ]
    countries = sorted({ELSE, *(_country(name) for rule in rules for name in rule.regions)})
    for tier, family, kind, country in product(*named, countries):
        family_id = UUID(family) if family != ELSE else None
        yield DealFacts(minor=0, tier=tier, country=country, family_id=family_id, kind=kind)


def _country(name: str) -> str:
    return min(REGIONS[name]) if name in REGIONS else name


def _worth(facts: DealFacts, minor: int) -> DealFacts:
    return DealFacts(
        minor=minor, tier=facts.tier, country=facts.country, family_id=facts.family_id,
        kind=facts.kind,
    )  # fmt: skip
