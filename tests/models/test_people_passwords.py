"""Passwords: long ones that nobody guesses, kept so that nobody can read them."""

import hashlib

import pytest

from models.errors import Refused
from models.people import passwords

NAMES = ["Adventure Works Cycles", "Rhine Bikes GmbH", "Ute Weber", "ute.weber@rhine-bikes.test"]


@pytest.fixture(autouse=True)
def cheap():
    passwords.set_cost(rounds=1, memory_kib=8, lanes=1)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "gravel Thursday umbrella",
        "7$#k2!9@4%8^1&q5z",
        "zwölf Störche über Köln",
        "  leading spaces count too",
        "ute went cycling in the rain on monday",
    ],
)
def test_a_long_password_of_any_composition_is_good(password):
    passwords.judge(password, names=NAMES)


@pytest.mark.parametrize("password", ["", "short", "fourteen chars"])
def test_a_password_under_fifteen_characters_is_refused(password):
    with pytest.raises(Refused, match="at least 15 characters"):
        passwords.judge(password)


def test_a_password_that_would_choke_the_hash_is_refused():
    with pytest.raises(Refused, match="at most 200"):
        passwords.judge("long words " * 30)


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password12345678",
        "iloveyou!!!!!!!!!!",
        "monkeymonkeymonkey",
        "qwertyuiopasdfgh",
        "abcdefghijklmnop",
        "aaaaaaaaaaaaaaab",
        "1q2w3e4r5t6y7u8i9o0p",
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password):
    with pytest.raises(Refused, match="guessed first"):
        passwords.judge(password)


def test_digits_alone_are_refused():
    with pytest.raises(Refused, match="Digits and signs alone"):
        passwords.judge("1234 5678 9012 3456")


@pytest.mark.parametrize(
    "password", ["AdventureWorks2026!", "Rhine-Bikes-GmbH-1", "uteweberuteweber", "cycles12345678"]
)
def test_a_password_made_of_known_names_is_refused(password):
    padded = password.ljust(15, "!")
    with pytest.raises(Refused, match="your company's or ours"):
        passwords.judge(padded, names=NAMES)


def test_a_kept_password_is_argon2id_and_never_the_same_twice():
    first, second = (
        passwords.hashed("correct horse battery"),
        passwords.hashed("correct horse battery"),
    )
    assert first.startswith("$argon2id$") and first != second


def test_only_the_right_password_matches():
    kept = passwords.hashed("correct horse battery")
    assert passwords.matches("correct horse battery", kept)
    assert not passwords.matches("correct horse batterz", kept)


def test_what_looks_the_same_is_the_same_password():
    assert passwords.matches("Stoßzeit ﬁnden Köln", passwords.hashed("Stoßzeit finden Köln"))


@pytest.mark.parametrize("kept", [None, "", "not a hash"])
def test_nobodys_password_matches_nothing(kept):
    assert not passwords.matches("nobody has this password", kept)


def test_a_hash_of_another_cost_is_outdated():
    old = passwords.hashed("correct horse battery")
    assert not passwords.is_outdated(old)
    passwords.set_cost(rounds=2, memory_kib=8, lanes=1)
    assert passwords.is_outdated(old)


def test_a_password_of_a_list_of_break_ins_is_refused(tmp_path):
    """The first, the last and every other line are found, and nothing beside them."""
    known = [f"four unrelated words {number}" for number in range(50)]
    lines = sorted(hashlib.sha1(one.encode()).hexdigest().upper() for one in known)
    file = tmp_path / "breached.txt"
    file.write_text("".join(f"{line}:{7 ** (n % 9)}\n" for n, line in enumerate(lines)))
    passwords.also_refuse(file)
    try:
        for one in known:
            with pytest.raises(Refused, match="break-in"):
                passwords.judge(one)
        for number in range(50, 100):
            passwords.judge(f"four unrelated words {number}")
    finally:
        passwords.also_refuse(None)
