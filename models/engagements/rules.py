"""What a touch of the vendor's own sales people is, and when it counts.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

ENGAGED_DAYS = 90
"""How long a visit or a quote says that our own people are at work; as long as a protection."""


class TouchKind(StrEnum):
    CALL = "call"
    VISIT = "visit"
    MAIL = "mail"
    QUOTE = "quote"
    DIRECT = "direct"

    @property
    def words(self) -> str:
        return KIND_WORDS[self]

    @property
    def done(self) -> str:
        """What somebody did, such as "called on"."""
        return KIND_DONE[self]


KIND_WORDS = {
    TouchKind.CALL: "Call",
    TouchKind.VISIT: "Visit",
    TouchKind.MAIL: "Mail",
    TouchKind.QUOTE: "Quote",
    TouchKind.DIRECT: "Direct opportunity",
}
KIND_DONE = {
    TouchKind.CALL: "called",
    TouchKind.VISIT: "visited",
    TouchKind.MAIL: "wrote to the customer",
    TouchKind.QUOTE: "sent a quote",
    TouchKind.DIRECT: "opened a direct opportunity",
}
LASTING = (TouchKind.VISIT, TouchKind.QUOTE)
"""One call or mail does not make an engagement; these do, for a while."""


@dataclass(frozen=True, kw_only=True)
class TouchDetails:
    """A touch as somebody tells it."""

    customer_id: UUID
    family_id: UUID
    person_name: str
    """Who of our own people it was."""
    kind: TouchKind
    happened_on: date
    note: str = ""
    person_id: UUID | None = None
    """None for somebody who does not sign in here."""


def told(person_name: str, kind: TouchKind, happened_on: date) -> str:
    """Such as "Our own sales person Ann Beebe called on 3 May 2026"."""
    return f"Our own sales person {person_name} {kind.done} on {happened_on:%-d %B %Y}"
