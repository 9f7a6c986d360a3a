"""What a payout does to the ledger; each fact under a key of its own, so that it is posted once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models import ledger, vendor
from models.calendars import month_of
from models.ledger import Account, Fact, credit, debit
from models.money import Money
from models.partners.destinations import DestinationKind
from models.payouts.tables import Payout

RESERVED, SENT, GIVEN_BACK, RETURNED = "reserved", "sent", "given back", "returned"


def reserve(session: Session, payouts: Sequence[Payout], *, now: datetime) -> None:
    """On release: no longer the partner's to claim, not yet gone."""
    _post(session, payouts, RESERVED, Account.PARTNER_PAYABLE, Account.PAYOUT_CLEARING, now)


def send(session: Session, payouts: Sequence[Payout], *, now: datetime) -> None:
    """When it was paid."""
    _post(session, payouts, SENT, Account.PAYOUT_CLEARING, None, now)


def give_back(session: Session, payouts: Sequence[Payout], *, now: datetime) -> None:
    """When it failed or was cancelled before it was paid."""
    _post(session, payouts, GIVEN_BACK, Account.PAYOUT_CLEARING, Account.PARTNER_PAYABLE, now)


def take_back(session: Session, payouts: Sequence[Payout], *, now: datetime) -> None:
    """When the bank returned what had been paid."""
    _post(session, payouts, RETURNED, None, Account.PARTNER_PAYABLE, now)


def posting_key(payout: Payout, fact: str) -> str:
    return f"payout:{payout.id}:{fact}"


def _post(
    session: Session,
    payouts: Sequence[Payout],
    fact: str,
    debited: Account | None,
    credited: Account | None,
    now: datetime,
) -> None:
    """None stands for where the payout's own rail takes the money from."""
    period = month_of(vendor.settings(session).calendar.day_of(now))
    facts = [
        Fact(
            key=posting_key(payout, fact),
            kind=f"payout {fact}",
            period=period,
            entries=[
                debit(*_place(debited, payout)),
                credit(*_place(credited, payout)),
            ],
        )
        for payout in payouts
    ]
    ledger.post_all(session, facts, now=now)


def _place(account: Account | None, payout: Payout) -> tuple[Account, Money, UUID | None]:
    if account is not None:
        return account, payout.amount, payout.partner_id
    is_stripe = payout.rail is DestinationKind.STRIPE
    return Account.STRIPE_BALANCE if is_stripe else Account.BANK, payout.amount, None
