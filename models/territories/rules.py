"""What a territory is, and whether it holds for a deal.  Pure: no session, no clock."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from models.customers import country_code, registrable_domain
from models.territories.places import (
    PostalPattern,
    postal_code,
    subdivision_code,
    with_its_wider_ones,
)
from models.territories.regions import REGIONS


class AreaKind(StrEnum):
    ACCOUNT = "account"
    POSTAL = "postal"
    SUBDIVISION = "subdivision"
    COUNTRY = "country"
    REGION = "region"
    GLOBAL = "global"


LEVEL = {
    AreaKind.ACCOUNT: 6,
    AreaKind.POSTAL: 5,
    AreaKind.SUBDIVISION: 4,
    AreaKind.COUNTRY: 3,
    AreaKind.REGION: 2,
    AreaKind.GLOBAL: 1,
}


class TerritoryStatus(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    ACTIVE = "active"
    ENDED = "ended"


class ExclusivePolicy(StrEnum):
    """What happens when somebody else registers inside an exclusive territory."""

    REVIEW = "review"
    REJECT = "reject"

    @property
    def words(self) -> str:
        return {"reject": "It is not registered"}.get(self, "A channel manager decides")


PLAIN_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*")
"""A web address of which only the dots need looking at."""

Key = Any
"""Of a territory, partner or person: a UUID, or a name in a file that is tried."""
Fineness = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of the deal (or lead, or order) that is to be routed."""

    on: date | None = None
    """The day for which it is asked; whoever resolves or routes must say it."""
    country: str | None = None
    subdivision: str | None = None
    postal: str | None = None
    domain: str | None = None
    account: str | None = None
    """The customer's key, where the customer is known; in files, any name of the account."""
    naics: str | None = None
    product: str | None = None
    """Code of the product family."""
    employees: int | None = None
    partner: Key | None = None
    """None for a lead that nobody registered."""
    partner_role: str | None = None
    came_unasked: bool = False
    """The customer turned to the partner by itself (a passive sale)."""

    def settled(self, accounts: Container[str] | None = None) -> Facts:
        """The same facts, spelled as areas are: current codes, postal code as text.

        accounts: all names that any territory asks for; a domain that is none of them is left
        out, which saves looking up who may register below which suffix.
        """
        subdivision = subdivision_code(self.subdivision, self.country)
        country = _country(self.country) or (subdivision.split("-")[0] if subdivision else None)
        settled = object.__new__(Facts)  # a million of them are made, and __init__ takes long
        settled.__dict__.update(self.__dict__)
        settled.__dict__.update(
            country=country,
            subdivision=subdivision,
            postal=postal_code(self.postal, country) or None if self.postal else None,
            domain=_domain(self.domain, accounts) if self.domain else None,
            account=self.account.casefold() if self.account else None,
            product=self.product.casefold() if self.product else None,
        )
        return settled


@lru_cache(maxsize=1024)
def _country(text: str | None) -> str | None:
    return country_code(text)


def _domain(address: str, accounts: Container[str] | None) -> str | None:
    if accounts is not None and PLAIN_HOST.fullmatch(address):
        tail, dot = address, "."
        while dot and tail not in accounts:
            _, dot, tail = tail.partition(".")
        if not dot:
            return None
    return registrable_domain(address)


@dataclass(frozen=True, slots=True)
class Area:
    """One row of geography.  `Area.read` makes one from what people write."""

    kind: AreaKind
    value: str = ""
    country: str | None = None
    """Only for postal codes: 94103 in France is not San Francisco."""
    customer: Key | None = None
    """Only for named accounts: the customer that is meant, where it is known."""

    @classmethod
    def read(cls, kind: str, value: str | None = None, country: str | None = None) -> Area:
        """Raises ValueError, fit to show, when the value does not suit the kind."""
        kind, text, home = AreaKind(kind), (value or "").strip(), country_code(country)
        if kind is AreaKind.GLOBAL:
            return cls(kind)
        if not text:
            raise ValueError(f"Say which {kind} is meant.")
        if kind is AreaKind.POSTAL:
            if home is None:
                raise ValueError(f"Say in which country the postal code {text} is.")
            return cls(kind, str(PostalPattern.read(text, home)), home)
        if kind is AreaKind.ACCOUNT:
            return cls(kind, registrable_domain(text) or text.casefold())
        if kind is AreaKind.SUBDIVISION:
            return cls(kind, subdivision_code(text, home) or "")
        return cls(kind, (country_code(text) if kind is AreaKind.COUNTRY else text.upper()) or "")

    @property
    def spelled(self) -> tuple[str, str]:
        """By which areas are put in order, where nothing that matters does."""
        return self.value, str(self.customer or "")

    def fineness_for(self, facts: Facts) -> Fineness | None:
        """How finely it holds for settled facts; None when it does not hold."""
        match self.kind:
            case AreaKind.GLOBAL:
                return (0,)
            case AreaKind.COUNTRY:
                return (0,) if facts.country == self.value else None
            case AreaKind.ACCOUNT:
                names = (facts.account, facts.domain)
                is_meant = self.value in names or (self.customer and str(self.customer) in names)
                return (0,) if is_meant else None
            case AreaKind.REGION:
                countries = REGIONS.get(self.value, frozenset())
                return (-len(countries),) if facts.country in countries else None
            case AreaKind.SUBDIVISION:
                chain = with_its_wider_ones(facts.subdivision) if facts.subdivision else ()
                return (-chain.index(self.value),) if self.value in chain else None
            case AreaKind.POSTAL:
                if facts.country != self.country or not facts.postal:
                    return None
                pattern = PostalPattern.known(self.value, self.country)
                return pattern.fineness if pattern.holds(facts.postal) else None


