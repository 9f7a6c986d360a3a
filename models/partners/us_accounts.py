"""Bank accounts in the United States, checked at entry.  Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum.exceptions import ValidationError
from stdnum.us import rtn

from models.errors import Refused

COUNTRY = "US"
ACCOUNT_NUMBER = re.compile(r"[0-9A-Z]{4,17}")


@dataclass(frozen=True, slots=True)
class UsAccount:
    """What somebody typed, checked and made tidy."""

    holder: str
    routing_number: str
    account: str
    is_savings: bool


def checked_us(*, holder: str, routing_number: str, account: str, is_savings: bool) -> UsAccount:
    """The account, tidy.  Raises Refused, naming what does not add up."""
    holder = " ".join(holder.split())
    if not holder:
        raise Refused("Enter the account holder's name as the bank knows it.")
    return UsAccount(
        holder, checked_routing_number(routing_number), _checked_number(account), is_savings
    )


def checked_routing_number(typed: str) -> str:
    """Nine digits whose last one adds up."""
    try:
        return rtn.validate("".join(typed.split()))
    except ValidationError:
        raise Refused(
            "This routing number does not add up. It has nine digits and stands at the bottom "
            "left of a cheque."
        ) from None


def _checked_number(typed: str) -> str:
    number = re.sub(r"[\s-]", "", typed).upper()
    if not ACCOUNT_NUMBER.fullmatch(number):
        raise Refused("An account number has 4 to 17 digits. Copy it from a bank statement.")
    return number
