"""Webhooks as Stripe delivers them, and as others might: in order, late, twice, forged, aged."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from stripe import WebhookSignature

from tests.stripe_standin.world import World

Post = Callable[[bytes, dict[str, str]], int]
"""Sends body and headers to the endpoint; the status it answered."""


class Webhooks:
    """Delivers what has happened since it delivered last, snapshots or thin events."""

    def __init__(self, world: World, secret: str, post: Post, *, thin: bool = False) -> None:
        self.world, self.secret, self.post = world, secret, post
        self.kind = "v2.core.event" if thin else "event"
        self._delivered: set[str] = set()

    def waiting(self) -> list[dict[str, Any]]:
        """Oldest first."""
        events = self.world.things.get(self.kind, {}).values()
        return [event for event in events if event["id"] not in self._delivered]

    def in_order(self) -> list[int]:
        return self._deliver(self.waiting())

    def reversed(self) -> list[int]:
        return self._deliver(reversed(self.waiting()))

    def doubled(self) -> list[int]:
        return self._deliver([event for event in self.waiting() for _ in range(2)])

    def forged(self, event: dict[str, Any]) -> int:
        """Signed with another secret."""
        return self.one(event, secret="whsec_of_somebody_else")

    def aged(self, event: dict[str, Any], seconds: int = 3600) -> int:
        """Signed long ago: somebody replays what they have seen."""
        return self.one(event, at=self.world.stamp - seconds)

    def one(
        self, event: dict[str, Any], *, secret: str | None = None, at: int | None = None
    ) -> int:
        body = json.dumps(event)
        header = WebhookSignature.generate_signature_header(
            body, secret or self.secret, at or self.world.stamp
        )
        return self.post(
            body.encode(), {"Stripe-Signature": header, "Content-Type": "application/json"}
        )

    def _deliver(self, events: Iterable[dict[str, Any]]) -> list[int]:
        statuses = []
        for event in list(events):
            statuses.append(self.one(event))
            self._delivered.add(event["id"])
        return statuses
