"""What we can ask about partners.  Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.partners import destinations
from models.partners.profiles import has_complete_address
from models.partners.rules import PartnerRole, PartnerStatus, Standing, Tier
from models.partners.tables import Partner, PartnerParent
from models.people import Person, PersonStatus, Role
from models.scope import vendor_side


def parent_on(session: Session, partner_id: UUID, day: date) -> UUID | None:
    """The distributor that `partner_id` bought through on that day; None when it had none."""
    return session.scalar(
        select(PartnerParent.distributor_id).where(
            PartnerParent.partner_id == partner_id,
            PartnerParent.from_on <= day,
            or_(PartnerParent.to_on.is_(None), PartnerParent.to_on > day),
        )
    )


def resellers_of(session: Session, distributor_id: UUID, day: date) -> frozenset[UUID]:
    """Every partner that buys through this distributor on that day.  Asked on the vendor's side."""
    return frozenset(
        session.scalars(
            select(PartnerParent.partner_id).where(
                PartnerParent.distributor_id == distributor_id,
                PartnerParent.from_on <= day,
                or_(PartnerParent.to_on.is_(None), PartnerParent.to_on > day),
            )
        )
    )


@dataclass(frozen=True, slots=True)
class Filter:
    """Which partners; empty fields do not narrow."""

    text: str = ""
    status: PartnerStatus | None = None
    role: PartnerRole | None = None
    tier: Tier | None = None
    country: str = ""
    distributor_id: UUID | None = None
    manager_id: UUID | None = None


def listed(chosen: Filter, *, day: date) -> Select:
    """One row a partner, with its manager and the distributor it has on `day`; without an order."""
    distributor, manager = aliased(Partner), aliased(Person)
    return (
        select(
            Partner.id,
            Partner.number,
            Partner.name,
            Partner.role,
            Partner.tier,
            Partner.status,
            Partner.country,
            Partner.town,
            Partner.currency,
            Partner.created_at,
            func.coalesce(manager.name, "").label("manager"),
            func.coalesce(distributor.name, "").label("distributor"),
        )
        .outerjoin(manager, manager.id == Partner.channel_manager_id)
        .outerjoin(PartnerParent, _link_on(Partner.id, day))
        .outerjoin(distributor, distributor.id == PartnerParent.distributor_id)
        .where(*_criteria(chosen))
    )


def counted(session: Session, chosen: Filter, *, day: date) -> int:
    partners = select(func.count(Partner.id)).where(*_criteria(chosen))
    if chosen.distributor_id is not None:
        partners = partners.join(PartnerParent, _link_on(Partner.id, day))
    return session.scalar(partners) or 0


def parents_of(session: Session, partner_id: UUID) -> list[Row]:
    """(distributor_id, number, name, from_on, to_on) of every link, latest first."""
    return list(
        session.execute(
            select(
                PartnerParent.distributor_id,
                Partner.number,
                Partner.name,
                PartnerParent.from_on,
                PartnerParent.to_on,
            )
            .join(Partner, Partner.id == PartnerParent.distributor_id)
            .where(PartnerParent.partner_id == partner_id)
            .order_by(PartnerParent.from_on.desc())
        )
    )


def distributor_named(session: Session, partner_id: UUID, day: date) -> str:
    """The name of the distributor on that day; empty when it buys directly.

    A reseller may know the name of its distributor, and no more of it.
    """
    parent = parent_on(session, partner_id, day)
    if parent is None:
        return ""
    with vendor_side(session) as own:
        return own.scalar(select(Partner.name).where(Partner.id == parent)) or ""


def distributors(session: Session) -> list[Row]:
    """(id, name) of every distributor that may have resellers, by name."""
    return list(
        session.execute(
            select(Partner.id, Partner.name)
            .where(
                Partner.role == PartnerRole.DISTRIBUTOR,
                Partner.status.in_([PartnerStatus.ACTIVE, PartnerStatus.ONBOARDING]),
            )
            .order_by(Partner.name, Partner.id)
        )
    )


def namesakes(session: Session, name: str, country: str) -> list[Row]:
    """(id, number, name) of partners in the country that are called the same."""
    return list(
        session.execute(
            select(Partner.id, Partner.number, Partner.name).where(
                func.lower(Partner.name) == " ".join(name.split()).lower(),
                Partner.country == country,
                Partner.status != PartnerStatus.ENDED,
            )
        )
    )


def standing_of(session: Session, partner: Partner) -> Standing:
    administrators = session.scalar(
        select(func.count(Person.id)).where(
            Person.partner_id == partner.id,
            Person.role == Role.PARTNER_ADMINISTRATOR,
            Person.status == PersonStatus.ACTIVE,
        )
    )
    return Standing(
        agreement_signed_on=partner.agreement_signed_on,
        tax_is_on_file=bool(partner.vat_id or partner.tax_form),
        has_destination=destinations.current(session, partner.id) is not None,
        administrators=administrators or 0,
        address_is_complete=has_complete_address(
            partner.street, partner.town, partner.postal_code, partner.country
        ),
    )


def _link_on(partner_id: Any, day: date) -> ColumnElement[bool]:
    return and_(
        PartnerParent.partner_id == partner_id,
        PartnerParent.from_on <= day,
        or_(PartnerParent.to_on.is_(None), PartnerParent.to_on > day),
    )


def _criteria(chosen: Filter) -> list[ColumnElement[bool]]:
    criteria = []
    if chosen.text:
        text = chosen.text.strip()
        criteria.append(
            or_(
                Partner.name.icontains(text, autoescape=True),
                Partner.number.icontains(text, autoescape=True),
                Partner.town.icontains(text, autoescape=True),
            )
        )
    for column, wanted in (
        (Partner.status, chosen.status),
        (Partner.role, chosen.role),
        (Partner.tier, chosen.tier),
        (Partner.country, chosen.country),
        (Partner.channel_manager_id, chosen.manager_id),
        (PartnerParent.distributor_id, chosen.distributor_id),
    ):
        if wanted:
            criteria.append(column == wanted)
    return criteria
