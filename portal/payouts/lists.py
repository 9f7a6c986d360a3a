"""How lists of payouts read: their order, their states, their columns as a file."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.money import Money
from models.partners import Partner
from models.partners.destinations import DestinationKind
from models.payouts import Payout, PayoutRun, PayoutStatus, RunStatus
from models.payouts.previews import Preview
from models.payouts.reasons import HEADINGS
from portal.formats import percent
from portal.paging import Key
from portal.sheets import Column

PAGE_OF_RUN = 100
"""Payouts on one page of a run, those that differ most first."""


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
    PayoutStatus.UNKNOWN: State("Answer awaited", "warn"),
    PayoutStatus.REVIEW: State("To be decided", "bad"),
    PayoutStatus.PAID: State("Paid", "good"),
    PayoutStatus.FAILED: State("Failed", "bad"),
    PayoutStatus.CANCELLED: State("Cancelled", "plain"),
}

WAYS = {
    DestinationKind.SEPA: "SEPA transfer",
    DestinationKind.ACH: "ACH credit",
    DestinationKind.STRIPE: "Stripe transfer",
    DestinationKind.BY_HAND: "By hand",
}


def state_of(status: RunStatus | PayoutStatus) -> State:
    return RUN_STATES[status] if isinstance(status, RunStatus) else PAYOUT_STATES[status]


def amount(row: Any) -> Money:
    return Money(row.amount_minor, row.amount_currency)


def difference(row: Any) -> Money:
    """To what the partner got for the month before."""
    return Money(row.amount_minor - row.before_minor, row.amount_currency)


def change_in_percent(row: Any) -> str:
    if not row.before_minor:
        return "new"
    return percent(round(Decimal(row.amount_minor - row.before_minor) / row.before_minor, 2))


def marks(row: Any) -> list[State]:
    """What whoever releases should look at twice."""
    if row.is_first:
        return [State("First payout", "info")]
    return [State("New account", "warn")] if row.is_moved else []


def where_to(row: Any) -> str:
    if row.rail is DestinationKind.BY_HAND:
        return "By hand" if row.holder == row.partner else f"By hand, {row.holder}"
    if row.rail is DestinationKind.STRIPE:
        return "Stripe"
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
    Column("Held", _in_currency("held_minor"), "money"),
    Column("Tax", _in_currency("tax_minor"), "money"),
    *PAYOUT_COLUMNS[3:5],
    Column("Month before", _in_currency("before_minor"), "money"),
    Column("Difference", difference, "money"),
    Column("To", where_to),
    Column("Look at", lambda row: ", ".join(mark.word for mark in marks(row))),
    *PAYOUT_COLUMNS[5:],
]


NOT_PAID_COLUMNS = [
    Column("Partner", lambda row: row.name),
    Column("Number", lambda row: row.number),
    Column("Balance", amount, "money"),
    Column("Currency", lambda row: row.amount_currency),
    Column("Why", lambda row: HEADINGS[row.why]),
    Column("In words", lambda row: row.reason),
]

TRACE_COLUMNS = [
    Column("Step", lambda mark: mark.stage),
    Column("What", lambda mark: mark.name),
    Column("Note", lambda mark: mark.note),
    Column("Named by", lambda mark: mark.key),
    Column("When", lambda mark: mark.at and mark.at.isoformat()),
    Column("Amount", lambda mark: mark.amount, "money"),
    Column("Currency", lambda mark: mark.amount and mark.amount.currency),
]

RUNS_COLUMNS = [
    Column("Run", lambda row: row.number),
    Column("Month", lambda row: row.period),
    Column("Run of the month", lambda row: row.seq, "number"),
    Column("Currency", lambda row: row.currency),
    Column("Payouts", lambda row: row.count, "number"),
    Column("Total", lambda row: Money(int(row.total_minor), row.currency), "money"),
    Column("State", lambda row: state_of(row.status).word),
    Column("Prepared by", lambda row: row.prepared_by or "Counterpart"),
    Column("Prepared", lambda row: row.prepared_at, "instant"),
    Column("Released by", lambda row: row.released_by),
    Column("Released", lambda row: row.released_at, "instant"),
    Column("Settled", lambda row: row.settled_at, "instant"),
]

MOST_DIFFERENT = "-difference"


def sort_of_run(asked: str) -> str:
    """What the address asks for; by default who differs most from the month before."""
    known = ("partner", "amount", "difference", "change")
    return asked if asked.removeprefix("-") in known else MOST_DIFFERENT


def keys_of_run(preview: Preview, sort: str) -> list[Key]:
    columns = {
        "partner": Partner.name,
        "amount": Payout.amount_minor,
        "difference": preview.difference,
        "change": preview.change_bp,
    }
    down = sort.startswith("-")
    return [Key(columns[sort.removeprefix("-")], down), Key(Payout.id, down)]


def in_order(keys: list[Key]) -> list[Any]:
    return [key.column.desc() if key.descending else key.column.asc() for key in keys]
