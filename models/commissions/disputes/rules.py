"""What is true of disputes: reasons, states, the clock, the window.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from models.commissions.engine import Code
from models.money import Money
from models.moves import Moves

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
    MISSING = "sale_is_missing"
    """Of a sale that no line is about."""

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
    DisputeReason.MISSING: "The sale is not on the statement",
}
ABOUT_A_LINE = tuple(reason for reason in DisputeReason if reason is not DisputeReason.MISSING)


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
    "miss": "missed a sale",
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
class Missing:
    """A sale that the partner does not find on its statements.

    sale: what it is, in the partner's words.  month: the statement it should stand on.
    expected: what it should have earned.  deal_id: one of the partner's own, if it names one.
    """

    sale: str
    month: str
    text: str
    expected: Money
    deal_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """verb: accept, accept_in_part or deny.  added: what the partner gets on top of the line."""

    verb: str
    text: str
    added: Money | None = None


NEVER = {
    Code.HOLDBACK: "What is held back is released on its day; dispute the line it was kept from.",
    Code.HOLDBACK_RELEASE: "This was held back before; dispute the line it was kept from.",
    Code.DRAW_TOPUP: "A draw follows from the other lines; dispute the one that is wrong.",
    Code.DRAW_ADVANCE: "A draw follows from the other lines; dispute the one that is wrong.",
    Code.DRAW_RECOVERY: "A draw follows from the other lines; dispute the one that is wrong.",
    Code.CLAWBACK_DEFERRED: "This only puts off what was taken back; dispute the clawback itself.",
    Code.CLAWBACK_INSTALMENT: "This is a part of what was taken back; dispute the clawback itself.",
    Code.DISPUTE_HOLD: "This is held for a dispute already.",
    Code.DISPUTE_RELEASE: "This was released by the decision of a dispute.",
}


def why_not(code: Code, *, closed_on: date | None, today: date, window_days: int) -> str | None:
    """Why a line cannot be disputed, fit to show; None when it can.

    closed_on: the day of its statement; None while its month is open.
    window_days: how long after that day; the last one is inclusive.
    """
    if code in NEVER:
        return NEVER[code]
    if closed_on is None:
        return None
    last = closed_on + timedelta(days=window_days)
    if today <= last:
        return None
    return (
        f"A line can be disputed for {window_days} days after its statement; "
        f"for this one that was until {last:%-d %B %Y}."
    )
