"""What we keep about transfers: each attempt before it is made, reversals, Stripe's balance."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, composite, mapped_column

from models.base import Base
from models.guards import never_changes_in
from models.money import Money
from models.payouts.transfers.rules import AttemptState
from models.scope import VendorOnly

LIVE = "state IN ('open', 'ok')"


class PayoutAttempt(VendorOnly, Base):
    """One call to Stripe, written down before it is made; repeated, it is the same call."""

    __tablename__ = "payout_attempt"
    __table_args__ = (
        UniqueConstraint("payout_id", "number"),
        Index(
            "uq_payout_attempt_one_live",
            "payout_id",
            unique=True,
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        CheckConstraint(
            "(state = 'ok') = (transfer_id IS NOT NULL)", name="ok_when_there_is_a_transfer"
        ),
    )

    payout_id: Mapped[UUID] = mapped_column(ForeignKey("payout.id"))
    number: Mapped[int]
    key: Mapped[str] = mapped_column(String(200), unique=True)
    """The idempotency key; made from the business, never from chance."""
    params: Mapped[dict[str, Any]]
    """Exactly what is sent, at the first call and at each later one."""
    made_at: Mapped[datetime]
    """When the key was first used at the earliest."""
    lease_until: Mapped[datetime | None]
    """Until when somebody may be calling; None when nobody is."""
    tries: Mapped[int] = mapped_column(default=0)
    """Calls that had no sure answer."""
    state: Mapped[AttemptState] = mapped_column(default=AttemptState.OPEN)
    transfer_id: Mapped[str | None] = mapped_column(String(60), unique=True)
    """None until the transfer is known to exist."""
    answer: Mapped[str] = mapped_column(String(500), default="")
    """The last that was heard; empty before the first answer."""
    answered_at: Mapped[datetime | None]


class PayoutReversal(VendorOnly, Base):
    """Money that came back from a transfer: taken back by us, or found at Stripe."""

    __tablename__ = "payout_reversal"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="gives_something_back"),)

    payout_id: Mapped[UUID] = mapped_column(ForeignKey("payout.id"), index=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    """The idempotency key of ours, or Stripe's id of one that we did not ask for."""
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    amount_currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Money] = composite(Money, amount_minor, amount_currency)
    reason: Mapped[str] = mapped_column(String(300))
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None when it was made in Stripe's own dashboard."""
    asked_at: Mapped[datetime]
    state: Mapped[AttemptState] = mapped_column(default=AttemptState.OPEN)
    reversal_id: Mapped[str | None] = mapped_column(String(60), unique=True)
    """None until it is known to exist; then it is in the ledger."""
    answer: Mapped[str] = mapped_column(String(500), default="")


class StripeBalance(VendorOnly, Base):
    """What lay at Stripe when it was last read, in one currency."""

    __tablename__ = "stripe_balance"

    currency: Mapped[str] = mapped_column(String(3), unique=True)
    available_minor: Mapped[int] = mapped_column(BigInteger)
    pending_minor: Mapped[int] = mapped_column(BigInteger)
    read_at: Mapped[datetime]


never_changes_in(PayoutAttempt.__table__, "payout_id", "number", "key", "params", "made_at")
never_changes_in(
    PayoutReversal.__table__, "payout_id", "key", "amount_minor", "amount_currency", "asked_at"
)
