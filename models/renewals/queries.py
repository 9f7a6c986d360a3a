"""What we can ask about renewals.  Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.catalog import ProductFamily
from models.deals import Deal, DealStatus, DealType
from models.partners import Partner
from models.renewals.tables import Renewal, RenewalProposal

ENDED = (DealStatus.WITHDRAWN, DealStatus.EXPIRED, DealStatus.REVOKED)
"""A registration that has come to nothing: the renewal is to be registered anew."""
NOT_REGISTERED = (DealStatus.DRAFT, DealStatus.REJECTED, *ENDED)


@dataclass(frozen=True)
class RenewalFilter:
    """Which renewals a list shows; what is None does not narrow it."""

    from_on: date
    to_on: date
    """Inclusive."""
    only_open: bool = True
    """Only those that no renewal is registered for."""
    channel_manager_id: UUID | None = None


def is_registered() -> ColumnElement[bool]:
    """Whether the won deal's renewal stands registered, by our button or without it."""
    other, by_button = aliased(Deal, name="renewing"), aliased(Deal, name="begun")
    same = (
        select(other.id)
        .where(
            other.partner_id == Deal.partner_id,
            other.customer_id == Deal.customer_id,
            other.family_id == Deal.family_id,
            other.kind == DealType.RENEWAL,
            other.submitted_at > Deal.won_at,
            other.status.not_in(NOT_REGISTERED),
        )
        .correlate(Deal)
    )
    begun = (
        select(by_button.id)
        .join(Renewal, Renewal.deal_id == by_button.id)
        .where(Renewal.of_deal_id == Deal.id, by_button.status.not_in(NOT_REGISTERED))
        .correlate(Deal)
    )
    return or_(same.exists(), begun.exists())


def renewal_registered(session: Session, deal: Deal) -> bool:
    return bool(session.scalar(select(is_registered()).where(Deal.id == deal.id)))


def renewal_begun(session: Session, deal_id: UUID) -> UUID | None:
    """The registration that was begun for it and may still be won; None without one."""
    return session.scalar(
        select(Renewal.deal_id)
        .join(Deal, Deal.id == Renewal.deal_id)
        .where(Renewal.of_deal_id == deal_id, Deal.status.not_in(ENDED))
    )


def is_registered_by(session: Session, deal: Deal, partner_id: UUID) -> bool:
    """Whether that partner has registered this deal's renewal.  On the vendor's side."""
    found = select(Deal.id).where(
        Deal.partner_id == partner_id,
        Deal.customer_id == deal.customer_id,
        Deal.family_id == deal.family_id,
        Deal.kind == DealType.RENEWAL,
        Deal.submitted_at > deal.won_at,
        Deal.status.not_in(NOT_REGISTERED),
    )
    return session.scalar(found.limit(1)) is not None


def due(wanted: RenewalFilter) -> Select:
    """Won deals that are to be renewed between two days; keys are Deal.renews_on and Deal.id."""
    last = (
        select(func.max(RenewalProposal.at))
        .where(RenewalProposal.deal_id == Deal.id, RenewalProposal.renews_on == Deal.renews_on)
        .correlate(Deal)
        .scalar_subquery()
    )
    registered = is_registered()
    query = (
        select(
            Deal.id,
            Deal.number,
            Deal.customer_name,
            Deal.value,
            Deal.won_on,
            Deal.renews_on,
            Deal.partner_id,
            Partner.name.label("partner"),
            Partner.status.label("partner_status"),
            ProductFamily.name.label("family"),
            last.label("proposed_at"),
            registered.label("is_registered"),
        )
        .join(Partner, Partner.id == Deal.partner_id)
        .outerjoin(ProductFamily, ProductFamily.id == Deal.family_id)
        .where(
            Deal.status == DealStatus.WON,
            Deal.renews_on >= wanted.from_on,
            Deal.renews_on <= wanted.to_on,
        )
    )
    if wanted.only_open:
        query = query.where(~registered)
    if wanted.channel_manager_id is not None:
        query = query.where(Deal.channel_manager_id == wanted.channel_manager_id)
    return query
