"""Accounts of the demonstration: one partner has changed where it is paid; finance confirms it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from models import partners
from models.partners import Partner, destinations
from models.partners.destinations import DestinationKind, DestinationStatus, PayoutDestination
from models.payouts import Payout, PayoutStatus
from models.people import Person, Role
from portal.demo.companies import WITH_PEOPLE
from portal.demo.story import Story

ANOTHER_IBAN = "DE02 1203 0000 0000 2020 51"


def change_one(story: Story) -> None:
    """Yesterday, of a partner in whose eyes nobody looks and that no draft is going to pay."""
    drafted = select(Payout.partner_id).where(Payout.status == PayoutStatus.DRAFT)
    looked_at = [story.partners[key].id for key in WITH_PEOPLE]
    head = story.session.scalars(
        select(Person)
        .join(PayoutDestination, PayoutDestination.partner_id == Person.partner_id)
        .where(
            Person.role == Role.PARTNER_ADMINISTRATOR,
            PayoutDestination.kind == DestinationKind.SEPA,
            PayoutDestination.status == DestinationStatus.CURRENT,
            Person.partner_id.not_in(drafted),
            Person.partner_id.not_in(looked_at),
        )
        .order_by(Person.email)
    ).first()
    if head is None:
        return
    partner = story.session.get_one(Partner, head.partner_id)
    account = destinations.checked(holder=partner.name, iban=ANOTHER_IBAN, bic="")
    yesterday = story.now - timedelta(days=1)
    partners.pay_to_account(
        story.session, partner, account, by=head.actor(), seal=story.seal, now=yesterday
    )
