"""What is true of payouts.  Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from models.money import Money
from models.moves import Moves

PROGRAM = "commission"
"""The programme whose statements are paid; a second one would have runs of its own."""


class RunStatus(StrEnum):
    DRAFT = "draft"
    RELEASED = "released"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class PayoutStatus(StrEnum):
    DRAFT = "draft"
    HELD = "held"
    """Left out of its run by a person, with a reason; its statements wait for the next run."""
    APPROVED = "approved"
    """Released by a second person: the money is reserved in the ledger."""
    SENDING = "sending"
    """It may have left the building."""
    UNKNOWN = "unknown"
    """It was sent and no sure answer came; it is asked again, or looked for."""
    REVIEW = "review"
    """Stripe holds something else than we do: a person looks before anything moves."""
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


IN_FLIGHT = frozenset(
    {
        PayoutStatus.APPROVED,
        PayoutStatus.SENDING,
        PayoutStatus.UNKNOWN,
        PayoutStatus.REVIEW,
    }
)
STANDING = IN_FLIGHT | {PayoutStatus.PAID}
"""States in which the partner has the money, or will have it."""
SHOWN_TO_PARTNER = STANDING | {PayoutStatus.FAILED}

RUN_MOVES = Moves(
    "payout run",
    release={RunStatus.DRAFT: RunStatus.RELEASED},
    close={RunStatus.RELEASED: RunStatus.CLOSED},
    cancel={RunStatus.DRAFT: RunStatus.CANCELLED, RunStatus.RELEASED: RunStatus.CANCELLED},
)

PAYOUT_MOVES = Moves(
    "payout",
    exclude={PayoutStatus.DRAFT: PayoutStatus.HELD},
    include={PayoutStatus.HELD: PayoutStatus.DRAFT},
    approve={PayoutStatus.DRAFT: PayoutStatus.APPROVED},
    hand_over={PayoutStatus.APPROVED: PayoutStatus.SENDING},
    send={PayoutStatus.APPROVED: PayoutStatus.SENDING},
    lose={PayoutStatus.SENDING: PayoutStatus.UNKNOWN},
    wait={PayoutStatus.SENDING: PayoutStatus.APPROVED, PayoutStatus.UNKNOWN: PayoutStatus.APPROVED},
    review={
        PayoutStatus.APPROVED: PayoutStatus.REVIEW,
        PayoutStatus.SENDING: PayoutStatus.REVIEW,
        PayoutStatus.UNKNOWN: PayoutStatus.REVIEW,
    },
    pay=dict.fromkeys(sorted(IN_FLIGHT), PayoutStatus.PAID),
    fail={
        **dict.fromkeys(sorted(IN_FLIGHT), PayoutStatus.FAILED),
        PayoutStatus.PAID: PayoutStatus.FAILED,  # the bank sent it back
    },
    take_part_back={PayoutStatus.PAID: PayoutStatus.PAID},  # the rest stands
    cancel={
        PayoutStatus.DRAFT: PayoutStatus.CANCELLED,
        PayoutStatus.HELD: PayoutStatus.CANCELLED,
        PayoutStatus.APPROVED: PayoutStatus.CANCELLED,
    },
)


class WhyNot(StrEnum):
    """Why a partner with something on its account is not in a run."""

    NEGATIVE = "negative"
    NOTHING_DUE = "nothing_due"
    TAKEN_BACK = "taken_back"
    BELOW_MINIMUM = "below_minimum"
    PARTNER_SUSPENDED = "partner_suspended"
    NO_DESTINATION = "no_destination"
    DESTINATION_HELD = "destination_held"
    NO_RAIL = "no_rail"
    NO_TAX_FORM = "no_tax_form"


class Failure(StrEnum):
    """Why a payment failed, as banks say it in a payment status report."""

    WRONG_ACCOUNT = "AC01"
    CLOSED_ACCOUNT = "AC04"
    WRONG_BANK = "RC01"
    BLOCKED_ACCOUNT = "AC06"
    NAME_MISMATCH = "BE01"
    NO_ADDRESS = "BE04"
    NOT_ALLOWED = "AG01"
    REFUSED = "MS02"
    NOT_READY = "stripe"
    """Not a bank's word: Stripe does not let its account be paid."""
    DECLINED = "declined"
    """Not a bank's word: Stripe refused the transfer for a reason that is not the partner's."""
    NO_FUNDS = "AM04"
    OTHER = "MS03"


FAILURES = {
    Failure.WRONG_ACCOUNT: "The account number is wrong.",
    Failure.CLOSED_ACCOUNT: "The account is closed.",
    Failure.BLOCKED_ACCOUNT: "The account is blocked.",
    Failure.WRONG_BANK: "The bank's BIC or routing number is wrong.",
    Failure.NAME_MISMATCH: "The account holder's name does not match the account.",
    Failure.NO_ADDRESS: "The bank asks for the account holder's address.",
    Failure.NOT_ALLOWED: "This account takes no payments of this kind.",
    Failure.REFUSED: "The account holder or its bank refused the payment.",
    Failure.NOT_READY: "Your account at Stripe cannot receive payments.",
    Failure.DECLINED: "The payment could not be sent; we look into it.",
    Failure.NO_FUNDS: "There was not enough money on our account.",
    Failure.OTHER: "The bank gave no reason.",
}

OURS_TO_MEND = frozenset({Failure.NO_FUNDS, Failure.OTHER, Failure.DECLINED})
"""The partner has nothing to do: we try again."""


def remedy(failure: Failure) -> str:
    """What the partner is told to do."""
    if failure is Failure.NOT_READY:
        return "Please finish setting it up under Company; the next payout run pays it again."
    if failure in OURS_TO_MEND:
        return "You need not do anything: the next payout run pays it again."
    return "Please enter your bank details anew under Company; the next payout run pays it again."


@dataclass(frozen=True, slots=True)
class Seen:
    """One payout as the person who releases saw it."""

    partner_id: UUID
    amount: Money
    destination_id: UUID
    statement_ids: tuple[UUID, ...]


def fingerprint(seen: Iterable[Seen]) -> str:
    """A hash of everything that is going to be paid, in no particular order."""
    facts = sorted(
        [
            str(payout.partner_id),
            payout.amount.currency,
            payout.amount.minor,
            str(payout.destination_id),
            *sorted(map(str, payout.statement_ids)),
        ]
        for payout in seen
    )
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
