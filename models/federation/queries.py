"""What we can ask about federation.  Reads only, on the vendor's side."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Row, exists, func, select
from sqlalchemy.orm import Session

from models.accounts.membership import GOVERN
from models.accounts.rules import PRIVILEGED
from models.federation.rules import domain_of
from models.federation.tables import IdentityProvider, OutsideLogin, ProviderDomain
from models.partners import Partner
from models.people import Person


def provider_for(session: Session, email: str) -> IdentityProvider | None:
    """The active provider that vouches for addresses of this domain; None where there is none."""
    return session.scalars(
        select(IdentityProvider)
        .join(ProviderDomain, ProviderDomain.provider_id == IdentityProvider.id)
        .where(ProviderDomain.domain == domain_of(email), IdentityProvider.is_active)
    ).first()


def must_use_provider(session: Session, person: Person) -> bool:
    """Whether a password is not enough here; administrators keep theirs for emergencies.

    So does finance, which sets up a second factor with it.  Whose address the company's sign-in
    does not vouch for has no other way in.
    """
    if person.role in GOVERN | PRIVILEGED:
        return False
    whose = (
        IdentityProvider.partner_id == person.partner_id
        if person.partner_id
        else IdentityProvider.partner_id.is_(None)
    )
    vouches = ProviderDomain.domain == domain_of(person.email)
    only = exists().where(
        whose,
        IdentityProvider.is_active,
        IdentityProvider.is_only_way,
        ProviderDomain.provider_id == IdentityProvider.id,
        vouches,
    )
    return bool(session.scalar(select(only)))


def comes_from_outside(session: Session, person_id: UUID) -> bool:
    """Whether a company's sign-in knows this person."""
    return bool(session.scalar(select(exists().where(OutsideLogin.person_id == person_id))))


def listed(session: Session) -> list[Row]:
    """(id, name, issuer, is_active, is_only_way, company, domains), by company."""
    domains = (
        select(func.count(ProviderDomain.id))
        .where(ProviderDomain.provider_id == IdentityProvider.id)
        .scalar_subquery()
    )
    return list(
        session.execute(
            select(
                IdentityProvider.id, IdentityProvider.name, IdentityProvider.issuer,
                IdentityProvider.is_active, IdentityProvider.is_only_way,
                func.coalesce(Partner.name, "").label("company"), domains.label("domains"),
            )
            .outerjoin(Partner, Partner.id == IdentityProvider.partner_id)
            .order_by(func.coalesce(Partner.name, ""), IdentityProvider.name)
        )
    )  # fmt: skip
