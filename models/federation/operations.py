"""What can happen in federation, on the vendor's side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import accounts, audit, notices
from models.accounts import sessions
from models.accounts.membership import GOVERN
from models.accounts.rules import PRIVILEGED
from models.base import lock
from models.errors import Refused
from models.factors import held_by
from models.federation.rules import LEAST, checked_domain, checked_groups, domain_of, role_of
from models.federation.tables import IdentityProvider, OutsideLogin, ProviderDomain
from models.people import Actor, Person, PersonStatus, Role
from models.sealing import Seal

NOT_HERE = "Your company's sign-in does not let you in here. Ask your administrator."
OWN_FACTOR_FIRST = (
    "Your role needs a second factor of your own first. Set it up with the link that was mailed to"
    " you, or ask for a new password; then come in here."
)
"""No company's word alone makes an administrator or finance: who set it up could be them."""
ORDER = (Role.PARTNER_ADMINISTRATOR, Role.CHANNEL_MANAGER, Role.SALES_MANAGER, Role.SELLER)
"""Who is in two groups gets the first of these."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider's checked token says about a person."""

    subject: str
    email: str
    is_verified: bool
    name: str
    groups: tuple[str, ...] = ()
    signed_in_at: datetime | None = None
    """When they signed in there; None where the provider does not say."""


def arrange(
    session: Session,
    provider: IdentityProvider | None,
    *,
    by: Actor,
    partner_id: UUID | None,
    name: str,
    issuer: str,
    client_id: str,
    client_secret: str,
    groups_claim: str,
    groups: Mapping[str, str],
    is_only_way: bool,
    seal: Seal,
    now: datetime,
) -> IdentityProvider:
    """Set up a provider (None: a new one) or change one; an empty secret keeps the old."""
    if provider is None:
        provider = IdentityProvider(partner_id=partner_id, created_at=now, client_secret_sealed="")
        session.add(provider)
    elif (provider.issuer, provider.client_id) != (issuer.rstrip("/"), client_id):
        _forget(session, OutsideLogin.provider_id == provider.id)  # subjects mean others there
    if client_secret:
        provider.client_secret_sealed = seal.close(client_secret)
    if not provider.client_secret_sealed:
        raise Refused("Enter the client's secret.")
    provider.name, provider.client_id = name, client_id
    provider.issuer, provider.is_only_way = issuer.rstrip("/"), is_only_way
    provider.groups_claim = groups_claim
    provider.groups = checked_groups(groups, provider.partner_id)
    provider.is_active = True
    session.flush()
    said = {"issuer": provider.issuer, "client": client_id, "groups": dict(groups)}
    audit.record(session, by, "identity provider set up", provider, now=now, detail=said)
    _tell(session, provider, f"comes from {provider.issuer}", by, now)
    return provider


def add_domain(
    session: Session, provider: IdentityProvider, typed: str, *, by: Actor, now: datetime
) -> None:
    """Let it vouch for a domain, of which `by` has checked that it is the company's."""
    domain = checked_domain(typed)
    taken = session.scalars(select(ProviderDomain).where(ProviderDomain.domain == domain)).first()
    if taken is not None:
        raise Refused(f"{domain} is set up already.")
    session.add(
        ProviderDomain(
            provider_id=provider.id, domain=domain, verified_at=now, verified_by_name=by.name
        )
    )
    audit.record(session, by, "mail domain verified", provider, now=now, detail={"domain": domain})
    _tell(session, provider, f"vouches for {domain}", by, now)


def _tell(
    session: Session, provider: IdentityProvider, what: str, by: Actor, now: datetime
) -> None:
    """Of our own sign-in: whoever sets it up alone could come in as any of us."""
    if provider.partner_id is not None:
        return
    for role in sorted(PRIVILEGED):
        notices.tell_staff(
            session, role, "sign-in-changed", title=f"Our sign-in {provider.name} was changed",
            body=f"{by.name} did it: it {what}. If nobody told you that, shut it at once.",
            link="/single-sign-on" if role is Role.ADMINISTRATOR else "/account", now=now,
        )  # fmt: skip


def remove_domain(
    session: Session, provider: IdentityProvider, domain_id: UUID, *, by: Actor, now: datetime
) -> None:
    session.execute(
        delete(ProviderDomain).where(
            ProviderDomain.id == domain_id, ProviderDomain.provider_id == provider.id
        )
    )
    audit.record(session, by, "mail domain removed", provider, now=now)


def shut(session: Session, provider: IdentityProvider, *, by: Actor, now: datetime) -> None:
    """Nobody comes in through it any more, until it is set up again."""
    provider.is_active = False
    audit.record(session, by, "identity provider shut", provider, now=now)


def forget(session: Session, person: Person, *, by: Actor, now: datetime) -> None:
    """Somebody was made anew in their company's directory: the next time counts as the first."""
    _forget(session, OutsideLogin.person_id == person.id)
    sessions.end_all(session, person.id, now=now)
    audit.record(session, by, "single sign-on forgotten", person, now=now)


