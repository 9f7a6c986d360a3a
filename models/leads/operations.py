"""What can happen to leads: entered, routed, offered, answered, registered, closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, jobs, notices, territories, vendor
from models.base import human_number, lock, new_id
from models.catalog import ProductFamily
from models.errors import Refused
from models.leads.rules import (
    HELD,
    LEAD_MOVES,
    OFFER_MOVES,
    OPEN_LEADS,
    LeadDetails,
    OfferState,
)
from models.leads.tables import Lead, LeadOffer
from models.leads.telling import Together, tell, tell_managers, tell_partner
from models.partners import Partner, PartnerStatus, profiles
from models.people import SYSTEM, Actor
from models.scope import vendor_side
from models.territories import Facts

LAPSE = "lead-offer-ends"
COPIED = (
    "number", "company", "country", "subdivision", "postal_code", "domain", "family_id",
    "contact_name", "contact_email", "contact_phone", "note",
)  # fmt: skip


def enter(
    session: Session,
    details: LeadDetails,
    *,
    by: Actor,
    now: datetime,
    together: Together | None = None,
) -> Lead:
    """Keep and route a lead; offer it to the partner whose territory holds it.

    together: takes what is to be told; without it everybody is told at once.
    Raises Refused for one that is open already.
    """
    details = _tidy(details)
    key = new_id()
    lead = Lead(
        id=key, number=human_number("L", key), created_at=now, entered_by_name=by.name,
        name_key=" ".join(details.company.casefold().split()),
        **{name: getattr(details, name) for name in COPIED if name != "number"},
    )  # fmt: skip
    _refuse_known(session, lead)
    session.add(lead)
    session.flush()
    owner_id = _route(session, lead, now)
    audit.record(session, by, "lead entered", lead, now=now)
    owner = session.get(Partner, owner_id) if owner_id else None
    told = Together() if together is None else together
    if owner and owner.status is PartnerStatus.ACTIVE:
        made = _offered(session, lead, owner, by=by, now=now)
        told.offers[owner.id].append(made)
    else:
        told.add([lead])
    if together is None:
        tell(session, told, now=now)
    return lead


def offer(session: Session, lead: Lead, partner: Partner, *, by: Actor, now: datetime) -> LeadOffer:
    """To one partner at a time, for some business days."""
    made = _offered(session, lead, partner, by=by, now=now)
    tell_partner(session, partner.id, [made], now=now)
    return made


def _offered(
    session: Session, lead: Lead, partner: Partner, *, by: Actor, now: datetime
) -> LeadOffer:
    lock(session, lead)
    if partner.status is not PartnerStatus.ACTIVE:
        raise Refused(f"{partner.name} is not active; offer it to another partner.")
    lead.state = LEAD_MOVES.after("offer", lead.state)
    programme = vendor.settings(session)
    ends = programme.calendar.add_business_days(now, programme.decision_business_days)
    made = LeadOffer(
        partner_id=partner.id, lead_id=lead.id, offered_at=now, answer_by=ends,
        **{name: getattr(lead, name) for name in COPIED},
    )  # fmt: skip
    session.add(made)
    session.flush()
    jobs.enqueue_new(session, LAPSE, [(f"{LAPSE} {made.id}", {"offer_id": str(made.id)}, ends)])
    audit.record(session, by, "lead offered", lead, now=now, detail={"partner": partner.name})
    return made


def close(session: Session, lead: Lead, *, why: str, by: Actor, now: datetime) -> None:
    lock(session, lead)
    if len(why.strip()) < 3:
        raise Refused("Write why it is closed.")
    lead.state, lead.closed_why = LEAD_MOVES.after("close", lead.state), why.strip()
    audit.record(session, by, "lead closed", lead, now=now, detail={"why": why.strip()})


def take_back(session: Session, lead: Lead, *, why: str, by: Actor, now: datetime) -> None:
    """From the partner that has it, who reads why.  What it has registered stays as it is."""
    lock(session, lead)
    if len(why.strip()) < 3:
        raise Refused("Write why: the partner reads your words.")
    after = LEAD_MOVES.after("take_back", lead.state)
    _refuse_known(session, lead)
    lead.state = after
    held = select(LeadOffer).where(LeadOffer.lead_id == lead.id, LeadOffer.state.in_(HELD))
    made = session.scalars(held).one()
    _answer(session, made, "take_back", by=by, now=now)
    made.reason = why.strip()
    _route(session, lead, now)
    audit.record(session, by, "lead taken back", lead, now=now, detail={"why": made.reason})
    notices.tell_partner(
        session, made.partner_id, "lead-offered", title=f"{made.company}: the lead is taken back",
        body=made.reason, link=f"/leads/offers/{made.id}", now=now,
    )  # fmt: skip


def accept(session: Session, made: LeadOffer, *, by: Actor, now: datetime) -> None:
    """The partner takes it; it registers a deal when there is one."""
    _answer(session, made, "accept", by=by, now=now)
    _follow(session, made.lead_id, "accept", f"{by.name} accepted it.", now)


def decline(session: Session, made: LeadOffer, *, why: str, by: Actor, now: datetime) -> None:
    """It goes back to its managers, who read why."""
    if len(why.strip()) < 3:
        raise Refused("Write why: whoever offered it reads your words.")
    _answer(session, made, "decline", by=by, now=now)
    made.reason = why.strip()
    _follow(session, made.lead_id, "come_back", f"Declined: {why.strip()}", now)


def registered(
    session: Session, made: LeadOffer, deal_id: UUID, *, by: Actor, now: datetime
) -> None:
    """It has become a registration, as yet a draft."""
    _answer(session, made, "register", by=by, now=now)
    made.deal_id = deal_id
    _follow(session, made.lead_id, "register", f"{by.name} registers a deal with it.", now)


def handle_lapse(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Nobody answered in time."""
    made = session.get_one(LeadOffer, UUID(payload["offer_id"]))
    lock(session, made)
    if made.state is not OfferState.OFFERED:
        return
    made.state, made.answered_at = OFFER_MOVES.after("lapse", made.state), now
    _follow(session, made.lead_id, "come_back", "The partner did not answer in time.", now)


