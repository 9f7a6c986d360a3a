"""What a payout does to the ledger; each fact under a key of its own, so that it is posted once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models import ledger, vendor
from models.calendars import month_of, next_month
from models.commissions.queries import is_closed
from models.ledger import Account, Entry, Fact
from models.partners.destinations import DestinationKind
from models.payouts.operations.billing import bill, take_bill_back
from models.payouts.tables import Payout

RESERVED, SENT, GIVEN_BACK, RETURNED = "reserved", "sent", "given back", "returned"


def reserve(session: Session, payouts: Sequence[Payout], *, now: datetime) -> None:
    """On release: no longer the partner's to claim, not yet gone."""
    _post(session, payouts, RESERVED, Account.PARTNER_PAYABLE, Account.PAYOUT_CLEARING, now)


def send(session: Session, payouts: Sequence[Payout], *, now: datetime) -> None:
    """When it was paid; the invoice that we write for the partner goes with the payment."""
    _post(session, payouts, SENT, Account.PAYOUT_CLEARING, None, now)
    bill(session, payouts, now=now)


def give_back(session: Session, payouts: Sequence[Payout], *, now: datetime) -> None:
    """When it failed or was cancelled before it was paid."""
    _post(session, payouts, GIVEN_BACK, Account.PAYOUT_CLEARING, Account.PARTNER_PAYABLE, now)


def take_back(session: Session, payouts: Sequence[Payout], *, now: datetime) -> None:
    """When the bank returned what had been paid; its invoice is cancelled."""
    _post(session, payouts, RETURNED, None, Account.PARTNER_PAYABLE, now)
    for payout in payouts:
        take_bill_back(session, payout, now=now)


def posting_key(payout: Payout, fact: str) -> str:
    return f"payout:{payout.id}:{fact}"


def posting_month(session: Session, now: datetime) -> str:
    """The month of now, or the next one that is open: a closed month takes no posting."""
    month = month_of(vendor.settings(session).calendar.day_of(now))
    while is_closed(session, month):
        month = next_month(month)
    return month


def _post(
    session: Session,
    payouts: Sequence[Payout],
    fact: str,
    debited: Account | None,
    credited: Account | None,
    now: datetime,
) -> None:
    """None stands for where the payout's own rail takes the money from."""
    period = posting_month(session, now)
    facts = [
        Fact(
            key=posting_key(payout, fact),
            kind=f"payout {fact}",
            period=period,
            entries=[
                *_side(debited, payout, 1),
                *_side(credited, payout, -1),
            ],
        )
        for payout in payouts
    ]
    ledger.post_all(session, facts, now=now)


def _side(account: Account | None, payout: Payout, sign: int) -> list[Entry]:
    """One side of a posting, debited for 1 and credited for -1.

    The partner's own side is before tax; the taxes stand beside it.
    """
    if account is Account.PARTNER_PAYABLE:
        parts = [
            Entry(account, payout.commission * sign, payout.partner_id),
            Entry(Account.INPUT_VAT, payout.vat * sign, payout.partner_id),
            Entry(Account.TAX_WITHHELD, payout.withheld * -sign, payout.partner_id),
        ]
        return [part for part in parts if part.money]
    if account is not None:
        return [Entry(account, payout.amount * sign, payout.partner_id)]
    is_stripe = payout.rail is DestinationKind.STRIPE
    return [Entry(Account.STRIPE_BALANCE if is_stripe else Account.BANK, payout.amount * sign)]
