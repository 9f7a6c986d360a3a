"""What must be true of our books and of Stripe together; the numbers are the invariants'."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from models import ledger, payouts
from models.ledger import Account
from models.payouts import Payout, PayoutStatus
from models.payouts.transfers import AttemptState, PayoutAttempt
from tests.stripe_story import Story


def check_against_stripe(story: Story) -> list[str]:
    story.session.rollback()
    story.session.expire_all()
    return [
        *payouts.check_books(story.session),
        *_every_call_was_written_down(story),
        *_nobody_is_paid_twice(story),
        *_what_is_paid_is_at_stripe(story),
        *_the_balances_agree(story),
    ]


def _attempts(story: Story) -> list[PayoutAttempt]:
    return list(story.session.scalars(select(PayoutAttempt)))


def _every_call_was_written_down(story: Story) -> list[str]:
    """5 and 7: each call has its committed attempt, and none was made with an old key."""
    made_at = {attempt.key: attempt.made_at for attempt in _attempts(story)}
    found = []
    for method, path, key, at in story.world.calls:
        if (method, path) == ("POST", "/v1/transfers") and key not in story.forgotten:
            if key not in made_at:
                found.append(f"A call with {key}, which nobody wrote down.")
            elif at - made_at[key] > timedelta(hours=20):
                found.append(f"A call with {key}, made {at - made_at[key]} after.")
    return found


def _nobody_is_paid_twice(story: Story) -> list[str]:
    standing = Counter(
        (one["transfer_group"], one["metadata"].get("partner"))
        for one in story.world.transfers()
        if not one["reversed"]
    )
    return [f"{who} has {count} transfers." for who, count in standing.items() if count > 1]


def _what_is_paid_is_at_stripe(story: Story) -> list[str]:
    """6 and 8: paid means that exactly this transfer exists; given back means that none does."""
    at_stripe = {one["id"]: one for one in story.world.transfers()}
    rows = {payout.id: payout for payout in story.session.scalars(select(Payout))}
    found, ours = [], set()
    for attempt in _attempts(story):
        if attempt.state is AttemptState.OK:
            ours.add(attempt.transfer_id)
            made, payout = at_stripe.get(attempt.transfer_id), rows[attempt.payout_id]
            if made is None or made["amount"] != payout.amount.minor:
                found.append(f"{payout.number}: {attempt.transfer_id}, Stripe has {made}.")
    known = {payout.partner_id: payout for payout in rows.values()}
    for key, made in at_stripe.items():
        partner = made["metadata"].get("partner")
        payout = next((p for who, p in known.items() if str(who) == partner), None)
        is_settled = payout and payout.status in (PayoutStatus.PAID, PayoutStatus.FAILED)
        if key not in ours and not made["reversed"] and is_settled:
            found.append(f"{payout.number} is {payout.status}, but {key} exists.")
    return found


def _the_balances_agree(story: Story) -> list[str]:
    """9 and 17, once nothing is on its way and nothing is looked at by a person."""
    open_states = (PayoutStatus.SENDING, PayoutStatus.UNKNOWN, PayoutStatus.REVIEW)
    waiting = select(Payout.id).where(Payout.status.in_(open_states)).limit(1)
    if story.session.scalar(waiting) is not None or not story.is_whole:
        return []
    booked = ledger.balance(story.session, Account.STRIPE_BALANCE, "EUR").minor
    moved = (
        sum(
            row["net"]
            for row in story.world.all("balance_transaction")
            if row["currency"] == "eur" and row["type"] != "topup"
        )
        + story.topped_up
    )
    return [] if booked == moved else [f"The books say {booked} at Stripe, Stripe moved {moved}."]
