"""Whether a question goes on from those before it: the same customer, with letters added or mended.

Pure.  Compared with every question since the one that counted, so that no way leads from one
customer to another by small steps, or by going back and on.
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from models.customers import Company

SHORTEST_MENDED = 4
"""In fewer letters another letter is another name."""
SHORTEST_NAME_OF_A_SITE = 4
"""Fewer letters of a site's own name are in too many names to tell whose it is."""


def goes_on(earlier: Sequence[Company], asked: Company) -> bool:
    """Whether this is still the customer that all those were about; never when there is none."""
    if not earlier or any(asked.country != before.country for before in earlier):
        return False
    cores = [before.core for before in earlier if before.core]
    sites = [before.domain for before in earlier if before.domain]
    numbers = [before.vat for before in earlier if before.vat]
    return (
        _same_name(cores, asked.core, sites)
        and _same_site(sites, asked.domain or "", (*cores, asked.core))
        and _same_number(numbers, asked.vat or "")
    )


def is_typed_on(before: str, after: str) -> bool:
    """Whether one of two names is the other with letters added at the end, and one mended."""
    short, long = sorted((before, after), key=len)
    may_differ = min(1, len(short) // SHORTEST_MENDED)
    return any(
        OSA.distance(short, long[: len(short) + more]) <= may_differ
        for more in range(-may_differ, may_differ + 1)
    )


def _same_name(cores: Sequence[str], asked: str, sites: Sequence[str]) -> bool:
    if not asked:
        return True
    if cores:
        return all(is_typed_on(before, asked) for before in cores)
    return not sites or all(_is_named(site, asked) for site in sites)


def _same_site(sites: Sequence[str], asked: str, cores: Sequence[str]) -> bool:
    """A site that comes to a name is the same customer only where it is called so."""
    if not asked:
        return True
    if sites:
        return all(asked.startswith(site) for site in sites)
    return any(_is_named(asked, core) for core in cores)


def _same_number(numbers: Sequence[str], asked: str) -> bool:
    """A number says nothing of the name it belongs to: where none stood, it is a new question."""
    return not asked or (bool(numbers) and all(asked.startswith(number) for number in numbers))


def _is_named(site: str, core: str) -> bool:
    """alpine-ski.example is the site of Alpine Ski Supplies, and of Alpine."""
    own, joined = site.split(".", 1)[0].replace("-", ""), core.replace(" ", "")
    short, long = sorted((own, joined), key=len)
    return len(short) >= SHORTEST_NAME_OF_A_SITE and long.startswith(short)
