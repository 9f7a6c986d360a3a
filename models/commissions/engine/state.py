"""What the engine remembers between events, loaded and stored by whoever calls it.  Pure.

Each memory has a kind and a key; a month is rated without reading the years
before it, and one event at a time gives the same lines as all at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, TypeVar


@dataclass
class Counter:
    """Volume that a partner has sold in one window of a plan, in the plan's currency."""

    kind: ClassVar[str] = "counter"
    volume: int = 0
    rated: list[list[Any]] = field(default_factory=list)
    """[deal, volume, rate] in the order they were rated; only for plans that look back."""


@dataclass
class Units:
    """Units that have earned a partner one SPIFF."""

    kind: ClassVar[str] = "units"
    count: int = 0


@dataclass
class Customer:
    """When a customer last bought, from anybody."""

    kind: ClassVar[str] = "customer"
    last_on: str | None = None

    @property
    def bought_last(self) -> date | None:
        return date.fromisoformat(self.last_on) if self.last_on else None


@dataclass
class Earned:
    """What a partner's period holds towards its monthly cap, in the plan's currency."""

    kind: ClassVar[str] = "earned"
    minor: int = 0


@dataclass
class Advance:
    """What a partner still owes of its recoverable draw, in the payout currency."""

    kind: ClassVar[str] = "draw"
    balance: int = 0


@dataclass
class Share:
    """What one partner has earned on one deal in one currency, and given back."""

    partner: str
    currency: str
    payout_currency: str
    earned: int = 0
    earned_payout: int = 0
    clawed: int = 0
    clawed_payout: int = 0
    bonus: int = 0
    bonus_payout: int = 0
    bonus_clawed: int = 0
    bonus_clawed_payout: int = 0
    held: int = 0
    freed: int = 0
    """Released because the same share of the sale was refunded."""
    lines: list[str] = field(default_factory=list)
    """The lines that a clawback corrects."""


@dataclass
class Hold:
    """What is held back of one event until a day."""

    partner: str
    currency: str
    payout_currency: str
    due_on: str
    left: int
    left_payout: int
    line: str


@dataclass
class Bought:
    """Units of one SPIFF that a deal has been paid for."""

    spiff: str
    sku: str
    per_unit: int
    count: int
    units_key: str
    returned: int = 0


@dataclass
class Deal:
    """Everything that later events of a deal depend on."""

    kind: ClassVar[str] = "deal"
    first_on: str | None = None
    """The first earning date; None before anything was earned."""
    sold: int = 0
    refunded: int = 0
    raw: int = 0
    """Base and uplift so far, before floor and cap."""
    bounded: int = 0
    """The same after floor and cap."""
    splits: list[list[str]] = field(default_factory=list)
    paid: dict[str, int] = field(default_factory=dict)
    """How much of each sale was paid."""
    counted: list[list[Any]] = field(default_factory=list)
    """[counter key, volume, volume taken back]."""
    shares: list[Share] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    bought: list[Bought] = field(default_factory=list)
    units_paid: dict[str, int] = field(default_factory=dict)
    """Units that were due for a SPIFF, paid or above its limit."""
    plan: str = ""
    version: str = ""

    def __post_init__(self) -> None:
        self.shares = [Share(**row) if isinstance(row, dict) else row for row in self.shares]
        self.holds = [Hold(**row) if isinstance(row, dict) else row for row in self.holds]
        self.bought = [Bought(**row) if isinstance(row, dict) else row for row in self.bought]

    def share(self, partner: str, currency: str, payout_currency: str) -> Share:
        for share in self.shares:
            if (share.partner, share.currency) == (partner, currency):
                return share
        self.shares.append(Share(partner, currency, payout_currency))
        return self.shares[-1]

    @property
    def next_release(self) -> str | None:
        """The day on which the next hold is released; None when nothing is held."""
        return min((hold.due_on for hold in self.holds if hold.left), default=None)


Memory = TypeVar("Memory", Counter, Units, Customer, Earned, Advance, Deal)
Fetch = Callable[[str, str], dict[str, Any] | None]


class State:
    """The memories that were asked for; what changed is given back to be stored."""

    def __init__(self, fetch: Fetch = lambda kind, key: None) -> None:
        self._fetch = fetch
        self._held: dict[tuple[str, str], Any] = {}
        self._stored: dict[tuple[str, str], str] = {}
        self._before: dict[tuple[str, str], str] = {}

    def get(self, memory: type[Memory], key: str) -> Memory:
        place = (memory.kind, key)
        if place not in self._held:
            self._held[place] = memory(**(self._fetch(*place) or {}))
            self._stored[place] = _text(self._held[place])
        if place not in self._before:
            self._before[place] = _text(self._held[place])
        return self._held[place]

    def begin(self) -> None:
        """From here on `undo` knows how to go back."""
        self._before.clear()

    def undo(self) -> None:
        """Forget what happened since `begin`."""
        for place, text in self._before.items():
            self._held[place] = type(self._held[place])(**json.loads(text))
        self._before.clear()

    def forget(self) -> None:
        """Everything; it is fetched anew when asked for."""
        for held in (self._held, self._stored, self._before):
            held.clear()

    def changed(self) -> Iterator[tuple[str, str, Any]]:
        """(kind, key, memory) of what differs from what was stored; then it counts as stored."""
        for (kind, key), memory in self._held.items():
            text = _text(memory)
            if text != self._stored[kind, key]:
                self._stored[kind, key] = text
                yield kind, key, memory


def _text(memory: Any) -> str:
    return json.dumps(memory, default=vars, sort_keys=True)