@dataclass(frozen=True, slots=True)
class Qualifiers:
    """What must be true besides the place.  Empty means: not asked."""

    products: frozenset[str] = frozenset()
    naics: tuple[str, ...] = ()
    """Prefixes of NAICS 2022, or its ranges such as "31-33"."""
    employees: tuple[int | None, int | None] | None = None
    """From and to, both inclusive; None is open."""
    partner_roles: frozenset[str] = frozenset()

    def unmet(self, facts: Facts) -> str | None:
        """The first that does not hold, in words.  An unknown fact never holds."""
        if self.products and facts.product not in self.products:
            return "product family"
        if self.naics and not self.naics_length(facts):
            return "industry"
        if self.employees and not _within(facts.employees, self.employees):
            return "number of employees"
        if self.partner_roles and facts.partner_role not in self.partner_roles:
            return "partner's role"
        return None

    @property
    def count(self) -> int:
        return sum(map(bool, (self.products, self.naics, self.employees, self.partner_roles)))

    def naics_length(self, facts: Facts) -> int:
        """Digits of the longest prefix that the industry starts with; 0 when none."""
        return max((naics_match(prefix, facts.naics) for prefix in self.naics), default=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A territory as resolution sees it."""

    id: Key
    name: str
    areas: tuple[Area, ...] = ()
    excluded: tuple[Area, ...] = ()
    qualifiers: Qualifiers = Qualifiers()
    owner: Key | None = None
    """The partner it belongs to; None when nobody's."""
    is_exclusive: bool = False
    channel_manager: Key | None = None
    """None: the nearest ancestor's."""
    sales_manager: Key | None = None
    parent: Key | None = None
    status: TerritoryStatus = TerritoryStatus.ACTIVE
    from_on: date | None = None
    """First day; None: always was."""
    to_on: date | None = None
    """First day on which it no longer holds; None: no end."""
    priority: int = 0
    succeeded_by: Key | None = None
    """The territory that took this one's place when it ended."""

    @property
    def always_fits(self) -> bool:
        """Whether nothing but its area matters: no dates, no exclusions, nothing asked."""
        return self.status is TerritoryStatus.ACTIVE and not (
            self.from_on or self.to_on or self.excluded or self.qualifiers.count
        )

    def holds_on(self, day: date) -> bool:
        """Whether it holds anything on that day."""
        begun = self.from_on is None or self.from_on <= day
        goes_on = self.to_on is None or day < self.to_on
        return self.status is TerritoryStatus.ACTIVE and begun and goes_on

    def unfit(self, facts: Facts) -> str | None:
        """Why it is out although its area holds, in words; None when it holds."""
        assert facts.on is not None, "say for which day"
        if self.status is not TerritoryStatus.ACTIVE:
            return f"it is {self.status}"
        if self.from_on and facts.on < self.from_on:
            return f"it starts on {self.from_on:%-d %B %Y}"
        if self.to_on and facts.on >= self.to_on:
            return f"it ended before {self.to_on:%-d %B %Y}"
        if self.excluded and any(area.fineness_for(facts) is not None for area in self.excluded):
            return "the place is excluded"
        if unmet := self.qualifiers.unmet(facts):
            return f"its {unmet} does not hold"
        return None


def naics_match(prefix: str, industry: str | None) -> int:
    """How many digits of the industry's code the prefix fixes; 0 when it does not hold."""
    if not industry:
        return 0
    if "-" in prefix:
        low, high = prefix.split("-", 1)
        return 2 if industry == prefix or low <= industry[:2] <= high else 0
    return len(prefix) if industry.startswith(prefix) else 0


def _within(size: int | None, band: tuple[int | None, int | None]) -> bool:
    low, high = band
    if size is None:
        return False
    return (low is None or size >= low) and (high is None or size <= high)
