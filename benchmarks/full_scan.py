"""What a scan of every customer finds by the rules of matching: the measure of the keys.

Each name asked for is compared with every name of its country, in the three ways in which names
are alike, unless their lengths alone make them different.  What is near enough is judged by the
rules themselves; so are all with the same domain or the same core.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy
from rapidfuzz import fuzz, process
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.customers import Company, Customer, Verdict, compare

WAYS: tuple[Callable[[str], str], ...] = (
    lambda core: core,
    lambda core: " ".join(sorted(core.split())),
    lambda core: core.replace(" ", ""),
)
NEAR = 87.99
"""Of a hundred: the rules round to the fourth digit, and begin at 88."""
AT_ONCE = 20_000
"""Names beside all names asked for of one length: what fits into memory."""

Known = tuple[Any, Company]
"""Its id, and what is known of it."""


def everybody(session: Session) -> list[Known]:
    columns = (Customer.id, Customer.core_name, Customer.country, Customer.domain)
    return [
        (row.id, Company(core=row.core_name, country=row.country, domain=row.domain or None))
        for row in session.execute(select(*columns))
    ]


def alike(known: Sequence[Known], asked: Sequence[Company]) -> list[set[Any]]:
    """For each company asked for, all customers that are the same or to be reviewed."""
    found: list[set[Any]] = [set() for _ in asked]
    for place, other in {*_similar(known, asked), *_equal(known, asked)}:
        key, company = known[other]
        if compare(asked[place], company).verdict is not Verdict.DIFFERENT:
            found[place].add(key)
    return found


Pair = tuple[int, int]
"""The places of one that is asked for and of one that is known."""


def _equal(known: Sequence[Known], asked: Sequence[Company]) -> Iterator[Pair]:
    """Those of the same domain, or the same core in whatever country."""
    places: dict[str, list[int]] = defaultdict(list)
    for other, (_, company) in enumerate(known):
        places[f"name {company.core}"].append(other)
        places[f"domain {company.domain}"].append(other)
    for place, company in enumerate(asked):
        texts = [f"name {company.core}", *([f"domain {company.domain}"] if company.domain else [])]
        yield from ((place, other) for text in texts for other in places.get(text, ()))


def _similar(known: Sequence[Known], asked: Sequence[Company]) -> Iterator[Pair]:
    for way in WAYS:
        of_all = _by_size(way, (company for _, company in known))
        for (country, size), wanted in _by_size(way, asked).items():
            for (other, length), names in of_all.items():
                if other == country and 200 * min(size, length) >= NEAR * (size + length):
                    yield from _near(wanted, names)


Names = list[tuple[str, int]]


def _by_size(way: Callable[[str], str], all_of_them) -> dict[tuple[str | None, int], Names]:
    found: dict[tuple[str | None, int], Names] = defaultdict(list)
    for place, company in enumerate(all_of_them):
        if text := way(company.core):
            found[company.country, len(text)].append((text, place))
    return found


def _near(wanted: Names, names: Names) -> Iterator[Pair]:
    texts = [text for text, _ in wanted]
    for start in range(0, len(names), AT_ONCE):
        part = names[start : start + AT_ONCE]
        scores = process.cdist(
            texts, [text for text, _ in part],
            scorer=fuzz.ratio, score_cutoff=NEAR, dtype=numpy.float32,
        )  # fmt: skip
        for row, column in zip(*scores.nonzero(), strict=True):
            yield wanted[row][1], part[column][1]
