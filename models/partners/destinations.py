"""Where a partner's money goes: a bank account (sealed), or a payment made by hand.

A destination is never changed: a new one replaces it, and then nothing is paid for the
vendor's hold, so that a thief who has taken over a log-in is noticed before he is paid.
The account number is sealed; only `account_of` opens it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column
from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum.exceptions import ValidationError

from models.base import Base
from models.errors import Refused
from models.partners.us_accounts import COUNTRY as US
from models.partners.us_accounts import UsAccount
from models.scope import Private
from models.sealing import Seal

IBAN_ALONE = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE",
    "SI", "SK",
})  # fmt: skip
"""Countries of the single market: the IBAN names the bank."""

WITH_BIC = frozenset({
    "AD", "AL", "CH", "GB", "GI", "MC", "MD", "ME", "MK", "RS", "SM", "VA",
})  # fmt: skip
"""SEPA reaches their accounts too, but asks for the BIC (EPC409-09)."""


class DestinationKind(StrEnum):
    SEPA = "sepa"
    ACH = "ach"
    """To an account in the United States, by the bank's automated clearing house."""
    STRIPE = "stripe"
    """To the partner's own account at Stripe, which pays its bank."""
    BY_HAND = "by_hand"


class DestinationStatus(StrEnum):
    CURRENT = "current"
    REPLACED = "replaced"


class PayoutDestination(Private, Base):
    __tablename__ = "payout_destination"
    __table_args__ = (
        CheckConstraint("(kind = 'sepa') = (iban_sealed IS NOT NULL)", name="sepa_has_an_account"),
        Index(
            "uq_payout_destination_one_current",
            "partner_id",
            unique=True,
            sqlite_where=text("status = 'current'"),
            postgresql_where=text("status = 'current'"),
        ),
    )

    kind: Mapped[DestinationKind]
    status: Mapped[DestinationStatus] = mapped_column(default=DestinationStatus.CURRENT)
    holder: Mapped[str] = mapped_column(String(70))
    """As the bank knows the account's owner; banks compare it."""
    iban_sealed: Mapped[str | None] = mapped_column(Text)
    """None for anything but a SEPA account."""
    iban_last4: Mapped[str] = mapped_column(String(4), default="")
    """The end of the account number, whatever kind it is; all that pages show."""
    account_sealed: Mapped[str | None] = mapped_column(Text)
    """The number of an account in the United States; None for anything else."""
    routing_number: Mapped[str] = mapped_column(String(9), default="")
    """Of its bank; empty for anything else."""
    is_savings: Mapped[bool] = mapped_column(default=False)
    account_id: Mapped[str | None] = mapped_column(String(60))
    """Of the account at Stripe, such as acct_…; None for anything else."""
    bic: Mapped[str] = mapped_column(String(11), default="")
    """Empty where the IBAN names the bank."""
    country: Mapped[str] = mapped_column(String(2), default="")
    """Of the account, from the IBAN; empty when it is paid by hand."""
    instructions: Mapped[str] = mapped_column(String(500), default="")
    """How to pay by hand; empty for a bank account."""
    entered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """None when it came with an import."""
    created_at: Mapped[datetime]
    held_until: Mapped[datetime | None]
    """Nothing is paid to it before this instant; None for a partner's first destination."""
    confirmed_at: Mapped[datetime | None]
    """When finance had made sure that the partner wants it; None before, and for a first one."""
    confirmed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    confirmed_how: Mapped[str] = mapped_column(String(300), default="")
    """How finance made sure, such as a call to a number that was known before."""
    replaced_at: Mapped[datetime | None]

    def is_held(self, now: datetime) -> bool:
        return self.held_until is not None and now < self.held_until

    @property
    def is_confirmed(self) -> bool:
        """A changed one is confirmed by a person of the vendor; a first one needs nobody."""
        return self.held_until is None or self.confirmed_at is not None

    @property
    def summary(self) -> str:
        """Such as "DE •••• 3000 (Rhine Cycles GmbH)"; never the whole number."""
        if self.kind is DestinationKind.BY_HAND:
            return f"Paid by hand ({self.holder})"
        if self.kind is DestinationKind.STRIPE:
            return f"Stripe {self.account_id} ({self.holder})"
        return f"{self.country} •••• {self.iban_last4} ({self.holder})"


