"""The remittance advice as a letter: what was paid, for which statements, to where."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import notices
from models.money import Money
from models.partners import Partner, PartnerStatus
from models.partners.destinations import PayoutDestination
from models.payouts.queries import statements_of
from models.payouts.tables import Payout
from models.people import Person, Role


def advise(session: Session, payout: Payout, *, now: datetime) -> None:
    """Tell a partner's people; those of a partner that has left get a letter instead."""
    title, body = f"We paid you {in_words(payout.amount)}", _advice(session, payout)
    partner = session.get_one(Partner, payout.partner_id)
    if partner.status is PartnerStatus.ENDED:
        body += f"\n{partner.name} signs in no more, so this letter is the remittance advice."
        for email in _last_administrators(session, partner):
            notices.write_to(
                session, email, "payout-paid", title=title, body=body, link="/sign-in", now=now
            )
        return
    notices.tell_partner(
        session,
        payout.partner_id,
        "payout-paid",
        title=title,
        body=body,
        link=f"/payouts/{payout.id}",
        now=now,
        key=f"payout-paid {payout.id}",
    )


def in_words(amount: Money) -> str:
    return f"{amount.major:,f} {amount.currency}"


def _advice(session: Session, payout: Payout) -> str:
    destination = session.get_one(PayoutDestination, payout.destination_id)
    unit = payout.amount.currency
    settled = [
        f"{row.number} ({row.period}): {in_words(Money(row.amount_minor, unit))}"
        for row in statements_of(session, payout)
    ]
    return "\n".join(
        [
            f"Remittance advice {payout.number}. Paid on {payout.paid_on:%Y-%m-%d} "
            f"with reference {payout.reference}, to {destination.summary}. It settles",
            *settled,
            *_rests(payout),
            *_taxes(payout),
        ]
    )


def _rests(payout: Payout) -> list[str]:
    parts = (
        ("Left of earlier payouts", payout.brought),
        ("Carried to the next payout", -payout.left),
    )
    return [f"{label}: {in_words(amount)}" for label, amount in parts if amount]


def _taxes(payout: Payout) -> list[str]:
    parts = (("VAT", payout.vat), ("Withheld for the tax office", -payout.withheld))
    return [f"{label}: {in_words(amount)}" for label, amount in parts if amount]


def _last_administrators(session: Session, partner: Partner) -> list[str]:
    return list(
        session.scalars(
            select(Person.email)
            .where(Person.partner_id == partner.id, Person.role == Role.PARTNER_ADMINISTRATOR)
            .order_by(Person.email)
        )
    )
