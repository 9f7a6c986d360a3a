"""What is true of disputes: reasons, states, the clock, the window.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from models.commissions.engine import Code
from models.money import Money
from models.moves import Moves

BUSINESS_DAYS = 10
"""In which the vendor decides."""

WINDOW_DAYS = 90
"""After the day its statement was closed on; the last one is inclusive."""

LONGEST = 4_000
"""Characters of what either side writes at once."""


class DisputeReason(StrEnum):
    RATE = "wrong_rate"
    BASIS = "wrong_basis"
    TIER = "wrong_tier"
    SPLIT = "wrong_split"
    CURRENCY = "wrong_exchange_rate"
    TAKEN_BACK = "wrongly_taken_back"
    OTHER = "other"

    @property
    def words(self) -> str:
        return REASON_WORDS[self]


REASON_WORDS = {
    DisputeReason.RATE: "The rate is wrong",
    DisputeReason.BASIS: "The amount it was worked out from is wrong",
    DisputeReason.TIER: "We had reached a higher tier",
    DisputeReason.SPLIT: "The split between partners is wrong",
    DisputeReason.CURRENCY: "The exchange rate is wrong",
    DisputeReason.TAKEN_BACK: "It should not have been taken back",
    DisputeReason.OTHER: "Something else",
}


class DisputeStatus(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    PART = "accepted_in_part"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ").capitalize()


DISPUTE_MOVES = Moves(
    "dispute",
    accept={DisputeStatus.OPEN: DisputeStatus.ACCEPTED},
    accept_in_part={DisputeStatus.OPEN: DisputeStatus.PART},
    deny={DisputeStatus.OPEN: DisputeStatus.DENIED},
    withdraw={DisputeStatus.OPEN: DisputeStatus.WITHDRAWN},
)

NOTE_WORDS = {
    "open": "disputed the line",
    "write": "wrote",
    "overdue": "did not decide in time; told the administrators",
    "accept": "accepted it",
    "accept_in_part": "accepted a part of it",
    "deny": "denied it",
    "withdraw": "withdrew it",
}


@dataclass(frozen=True, slots=True)
class Objection:
    """What a partner says against a line.

    amount: how much of the line is disputed, more than nothing.
    claimed: what the line should be; None when no figure is named.
    """

    reason: DisputeReason
    text: str
    amount: Money
    claimed: Money | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """verb: accept, accept_in_part or deny.  added: what the partner gets on top of the line."""

    verb: str
    text: str
    added: Money | None = None


NEVER = {
    Code.HOLDBACK: "What is held back is released on its day; dispute the line it was kept from.",
    Code.DRAW_TOPUP: "A draw follows from the other lines; dispute the one that is wrong.",
    Code.DRAW_ADVANCE: "A draw follows from the other lines; dispute the one that is wrong.",
    Code.DRAW_RECOVERY: "A draw follows from the other lines; dispute the one that is wrong.",
    Code.DISPUTE_HOLD: "This is held for a dispute already.",
    Code.DISPUTE_RELEASE: "This was released by the decision of a dispute.",
}


def why_not(code: Code, *, closed_on: date | None, today: date) -> str | None:
    """Why a line cannot be disputed, fit to show; None when it can.

    closed_on: the day of its statement; None while its month is open.
    """
    if code in NEVER:
        return NEVER[code]
    if closed_on is not None and today > last_day_to_object(closed_on):
        return (
            f"A line can be disputed for {WINDOW_DAYS} days after its statement; "
            f"for this one that was until {last_day_to_object(closed_on):%-d %B %Y}."
        )
    return None


def last_day_to_object(closed_on: date) -> date:
    return closed_on + timedelta(days=WINDOW_DAYS)
