"""The keys under which a customer is kept, so that its look-alikes are found without a scan.

Whoever is the same or to be reviewed by `rules.compare` shares at least one key: a strong id,
the domain, the sorted words of the name, its initials, a word together with the postal code,
or a stretch of the name.  The name without blanks is cut into more stretches than the number
of typing errors that leave it similar, so one stretch is untouched; the searcher looks for
each stretch a little to the left and right of its place and in names a little longer or
shorter, because what was typed too much or too little moves the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from itertools import pairwise

from models.customers.rules import WORDS_EVERYBODY_SHARES, Company, shared_words

SHORTEST_INITIALS = 3
LONGEST_INITIALS = 10
SHORT_NAME = 7
"""Below this length only one typing error leaves two names similar."""
DIFFERENCE_OF_LENGTHS = 0.28
"""By how much of itself a name may be longer than a similar one: 2 (1 / 0.88 - 1), and a bit."""
LONG_NAME = 20
"""From this length on three or more do."""


def kept_under(company: Company) -> set[int]:
    """The keys to keep with a customer."""
    return {_number(each) for each in (*_certain(company), *_stretches(company))}


def certain_keys(company: Company) -> list[int]:
    """The keys to look under first: few customers share them."""
    return sorted({_number(each) for each in _certain(company)})


def stretch_keys(company: Company) -> list[int]:
    """The further keys to look under: stretches of the name, moved a little."""
    return sorted({_number(each) for each in _moved_stretches(company)})


def _certain(company: Company) -> Iterator[str]:
    for kind, number in company.ids.items():
        if number:
            yield f"{kind}:{number}"
    if company.domain:
        yield f"domain:{company.domain}"
    words = company.core.split()
    if not words:
        return
    yield f"words:{' '.join(sorted(words))}"
    yield f"joined:{''.join(words)}"
    if company.postal:
        for word in shared_words(company.core, company.core):
            yield f"place:{company.country}:{company.postal}:{word}"
    yield from (f"initials:{company.country}:{letters}" for letters in _initials(words))


def _initials(words: list[str]) -> set[str]:
    """Those that the name may be shortened to, and the name itself when it may be some."""
    significant = [word for word in words if word not in WORDS_EVERYBODY_SHARES]
    found = {"".join(word[0] for word in each) for each in (words, significant)}
    found.add("".join(words))
    return {each for each in found if SHORTEST_INITIALS <= len(each) <= LONGEST_INITIALS}


def _stretches(company: Company) -> Iterator[str]:
    for text in _spellings(company):
        for place, (start, end) in enumerate(_cuts(len(text))):
            yield f"{company.country}:{len(text)}:{place}:{text[start:end]}"


def _moved_stretches(company: Company) -> Iterator[str]:
    for text in _spellings(company):
        yield from _outer_stretches(company, text)
        slack = _slack(len(text))
        for length in range(max(2, len(text) - slack), len(text) + slack + 1):
            for place, (start, end) in enumerate(_cuts(length)):
                for moved in range(max(0, start - slack), start + slack + 1):
                    if moved + end - start <= len(text):
                        stretch = text[moved : moved + end - start]
                        yield f"{company.country}:{length}:{place}:{stretch}"


def _outer_stretches(company: Company, text: str) -> Iterator[str]:
    """The first and the last stretch of names that a short word more or less leaves similar."""
    most = int(len(text) * DIFFERENCE_OF_LENGTHS)
    for length in range(max(2, len(text) - most), len(text) + most + 1):
        cuts = _cuts(length)
        first, last = cuts[0][1], cuts[-1][1] - cuts[-1][0]
        if max(first, last) <= len(text):
            yield f"{company.country}:{length}:0:{text[:first]}"
            yield f"{company.country}:{length}:{len(cuts) - 1}:{text[-last:]}"


def _spellings(company: Company) -> set[str]:
    """The name without blanks: as it stands, and with its words sorted."""
    words = company.core.split()
    return {"".join(words), "".join(sorted(words))} - {""}


def _slack(length: int) -> int:
    """How many letters longer or shorter a similar name is looked for."""
    return 1 if length < SHORT_NAME else 2


def _cuts(length: int) -> list[tuple[int, int]]:
    """Where a name of this length is cut: one stretch more than the errors it may have."""
    parts = 2 if length < SHORT_NAME else 3 if length < LONG_NAME else 4
    edges = [length * part // parts for part in range(parts + 1)]
    return list(pairwise(edges))


def _number(text: str) -> int:
    """A signed 64-bit number that is the same in every process and on every machine."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
