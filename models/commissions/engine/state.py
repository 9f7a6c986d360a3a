"""What the engine remembers between events, loaded and stored by whoever calls it.  Pure.

Each memory has a kind and a key, and is kept as a short list; a month is rated without reading
the years before it, and one event at a time gives the same lines as all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, ClassVar, TypeVar

import orjson

from models.commissions.engine.dealing import Bought, Deal, Hold, Share

__all__ = [
    "Advance", "Bought", "Counter", "Customer", "Deal", "Deferred", "Earned", "Hold", "Share",
    "State", "Units",
]  # fmt: skip


class Counter:
    """Volume that a partner has sold in one window of a plan, in the plan's currency."""

    kind: ClassVar[str] = "counter"
    __slots__ = ("month", "rated", "volume")

    def __init__(self, volume: int = 0, rated: list[list[Any]] | None = None) -> None:
        self.volume = volume
        self.rated = rated or []
        """[deal, volume, rate] in the order they were rated; only for plans that look back."""
        self.month = ""

    def kept(self) -> list[Any]:
        return [self.volume, self.rated] if self.rated else [self.volume]


class Number:
    """A memory that is one number."""

    kind: ClassVar[str] = ""
    __slots__ = ("month", "value")

    def __init__(self, value: int = 0) -> None:
        self.value = value
        self.month = ""

    def kept(self) -> list[Any]:
        return [self.value]


class Units(Number):
    """Units that have earned a partner one SPIFF."""

    kind: ClassVar[str] = "units"
    __slots__ = ()


class Earned(Number):
    """What a partner's period holds towards its monthly cap, in the plan's currency."""

    kind: ClassVar[str] = "earned"
    __slots__ = ()


class Advance(Number):
    """What a partner still owes of its recoverable draw, in the payout currency."""

    kind: ClassVar[str] = "draw"
    __slots__ = ()


class Deferred:
    """What of a partner's clawbacks is still to be taken, in the payout currency."""

    kind: ClassVar[str] = "deferred"
    __slots__ = ("left", "month", "parts")

    def __init__(self, left: int = 0, parts: int = 0) -> None:
        self.left = left
        self.parts = parts
        """Instalments that are still to come; 0 where only a cap spreads it."""
        self.month = ""

    def kept(self) -> list[Any]:
        return [self.left, self.parts]


class Customer:
    """When a customer last bought, from anybody."""

    kind: ClassVar[str] = "customer"
    __slots__ = ("last_on", "month")

    def __init__(self, last_on: str | None = None) -> None:
        self.last_on = last_on
        self.month = ""

    def kept(self) -> list[Any]:
        return [self.last_on]

    @property
    def bought_last(self) -> date | None:
        return date.fromisoformat(self.last_on) if self.last_on else None


Memory = TypeVar("Memory", Counter, Units, Customer, Earned, Advance, Deferred, Deal)
Fetch = Callable[[str, str], tuple[str, str] | None]
"""(month, text) of a memory: after which month's events it was kept; None: there is none."""


class State:
    """The memories that were asked for; what changed is given back to be stored."""

    def __init__(self, fetch: Fetch = lambda kind, key: None) -> None:
        self._fetch = fetch
        self._held: dict[tuple[str, str], Any] = {}
        self._stored: dict[tuple[str, str], bytes] = {}
        self._before: dict[tuple[str, str], tuple[str, bytes]] | None = None
        self.touched: list[tuple[str, Any]] = []
        """(key, memory) since `begin`."""

    def get(self, memory: type[Memory], key: str) -> Memory:
        place = (memory.kind, key)
        found: Any = self._held.get(place)
        if found is None:
            found = self._load(memory, place)
        if self._before is not None and place not in self._before:
            self._before[place] = (found.month, text_of(found))
        self.touched.append((key, found))
        return found

    def begin(self, *, carefully: bool = False) -> None:
        """From here on `touched` is counted; carefully: `undo` knows how to go back."""
        self.touched = []
        self._before = {} if carefully else None

    def end(self, month: str) -> str:
        """Say of everything touched that it is of this month, or of the latest among them."""
        for _, memory in self.touched:
            if memory.month > month:
                month = memory.month
        for _, memory in self.touched:
            memory.month = month
        return month

    def undo(self) -> None:
        """Forget what happened since `begin`, which was careful."""
        for place, (month, text) in (self._before or {}).items():
            memory = self._held[place]  # the same: a desk may hold it
            type(memory).__init__(memory, *orjson.loads(text))
            memory.month = month
        self.begin(carefully=True)

    def forget(self) -> None:
        """Everything; it is fetched anew when asked for."""
        self._held.clear()
        self._stored.clear()
        self.begin()

    def changed(self) -> Iterator[tuple[str, str, Any]]:
        """(kind, key, memory) of what differs from what was stored; then it counts as stored."""
        for place, memory in self._held.items():
            if place[0] == Deal.kind:
                continue  # stands beside its events
            text = text_of(memory)
            if text != self._stored.get(place, b""):
                self._stored[place] = text
                yield *place, memory

    def text(self, kind: str, key: str) -> str:
        """What `changed` has just said of it, to be stored."""
        return self._stored[kind, key].decode()

    def _load(self, memory: type[Any], place: tuple[str, str]) -> Any:
        kept = self._fetch(*place)
        if kept is None:
            found = memory()
            if memory is not Deal:
                self._stored[place] = text_of(found)
        else:
            found = memory(*orjson.loads(kept[1]))
            found.month = kept[0]
            self._stored[place] = text_of(found)
        self._held[place] = found
        return found


def text_of(memory: Any) -> bytes:
    return orjson.dumps(memory.kept())
