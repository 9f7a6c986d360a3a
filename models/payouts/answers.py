"""What banks answer to our files, in one form whatever the file was.  Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.money import Money
from models.payouts.rules import Failure


class Outcome(StrEnum):
    PAID = "paid"
    FAILED = "failed"
    WAITING = "waiting"
    """Accepted or in work: nothing is recorded yet."""
    CORRECTED = "corrected"
    """It arrived, and the bank asks for other account details from now on."""
    UNREADABLE = "unreadable"
    """A line that could not be read; the words say why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bank says about one payment, or about a whole file."""

    outcome: Outcome
    number: str = ""
    """The payout's; empty when the whole file is meant."""
    of_key: str = ""
    """The message id of our file; needed when the whole file is meant."""
    code: str = ""
    """The bank's reason, such as "AC04" or "R02"; empty when it gives none."""
    words: str = ""
    amount: Money | None = None
    """None when the answer names none."""
    on: date | None = None
    """The day it happened; None when the answer names none."""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class BankAnswers:
    """A whole file of answers."""

    kind: str
    """"pain.002" or "ACH return"."""
    message_id: str
    answers: Sequence[Answer]


FAILURES_OF_ACH = {
    "R02": Failure.CLOSED_ACCOUNT,
    "R03": Failure.WRONG_ACCOUNT,
    "R04": Failure.WRONG_ACCOUNT,
    "R12": Failure.CLOSED_ACCOUNT,
    "R13": Failure.WRONG_BANK,
    "R14": Failure.BLOCKED_ACCOUNT,
    "R15": Failure.BLOCKED_ACCOUNT,
    "R16": Failure.BLOCKED_ACCOUNT,
    "R17": Failure.WRONG_ACCOUNT,
    "R20": Failure.NOT_ALLOWED,
    "R23": Failure.REFUSED,
    "R28": Failure.WRONG_BANK,
    "R29": Failure.REFUSED,
    "R34": Failure.WRONG_BANK,
}
"""Return codes of the ACH rules that can answer a credit, by what they mean to the partner."""

FAILURES_OF_ISO = {
    "AC02": Failure.WRONG_ACCOUNT,
    "AC03": Failure.WRONG_ACCOUNT,
    "AC05": Failure.CLOSED_ACCOUNT,
    "AC07": Failure.CLOSED_ACCOUNT,
    "BE05": Failure.NAME_MISMATCH,
    "RC03": Failure.WRONG_BANK,
    "RC04": Failure.WRONG_BANK,
    "AM02": Failure.NOT_ALLOWED,
    "AM14": Failure.NOT_ALLOWED,
}
"""Codes of ISO 20022 that say the same to the partner as one of ours."""


def failure_of(code: str) -> Failure:
    """What a bank's code means to the partner; OTHER when it is not known."""
    own = {failure.value: failure for failure in Failure}
    return (own | FAILURES_OF_ACH | FAILURES_OF_ISO).get(code, Failure.OTHER)
