"""What we can ask about leads.  Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from models.catalog import ProductFamily
from models.leads.rules import LeadState
from models.leads.tables import Lead, LeadOffer
from models.partners import Partner
from models.people import Person


@dataclass(frozen=True, kw_only=True)
class LeadFilter:
    text: str = ""
    state: LeadState | None = None
    person_id: UUID | None = None
    """Routed to this person."""


def listed(wanted: LeadFilter) -> Select:
    """One row a lead, without an order.  On the vendor's side."""
    lead = Lead
    query = (
        select(
            lead.id, lead.number, lead.company, lead.country, lead.postal_code, lead.state,
            lead.created_at, lead.routing_why, ProductFamily.name.label("family"),
            Person.name.label("channel_manager"),
        )
        .outerjoin(Person, Person.id == lead.channel_manager_id)
        .outerjoin(ProductFamily, ProductFamily.id == lead.family_id)
    )  # fmt: skip
    if wanted.state:
        query = query.where(lead.state == wanted.state)
    if wanted.person_id:
        theirs = (lead.channel_manager_id, lead.sales_manager_id)
        query = query.where(or_(*(each == wanted.person_id for each in theirs)))
    if text := wanted.text.strip():
        named = (lead.company, lead.number, lead.contact_name)
        query = query.where(or_(*(each.icontains(text, autoescape=True) for each in named)))
    return query


def offers() -> Select:
    """One row an offer, without an order: in a partner's session its own."""
    offer = LeadOffer
    return select(
        offer.id, offer.number, offer.company, offer.country, offer.state, offer.offered_at,
        offer.answer_by, offer.deal_id,
    )  # fmt: skip


def offers_of(lead_id: UUID) -> Select:
    """To whom a lead was offered, the latest first.  On the vendor's side."""
    offer = LeadOffer
    return (
        select(
            offer.id, offer.state, offer.offered_at, offer.answer_by, offer.answered_by_name,
            offer.reason, offer.deal_id, Partner.name.label("partner"), offer.partner_id,
        )
        .join(Partner, Partner.id == offer.partner_id)
        .where(offer.lead_id == lead_id)
        .order_by(offer.offered_at.desc(), offer.id.desc())
    )  # fmt: skip


def how_many(session: Session, query: Select) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
