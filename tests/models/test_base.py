"""Numbers for people: short, unlike one another, and silent about how many there are."""

from models.base import SPOKEN, human_number, new_id


def test_the_same_key_has_the_same_number():
    key = new_id()
    assert human_number("D", key) == human_number("D", key)


def test_a_number_is_short_and_easily_said():
    prefix, letters = human_number("D", new_id()).split("-")
    assert (prefix, len(letters)) == ("D", 7) and set(letters) <= set(SPOKEN)


def test_keys_made_together_have_numbers_that_are_far_apart():
    first, second = (human_number("D", new_id()) for _ in range(2))
    assert sum(a != b for a, b in zip(first, second, strict=True)) >= 3


def test_a_hundred_thousand_at_once_do_not_meet():
    assert len({human_number("L", new_id(), 12) for _ in range(100_000)}) == 100_000