JOBS = {LAPSE: handle_lapse}


def _answer(session: Session, made: LeadOffer, verb: str, *, by: Actor, now: datetime) -> None:
    lock(session, made)
    made.state = OFFER_MOVES.after(verb, made.state)
    made.answered_at, made.answered_by_name = now, by.name
    audit.record(session, by, f"lead offer: {verb}", made, now=now)
    session.flush()


def _follow(session: Session, lead_id: UUID, verb: str, words: str, now: datetime) -> None:
    """What it means for the lead itself, which the partner never sees."""
    with vendor_side(session) as beside:
        lead = beside.get_one(Lead, lead_id)
        lock(beside, lead)
        lead.state = LEAD_MOVES.after(verb, lead.state)
        audit.record(beside, SYSTEM, f"lead: {verb.replace('_', ' ')}", lead, now=now)
        tell_managers(beside, lead, lead.state.words.lower(), words, now)


def _route(session: Session, lead: Lead, now: datetime) -> UUID | None:
    """Its managers, and the partner whose territory holds it."""
    today = vendor.settings(session).calendar.day_of(now)
    family = select(ProductFamily.code).where(ProductFamily.id == lead.family_id)
    facts = Facts(
        country=lead.country, subdivision=lead.subdivision or None,
        postal=lead.postal_code or None, domain=lead.domain or None,
        product=session.scalar(family) if lead.family_id else None,
    )  # fmt: skip
    found = territories.route(session, facts, on=today, about=("lead", lead.id), now=now)
    lead.territory_id, lead.routing_why = found.territory_id, found.why
    lead.channel_manager_id = found.channel_manager_id
    lead.sales_manager_id = found.sales_manager_id
    return found.owner_id


def _tidy(details: LeadDetails) -> LeadDetails:
    """Spelled as all else is.  Raises Refused, naming what does not fit."""
    if not details.company.strip():
        raise Refused("Enter the company's name.")
    country = profiles.checked_country(details.country)
    return replace(
        details,
        company=" ".join(details.company.split()),
        country=country,
        subdivision=profiles.checked_subdivision(details.subdivision, country),
        postal_code=profiles.checked_postal_code(details.postal_code, country),
        domain=profiles.checked_domain(details.domain),
        contact_email=details.contact_email.strip().casefold(),
    )


def release(session: Session, territory_ids: Iterable[UUID], *, now: datetime) -> int:
    """A territory is over: what is offered in it and not answered goes elsewhere; how many."""
    waiting = session.scalars(
        select(LeadOffer)
        .join(Lead, Lead.id == LeadOffer.lead_id)
        .where(Lead.territory_id.in_(list(territory_ids)), LeadOffer.state == OfferState.OFFERED)
        .order_by(LeadOffer.id)
    ).all()
    for made in waiting:
        lock(session, made)
        made.state, made.answered_at = OFFER_MOVES.after("lapse", made.state), now
        lead = session.get_one(Lead, made.lead_id)
        lead.state = LEAD_MOVES.after("come_back", lead.state)
        _route(session, lead, now)
        tell_managers(session, lead, "with us again", "The territory has ended.", now)
    return len(waiting)


def _refuse_known(session: Session, lead: Lead) -> None:
    known = session.scalar(
        select(Lead.number).where(
            Lead.name_key == lead.name_key, Lead.country == lead.country,
            Lead.contact_email == lead.contact_email, Lead.state.in_(OPEN_LEADS),
            Lead.id != lead.id,
        )
    )  # fmt: skip
    if known:
        raise Refused(f"This is {known} already: the same company, country and e-mail address.")
