"""What is true of transfers by Stripe: keys, parameters, and what an answer means.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from models.money import Money
from models.payouts.transfers.units import on_the_wire

SEND = "payouts.send"
LOOK = "payouts.look"
REVERSE = "payouts.reverse"
READ_BALANCE = "payouts.balance"
"""Topics of the worker's jobs (models/jobs.py)."""

KEY_GOOD_FOR = timedelta(hours=20)
"""Stripe forgets a key after 24 hours; after 20 we no longer call with it."""
LEASE = timedelta(minutes=5)
"""For a batch of calls; who holds it calls no more in the last CALL_TAKES of it."""
CALL_TAKES = timedelta(seconds=40)
"""Longer than connecting and reading may take (portal/payouts/stripe_gateway.py)."""
PAUSES = tuple(timedelta(seconds=s) for s in (10, 30, 120, 600, 3600))
"""Before the same call is made again; the last one from then on."""
LOOK_GOOD_FOR = timedelta(minutes=5)
"""What Stripe was found to have done; a restored backup has only older looks."""
FUNDS_PAUSE = timedelta(hours=1)
"""A top-up ends it at once."""


class AttemptState(StrEnum):
    OPEN = "open"
    """Committed before the call; it may have moved the money."""
    OK = "ok"
    REJECTED = "rejected"
    """Stripe said no: nothing was moved."""
    ABSENT = "absent"
    """Its key has lapsed and no transfer is to be found: nothing was moved."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer as Stripe knows it."""

    id: str
    amount: Money
    destination: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    reversals: tuple[tuple[str, Money], ...] = ()

    @property
    def is_undone(self) -> bool:
        given_back = sum(amount.minor for _, amount in self.reversals)
        return given_back >= self.amount.minor


@dataclass(frozen=True, slots=True)
class Sent:
    transfer: Transfer


@dataclass(frozen=True, slots=True)
class Declined:
    """An explicit no: nothing was moved."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: nothing changed; the same call again later."""

    message: str
    needs_a_person: bool = False
    """Our key is refused: nobody is paid before somebody has looked."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """No answer that can be trusted: it may have been done."""

    message: str


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The key was used before with other parameters: our mistake, for a person to look at."""

    message: str


@dataclass(frozen=True, slots=True)
class Absent:
    """Looked for after its key had lapsed, and not found."""


Answer: TypeAlias = Sent | Declined | Later | Unsure | Mismatch | Absent

NO_FUNDS = "balance_insufficient"
TRY_LATER = frozenset({401, 403, 409, 429})
NEEDS_A_PERSON = frozenset({401, 403})
CLEAR_NO = frozenset({400, 402, 404})


def meaning(status: int | None, *, kind: str, code: str, message: str) -> Answer:
    """What an error says, by its HTTP status; None when there was no answer at all."""
    said = f"{status or 'no answer'} {code} {message}".strip()[:400]
    if kind == "idempotency_error" and status == 400:
        return Mismatch(said)
    if status in TRY_LATER or code == "rate_limit":
        return Later(said, needs_a_person=status in NEEDS_A_PERSON)
    if status in CLEAR_NO:
        return Declined(code or "refused", message[:400])
    return Unsure(said)


def transfer_group(environment: str, program: str, period: str, seq: int, currency: str) -> str:
    """Names a run at Stripe: made from the business, the same in every copy of the database."""
    return f"{environment}-{program}-{period}-{seq}-{currency}"


def key_of(group: str, partner_id: UUID, number: int) -> str:
    return f"{group}:{partner_id}:{number}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be transferred to whom; everything that goes into the parameters."""

    group: str
    partner_id: UUID
    amount: Money
    account: str
    period: str
    seq: int
    about: str


def params_of(wanted: Wanted, number: int) -> dict[str, Any]:
    """Frozen with the attempt.  Nothing in it comes from chance or from the clock."""
    return {
        "amount": on_the_wire(wanted.amount),
        "currency": wanted.amount.currency.lower(),
        "destination": wanted.account,
        "transfer_group": wanted.group,
        "description": wanted.about,
        "metadata": {
            "partner": str(wanted.partner_id),
            "period": wanted.period,
            "seq": str(wanted.seq),
            "attempt": str(number),
        },
    }


def pause_after(tries: int) -> timedelta:
    """Before the next call, after so many without a sure answer."""
    return PAUSES[min(max(tries, 1), len(PAUSES)) - 1]


def is_spent(made_at: datetime, now: datetime) -> bool:
    """Whether the key is too old to call with."""
    return now - made_at >= KEY_GOOD_FOR


def looked_up(found: Iterable[Transfer], params: Mapping[str, Any]) -> Answer:
    """What it means that these transfers of the group are at Stripe, for one attempt."""
    mine = params["metadata"]
    of_partner = [one for one in found if one.metadata.get("partner") == mine["partner"]]
    for transfer in of_partner:
        if transfer.metadata.get("attempt") == mine["attempt"]:
            return Sent(transfer)
    if others := [one.id for one in of_partner if not one.is_undone]:
        return Mismatch(f"Stripe has {', '.join(others)} for this partner in this run.")
    return Absent()
