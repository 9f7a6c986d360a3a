"""Countries, their subdivisions and their postal codes, as territories compare them.  Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache

import pycountry

from models.customers import country_code

RETIRED_SUBDIVISIONS = {
    "AU-ACTT": "AU-ACT",
    "CA-NF": "CA-NL",
    "CA-PQ": "CA-QC",
    "CN-11": "CN-BJ",
    "CN-12": "CN-TJ",
    "CN-31": "CN-SH",
    "CN-32": "CN-JS",
    "CN-33": "CN-ZJ",
    "CN-44": "CN-GD",
    "CN-50": "CN-CQ",
    "CZ-JC": "CZ-31",
    "CZ-JM": "CZ-64",
    "CZ-PR": "CZ-10",
    "CZ-ST": "CZ-20",
    "FR-75": "FR-75C",
    "FR-A": "FR-GES",
    "FR-B": "FR-NAQ",
    "FR-C": "FR-ARA",
    "FR-COR": "FR-20R",
    "FR-D": "FR-BFC",
    "FR-E": "FR-BRE",
    "FR-F": "FR-CVL",
    "FR-G": "FR-GES",
    "FR-H": "FR-20R",
    "FR-I": "FR-BFC",
    "FR-J": "FR-IDF",
    "FR-K": "FR-OCC",
    "FR-L": "FR-NAQ",
    "FR-M": "FR-GES",
    "FR-N": "FR-OCC",
    "FR-O": "FR-HDF",
    "FR-P": "FR-NOR",
    "FR-Q": "FR-NOR",
    "FR-R": "FR-PDL",
    "FR-S": "FR-HDF",
    "FR-T": "FR-NAQ",
    "FR-U": "FR-PAC",
    "FR-V": "FR-ARA",
    "IN-CT": "IN-CG",
    "IN-OR": "IN-OD",
    "IN-TG": "IN-TS",
    "IN-UL": "IN-UK",
    "IN-UT": "IN-UK",
    "MX-DIF": "MX-CMX",
    "NO-02": "NO-30",
    "NO-12": "NO-46",
    "NO-14": "NO-46",
    "NO-16": "NO-50",
    "NO-17": "NO-50",
    "PL-DS": "PL-02",
    "PL-MA": "PL-12",
    "PL-MZ": "PL-14",
    "PL-PM": "PL-22",
    "PL-SL": "PL-24",
    "PL-WP": "PL-30",
    "ZA-GT": "ZA-GP",
    "ZA-NL": "ZA-KZN",
}
"""ISO 3166-2 codes that people and old files still use, and what they became."""

_RANGE = re.compile(r"([0-9A-Z]+)-([0-9A-Z]+)")
_NOT_ALNUM = re.compile(r"[^0-9A-Z]")


def known_country(text: str | None) -> str | None:
    """The alpha-2 code of a country given by code or by name; None when there is none such."""
    code = country_code(text)
    if not code:
        return None
    if len(code) == 2:
        return code if pycountry.countries.get(alpha_2=code) else None
    try:
        return pycountry.countries.lookup(code).alpha_2
    except LookupError:
        return None


@lru_cache(maxsize=8192)
def subdivision_code(text: str | None, country: str | None = None) -> str | None:
    """The current ISO 3166-2 code: "us-ca" and ("CA", "US") are US-CA, FR-75 is FR-75C."""
    code = (text or "").strip().upper()
    if not code:
        return None
    if "-" not in code and country:
        code = f"{country_code(country)}-{code}"
    return RETIRED_SUBDIVISIONS.get(code, code)


@lru_cache(maxsize=8192)
def with_its_wider_ones(subdivision: str) -> tuple[str, ...]:
    """The subdivision and those it lies in, smallest first: FR-75C, FR-IDF."""
    chain, found = [subdivision], pycountry.subdivisions.get(code=subdivision)
    while found and found.parent_code and found.parent_code not in chain:
        chain.append(found.parent_code)
        found = pycountry.subdivisions.get(code=found.parent_code)
    return tuple(chain)


def widest(subdivision: str) -> str:
    """The one that it lies in and that lies in no other: FR-75C lies in FR-IDF."""
    return with_its_wider_ones(subdivision)[-1]


def is_known_subdivision(code: str) -> bool:
    return pycountry.subdivisions.get(code=code) is not None


@lru_cache(maxsize=512)
def country_name(code: str | None) -> str:
    """As people say it: United States, Taiwan."""
    found = pycountry.countries.get(alpha_2=code) if code else None
    if found is None:
        return code or ""
    return getattr(found, "common_name", found.name)


@lru_cache(maxsize=8192)
def subdivision_name(code: str | None) -> str:
    found = pycountry.subdivisions.get(code=code) if code else None
    return found.name if found else code or ""


def postal_code(text: str | None, country: str | None) -> str:
    """Upper-case letters and digits only, never a number; a US ZIP+4 is cut to five digits."""
    code = text or ""
    if not (code.isascii() and code.isdigit()):  # most are digits, and need no looking at
        code = _NOT_ALNUM.sub("", code.upper())
    return code[:5] if country == "US" else code


@dataclass(frozen=True, slots=True)
class PostalPattern:
    """One postal code ("94103"), all that start alike ("941*"), or a range ("80-81")."""

    low: str
    high: str
    is_exact: bool

    @classmethod
    def read(cls, text: str, country: str | None) -> "PostalPattern":
        """Raises ValueError when it is none of the three."""
        value = "".join(text.upper().split())
        if value.endswith("*"):
            prefix = _NOT_ALNUM.sub("", value)
            return cls(_filled(prefix, text), prefix, is_exact=False)
        found = _RANGE.fullmatch(value)
        if found and len(found[1]) == len(found[2]):
            if found[1] > found[2]:
                raise ValueError(f"{text} ends before it starts: write the lower code first.")
            return cls(found[1], found[2], is_exact=False)
        code = postal_code(value, country)
        return cls(_filled(code, text), code, is_exact=True)

    @classmethod
    @lru_cache(maxsize=4096)
    def known(cls, text: str, country: str | None) -> "PostalPattern":
        """The same for a pattern that is asked again and again, such as one that is cut out."""
        return cls.read(text, country)

    @property
    def fineness(self) -> tuple[int, int]:
        """Exact codes before all others, then whoever fixes more letters."""
        return (1 if self.is_exact else 0, len(self.low))

    def holds(self, code: str) -> bool:
        if self.is_exact:
            return code == self.low
        head = code[: len(self.low)]
        return len(head) == len(self.low) and self.low <= head <= self.high

    def __str__(self) -> str:
        if self.is_exact:
            return self.low
        return f"{self.low}*" if self.low == self.high else f"{self.low}-{self.high}"


def _filled(code: str, text: str) -> str:
    if not code:
        raise ValueError(f"“{text}” is no postal code: write 94103, 941* or 80-81.")
    return code
