"""What is true of accounts: who may manage whom, and how many tries a door allows.  Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from models.errors import Refused
from models.people import PARTNER_ROLES, STAFF, Actor, Door, Role

ROLE_NAMES = {
    Role.ADMINISTRATOR: "Administrator",
    Role.CHANNEL_MANAGER: "Channel manager",
    Role.SALES_MANAGER: "Sales manager",
    Role.FINANCE: "Finance",
    Role.PARTNER_ADMINISTRATOR: "Partner administrator",
    Role.SELLER: "Seller",
}


FACTOR_AT_FIRST = ("channel_manager", "sales_manager", "seller")
"""Of whom a new portal asks a second factor too, until its programme says otherwise."""

PRIVILEGED = frozenset({Role.ADMINISTRATOR, Role.FINANCE})
"""Nobody gives these alone."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many knocks within a while, about one account and from one address."""

    per_account: int
    per_address: int
    within: timedelta


LIMITS = {
    Door.SIGN_IN: Limit(10, 50, timedelta(minutes=15)),
    Door.PASSWORD_RESET: Limit(3, 20, timedelta(hours=1)),
    Door.APPLICATION: Limit(3, 5, timedelta(hours=1)),
    Door.INVITATION: Limit(20, 20, timedelta(hours=1)),
    Door.SECOND_FACTOR: Limit(10, 10, timedelta(minutes=15)),
    Door.COMPLAINT: Limit(3, 5, timedelta(hours=1)),
}
"""At the sign-in and the second factor only failures count; at the others every knock."""

FAILURES_COUNT = frozenset({Door.SIGN_IN, Door.SECOND_FACTOR})


def tidy_email(typed: str) -> str:
    """Lower case, without spaces around.  Raises Refused for what cannot be an address."""
    email = typed.strip().casefold()
    if len(email) > 254 or not re.fullmatch(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]+", email):
        raise Refused("Enter an e-mail address such as name@company.com.")
    return email


def grantable(by: Actor) -> frozenset[Role]:
    """The roles that `by` may give: an administrator to staff, a partner's to its own people."""
    if by.role is Role.ADMINISTRATOR:
        return STAFF
    if by.role is Role.PARTNER_ADMINISTRATOR:
        return PARTNER_ROLES
    return frozenset()


def must_be_grantable(by: Actor, role: Role) -> None:
    if role not in grantable(by):
        raise Refused(f"You cannot make somebody {ROLE_NAMES[role].lower()}.")