def _forget(session: Session, criterion: Any) -> None:
    session.execute(
        delete(OutsideLogin).where(criterion).execution_options(synchronize_session=False)
    )


def come_in(session: Session, provider: IdentityProvider, told: Told, *, now: datetime) -> Person:
    """The person a checked token speaks of.  Raises Refused for whom it may not let in."""
    lock(session, provider)  # the same newcomer twice at once is one person
    email = _trusted_address(session, provider, told)
    person = _known(session, provider, told) or _by_address(session, provider, told, email, now)
    if person is None:
        person = _newcomer(session, provider, told, email, now)
    if person.partner_id != provider.partner_id or person.status is PersonStatus.LEFT:
        raise Refused(NOT_HERE)
    if person.role in PRIVILEGED and not held_by(session, person.id):
        raise Refused(OWN_FACTOR_FIRST)
    if person.status is PersonStatus.INVITED:
        person.status = PersonStatus.ACTIVE
        audit.record(session, person.actor(), "invitation accepted", person, now=now)
    follow_groups(session, provider, told.groups, person, now=now)
    said = {"provider": provider.name}
    audit.record(session, person.actor(), "signed in through single sign-on", person, now=now,
                 detail=said)  # fmt: skip
    return person


def prove(
    session: Session,
    provider: IdentityProvider,
    told: Told,
    *,
    person_id: UUID,
    since: datetime,
) -> None:
    """Raises Refused unless this very person signed in at the provider after `since`."""
    known = _known(session, provider, told)
    if not provider.is_active or known is None or known.id != person_id:
        raise Refused("Somebody else is signed in there. Sign in there as yourself.")
    if told.signed_in_at is None or told.signed_in_at < since:
        raise Refused("Your company's sign-in did not ask you again. Set up a second factor here.")


def _trusted_address(session: Session, provider: IdentityProvider, told: Told) -> str:
    email = accounts.tidy_email(told.email)
    domains = session.scalars(
        select(ProviderDomain.domain).where(ProviderDomain.provider_id == provider.id)
    ).all()
    if not provider.is_active or not told.is_verified or domain_of(email) not in domains:
        raise Refused(NOT_HERE)
    return email


def _known(session: Session, provider: IdentityProvider, told: Told) -> Person | None:
    return session.scalars(
        select(Person)
        .join(OutsideLogin, OutsideLogin.person_id == Person.id)
        .where(OutsideLogin.provider_id == provider.id, OutsideLogin.subject == told.subject)
    ).first()


def _by_address(
    session: Session, provider: IdentityProvider, told: Told, email: str, now: datetime
) -> Person | None:
    try:
        person = accounts.at_company(session, email, provider.partner_id)
    except Refused:
        raise Refused(NOT_HERE) from None
    if person is None:
        return None
    if person.status is PersonStatus.LEFT:
        raise Refused(NOT_HERE)
    linked = select(OutsideLogin.id).where(
        OutsideLogin.provider_id == provider.id, OutsideLogin.person_id == person.id
    )
    if session.scalars(linked).first() is not None:
        raise Refused(NOT_HERE)  # the address belongs to another subject of the same provider
    _link(session, provider, told, person, now)
    return person


def _newcomer(
    session: Session, provider: IdentityProvider, told: Told, email: str, now: datetime
) -> Person:
    person = Person(
        email=email,
        name=" ".join(told.name.split())[:200] or email.partition("@")[0],
        role=_mapped(provider, told) or LEAST[provider.partner_id is None],
        partner_id=provider.partner_id,
        status=PersonStatus.ACTIVE,
        created_at=now,
    )
    session.add(person)
    session.flush()
    _link(session, provider, told, person, now)
    said = {"provider": provider.name, "role": person.role}
    audit.record(session, person.actor(), "joined through single sign-on", person, now=now,
                 detail=said)  # fmt: skip
    return person


def _link(
    session: Session, provider: IdentityProvider, told: Told, person: Person, now: datetime
) -> None:
    session.add(
        OutsideLogin(
            provider_id=provider.id,
            subject=told.subject[:255],
            person_id=person.id,
            linked_at=now,
        )
    )
    session.flush()


def _mapped(provider: IdentityProvider, told: Told) -> Role | None:
    return role_of(told.groups, provider.groups, ORDER)


def follow_groups(
    session: Session,
    provider: IdentityProvider,
    groups: Iterable[str],
    person: Person,
    *,
    now: datetime,
    left: str = "",
) -> None:
    """Whoever governs people or money keeps the role that people gave; the others follow.

    left: the group that they were taken out of a moment ago; what it gave goes with it.
    """
    role = role_of(groups, provider.groups, ORDER)
    if role is None and left and person.role is role_of([left], provider.groups, ORDER):
        role = LEAST[provider.partner_id is None]
    if role is None or role is person.role or person.role in PRIVILEGED | GOVERN:
        return
    before, person.role = person.role, role
    sessions.end_all(session, person.id, now=now)
    audit.record(
        session, person.actor(), "role changed", person, now=now,
        detail={"from": before, "to": role, "by group at": provider.name},
    )  # fmt: skip
