"""Passwords: which are good enough, and how they are kept and compared.

No composition rules: length is what counts, and not being what everybody guesses first.
They are kept as argon2id.  An unknown name costs the same work as a known one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.errors import Refused
from models.people import breached

SHORTEST = 15
"""For a password that stands alone."""

SHORTEST_BESIDE_A_FACTOR = 8

LONGEST = 200
OWN_PART = 8
"""So much must be left when the names that a stranger can guess are taken out."""

COMMON = Path(__file__).parent / "data" / "common_passwords.txt"

_at_once = BoundedSemaphore(4)
"""Each hash holds 64 MiB: a flood of sign-ins queues here instead of filling the memory."""

_hasher = PasswordHasher()
_breached: Path | None = None


def set_cost(*, rounds: int, memory_kib: int, lanes: int) -> None:
    """How much work a hash is.  Tests make it cheap; older hashes are renewed at sign-in."""
    global _hasher
    _hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=lanes)
    _of_nobody.cache_clear()


def also_refuse(known: Path | None) -> None:
    """Refuse what is in this file too; see `breached`.  None: the common ones alone."""
    global _breached
    _breached = known


def judge(password: str, *, names: Iterable[str] = (), has_factor: bool = False) -> None:
    """Raises Refused, saying how to mend it, for a password that is easily guessed.

    names: what a stranger would try: the vendor, the partner, the person, their mail address.
    """
    password = _normal(password)
    least = shortest(has_factor=has_factor)
    if len(password) < least:
        raise Refused(
            f"Use at least {least} characters. Four or five unrelated words are easy "
            "to remember and hard to guess."
        )
    if len(password) > LONGEST:
        raise Refused(f"Use at most {LONGEST} characters.")
    if re.fullmatch(r"[\W\d_]+", password):
        raise Refused("Digits and signs alone are tried through quickly. Add a few words.")
    if _is_guessed_first(password):
        raise Refused("This is one of the passwords that are guessed first. Choose another.")
    if _breached is not None and breached.is_known(_breached, password):
        raise Refused("This password is known from a break-in somewhere. Choose another.")
    if _is_weak_rest(_without(password, names)):
        raise Refused(
            "This is mostly your name, your company's or ours. Add words that nobody would guess."
        )


def shortest(*, has_factor: bool) -> int:
    return SHORTEST_BESIDE_A_FACTOR if has_factor else SHORTEST


def is_short(password: str) -> bool:
    """Whether it is good enough only beside a second factor."""
    return len(_normal(password)) < SHORTEST


def hashed(password: str) -> str:
    with _at_once:
        return _hasher.hash(_normal(password))


def matches(password: str, password_hash: str | None) -> bool:
    """Whether it is the one.  Takes as long for nobody's password (None) as for a wrong one."""
    with _at_once:
        try:
            _hasher.verify(password_hash or _of_nobody(), _normal(password)[: LONGEST * 4])
        except (VerificationError, InvalidHashError):
            return False
    return bool(password_hash)


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with another cost than today's and should be made again."""
    return _hasher.check_needs_rehash(password_hash)


@cache
def _of_nobody() -> str:
    return _hasher.hash("nobody has this password")


def _normal(password: str) -> str:
    """One form for what looks the same, however the keyboard made it."""
    return unicodedata.normalize("NFKC", password)


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text(encoding="utf-8").splitlines())


def _is_guessed_first(password: str) -> bool:
    """A common password, also with digits hung on, said twice, or a run of keys."""
    word = password.casefold()
    letters = re.sub(r"[\W_]+", "", word)
    core = letters.strip("0123456789")
    shrunk = {_unit(part) for part in (word, letters, core)}
    return (
        not shrunk.isdisjoint(_common())
        or len(set(letters)) < 5
        or _is_a_run(letters)
        or _unit(core).strip("0123456789") in _common()
    )


def _unit(text: str) -> str:
    """The shortest piece that, said again and again, gives `text`: "abab" is made of "ab"."""
    at = (text + text).find(text, 1)
    return text[:at] if at > 0 else text


def _is_a_run(letters: str) -> bool:
    """Mostly neighbours in the alphabet or on a keyboard, such as qwertyuiopasdfg."""
    rows = "abcdefghijklmnopqrstuvwxyz 01234567890 qwertyuiop asdfghjkl zxcvbnm qwertzuiop yxcvbnm"
    roads = rows + " " + rows[::-1]
    pairs = [letters[i : i + 2] for i in range(len(letters) - 1)]
    return sum(pair in roads for pair in pairs) > 0.75 * len(pairs)


def _is_weak_rest(left: str) -> bool:
    letters = re.sub(r"[\W_]+", "", left)
    return len(left) < OWN_PART or letters.isdigit() or _unit(letters) in _common()


def _without(password: str, names: Iterable[str]) -> str:
    """What is left of the password when every word of the names is taken out."""
    words = {word for name in names for word in re.findall(r"\w{3,}", name.casefold())}
    left = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return left.strip()
