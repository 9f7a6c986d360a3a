"""Rails: the ways on which money leaves.  What each must be able to do; pure.

A rail is made outside (portal/payouts/), knows its bank or service, and is handed
to the operations that need one.  It never touches the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from models.money import Money
from models.partners.destinations import DestinationKind


@dataclass(frozen=True, slots=True)
class Address:
    """Structured, because banks refuse any other; empty parts are left out."""

    street: str = ""
    building: str = ""
    postal_code: str = ""
    town: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Payer:
    """The vendor, as its bank knows it."""

    name: str
    iban: str
    bic: str
    address: Address
    ach_routing_number: str = ""
    """Of the bank in the United States that takes our files; empty when there is none."""
    ach_bank_name: str = ""
    ach_company_id: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One payout, with all that a rail needs to carry it."""

    payout_id: UUID
    number: str
    """Comes back on the partner's bank statement; the same for every attempt to send it."""
    amount: Money
    about: str
    """What the partner reads on its bank statement."""
    holder: str
    address: Address
    account_sealed: str | None
    """None when no account number is needed."""
    bic: str = ""
    routing_number: str = ""
    is_savings: bool = False
    account_id: str = ""
    """At Stripe; empty for anything else."""


@dataclass(frozen=True, slots=True)
class Errand:
    """All orders that one run gives to one rail, under a key that never changes."""

    key: str
    payer: Payer
    orders: Sequence[Order]
    made_at: datetime
    execute_on: date
    nth_today: int = 1
    """Of the files of this rail that are made on this day; banks tell them apart by it."""


@dataclass(frozen=True, slots=True)
class Handover:
    """What a rail gives back: a file that a person takes to the bank."""

    file_name: str
    content: bytes
    count: int
    total: Money


class Rail(Protocol):
    kind: DestinationKind

    def why_not(self, order: Order, payer: Payer) -> str | None:
        """Why this order cannot go this way, fit to show; None when it can."""

    def payable_part(self, amount: Money) -> Money:
        """The largest part that it can carry; the rest stays on the partner's balance."""

    def carry(self, errand: Errand) -> Handover | None:
        """Hand the orders over.  The same errand gives the same bytes.

        None when there is nothing to hand over: a person pays by hand and records it.
        """


BY_FILE = frozenset({DestinationKind.SEPA, DestinationKind.ACH})
"""Ways of paying that begin with a file for the bank."""

Rails = Mapping[DestinationKind, Rail]
