"""What the stand-in remembers: its clock, its things, its balances and its events."""

import itertools
import json
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

API_VERSION = "2026-10-28.endive"


class World:
    def __init__(self, now: datetime | None = None, first: int = 1) -> None:
        self.now = now or datetime(2026, 11, 18, 10, 30, tzinfo=UTC)
        """Its own clock; only `pass_time` moves it."""
        self.lock = threading.RLock()
        self.url = ""
        self.things: dict[str, dict[str, dict[str, Any]]] = {}
        """{kind: {id: thing}}, oldest first."""
        self.available: Counter[str] = Counter()
        """The platform's balance by currency, in Stripe's minor units."""
        self.pending: Counter[str] = Counter()
        self.payout_of: dict[str, str | None] = {}
        """{payout: connected account}; None is the platform."""
        self.mistakes: list[str] = []
        """Answers of the stand-in itself that the SDK's classes would not expect."""
        self.calls: list[tuple[str, str, str, datetime]] = []
        """Method, path, idempotency key and instant of each request, in order."""
        self._numbers = itertools.count(first)

    def pass_time(self, **much: float) -> None:
        with self.lock:
            self.now += timedelta(**much)

    @property
    def stamp(self) -> int:
        return int(self.now.timestamp())

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers):014d}"

    def keep(self, kind: str, thing: dict[str, Any]) -> dict[str, Any]:
        self.things.setdefault(kind, {})[thing["id"]] = thing
        return thing

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Latest first, as Stripe lists them."""
        return list(reversed(self.things.get(kind, {}).values()))

    def find(self, kind: str, key: str) -> dict[str, Any] | None:
        return self.things.get(kind, {}).get(key)

    def happened(self, kind: str, thing: dict[str, Any], account: str | None = None) -> None:
        """A snapshot event, which keeps the thing as it is now."""
        self.keep(
            "event",
            {
                "id": self.new_id("evt"),
                "object": "event",
                "account": account,
                "api_version": API_VERSION,
                "created": self.stamp,
                "data": {"object": json.loads(json.dumps(thing))},
                "livemode": False,
                "pending_webhooks": 1,
                "request": {"id": None, "idempotency_key": None},
                "type": kind,
            },
        )

    def happened_thin(self, kind: str, related: dict[str, str]) -> None:
        """A thin event of the second generation: it says what changed, not how."""
        self.keep(
            "v2.core.event",
            {
                "id": self.new_id("evt_test"),
                "object": "v2.core.event",
                "created": instant(self.now),
                "livemode": False,
                "related_object": related,
                "type": kind,
            },
        )

    def move(self, kind: str, amount: int, currency: str, source: str, fee: int = 0) -> str:
        """A change of the platform's balance, written down; its id."""
        self.available[currency] += amount - fee
        key = self.new_id("txn")
        self.keep(
            "balance_transaction",
            {
                "id": key,
                "object": "balance_transaction",
                "amount": amount,
                "available_on": self.stamp,
                "balance_type": "payments",
                "created": self.stamp,
                "currency": currency,
                "description": None,
                "exchange_rate": None,
                "fee": fee,
                "fee_details": [],
                "net": amount - fee,
                "reporting_category": kind,
                "source": source,
                "status": "available",
                "type": kind,
            },
        )
        return key

    def fund(self, currency: str, amount: int) -> str:
        """A top-up of the platform's balance, as made in the dashboard; its id."""
        with self.lock:
            key = self.new_id("tu")
            self.move("topup", amount, currency, key)
            return key

    def transfers(self, group: str | None = None) -> list[dict[str, Any]]:
        """Oldest first."""
        made = self.things.get("transfer", {}).values()
        return [one for one in made if group is None or one["transfer_group"] == group]

    def active_account(self, country: str = "DE") -> str:
        """A connected account that is ready to receive transfers; its id."""
        with self.lock:
            key = self.new_id("acct")
            self.keep("account", {"id": key, "country": country, "status": "active", "v": 2,
                                  "due": [], "given": {}, "created": self.now})  # fmt: skip
            return key


def instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
