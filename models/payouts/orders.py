"""Payouts as a rail wants them: what goes to whom, and from whom.  Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.commissions.tables import Statement
from models.money import Money
from models.partners import Partner
from models.partners.destinations import PayoutDestination
from models.payouts.rails import Address, Order, Payer
from models.payouts.tables import Payout, PayoutStatement
from models.vendor import Vendor


def orders_of(session: Session, payouts: Sequence[Payout]) -> list[Order]:
    """The payouts as a rail wants them, in the order of their numbers."""
    ids = [payout.id for payout in payouts]
    about = _what_for(session, ids)
    rows = session.execute(
        select(Payout, PayoutDestination, Partner)
        .join(PayoutDestination, PayoutDestination.id == Payout.destination_id)
        .join(Partner, Partner.id == Payout.partner_id)
        .where(Payout.id.in_(ids))
        .order_by(Payout.number)
    )
    return [
        order_to(
            partner,
            destination,
            payout.amount,
            payout.id,
            payout.number,
            about.get(payout.id, "Commission left of earlier payouts"),
        )
        for payout, destination, partner in rows
    ]


def payer_of(vendor: Vendor) -> Payer:
    return Payer(
        name=vendor.legal_name or vendor.name,
        iban=vendor.iban,
        bic=vendor.bic,
        address=_address(vendor),
        ach_routing_number=vendor.ach_routing_number,
        ach_bank_name=vendor.ach_bank_name,
        ach_company_id=vendor.ach_company_id,
    )


def order_to(
    partner: Partner,
    destination: PayoutDestination,
    amount: Money,
    payout_id: UUID,
    number: str,
    about: str,
) -> Order:
    return Order(
        payout_id=payout_id,
        number=number,
        amount=amount,
        about=about,
        holder=destination.holder,
        address=_address(partner),
        account_sealed=destination.iban_sealed or destination.account_sealed,
        bic=destination.bic,
        routing_number=destination.routing_number,
        is_savings=destination.is_savings,
        account_id=destination.account_id or "",
    )


def _address(company: Partner | Vendor) -> Address:
    return Address(
        company.street, company.building, company.postal_code, company.town, company.country
    )


def _what_for(session: Session, payout_ids: list[UUID]) -> dict[UUID, str]:
    rows = session.execute(
        select(PayoutStatement.payout_id, Statement.period, Statement.number)
        .join(Statement, Statement.id == PayoutStatement.statement_id)
        .where(PayoutStatement.payout_id.in_(payout_ids))
        .order_by(Statement.period, Statement.number)
    )
    said: dict[UUID, list[str]] = defaultdict(list)
    for payout_id, period, number in rows:
        said[payout_id].append(f"{period} {number}")
    return {payout_id: f"Commission {', '.join(words)}" for payout_id, words in said.items()}
