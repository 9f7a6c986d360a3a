"""Reading a plan's JSON piece by piece; whatever is wrong is refused with its path.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from models.commissions.engine.numbers import MOST_DECIMALS
from models.errors import Refused
from models.money import Money, exponent

Read = TypeVar("Read")
MOST_DIGITS = 15
"""Before the point of an amount or a rate."""
MOST_DAYS = 36_500
MOST_UNITS = 1_000_000_000


class Node:
    """One value of the JSON, and where it stands."""

    def __init__(self, raw: Any, path: str, currency: str) -> None:
        self.raw, self.path, self.currency = raw, path, currency

    def wrong(self, remedy: str) -> Refused:
        return Refused(f"{self.path}: {remedy}")

    def at(self, key: str) -> Node:
        """What stands under `key`.  Raises Refused when nothing does."""
        if key not in self.table():
            raise self.wrong(f"“{key}” is missing; add it.")
        return Node(self.raw[key], f"{self.path}.{key}", self.currency)

    def optional(self, key: str, read: Callable[[Node], Read]) -> Read | None:
        if self.table().get(key) is None:
            return None
        return read(self.at(key))

    def items(self) -> Iterator[Node]:
        if not isinstance(self.raw, list):
            raise self.wrong("must be a list, in square brackets.")
        for index, raw in enumerate(self.raw):
            yield Node(raw, f"{self.path}[{index}]", self.currency)

    def row(self, *names: str) -> list[Node]:
        """A list with exactly these entries, such as ["10000", "0.08"]."""
        entries = list(self.items())
        if len(entries) != len(names):
            raise self.wrong(f"must be a list of {len(names)}: {', '.join(names)}.")
        return entries

    def table(self, known: Collection[str] | None = None) -> dict[str, Any]:
        """A JSON object; with `known`, one that has no other keys."""
        if not isinstance(self.raw, dict):
            raise self.wrong("must be an object, in curly brackets.")
        for key in self.raw:
            self._plain(key)
            if known is not None and key not in known:
                raise self.wrong(f"“{key}” is not known here; known are {', '.join(known)}.")
        return self.raw

    def text(self) -> str:
        if not isinstance(self.raw, str) or not self.raw.strip():
            raise self.wrong("must be a text, in quotation marks.")
        return self._plain(self.raw)

    def _plain(self, text: str) -> str:
        """Raises Refused for signs that no page and no database can show."""
        if any(ord(sign) < ord(" ") or 0xD800 <= ord(sign) <= 0xDFFF for sign in text):
            raise self.wrong("has signs that cannot be shown; write it with letters.")
        return text

    def one_of(self, choices: Collection[str]) -> str:
        if not isinstance(self.raw, str) or self.raw not in choices:
            raise self.wrong(f"“{self.raw}” is not known; known are {', '.join(choices)}.")
        return str(self.raw)

    def true_or_false(self) -> bool:
        if not isinstance(self.raw, bool):
            raise self.wrong("must be true or false.")
        return self.raw

    def decimal(self) -> Decimal:
        if isinstance(self.raw, bool | float) or not isinstance(self.raw, str | int):
            raise self.wrong('must be a decimal in quotation marks, such as "0.10".')
        try:
            value = Decimal(self.raw)
        except InvalidOperation:
            raise self.wrong(f"“{self.raw}” is not a number.") from None
        if not value.is_finite():
            raise self.wrong(f"“{self.raw}” is not a number.")
        if value and not -MOST_DIGITS <= value.adjusted() < MOST_DIGITS:
            raise self.wrong(f"must have at most {MOST_DIGITS} digits before the point.")
        return value

    def rate(self, *, most: Decimal = Decimal(1)) -> Decimal:
        """A fraction such as 0.10 for ten per cent, not above `most`."""
        value = self.decimal()
        if not 0 <= value <= most:
            raise self.wrong(f"{value} must lie between 0 and {most}; ten per cent is 0.10.")
        return self._exact(value)

    def factor(self) -> Decimal:
        value = self.decimal()
        if value < 0:
            raise self.wrong(f"{value} must not be negative.")
        return self._exact(value)

    def _exact(self, value: Decimal) -> Decimal:
        if -int(value.as_tuple().exponent) > MOST_DECIMALS // 2:
            raise self.wrong(f"{value} has more than {MOST_DECIMALS // 2} decimals.")
        return value

    def money(self) -> int:
        """An amount in major units of the plan's currency, not negative; as minor units."""
        value = self.decimal()
        try:
            minor = Money.of(value, self.currency).minor
        except ValueError:
            decimals = exponent(self.currency)
            remedy = f"{value} has more than the {decimals} decimals of {self.currency}."
            raise self.wrong(remedy) from None
        if minor < 0:
            raise self.wrong(f"{value} must not be negative.")
        return minor

    def count(self, *, least: int = 0, most: int = MOST_DAYS) -> int:
        if isinstance(self.raw, bool) or not isinstance(self.raw, int) or self.raw < least:
            raise self.wrong(f"must be a whole number, {least} or more.")
        if self.raw > most:
            raise self.wrong(f"must not be above {most}.")
        return self.raw

    def day(self) -> date:
        try:
            return date.fromisoformat(self.text())
        except ValueError:
            raise self.wrong(f"“{self.raw}” is not a day; write it as 2026-11-30.") from None

    def month(self) -> str:
        try:
            date.fromisoformat(f"{self.text()}-01")
        except ValueError:
            raise self.wrong(f"“{self.raw}” is not a month; write it as 2026-11.") from None
        return self.text()
