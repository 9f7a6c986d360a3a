"""A partner's account at Stripe: opened once, set up there, and used when it is ready.

The row is kept before Stripe is asked, under a key made from the partner, so that a crash
between asking and hearing opens no second account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import audit, notices
from models.base import Base, lock
from models.errors import Refused
from models.partners.destinations import (
    DestinationKind,
    DestinationStatus,
    PayoutDestination,
    current,
)
from models.partners.payment import replace_destination
from models.partners.tables import Partner
from models.people import Actor, Role
from models.scope import Private

WORDS = {
    "external_account": "Your bank account",
    "tos_acceptance": "Your agreement to Stripe's terms",
    "business_profile": "Your web address and what you sell",
    "business_type": "What kind of company you are",
    "company": "Facts about your company, such as its address and tax number",
    "individual": "Facts about yourself, such as your date of birth",
    "representative": "Who represents the company",
    "person": "Who represents the company",
    "owners": "Who owns the company",
    "directors": "Who directs the company",
    "executives": "Who leads the company",
    "verification": "A document that proves who you are",
    "identity": "Who you are",
    "default_payment_method": "Your bank account",
    "outbound_destination": "Your bank account",
}
"""Stripe's names of what is still due, by their first word."""


@dataclass(frozen=True, slots=True)
class AccountRead:
    """An account as Stripe shows it now."""

    id: str
    is_ready: bool
    """Whether transfers reach it."""
    is_closed: bool
    due: tuple[str, ...]
    """Stripe's names of what is still missing."""


class StripeAccount(Private, Base):
    """One per partner."""

    __tablename__ = "stripe_account"
    __table_args__ = (CheckConstraint("NOT is_ready OR account_id IS NOT NULL", name="exists"),)

    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), unique=True)
    account_id: Mapped[str | None] = mapped_column(String(60), unique=True)
    """Stripe's; None until Stripe has answered."""
    is_ready: Mapped[bool] = mapped_column(default=False)
    is_closed: Mapped[bool] = mapped_column(default=False)
    due: Mapped[list[str]] = mapped_column(JSON, default=list)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    read_at: Mapped[datetime | None]
    """When Stripe was last asked; None before the first answer."""

    @property
    def key(self) -> str:
        """Under which the account is opened: the same for ever."""
        return f"account:{self.partner_id}"

    @property
    def due_in_words(self) -> list[str]:
        """What is still missing, each once, in the partner's words."""
        said = (WORDS.get(name.split(".")[0], name.replace("_", " ").capitalize())
                for name in self.due)  # fmt: skip
        return list(dict.fromkeys(said))


def account_of(session: Session, partner_id: UUID) -> StripeAccount | None:
    asked = select(StripeAccount).where(StripeAccount.partner_id == partner_id)
    return session.scalars(asked).first()


def want_account(session: Session, partner: Partner, *, by: Actor, now: datetime) -> StripeAccount:
    """The partner's account, written down before it is opened.  Again, it is the same."""
    must_be_administrator(partner, by)
    lock(session, partner)
    if known := account_of(session, partner.id):
        return known
    row = StripeAccount(partner_id=partner.id, asked_at=now, asked_by_id=by.id)
    session.add(row)
    session.flush()
    audit.record(session, by, "stripe account asked for", row, now=now)
    return row


def record(session: Session, row: StripeAccount, read: AccountRead, *, now: datetime) -> None:
    """Keep what Stripe says; tell the partner when it becomes ready, and when it no longer is."""
    lock(session, row)
    if row.account_id not in (None, read.id):
        raise Refused("Stripe answered about another account.")
    was_ready, was_known = row.is_ready, row.read_at is not None
    row.account_id, row.read_at = read.id, now
    row.is_ready = read.is_ready and not read.is_closed
    row.is_closed, row.due = read.is_closed, list(read.due)
    if was_known and was_ready != row.is_ready:
        _tell(session, row, now)


def pay_through_stripe(
    session: Session, partner: Partner, *, by: Actor, now: datetime
) -> PayoutDestination:
    """From now on pay to the account at Stripe.  Already so, it changes nothing."""
    must_be_administrator(partner, by)
    lock(session, partner)
    row = account_of(session, partner.id)
    if row is None or not row.is_ready:
        raise Refused("Your account at Stripe is not ready yet. Finish setting it up first.")
    before = current(session, partner.id)
    if before is not None and before.account_id == row.account_id:
        return before
    new = PayoutDestination(
        partner_id=partner.id,
        kind=DestinationKind.STRIPE,
        holder=(partner.legal_name or partner.name)[:70],
        account_id=row.account_id,
        country=partner.country,
    )
    return replace_destination(session, partner, before, new, by=by, now=now)


def must_be_administrator(partner: Partner, by: Actor) -> None:
    if by.role is not Role.PARTNER_ADMINISTRATOR or by.partner_id != partner.id:
        raise Refused("Only a partner administrator says where to pay.")


def _tell(session: Session, row: StripeAccount, now: datetime) -> None:
    is_used = session.scalar(
        select(PayoutDestination.id).where(
            PayoutDestination.account_id == row.account_id,
            PayoutDestination.status == DestinationStatus.CURRENT,
        )
    )
    if row.is_ready:
        title, body = "Your account at Stripe is ready", "You can be paid through Stripe now."
        if is_used is None:
            body += " Choose it under Company."
    else:
        title = "Stripe needs something from you"
        body = "Payments to your account at Stripe are stopped until you have answered there."
    notices.tell_partner(
        session,
        row.partner_id,
        "stripe-account",
        title=title,
        body=body,
        link="/company/stripe",
        roles=[Role.PARTNER_ADMINISTRATOR],
        now=now,
    )
