"""What is true of Stripe's events and of the movements of the balance there.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.money import Money

EVENT = "payouts.event"
"""Topic: look again at what an event was about."""
EVENTS = "payouts.events"
"""Topic: list the events of the last days, in case some never reached us."""
COMPARE = "payouts.compare"
"""Topic: compare Stripe's movements with our books."""

ACCOUNT = "payouts.account"
INVOICE = "payouts.invoice"

TRANSFERS = ("transfer.",)
BANK = ("payout.",)
ACCOUNTS = ("account.", "v2.core.account")
INVOICES = ("invoice.",)


@dataclass(frozen=True, slots=True)
class Told:
    """An event, as much of it as we believe: that it happened, and about what."""

    event_id: str
    kind: str
    """Such as "transfer.reversed"."""
    about_id: str
    """Stripe's id of what it is about; empty when it says none."""
    account: str
    """The connected account where it happened; empty for our own."""
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Move:
    """A movement of the balance at Stripe."""

    id: str
    kind: str
    """Stripe's word, such as "transfer" or "transfer_refund"."""
    source: str
    """Stripe's id of what caused it; empty when it says none."""
    amount: Money
    """Before the fee; negative when it left."""
    fee: Money
    at: datetime
    transfer_id: str = ""
    """Of a reversal: the transfer that it takes back; empty otherwise."""
