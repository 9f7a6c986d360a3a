"""The terms of a claim: where, what, for whom, how long, how much.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from models import territories
from models.customers import industry_fault
from models.territories import (
    Area,
    AreaKind,
    Qualifiers,
    Rule,
    TerritoryStatus,
    area_fault,
    lines,
)

MOST_PLACES = 500
LONGEST = timedelta(days=5 * 366)
SEPARATORS = re.compile(r"[\s,;|]+")
KINDS = (AreaKind.COUNTRY, AreaKind.SUBDIVISION, AreaKind.POSTAL)
"""What a partner may claim; regions and named accounts are for the vendor to draw."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    places: tuple[Area, ...] = ()
    cut_out: tuple[Area, ...] = ()
    products: tuple[str, ...] = ()
    """Codes of product families, lower case; empty: all."""
    naics: tuple[str, ...] = ()
    employees_from: int | None = None
    employees_to: int | None = None
    is_exclusive: bool = False
    from_on: date | None = None
    to_on: date | None = None
    """The first day on which it no longer holds."""
    minimum_minor: int = 0
    """Committed in each quarter, in the partner's currency."""

    @property
    def spans(self) -> list[lines.Span]:
        return lines.places(self.places, self.cut_out)

    @property
    def parts(self) -> int:
        """Into how many stretches it falls where it is held alone."""
        band = (self.employees_from, self.employees_to)
        return sum(1 for _ in territories.stretches(self.spans, self.products, self.naics, band))

    def rule(self, *, key: Any, name: str, owner: Any, parent: Any = None) -> Rule:
        """As a territory that is drawn, to simulate it."""
        has_band = self.employees_from is not None or self.employees_to is not None
        return Rule(
            id=key,
            name=name,
            areas=self.places,
            excluded=self.cut_out,
            qualifiers=Qualifiers(
                products=frozenset(self.products),
                naics=self.naics,
                employees=(self.employees_from, self.employees_to) if has_band else None,
            ),
            owner=owner,
            is_exclusive=self.is_exclusive,
            parent=parent,
            status=TerritoryStatus.ACTIVE,
        )

    def is_within(self, asked: Terms) -> bool:
        """Whether it gives nothing that was not asked, and asks no more in return."""
        return (
            not lines.without(self.spans, asked.spans)
            and _among(self.products, asked.products)
            and not lines.without(lines.industries(self.naics), lines.industries(asked.naics))
            and _inside(self._size, asked._size)
            and self.is_exclusive <= asked.is_exclusive
            and self._days_within(asked)
            and self.minimum_minor <= asked.minimum_minor
        )

    @property
    def _size(self) -> lines.Span:
        return lines.size(self.employees_from, self.employees_to)

    def _days_within(self, asked: Terms) -> bool:
        assert self.from_on and self.to_on and asked.from_on and asked.to_on
        return asked.from_on <= self.from_on and self.to_on <= asked.to_on

    def faults(self, *, today: date) -> list[str]:
        """What must be mended before it can be decided, in sentences."""
        found = [fault for area in (*self.places, *self.cut_out) if (fault := area_fault(area))]
        found += [fault for code in self.naics if (fault := industry_fault(code))]
        if not self.places:
            found.append("Say at least one place: a country, a state or postal codes.")
        elif not self.spans:
            found.append("Nothing is left of the area: take back some of what is cut out.")
        if any(area.kind not in KINDS for area in (*self.places, *self.cut_out)):
            found.append("Claim countries, states and postal codes only.")
        low, high = self.employees_from, self.employees_to
        if low is not None and high is not None and high < low:
            found.append("The largest number of employees is below the smallest.")
        return found + self._faults_of_days(today)

    def _faults_of_days(self, today: date) -> list[str]:
        if not self.from_on or not self.to_on:
            return ["Say from which day until which day."]
        if self.from_on < today:
            return [f"It cannot begin before today, {today:%-d %B %Y}."]
        if self.to_on <= self.from_on:
            return ["It ends before it begins: choose a later end."]
        if self.to_on - self.from_on > LONGEST:
            return ["Claim at most five years at a time; what goes well is renewed."]
        return []


def read_places(text: str, country: str) -> tuple[list[Area], list[str]]:
    """Places from a pasted list, and what could not be read, in sentences.

    Postal codes (94103, 941*, 80-81) are of `country`; states (US-WA) and countries (DE) say
    themselves what they are.
    """
    found: dict[Area, None] = {}
    faults: list[str] = []
    for word in filter(None, SEPARATORS.split(text.strip())):
        try:
            area = _place(word.upper(), country)
        except ValueError as error:
            faults.append(str(error))
            continue
        if fault := area_fault(area):
            faults.append(fault)
        else:
            found[area] = None
    return list(found), faults


SUBDIVISION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
COUNTRY = re.compile(r"[A-Z]{2}")


def _place(word: str, country: str) -> Area:
    if SUBDIVISION.fullmatch(word):
        return Area.read(AreaKind.SUBDIVISION, word)
    if COUNTRY.fullmatch(word):
        return Area.read(AreaKind.COUNTRY, word)
    return Area.read(AreaKind.POSTAL, word, country)


def written(areas: Iterable[Area]) -> list[list[str]]:
    """As JSON keeps them."""
    return [[area.kind.value, area.value, area.country or ""] for area in areas]


def unwritten(rows: Iterable[Iterable[str]]) -> tuple[Area, ...]:
    return tuple(Area(AreaKind(kind), value, country or None) for kind, value, country in rows)


def _among(codes: tuple[str, ...], asked: tuple[str, ...]) -> bool:
    """None named means all of them."""
    return not asked or (bool(codes) and set(codes) <= set(asked))


def _inside(inner: lines.Span, outer: lines.Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What a partner writes about its claim beside the terms."""

    name: str = ""
    plan: str = ""
    terms: Terms = field(default_factory=Terms)
