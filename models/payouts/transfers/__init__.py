"""Transfers by Stripe: each payout is sent once, whatever crashes.

claim    the attempt, its key and its parameters are committed before the call
call     outside any transaction (portal/payouts/stripe_sending.py)
settle   only an open attempt, under the payout's lock
resolve  no sure answer: the same call again while its key is alive, then a look
adopt    what Stripe holds of the run and we have forgotten is taken over first

attempt  open → ok | rejected | absent        at most one open or ok attempt a payout
"""

from models.payouts.transfers.operations.adopting import adopt
from models.payouts.transfers.operations.claiming import Claimed, claim, group_of, let_go
from models.payouts.transfers.operations.deciding import decide_not_sent, decide_sent
from models.payouts.transfers.operations.finishing import finish
from models.payouts.transfers.operations.funding import book_fee, record_balances, top_up
from models.payouts.transfers.operations.reversing import (
    ClaimedReversal,
    ask_reversal,
    book_found_reversal,
    claim_reversal,
    refuse_reversal,
    settle_reversal,
)
from models.payouts.transfers.operations.settling import settle, tell_key_refused
from models.payouts.transfers.rules import (
    Absent,
    Answer,
    AttemptState,
    Declined,
    Later,
    Mismatch,
    Sent,
    Transfer,
    Unsure,
)
from models.payouts.transfers.tables import PayoutAttempt, PayoutReversal, StripeBalance

__all__ = [
    "Absent",
    "Answer",
    "AttemptState",
    "Claimed",
    "ClaimedReversal",
    "Declined",
    "Later",
    "Mismatch",
    "PayoutAttempt",
    "PayoutReversal",
    "Sent",
    "StripeBalance",
    "Transfer",
    "Unsure",
    "adopt",
    "ask_reversal",
    "book_fee",
    "book_found_reversal",
    "claim",
    "claim_reversal",
    "decide_not_sent",
    "decide_sent",
    "finish",
    "group_of",
    "let_go",
    "record_balances",
    "refuse_reversal",
    "settle",
    "settle_reversal",
    "tell_key_refused",
    "top_up",
]
