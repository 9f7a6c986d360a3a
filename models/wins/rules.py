"""What is true of wins: what an order says, when it differs from the registration.  Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from models.customers import Company, Verdict, compare
from models.errors import Refused
from models.money import Money
from models.moves import Moves

ABOUT = "win_evidence"
"""What files of evidence are attached to."""


class OrderState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    RETURNED = "returned"

    @property
    def words(self) -> str:
        return STATE_WORDS[self]


STATE_WORDS = {
    OrderState.WAITING: "Waits for re-approval",
    OrderState.ACCEPTED: "Won",
    OrderState.RETURNED: "Sent back",
}

ORDER_MOVES = Moves(
    "win",
    accept={OrderState.WAITING: OrderState.ACCEPTED},
    send_back={OrderState.WAITING: OrderState.RETURNED},
)


class Differs(StrEnum):
    """In what a win may differ from the registration that was approved."""

    CUSTOMER = "customer"
    FAMILY = "family"
    AMOUNT = "amount"

    @property
    def words(self) -> str:
        return DIFFERS_WORDS[self]


DIFFERS_WORDS = {
    Differs.CUSTOMER: "another customer",
    Differs.FAMILY: "another product family",
    Differs.AMOUNT: "another amount",
}


@dataclass(frozen=True)
class HandOver:
    """Who looks after the customer once it has bought, and from when."""

    support_contact: str
    starts_on: date | None
    renews_on: date | None = None
    is_one_off: bool = False
    """Nothing to renew; else the day of the renewal is needed."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order of the customer, as whoever records the win tells it."""

    ordered_at: datetime
    number: str = ""
    signed_on: date | None = None
    """One of both is the evidence."""
    amount_minor: int | None = None
    """In the deal's currency; None: what is left of the registered value."""
    customer_name: str = ""
    """As the order names it; empty: as registered."""
    family_id: UUID | None = None
    """None: as registered."""
    is_complete: bool = True
    """Nothing more will be ordered under this registration."""
    note: str = ""

    @property
    def reference(self) -> str:
        """What the order is called: twice the same is the same order."""
        return " ".join(self.number.split()) or f"signed {self.signed_on}"


def check_evidence(number: str, signed_on: date | None, *, today: date) -> None:
    if not number.strip() and signed_on is None:
        raise Refused("Enter the customer's order number, or the day on which it signed.")
    if signed_on and signed_on > today:
        raise Refused("The customer cannot have signed in the future.")


def check_hand_over(hand_over: HandOver) -> None:
    if not hand_over.support_contact.strip():
        raise Refused("Say who supports the customer after the sale.")
    if hand_over.starts_on is None:
        raise Refused("Enter the day of the delivery or the start.")
    if hand_over.is_one_off:
        return
    if hand_over.renews_on is None:
        raise Refused("Enter the day of the renewal, or say that there is nothing to renew.")
    if hand_over.renews_on <= hand_over.starts_on:
        raise Refused("The renewal has to be later than the start.")


def same_customer(registered: str, ordered: str, country: str) -> bool:
    """Whether the name on the order is for certain the registered customer's."""
    if ordered.casefold().split() == registered.casefold().split():
        return True
    one, other = (Company.known_as(name, country=country) for name in (registered, ordered))
    return compare(one, other).verdict is Verdict.SAME


def amount_differs(
    registered_minor: int, ordered_minor: int, *, is_complete: bool, percent: int
) -> bool:
    """Whether all orders together leave the registered value by more than that.

    Too little counts only once nothing more is to come.
    """
    most, least = registered_minor * (100 + percent), registered_minor * (100 - percent)
    return ordered_minor * 100 > most or (is_complete and ordered_minor * 100 < least)


def is_early(created_at: datetime, ordered_at: datetime, *, hours: int) -> bool:
    """Whether it was won so soon that somebody should look whether it was known before."""
    return ordered_at - created_at < timedelta(hours=hours)


def in_words(differs: Iterable[str]) -> str:
    """Such as “another customer and another amount”."""
    return " and ".join(Differs(one).words for one in differs)


def plain(money: Money) -> str:
    """Such as EUR 1,250.00, for sentences."""
    return f"{money.currency} {money.major:,}"
