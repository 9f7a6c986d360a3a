"""What is true of claims: their states and moves, the terms, quarters and bands.  Pure."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from models.money import rounded
from models.moves import Moves


class ClaimStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    OFFERED = "offered"
    BACKED = "backed"
    ACTIVE = "active"
    WARNED = "warned"
    NOTICE = "notice"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ENDED = "ended"

    @property
    def words(self) -> str:
        return STATUS_WORDS[self]


STATUS_WORDS = {
    ClaimStatus.DRAFT: "Draft",
    ClaimStatus.SUBMITTED: "Waiting for a decision",
    ClaimStatus.OFFERED: "Counter-offer made",
    ClaimStatus.BACKED: "Waiting for a second approval",
    ClaimStatus.ACTIVE: "Approved",
    ClaimStatus.WARNED: "Below the minimum",
    ClaimStatus.NOTICE: "Change announced",
    ClaimStatus.REFUSED: "Refused",
    ClaimStatus.WITHDRAWN: "Withdrawn",
    ClaimStatus.EXPIRED: "Expired",
    ClaimStatus.ENDED: "Ended",
}
HOLDS = (ClaimStatus.ACTIVE, ClaimStatus.WARNED, ClaimStatus.NOTICE)
"""The claim is a territory."""
WAITS = (ClaimStatus.SUBMITTED, ClaimStatus.OFFERED, ClaimStatus.BACKED)
"""Undecided: it gives no right."""

S = ClaimStatus
CLAIM_MOVES = Moves(
    "claim",
    submit={S.DRAFT: S.SUBMITTED},
    withdraw=dict.fromkeys((S.DRAFT, *WAITS), S.WITHDRAWN),
    back={S.SUBMITTED: S.BACKED},
    send_back={S.BACKED: S.SUBMITTED},
    approve={S.SUBMITTED: S.ACTIVE, S.BACKED: S.ACTIVE},
    offer={S.SUBMITTED: S.OFFERED},
    accept={S.OFFERED: S.ACTIVE},
    accept_for_second={S.OFFERED: S.BACKED},
    decline={S.OFFERED: S.SUBMITTED},
    refuse={S.SUBMITTED: S.REFUSED, S.BACKED: S.REFUSED},
    warn={S.ACTIVE: S.WARNED, S.WARNED: S.WARNED, S.NOTICE: S.NOTICE},
    recover={S.WARNED: S.ACTIVE},
    give_notice={S.ACTIVE: S.NOTICE, S.WARNED: S.NOTICE},
    protest={S.NOTICE: S.NOTICE},
    uphold_notice={S.NOTICE: S.NOTICE},
    take_back_notice={S.NOTICE: S.ACTIVE},
    change={S.NOTICE: S.ACTIVE},
    end={S.NOTICE: S.ENDED},
    renew={S.ACTIVE: S.ACTIVE, S.WARNED: S.WARNED},
    not_renew={state: state for state in HOLDS},
    give_up=dict.fromkeys(HOLDS, S.ENDED),
    expire=dict.fromkeys(HOLDS, S.EXPIRED),
    hand_over={state: state for state in (*HOLDS, S.EXPIRED, S.ENDED)},
)

VERBS_DONE = {
    "draft": "began to draw up",
    "submit": "submitted",
    "withdraw": "withdrew",
    "back": "approved first",
    "send_back": "asked to look again at",
    "approve": "approved",
    "offer": "made a counter-offer to",
    "accept": "accepted the counter-offer to",
    "accept_for_second": "accepted the counter-offer to",
    "decline": "declined the counter-offer to",
    "refuse": "refused",
    "warn": "noted a missed minimum of",
    "recover": "noted that the minimum is met again of",
    "give_notice": "announced a change of",
    "protest": "protested against the change of",
    "uphold_notice": "answered the protest about",
    "take_back_notice": "took back the announced change of",
    "change": "changed, as announced,",
    "end": "ended, as announced,",
    "renew": "renewed",
    "not_renew": "did not renew",
    "give_up": "gave up",
    "expire": "ended, its last day being over,",
    "hand_over": "handed over deals of",
}


class Change(StrEnum):
    """What a vendor may announce to a partner that holds a territory."""

    END = "end"
    OPEN = "open"
    MINIMUM = "minimum"

    @property
    def words(self) -> str:
        return {
            "end": "The territory ends",
            "open": "It is no longer exclusive",
            "minimum": "Another minimum each quarter",
        }[self]


class RefuseReason(StrEnum):
    HELD = "held"
    COVERAGE = "coverage"
    PLAN = "plan"
    RECORD = "record"
    MINIMUM = "minimum"
    OTHER = "other"

    @property
    def words(self) -> str:
        return {
            "held": "The area is held already",
            "coverage": "We cover this area ourselves or otherwise",
            "plan": "The business plan does not convince us yet",
            "record": "Your record so far does not carry it yet",
            "minimum": "The committed minimum is too low",
            "other": "Another reason",
        }[self]


def quarter_of(day: date) -> str:
    """Such as 2026-Q4."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def bounds(quarter: str) -> tuple[date, date]:
    """First day, and the first that is no longer in it."""
    year, number = int(quarter[:4]), int(quarter[6:])
    start = date(year, number * 3 - 2, 1)
    return start, date(year + 1, 1, 1) if number == 4 else date(year, number * 3 + 1, 1)


def quarters(from_on: date, before: date) -> list[str]:
    """Those that have a day in [from_on, before), the earliest first."""
    found: list[str] = []
    day = from_on
    while day < before:
        found.append(quarter_of(day))
        day = bounds(found[-1])[1]
    return found


def target(minimum_minor: int, quarter: str, from_on: date, to_on: date) -> int:
    """The minimum of a quarter; of one held in part, the share of its days."""
    start, end = bounds(quarter)
    held = (min(end, to_on) - max(start, from_on)).days
    return rounded(Decimal(minimum_minor) * max(held, 0) / (end - start).days)


def longer(from_on: date, to_on: date) -> date:
    """The end after a renewal: as long again, whole years by the calendar."""
    years = to_on.year - from_on.year
    if years and (from_on.month, from_on.day) == (to_on.month, to_on.day):
        try:
            return to_on.replace(year=to_on.year + years)
        except ValueError:  # 29 February
            return date(to_on.year + years, 3, 1)
    return to_on + (to_on - from_on)


COUNTS = ((10, "fewer than 10"), (50, "10 to 49"), (200, "50 to 199"), (1_000, "200 to 999"))
SUMS = ((50_000, "less than 50,000"), (250_000, "50,000 to 250,000"),
        (1_000_000, "250,000 to 1 million"), (10_000_000, "1 to 10 million"))  # fmt: skip
MOST_COUNTED = COUNTS[-1][0]


def count_band(count: int) -> str:
    """Never a number: a few more questions must not tell one customer from another."""
    return next((words for below, words in COUNTS if count < below), "1,000 or more")


def sum_band(major: int) -> str:
    return next((words for below, words in SUMS if major < below), "more than 10 million")


def last_day(to_on: date) -> date:
    return to_on - timedelta(days=1)