@dataclass(frozen=True, slots=True)
class BankAccount:
    """What somebody typed, checked and made tidy."""

    holder: str
    iban: str
    bic: str

    @property
    def country(self) -> str:
        return self.iban[:2]


def checked(*, holder: str, iban: str, bic: str) -> BankAccount:
    """The account, tidy.  Raises Refused, naming what does not add up."""
    holder = " ".join(holder.split())
    if not holder:
        raise Refused("Enter the account holder's name as the bank knows it.")
    account = BankAccount(holder, checked_iban(iban), checked_bic(bic))
    if account.country in WITH_BIC and not account.bic:
        raise Refused(f"For an account in {account.country} enter the bank's BIC too.")
    return account


def checked_iban(typed: str) -> str:
    try:
        iban = ibans.validate(typed)
    except ValidationError:
        raise Refused(
            "This IBAN does not add up. Copy it from a bank statement and check each digit."
        ) from None
    if iban[:2] not in IBAN_ALONE | WITH_BIC:
        raise Refused(
            f"SEPA payments do not reach accounts in {iban[:2]}. Choose to be paid by hand."
        )
    return iban


def checked_bic(typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        return bics.validate(typed)
    except ValidationError:
        raise Refused(
            "This BIC is not valid. It has 8 or 11 characters; you may also leave it empty."
        ) from None


def current(session: Session, partner_id: UUID) -> PayoutDestination | None:
    """Where the partner is paid now; None when it has not said."""
    return session.scalars(
        select(PayoutDestination).where(
            PayoutDestination.partner_id == partner_id,
            PayoutDestination.status == DestinationStatus.CURRENT,
        )
    ).first()


def unconfirmed(session: Session) -> list[PayoutDestination]:
    """Changed destinations that finance has not confirmed yet, oldest first."""
    return list(
        session.scalars(
            select(PayoutDestination)
            .where(
                PayoutDestination.status == DestinationStatus.CURRENT,
                PayoutDestination.held_until.is_not(None),
                PayoutDestination.confirmed_at.is_(None),
            )
            .order_by(PayoutDestination.created_at, PayoutDestination.id)
        )
    )


def history(session: Session, partner_id: UUID) -> list[PayoutDestination]:
    """Every destination the partner ever had, latest first."""
    return list(
        session.scalars(
            select(PayoutDestination)
            .where(PayoutDestination.partner_id == partner_id)
            .order_by(PayoutDestination.created_at.desc(), PayoutDestination.id.desc())
        )
    )


def sealed(account: BankAccount | UsAccount, seal: Seal) -> dict[str, Any]:
    """The columns of an account, as they may be stored."""
    if isinstance(account, UsAccount):
        return {
            "holder": account.holder,
            "account_sealed": seal.close(account.account),
            "iban_last4": account.account[-4:],
            "routing_number": account.routing_number,
            "is_savings": account.is_savings,
            "country": US,
        }
    return {
        "holder": account.holder,
        "iban_sealed": seal.close(account.iban),
        "iban_last4": account.iban[-4:],
        "bic": account.bic,
        "country": account.country,
    }


def account_of(destination: PayoutDestination, seal: Seal) -> BankAccount | UsAccount | None:
    """The whole account, opened; None when there is none.  Audit each use."""
    if destination.iban_sealed is not None:
        iban = seal.open(destination.iban_sealed)
        return BankAccount(destination.holder, iban, destination.bic)
    if destination.account_sealed is not None:
        number = seal.open(destination.account_sealed)
        return UsAccount(
            destination.holder, destination.routing_number, number, destination.is_savings
        )
    return None
