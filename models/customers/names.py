"""The core of a company's name: what is left when form, country and spelling are put aside."""

import re
import unicodedata
from functools import lru_cache

from models.customers.legal_forms import (
    ATTACHED,
    BRACKETED,
    COUNTRIES,
    FRONT,
    LINKS,
    LONGEST,
    NEEDS_ITS_COUNTRY,
    SUFFIXES,
)

LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)
ACCENTS = re.compile(r"[\u0300-\u036f]")
INITIALS = re.compile(r"(?<![^\W_])(?:[^\W\d_][./]\s?){1,}[^\W\d_]?(?![^\W_])")
NOT_A_WORD = re.compile(r"[^\w]|_")
AND = {"et", "und", "y", "and"}


@lru_cache(maxsize=65_536)
def core_name(name: str) -> str:
    """The name as companies are told apart by it.

    Never empty for a name that holds anything: "The Limited LLC" is "limited".
    """
    found = words(name)
    if not found:
        return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    if found[0] == "the" and len(found) > 1:
        found = found[1:]
    return " ".join(_without_ends(_without_front(found)))


def words(name: str) -> tuple[str, ...]:
    """The words of a name, casefolded, without accents, dots and other signs."""
    text = unicodedata.normalize("NFKC", name).casefold()
    for short, full in BRACKETED.items():
        text = text.replace(short, f" {full} ")
    for form in ATTACHED:
        text = _detached(text, form)
    text = _plain(text).replace("&", " and ").replace("+", " and ")
    text = INITIALS.sub(_joined, text)
    found = "".join(letter if _in_a_word(letter) else " " for letter in text).split()
    return tuple("and" if i and word in AND else word for i, word in enumerate(found))


def _plain(text: str) -> str:
    """Latin, Greek and Cyrillic letters without accents; other scripts keep their marks."""
    bare = ACCENTS.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", bare).translate(LETTERS)


def _joined(initials: re.Match[str]) -> str:
    return f"{re.sub(r'[./ ]', '', initials[0])} "


def _in_a_word(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LNM"


def _detached(text: str, form: str) -> str:
    """株式会社アクメ and アクメ株式会社 are both アクメ; a name that is only the form stays."""
    stripped = text.strip(" .,()「」")
    if stripped == form:
        return text
    return stripped.removeprefix(form).removesuffix(form) if form in stripped else text


def _without_front(found: tuple[str, ...]) -> tuple[str, ...]:
    for length in range(min(LONGEST, len(found) - 1), 0, -1):
        if found[:length] in FRONT:
            return found[length:]
    return found


def _without_ends(found: tuple[str, ...]) -> tuple[str, ...]:
    while shorter := _one_end_less(found):
        found = shorter
    return found


def _one_end_less(found: tuple[str, ...]) -> tuple[str, ...]:
    """Without the longest form or country at the end; nothing when there is none to drop."""
    for length in range(min(LONGEST, len(found) - 1), 0, -1):
        rest, end = found[:-length], found[-length:]
        if end in SUFFIXES or (end in COUNTRIES and not _belongs(rest)):
            return rest[:-1] if len(rest) > 1 and rest[-1] == "and" else rest
    return ()


def _belongs(rest: tuple[str, ...]) -> bool:
    """Whether a country after these words is part of the name."""
    return rest[-1] in LINKS or set(rest) <= NEEDS_ITS_COUNTRY
