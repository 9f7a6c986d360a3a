"""What a directory does to people, and its tokens, on the vendor's side."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import accounts, audit
from models.accounts.membership import GOVERN
from models.accounts.rules import PRIVILEGED
from models.base import lock
from models.errors import Refused
from models.federation import LEAST, IdentityProvider, ProviderDomain
from models.federation.rules import domain_of
from models.people import Actor, Person, PersonStatus, Role
from models.people.tokens import digest, new_secret
from models.provisioning.rules import Taken, Wanted
from models.provisioning.tables import GroupMembership, ProvisionedPerson, ScimToken


def new_token(
    session: Session,
    provider: IdentityProvider,
    *,
    name: str,
    may_write: bool,
    by: Actor,
    now: datetime,
) -> str:
    """The token, which is shown once."""
    secret = new_secret()
    token = ScimToken(
        provider_id=provider.id,
        name=name,
        token_hash=digest(secret),
        may_write=may_write,
        made_by_name=by.name,
        made_at=now,
    )
    session.add(token)
    session.flush()
    audit.record(session, by, "directory token made", token, now=now, detail={"name": name})
    return secret


def end_token(
    session: Session, provider_id: UUID, token_id: UUID, *, by: Actor, now: datetime
) -> bool:
    """False when this provider has no such token.  Ending it again changes nothing."""
    token = session.get(ScimToken, token_id)
    if token is None or token.provider_id != provider_id:
        return False
    if token.ended_at is None:
        token.ended_at = now
        audit.record(session, by, "directory token ended", token, now=now)
    return True


def directory(provider: IdentityProvider) -> Actor:
    """Who does what a directory asks: the company's own, and nobody of ours."""
    is_staff = provider.partner_id is None
    return Actor(
        id=cast(UUID, None),
        name=f"{provider.name} (directory)"[:200],
        email="",
        role=Role.ADMINISTRATOR if is_staff else Role.PARTNER_ADMINISTRATOR,
        partner_id=provider.partner_id,
    )


def hold(session: Session, provider: IdentityProvider) -> None:
    """Before reading what a change builds on: directories send many at once."""
    lock(session, provider)


def put_person(
    session: Session,
    provider: IdentityProvider,
    person: Person | None,
    wanted: Wanted,
    *,
    now: datetime,
) -> Person:
    """Make somebody (None: a new one) as the directory wants them.

    Raises Taken for an address that another person has, Refused for one of a domain that is
    not the company's, for another one of who governs people or money, or when the last
    administrator would go.
    """
    lock(session, provider)
    email = _own_address(session, provider, wanted.email)
    try:
        holder = accounts.at_company(session, email, provider.partner_id)
    except Refused:
        raise Taken(email) from None
    if holder is not None and (person is None or holder.id != person.id):
        if person is not None or holder.status is not PersonStatus.LEFT:
            raise Taken(email)
        person = holder
    if person is None:
        person = _newcomer(session, provider, email, wanted, now)
    stays = person.role in PRIVILEGED | GOVERN or accounts.is_shared(session, person)
    if person.email != email and stays:  # links and notices would follow to the new address
        raise Refused("This address cannot change here. Remove the user and add the new address.")
    person.email, person.name = email, wanted.name[:200] or person.name
    session.flush()
    _keep(session, provider, person, wanted, now)
    _stand(session, provider, person, wanted.is_active, now)
    return person


def remove(session: Session, provider: IdentityProvider, person: Person, *, now: datetime) -> None:
    """Out at once, and no longer in the directory's eyes; what they did here stays."""
    _stand(session, provider, person, False, now)
    for table in (GroupMembership, ProvisionedPerson):
        session.execute(delete(table).where(table.person_id == person.id))


def _newcomer(
    session: Session, provider: IdentityProvider, email: str, wanted: Wanted, now: datetime
) -> Person:
    person = Person(
        email=email,
        name=wanted.name[:200] or email.partition("@")[0],
        role=LEAST[provider.partner_id is None],
        partner_id=provider.partner_id,
        status=PersonStatus.LEFT,
        created_at=now,
    )
    session.add(person)
    session.flush()
    audit.record(session, directory(provider), "person added by directory", person, now=now)
    return person


def _stand(
    session: Session, provider: IdentityProvider, person: Person, is_active: bool, now: datetime
) -> None:
    """Active or gone.  Raises Refused for the last administrator."""
    if not is_active and person.status is not PersonStatus.LEFT:
        accounts.deactivate(session, person.id, by=directory(provider), now=now)
    elif is_active and person.status is PersonStatus.LEFT:
        person.status = PersonStatus.ACTIVE
        if person.role in PRIVILEGED | GOVERN:  # given back by people, not by a machine
            person.role = LEAST[provider.partner_id is None]
        audit.record(session, directory(provider), "person let in", person, now=now)
    session.flush()


def _keep(
    session: Session, provider: IdentityProvider, person: Person, wanted: Wanted, now: datetime
) -> None:
    row = session.scalars(
        select(ProvisionedPerson).where(ProvisionedPerson.person_id == person.id)
    ).first()
    if row is None:
        row = ProvisionedPerson(provider_id=provider.id, person_id=person.id)
        session.add(row)
    row.external_id, row.attributes, row.changed_at = wanted.external_id, wanted.attributes, now
    session.flush()


def _own_address(session: Session, provider: IdentityProvider, typed: str) -> str:
    email = accounts.tidy_email(typed)
    domains = select(ProviderDomain.domain).where(ProviderDomain.provider_id == provider.id)
    if domain_of(email) not in session.scalars(domains).all():
        raise Refused(f"{domain_of(email)} is not a verified mail domain of this company.")
    return email
