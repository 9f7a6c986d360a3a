"""What can happen to partners.  Each function is one business verb in one transaction."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import accounts, audit, notices
from models.base import human_number, lock, new_id
from models.errors import Refused
from models.money import is_currency
from models.partners import profiles, queries, terms
from models.partners.profiles import Profile
from models.partners.rules import (
    BUYS_THROUGH_DISTRIBUTORS,
    PARTNER_MOVES,
    PartnerRole,
    PartnerStatus,
    Tier,
    checklist,
    must_be_complete,
)
from models.partners.tables import Partner, PartnerParent
from models.people import STAFF, Actor, Role


def create(
    session: Session,
    *,
    by: Actor,
    name: str,
    role: PartnerRole,
    country: str,
    currency: str,
    profile: Profile,
    channel_manager_id: UUID | None,
    now: datetime,
) -> Partner:
    """A new partner, onboarding.  Raises Refused when the country has one of this name."""
    name, country = " ".join(name.split()), profiles.checked_country(country)
    _must_be_currency(currency)
    if same := queries.namesakes(session, name, country):
        raise Refused(f"{name} is already a partner: {same[0].number}.")
    key = new_id()
    partner = Partner(
        id=key,
        number=human_number("P", key),
        name=name,
        role=role,
        country=country,
        currency=currency,
        channel_manager_id=channel_manager_id,
        created_at=now,
        **asdict(profiles.checked(profile, country)),
    )
    session.add(partner)
    session.flush()
    audit.record(session, by, "partner created", partner, now=now)
    return partner


def edit_profile(
    session: Session, partner: Partner, *, by: Actor, profile: Profile, now: datetime
) -> None:
    """Change the address and the tax fields; by staff, or by the partner's administrator."""
    _must_govern(by, partner)
    lock(session, partner)
    _change(session, partner, asdict(profiles.checked(profile, partner.country)), by=by, now=now)


def edit_terms(
    session: Session,
    partner: Partner,
    *,
    by: Actor,
    name: str,
    role: PartnerRole,
    tier: Tier,
    currency: str,
    channel_manager_id: UUID | None,
    now: datetime,
) -> None:
    """Change what the vendor decides about a partner; the partner hears of a new tier.

    What is won or paid until the end of the day earns by the terms of before.
    """
    assert by.role in STAFF, "terms are the vendor's"
    _must_be_currency(currency)
    lock(session, partner)
    if role is not partner.role:
        _may_change_role(session, partner, role)
    before = partner.tier
    if (role, tier, currency) != (partner.role, before, partner.currency):
        holds_from = terms.keep(session, partner, now=now)
    wanted = {
        "name": " ".join(name.split()),
        "role": role,
        "tier": tier,
        "currency": currency,
        "channel_manager_id": channel_manager_id,
    }
    _change(session, partner, wanted, by=by, now=now)
    if tier is not before:
        _tell_tier(session, partner, before, holds_from, by=by, now=now)


def record_agreement(
    session: Session, partner: Partner, *, by: Actor, signed_on: date, today: date, now: datetime
) -> None:
    """Keep the day on which the partner agreement was signed."""
    assert by.role in STAFF, "the vendor keeps the agreement"
    if signed_on > today:
        raise Refused("The agreement cannot have been signed in the future.")
    lock(session, partner)
    _change(session, partner, {"agreement_signed_on": signed_on}, by=by, now=now)


def activate(session: Session, partner: Partner, *, by: Actor, now: datetime) -> None:
    """Onboarding is over.  Raises Refused, naming what the checklist still lacks."""
    lock(session, partner)
    status = PARTNER_MOVES.after("activate", partner.status)
    must_be_complete(checklist(queries.standing_of(session, partner)))
    _move(session, partner, status, "partner activated", by=by, now=now)
    notices.tell_partner(
        session,
        partner.id,
        "partner-activated",
        title=f"{partner.name} is now an active partner",
        body="Your onboarding is complete. You can register deals from now on.",
        link="/deals",
        now=now,
    )


def suspend(session: Session, partner: Partner, *, by: Actor, reason: str, now: datetime) -> None:
    """For a while: its people still see their rows, nothing new is registered or paid."""
    stop(
        session, partner, "suspend", "Your partnership is suspended", by=by, reason=reason, now=now
    )


