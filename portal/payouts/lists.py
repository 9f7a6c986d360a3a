"""How lists of payouts read: their order, their states, their columns as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.money import Money
from models.partners import Partner
from models.partners.destinations import DestinationKind
from models.payouts import Payout, PayoutRun, PayoutStatus, RunStatus
from portal.paging import Key
from portal.sheets import Column

PAGE_OF_RUN = 200
"""Payouts on one page of a run: who releases should not have to leaf through."""


@dataclass(frozen=True)
class State:
    """How a state reads, and in which tone."""

    word: str
    tone: str


LATEST_RUN_FIRST = [Key(PayoutRun.id, descending=True)]
LATEST_FIRST = [Key(Payout.id, descending=True)]
BY_PARTNER = [Key(Partner.name), Key(Payout.id)]

RUN_STATES = {
    RunStatus.DRAFT: State("To be released", "warn"),
    RunStatus.RELEASED: State("Released", "info"),
    RunStatus.CLOSED: State("Settled", "good"),
    RunStatus.CANCELLED: State("Cancelled", "plain"),
}

PAYOUT_STATES = {
    PayoutStatus.DRAFT: State("In preparation", "plain"),
    PayoutStatus.HELD: State("Left out", "warn"),
    PayoutStatus.APPROVED: State("Released", "info"),
    PayoutStatus.SENDING: State("On its way", "info"),
    PayoutStatus.PAID: State("Paid", "good"),
    PayoutStatus.FAILED: State("Failed", "bad"),
    PayoutStatus.CANCELLED: State("Cancelled", "plain"),
}

WAYS = {DestinationKind.SEPA: "SEPA transfer", DestinationKind.BY_HAND: "By hand"}


def state_of(status: RunStatus | PayoutStatus) -> State:
    return RUN_STATES[status] if isinstance(status, RunStatus) else PAYOUT_STATES[status]


def amount(row: Any) -> Money:
    return Money(row.amount_minor, row.amount_currency)


def difference(row: Any) -> Money:
    """To what the partner got for the month before."""
    return Money(row.amount_minor - row.before_minor, row.amount_currency)


def where_to(row: Any) -> str:
    if row.rail is DestinationKind.BY_HAND:
        return f"By hand, {row.holder}"
    return f"{row.country} •••• {row.iban_last4}"


PAYOUT_COLUMNS = [
    Column("Payout", lambda row: row.number),
    Column("Month", lambda row: row.period),
    Column("Partner", lambda row: row.partner),
    Column("Amount", amount, "money"),
    Column("Currency", lambda row: row.amount_currency),
    Column("Way", lambda row: WAYS[row.rail]),
    Column("State", lambda row: state_of(row.status).word),
    Column("Paid on", lambda row: row.paid_on, "day"),
    Column("Reference", lambda row: row.reference),
]


def _in_currency(name: str) -> Any:
    return lambda row: Money(getattr(row, name), row.amount_currency)


RUN_COLUMNS = [
    *PAYOUT_COLUMNS[:3],
    Column("Opening", _in_currency("opening_minor"), "money"),
    Column("Earned", _in_currency("earned_minor"), "money"),
    Column("Taken back", _in_currency("taken_back_minor"), "money"),
    *PAYOUT_COLUMNS[3:5],
    Column("Month before", _in_currency("before_minor"), "money"),
    Column("Difference", difference, "money"),
    Column("To", where_to),
    *PAYOUT_COLUMNS[5:],
]
