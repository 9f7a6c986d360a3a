"""The invoices that we write for partners: with the payment, taken back when it comes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models import taxes
from models.money import Money
from models.partners import Partner
from models.payouts.tables import Payout
from models.taxes.rules import REVERSE_CHARGE, SELF_BILLING


def bill(session: Session, payouts: Sequence[Payout], *, now: datetime) -> None:
    """For each payout that was paid and whose partner has agreed to it."""
    for payout in sorted(payouts, key=lambda payout: payout.partner_id):
        if payout.vat_rate is None:
            continue
        partner = session.get_one(Partner, payout.partner_id)
        taxes.bill(
            session,
            partner,
            payout_id=payout.id,
            about=f"Commission up to {payout.period}, payout {payout.number}",
            net=payout.commission,
            vat=payout.vat,
            rate=payout.vat_rate,
            wording=SELF_BILLING if payout.vat_rate else f"{SELF_BILLING}. {REVERSE_CHARGE}",
            now=now,
        )


def take_part_of_bill_back(
    session: Session, payout: Payout, *, net: Money, vat: Money, now: datetime
) -> None:
    """When a part of the money came back: so much less is billed."""
    partner = session.get_one(Partner, payout.partner_id)
    taxes.correct_bill(session, partner, payout.id, net=net, vat=vat, now=now)


def take_bill_back(session: Session, payout: Payout, *, now: datetime) -> None:
    """When the money came back: what is left of the invoice is cancelled by another."""
    taxes.cancel_bill(session, session.get_one(Partner, payout.partner_id), payout.id, now=now)
