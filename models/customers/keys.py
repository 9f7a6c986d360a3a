"""The keys under which a customer is kept, so that its look-alikes are found without a scan.

Whoever is the same or to be reviewed by `rules.compare` shares at least one key: a strong id,
the domain, the sorted words of the name, its initials, a word together with the postal code,
or two stretches of the name.  The name without blanks is cut into two stretches more than the
number of typing errors that leave it similar, so two of them are untouched, and two together
are rare even where each is in a thousand names.  The searcher looks for each two a little to
the left and right of their places and in names a little longer or shorter, because what was
typed too much or too little moves the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations, pairwise

from models.customers.rules import WORDS_EVERYBODY_SHARES, Company, shared_words

SHORTEST_INITIALS = 3
LONGEST_INITIALS = 10
SHORT_NAME = 8
"""Below this length only one typing error leaves two names similar."""
LONG_NAME = 20
"""From this length on three or more do."""
LETTERS = 31
"""How many are told apart; of other alphabets some share a bit."""
DIFFERENCE_OF_LENGTHS = 0.28
"""By how much of itself a name may be longer than a similar one: 2 (1 / 0.88 - 1), and a bit."""
MOVES = {
    -2: ((0, 0), (0, -1), (0, -2), (-1, -1), (-1, -2), (-2, -2), (1, 1)),
    -1: ((0, 0), (0, -1), (-1, -1), (1, 1)),
    0: ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, -1)),
    1: ((0, 0), (0, 1), (1, 1), (-1, -1)),
    2: ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2), (-1, -1)),
}
"""How far two stretches can have moved when so many letters were typed too much, or too few."""


def kept_under(company: Company) -> set[int]:
    """The keys to keep with a customer."""
    return {_number(each) for each in (*_certain(company, kept=True), *_stretches(company))}


def letters_of(core: str) -> int:
    """31 bits: which letters the name has an odd number of times.

    Two names differ in no more bits than letters must be put in or taken out to make one the other.
    """
    bits = 0
    for letter in core.replace(" ", ""):
        bits ^= 1 << (ord(letter) % LETTERS)
    return bits


def certain_keys(company: Company) -> list[int]:
    """The keys to look under first: few customers share them."""
    return sorted({_number(each) for each in _certain(company, kept=False)})


def stretch_keys(company: Company) -> list[int]:
    """The further keys to look under: stretches of the name, moved a little."""
    return sorted({_number(each) for each in _moved_stretches(company)})


def _certain(company: Company, *, kept: bool) -> Iterator[str]:
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
    long, short = ("long", "short") if kept else ("short", "long")
    for letters in _initials(words):
        yield f"{long}:{company.country}:{letters}"
    if SHORTEST_INITIALS <= len(joined := "".join(words)) <= LONGEST_INITIALS:
        yield f"{short}:{company.country}:{joined}"


def _initials(words: list[str]) -> set[str]:
    """Those that a name may be shortened to.  Short names look for long ones, long for short."""
    significant = [word for word in words if word not in WORDS_EVERYBODY_SHARES]
    found = {"".join(word[0] for word in each) for each in (words, significant)}
    return {each for each in found if SHORTEST_INITIALS <= len(each) <= LONGEST_INITIALS}


def _stretches(company: Company) -> Iterator[str]:
    for text in _spellings(company):
        for one, other in combinations(_cuts(len(text)), 2):
            yield _two(company, len(text), one, other, text[slice(*one)], text[slice(*other)])


def _moved_stretches(company: Company) -> Iterator[str]:
    for text in _spellings(company):
        size = len(text)
        for more, moves in MOVES.items():
            for one, other in combinations(_cuts(size - more), 2):
                for first, second in moves:
                    yield from _looked_for(company, text, size - more, (one, other), first, second)
        yield from _without_a_word(company, text)


def _without_a_word(company: Company, text: str) -> Iterator[str]:
    """What names begin and end with that are similar although a short word is there or not."""
    most = int(len(company.core) * DIFFERENCE_OF_LENGTHS)
    for more in (*range(-most, -2), *range(3, most + 1)):
        size = len(text) - more
        cuts = _cuts(size)
        yield from _looked_for(company, text, size, (cuts[0], cuts[1]), 0, 0)
        yield from _looked_for(company, text, size, (cuts[0], cuts[-1]), 0, more)
        yield from _looked_for(company, text, size, (cuts[-2], cuts[-1]), more, more)
        for moved in (-1, 1):  # and a letter before them
            yield from _looked_for(company, text, size, (cuts[1], cuts[2]), moved, moved)


Cut = tuple[int, int]


def _looked_for(
    company: Company, text: str, size: int, cuts: tuple[Cut, Cut], first: int, second: int
) -> Iterator[str]:
    """The key of a name of that size that has at these cuts what stands here, moved so far."""
    one, other = cuts
    start, end = one[0] + first, other[1] + second
    if start >= 0 and end <= len(text) and one[1] + first <= other[0] + second:
        here, there = text[start : one[1] + first], text[other[0] + second : end]
        yield _two(company, size, one, other, here, there)


def _two(company: Company, size: int, one: Cut, other: Cut, here: str, there: str) -> str:
    return f"{company.country}:{size}:{one[0]}:{other[0]}:{here}:{there}"


def _spellings(company: Company) -> set[str]:
    """The name without blanks: as it stands, and with its words sorted."""
    words = company.core.split()
    return {"".join(words), "".join(sorted(words))} - {""}


@lru_cache(maxsize=512)
def _cuts(size: int) -> tuple[Cut, ...]:
    """Where a name of this size is cut: two stretches more than the errors it may have."""
    parts = 3 if size < SHORT_NAME else 4 if size < LONG_NAME else 5
    return tuple(pairwise([max(size, 0) * part // parts for part in range(parts + 1)]))


def _number(text: str) -> int:
    """A signed 64-bit number that is the same in every process and on every machine."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
