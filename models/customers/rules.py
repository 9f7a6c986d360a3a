"""When two companies are the same, perhaps the same, or different.  Pure and symmetric."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz import fuzz

from models.customers.identifiers import (
    are_two_leis,
    are_two_vats,
    country_code,
    registrable_domain,
    same_duns,
    same_lei,
    same_vat,
)
from models.customers.legal_forms import word_list
from models.customers.names import core_name

SIMILAR_FROM = 0.88
SHORTEST_SHARED_WORD = 3
WORDS_EVERYBODY_SHARES = frozenset(word_list("and the of for del der die das les von van"))


class Verdict(StrEnum):
    SAME = "same"
    REVIEW = "review"
    DIFFERENT = "different"


class CustomerKind(StrEnum):
    BUSINESS = "business"
    PUBLIC = "public"
    CONSUMER = "consumer"


@dataclass(frozen=True, kw_only=True)
class Company:
    """What is known of a company, in the form in which companies are compared."""

    core: str
    country: str | None = None
    domain: str | None = None
    postal: str | None = None
    lei: str | None = None
    vat: str | None = None
    duns: str | None = None

    @classmethod
    def known_as(
        cls,
        name: str,
        *,
        country: str | None = None,
        domain: str | None = None,
        postal: str | None = None,
        lei: str | None = None,
        vat: str | None = None,
        duns: str | None = None,
    ) -> "Company":
        """A company as somebody typed it: any case, accents, legal form, web or mail address."""
        return cls(
            core=core_name(name),
            country=country_code(country),
            domain=registrable_domain(domain),
            postal="".join((postal or "").upper().split()) or None,
            lei=same_lei(lei),
            vat=same_vat(vat, country),
            duns=same_duns(duns),
        )

    @property
    def ids(self) -> dict[str, str | None]:
        """Strongest first."""
        return {"lei": self.lei, "vat": self.vat, "duns": self.duns}


@dataclass(frozen=True)
class Finding:
    """The answer about two companies, and why."""

    verdict: Verdict
    reason: str
    score: float
    """How alike the names are, 0 to 1; 1 where an id or a domain decided."""

    fields: tuple[str, ...] = field(default=())
    """What both have in common, in the words of the form: name, domain, country …"""


def compare(a: Company, b: Company) -> Finding:
    """Whether a and b are one company.  compare(a, b) == compare(b, a)."""
    alike = fields_in_common(a, b)
    for rule in RULES:
        if answer := rule(a, b):
            verdict, reason, score = answer
            return Finding(verdict, reason, score, alike)
    return Finding(Verdict.DIFFERENT, "no_match", likeness(a.core, b.core), alike)


Answer = tuple[Verdict, str, float] | None


def by_strong_id(a: Company, b: Company) -> Answer:
    for kind, number in a.ids.items():
        if number and number == b.ids[kind]:
            return Verdict.SAME, f"same_{kind}", 1.0
    return None


def by_domain(a: Company, b: Company) -> Answer:
    if not a.domain or a.domain != b.domain:
        return None
    if in_other_countries(a, b):
        return Verdict.REVIEW, "same_domain_other_country", 1.0
    return Verdict.SAME, "same_domain", 1.0


def by_core_name(a: Company, b: Company) -> Answer:
    if not a.core or a.core != b.core:
        return None
    if in_other_countries(a, b):
        return Verdict.REVIEW, "same_name_other_country", 1.0
    if with_different_ids(a, b):
        return Verdict.REVIEW, "same_name_different_id", 1.0
    if a.domain and b.domain:
        return Verdict.REVIEW, "same_name_different_domain", 1.0
    return Verdict.SAME, "same_name", 1.0


def by_different_id(a: Company, b: Company) -> Answer:
    if with_different_ids(a, b):
        return Verdict.DIFFERENT, "different_id", likeness(a.core, b.core)
    return None


def by_resemblance(a: Company, b: Company) -> Answer:
    if in_other_countries(a, b):
        return None
    score = likeness(a.core, b.core)
    if score >= SIMILAR_FROM:
        return Verdict.REVIEW, "similar_name", score
    if is_acronym(a.core, b.core) or is_acronym(b.core, a.core):
        return Verdict.REVIEW, "acronym", score
    if a.postal and a.postal == b.postal and shared_words(a.core, b.core):
        return Verdict.REVIEW, "same_address_shared_word", score
    return None


RULES: tuple[Callable[[Company, Company], Answer], ...] = (
    by_strong_id,
    by_domain,
    by_core_name,
    by_different_id,
    by_resemblance,
)


def in_other_countries(a: Company, b: Company) -> bool:
    """Both countries are known and differ; an unknown country contradicts nothing."""
    return bool(a.country and b.country and a.country != b.country)


def with_different_ids(a: Company, b: Company) -> bool:
    return bool(
        (a.lei and b.lei and are_two_leis(a.lei, b.lei))
        or (a.vat and b.vat and are_two_vats(a.vat, b.vat))
        or (a.duns and b.duns and a.duns != b.duns)
    )


def likeness(a: str, b: str) -> float:
    """0 to 1: the best of the names as they stand, with words sorted, and without word breaks."""
    if not a or not b:
        return 0.0
    sorted_a, sorted_b = " ".join(sorted(a.split())), " ".join(sorted(b.split()))
    best = max(
        fuzz.ratio(a, b),
        fuzz.ratio(sorted_a, sorted_b),
        fuzz.ratio(a.replace(" ", ""), b.replace(" ", "")),
    )
    return round(best / 100, 4)


def is_acronym(short: str, long: str) -> bool:
    """IBM of International Business Machines: the first letters of three or more words."""
    initials = [word[0] for word in long.split()]
    significant = [word[0] for word in long.split() if word not in WORDS_EVERYBODY_SHARES]
    letters = short.replace(" ", "")
    return any(len(each) >= 3 and letters == "".join(each) for each in (initials, significant))


def shared_words(a: str, b: str) -> set[str]:
    """Words of weight that both names hold."""
    both = set(a.split()) & set(b.split())
    return {
        word
        for word in both
        if len(word) >= SHORTEST_SHARED_WORD and word not in WORDS_EVERYBODY_SHARES
    }


def fields_in_common(a: Company, b: Company) -> tuple[str, ...]:
    """What stands side by side and agrees, for the person who decides."""
    pairs = {
        "LEI": (a.lei, b.lei),
        "VAT number": (a.vat, b.vat),
        "DUNS number": (a.duns, b.duns),
        "Domain": (a.domain, b.domain),
        "Name": (a.core, b.core),
        "Country": (a.country, b.country),
        "Postal code": (a.postal, b.postal),
    }
    return tuple(name for name, (one, other) in pairs.items() if one and one == other)
