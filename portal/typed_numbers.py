"""Numbers as people type them: with a point or a comma before the decimals."""

from __future__ import annotations

import re
from decimal import Decimal

MOST_DIGITS = 30
"""Of a number: 1e99999999 is short to type, and takes all memory to count out."""

NUMBER = re.compile(r"(-?)([0-9].*)")
WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}([ .,'\u2019\u00a0\u202f])[0-9]{3}(\1[0-9]{3})*")
THREE_AFTER = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


class Unreadable(ValueError):
    """What was typed is no number; or two, or too long, and then the text says so."""


def number_of(typed: str, *, places: int | None, is_comma: bool = False) -> Decimal:
    """1250, 1250.00, 1,250.00, 1.250,00 or 1 250,00 as a number.

    places: how many decimals the thing can have; None: as many as are typed (a percentage),
        and one mark is then always the decimal mark.
    is_comma: whether the reader's own pages write a comma before the decimals.

    Raises Unreadable, also for what reads as two numbers.
    """
    found = NUMBER.fullmatch(typed.strip().replace("\N{MINUS SIGN}", "-"))
    whole, decimals = _parts(found[2], places, is_comma) if found else ("", "")
    if not found or not WHOLE.fullmatch(whole) or not re.fullmatch("[0-9]*", decimals):
        raise Unreadable
    digits = re.sub("[^0-9]", "", whole)
    if max(len(digits), len(decimals)) > MOST_DIGITS:
        raise Unreadable("This number is too long. Check its digits.")
    return Decimal(f"{found[1]}{digits}.{decimals}" if decimals else f"{found[1]}{digits}")


def _parts(typed: str, places: int | None, is_comma: bool) -> tuple[str, str]:
    """Before and after the decimal mark; thousands may still be set apart in the first."""
    marks = re.sub("[^.,]", "", typed)
    if not marks or (len(marks) > 1 and len(set(marks)) == 1):
        return typed, ""
    whole, mark, decimals = typed.rpartition(marks[-1])
    if places is None or not THREE_AFTER.fullmatch(typed):
        return whole, decimals
    if mark == "." and places > 2:
        return whole, decimals  # so the form itself writes dinars
    if places > 2 or (mark == ",") is is_comma:
        plain = f"{whole}{decimals}"
        raise Unreadable(f"{typed} can be read in two ways. For thousands write {plain}.")
    return typed, ""
