"""What we can ask about directories.  Reads only, on the vendor's side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import Session

from models.federation import IdentityProvider
from models.people import Person, PersonStatus
from models.people.tokens import digest
from models.provisioning.tables import ProvisionedPerson, ScimToken


def recognised(session: Session, token: str) -> tuple[ScimToken, IdentityProvider] | None:
    """The living token and whose it is; None for any other."""
    row = session.execute(
        select(ScimToken, IdentityProvider)
        .join(IdentityProvider, IdentityProvider.id == ScimToken.provider_id)
        .where(
            ScimToken.token_hash == digest(token),
            ScimToken.ended_at.is_(None),
            IdentityProvider.is_active,
        )
    ).one_or_none()
    return (row[0], row[1]) if row else None


def tokens_of(session: Session, provider_id: UUID) -> list[Row]:
    return list(
        session.execute(
            select(
                ScimToken.id, ScimToken.name, ScimToken.may_write, ScimToken.made_by_name,
                ScimToken.made_at, ScimToken.last_used_on, ScimToken.ended_at,
            )
            .where(ScimToken.provider_id == provider_id)
            .order_by(ScimToken.made_at.desc(), ScimToken.id)
        )
    )  # fmt: skip


def people_in(session: Session, provider: IdentityProvider) -> list[Person]:
    """The company's people as its directory sees them: who left and was removed is not there."""
    return list(session.scalars(_in_company(provider).order_by(Person.created_at, Person.id)))


def person_in(session: Session, provider: IdentityProvider, person_id: UUID) -> Person | None:
    return session.scalars(_in_company(provider).where(Person.id == person_id)).first()


def attributes_of(session: Session, person_ids: list[UUID]) -> dict[UUID, ProvisionedPerson]:
    rows = select(ProvisionedPerson).where(ProvisionedPerson.person_id.in_(person_ids))
    return {row.person_id: row for row in session.scalars(rows)}


def _in_company(provider: IdentityProvider) -> Select[Any]:
    return (
        select(Person)
        .outerjoin(ProvisionedPerson, ProvisionedPerson.person_id == Person.id)
        .where(
            Person.partner_id == provider.partner_id
            if provider.partner_id
            else Person.partner_id.is_(None),
            or_(Person.status != PersonStatus.LEFT, ProvisionedPerson.id.is_not(None)),
        )
    )