def resume(session: Session, partner: Partner, *, by: Actor, now: datetime) -> None:
    lock(session, partner)
    status = PARTNER_MOVES.after("resume", partner.status)
    _move(session, partner, status, "partner resumed", by=by, now=now)
    notices.tell_partner(
        session,
        partner.id,
        "partner-resumed",
        title="Your partnership goes on",
        body=f"{by.name} ended the suspension of {partner.name}.",
        link="/",
        now=now,
    )


def invite_administrator(
    session: Session,
    partner: Partner,
    *,
    by: Actor,
    email: str,
    name: str,
    seal: Any,
    now: datetime,
) -> UUID:
    """The first person of a partner, invited by the vendor; or one more, where nobody of the
    company can come in any longer.  Those who are there are told."""
    notices.tell_partner(
        session,
        partner.id,
        "administrator-invited",
        title=f"{name} is invited as an administrator of {partner.name}",
        body=f"{by.name} invited {email}. Write to us at once if you do not know why.",
        link="/people",
        now=now,
        roles=[Role.PARTNER_ADMINISTRATOR],
    )
    return accounts.invite(
        session,
        by=by,
        email=email,
        name=name,
        role=Role.PARTNER_ADMINISTRATOR,
        partner_id=partner.id,
        company=partner.name,
        seal=seal,
        now=now,
    )


def stop(
    session: Session,
    partner: Partner,
    verb: str,
    title: str,
    *,
    by: Actor,
    reason: str,
    now: datetime,
) -> None:
    """Suspend or end it, and tell the partner why."""
    if not reason.strip():
        raise Refused("Say why; the partner will read it.")
    lock(session, partner)
    status = PARTNER_MOVES.after(verb, partner.status)
    notices.tell_partner(
        session,
        partner.id,
        f"partner-{status}",
        title=title,
        body=f"{by.name} wrote: {reason.strip()}",
        link="/company",
        now=now,
    )
    _move(session, partner, status, f"partner {status}", by=by, now=now, reason=reason.strip())


def _tell_tier(
    session: Session, partner: Partner, before: Tier, from_on: date, *, by: Actor, now: datetime
) -> None:
    tier = partner.tier.value
    notices.tell_partner(
        session,
        partner.id,
        "tier-changed",
        title=f"You are now a {tier} partner",
        body=f"{by.name} changed your tier from {before.value} to {tier}. Prices follow it from "
        f"now on, commission for what is won from {from_on.day} {from_on:%B} on.",
        link="/company",
        now=now,
    )


def _move(
    session: Session,
    partner: Partner,
    status: PartnerStatus,
    action: str,
    *,
    by: Actor,
    now: datetime,
    **detail: str,
) -> None:
    assert by.role in STAFF, "a partner's status is the vendor's"
    detail = {"from": partner.status, "to": status, **detail}
    partner.status = status
    audit.record(session, by, action, partner, now=now, detail=detail)


def _change(
    session: Session, partner: Partner, wanted: dict[str, Any], *, by: Actor, now: datetime
) -> None:
    """Set what differs, and keep before and after.  The same again changes nothing."""
    changes = {}
    for field, value in wanted.items():
        before = getattr(partner, field)
        if before != value:
            changes[field] = [_plain(before), _plain(value)]
            setattr(partner, field, value)
    if changes:
        audit.record(session, by, "partner edited", partner, now=now, detail={"changed": changes})


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else str(value)


def _may_change_role(session: Session, partner: Partner, role: PartnerRole) -> None:
    link = select(PartnerParent.id).limit(1)
    if partner.role is PartnerRole.DISTRIBUTOR and session.scalar(
        link.where(PartnerParent.distributor_id == partner.id)
    ):
        raise Refused(f"{partner.name} has resellers. Move them to another distributor first.")
    if role not in BUYS_THROUGH_DISTRIBUTORS and session.scalar(
        link.where(PartnerParent.partner_id == partner.id, PartnerParent.to_on.is_(None))
    ):
        raise Refused(f"{partner.name} buys through a distributor. End that first.")


def _must_be_currency(code: str) -> None:
    if not is_currency(code):
        raise Refused("Choose a currency by its ISO code, such as EUR.")


def _must_govern(by: Actor, partner: Partner) -> None:
    own = by.role is Role.PARTNER_ADMINISTRATOR and by.partner_id == partner.id
    if not own and by.role not in (Role.ADMINISTRATOR, Role.CHANNEL_MANAGER):
        raise Refused("Only a partner administrator may change this.")
