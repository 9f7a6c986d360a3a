"""How lists of payouts read: their order, their states, their columns as a file."""

from __future__ import annotations

from typing import Any

from models.money import Money
from models.partners import Partner
from models.partners.destinations import DestinationKind
from models.payouts import Payout, PayoutRun, PayoutStatus, RunStatus, WhyNot
from portal.formats import words
from portal.paging import Key
from portal.sheets import Column

PAGE_OF_RUN = 200
"""Payouts on one page of a run: who releases should not have to leaf through."""

LATEST_RUN_FIRST = [Key(PayoutRun.id, descending=True)]
LATEST_FIRST = [Key(Payout.id, descending=True)]
BY_PARTNER = [Key(Partner.name), Key(Payout.id)]

TONES = {
    RunStatus.DRAFT: "warn",
    RunStatus.RELEASED: "info",
    RunStatus.CLOSED: "good",
    RunStatus.CANCELLED: "plain",
    PayoutStatus.DRAFT: "plain",
    PayoutStatus.HELD: "warn",
    PayoutStatus.APPROVED: "info",
    PayoutStatus.SENDING: "info",
    PayoutStatus.PAID: "good",
    PayoutStatus.FAILED: "bad",
    PayoutStatus.CANCELLED: "plain",
}

STATES = {
    RunStatus.DRAFT: "To be released",
    RunStatus.CLOSED: "Settled",
    PayoutStatus.DRAFT: "In preparation",
    PayoutStatus.HELD: "Left out",
    PayoutStatus.APPROVED: "Released",
    PayoutStatus.SENDING: "On its way",
}

REASONS = {
    WhyNot.NEGATIVE: "Owes us",
    WhyNot.NOTHING_DUE: "Carried forward",
    WhyNot.BELOW_MINIMUM: "Below the minimum",
    WhyNot.PARTNER_SUSPENDED: "Suspended",
    WhyNot.NO_DESTINATION: "No bank details",
    WhyNot.DESTINATION_HELD: "Bank details changed",
    WhyNot.NO_RAIL: "No way to pay",
}

WAYS = {DestinationKind.SEPA: "SEPA transfer", DestinationKind.BY_HAND: "By hand"}


def state_words(status: RunStatus | PayoutStatus) -> str:
    return STATES.get(status) or words(status)


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
    Column("State", lambda row: state_words(row.status)),
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
