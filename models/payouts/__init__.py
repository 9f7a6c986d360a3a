"""Payouts: partners are paid what their statements say, once, and two people let it go.

    run      draft → released → closed                 (or cancelled)
    payout   draft → approved → sending → paid         (or failed, held, cancelled)

A run takes every unpaid statement of one currency up to a month.  The worker prepares it on
the cut-off day of the calendar, or a person does.  Who cannot be paid is listed with the
reason.  A second person releases exactly what was seen (of a run that nobody prepared, after
another one has approved it); the ledger then reserves the money.  The rail carries it: a
file for the bank, or a person who pays by hand.  What failed is owed again and the next run
picks it up.
"""

from models.payouts.books import check_books
from models.payouts.operations.again import prepare_again, retry
from models.payouts.operations.approving import approve
from models.payouts.operations.preparing import exclude, include, prepare
from models.payouts.operations.releasing import cancel, release
from models.payouts.operations.reporting import take_in
from models.payouts.operations.scheduling import prepare_due, remind_of_release
from models.payouts.operations.settling import fail, hand_over, mark_paid, mark_run_paid
from models.payouts.rails import Address, Errand, Handover, Order, Payer, Rail, Rails
from models.payouts.rules import FAILURES, Failure, PayoutStatus, RunStatus, WhyNot
from models.payouts.tables import Payout, PayoutFile, PayoutRun, PayoutSkip, PayoutStatement

__all__ = [
    "FAILURES",
    "Address",
    "Errand",
    "Failure",
    "Handover",
    "Order",
    "Payer",
    "Payout",
    "PayoutFile",
    "PayoutRun",
    "PayoutSkip",
    "PayoutStatement",
    "PayoutStatus",
    "Rail",
    "Rails",
    "RunStatus",
    "WhyNot",
    "approve",
    "cancel",
    "check_books",
    "exclude",
    "fail",
    "hand_over",
    "include",
    "mark_paid",
    "mark_run_paid",
    "prepare",
    "prepare_again",
    "prepare_due",
    "release",
    "remind_of_release",
    "retry",
    "take_in",
]
