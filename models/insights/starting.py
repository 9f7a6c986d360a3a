"""How far somebody new has come: the steps before the first commission.  Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.catalog import Product
from models.commissions.tables import PlanAssignment
from models.deals import Deal, DealStatus
from models.partners import Partner, PartnerStatus
from models.partners.destinations import DestinationStatus, PayoutDestination
from models.people import PARTNER_ROLES, STAFF, Person, PersonStatus
from models.territories.tables import Territory


@dataclass(frozen=True)
class PartnerStart:
    has_address: bool
    has_destination: bool
    has_colleague: bool
    has_registered: bool
    has_won: bool


@dataclass(frozen=True)
class ProgrammeStart:
    has_colleague: bool
    has_products: bool
    has_territories: bool
    has_partners: bool
    has_plans: bool


def partner_start(session: Session, partner_id: UUID) -> PartnerStart:
    """Asked in the partner's own session, in one query."""
    own = Deal.partner_id == partner_id
    row = session.execute(
        select(
            _any(
                select(Partner.id).where(
                    Partner.id == partner_id, Partner.street != "", Partner.town != ""
                )
            ),
            _any(
                select(PayoutDestination.id).where(
                    PayoutDestination.partner_id == partner_id,
                    PayoutDestination.status == DestinationStatus.CURRENT,
                )
            ),
            _people(PARTNER_ROLES, Person.partner_id == partner_id) > 1,
            _any(select(Deal.id).where(own, Deal.status != DealStatus.DRAFT)),
            _any(select(Deal.id).where(own, Deal.status == DealStatus.WON)),
        )
    ).one()
    return PartnerStart(*map(bool, row))


def programme_start(session: Session) -> ProgrammeStart:
    row = session.execute(
        select(
            _people(STAFF) > 1,
            _any(select(Product.id)),
            _any(select(Territory.id)),
            _any(select(Partner.id).where(Partner.status == PartnerStatus.ACTIVE)),
            _any(select(PlanAssignment.id)),
        )
    ).one()
    return ProgrammeStart(*map(bool, row))


def _any(query):
    return query.exists()


def _people(roles, *criteria):
    return (
        select(func.count(Person.id))
        .where(Person.role.in_(list(roles)), Person.status == PersonStatus.ACTIVE, *criteria)
        .scalar_subquery()
    )
