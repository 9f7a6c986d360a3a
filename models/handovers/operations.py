"""Our team asks to lead a deal, the partner agrees or not, and gets it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import audit
from models.base import lock
from models.deals import Deal, DealStatus
from models.deals.operations.protection import queue_the_end
from models.deals.operations.steps import remember, tell_managers, tell_partner, tidy
from models.errors import Refused
from models.handovers.queries import latest_of
from models.handovers.rules import LEAD_MOVES, LeadState
from models.handovers.tables import DealLead
from models.people import Actor
from models.scope import vendor_side


def ask(session: Session, deal: Deal, *, note: str, by: Actor, now: datetime) -> DealLead:
    """Our team would like to lead; nothing changes before the partner agrees."""
    lock(session, deal)
    note = tidy(note, what="why our team should lead", least=3)
    if deal.status is not DealStatus.APPROVED:
        raise Refused("Only an approved deal can be led by our team.")
    going_on = latest_of(session, deal.id)
    if going_on and going_on.state in (LeadState.ASKED, LeadState.AGREED):
        raise Refused("This was asked already.")
    lead = DealLead(
        partner_id=deal.partner_id, deal_id=deal.id, note=note, asked_by_name=by.name, asked_at=now
    )
    session.add(lead)
    _keep(session, deal, "lead_asked", note, by=by, now=now)
    tell_partner(
        session, deal, "deal-lead-asked", now=now,
        title=f"{deal.customer_name}: may our team lead this deal?",
        body=f"{by.name} asks. {note} It stays yours, with its protection and its commission.",
    )  # fmt: skip
    return lead


def agree(session: Session, deal: Deal, *, by: Actor, now: datetime) -> None:
    lead = _moved(session, deal, "agree")
    lead.answered_by_name, lead.answered_at = by.name, now
    deal.direct_since = now
    _keep(session, deal, "lead_agreed", "", by=by, now=now)
    tell_managers(
        session, deal, "deal-lead-answered", now=now,
        title=f"{deal.customer_name}: the partner agrees that we lead",
        body=f"{by.name} agreed. The commission stays the partner's.",
    )  # fmt: skip


def decline(session: Session, deal: Deal, *, note: str, by: Actor, now: datetime) -> None:
    lead = _moved(session, deal, "decline")
    lead.answered_by_name, lead.answered_at = by.name, now
    _keep(session, deal, "lead_declined", note.strip(), by=by, now=now)
    tell_managers(
        session, deal, "deal-lead-answered", now=now,
        title=f"{deal.customer_name}: the partner goes on leading",
        body=note.strip() or f"{by.name} declined.",
    )  # fmt: skip


def take_back(session: Session, deal: Deal, *, by: Actor, now: datetime) -> None:
    """Our team does not ask any more."""
    _moved(session, deal, "take_back")
    _keep(session, deal, "lead_taken_back", "", by=by, now=now)


def give_back(session: Session, deal: Deal, *, note: str, by: Actor, now: datetime) -> None:
    """The partner leads again; either side may say so.  Its days are made up for."""
    deal_id = deal.id
    with vendor_side(session) as beside:
        _give_back(beside, beside.get_one(Deal, deal_id), note.strip(), by=by, now=now)


def _give_back(session: Session, deal: Deal, note: str, *, by: Actor, now: datetime) -> None:
    lead = _moved(session, deal, "give_back")
    lead.ended_at = now
    if deal.direct_since and deal.protected_through:
        deal.protected_through += timedelta(days=(now - deal.direct_since).days)
    deal.direct_since = None
    _keep(session, deal, "lead_returned", note, by=by, now=now)
    session.flush()
    queue_the_end(session, deal, now=now)
    said: dict[str, Any] = {
        "title": f"{deal.customer_name}: the partner leads again",
        "body": note or f"{by.name} gave it back. The days meanwhile do not count.",
    }
    tell_managers(session, deal, "deal-lead-returned", by=by, now=now, **said)
    if by.partner_id is None:
        tell_partner(session, deal, "deal-lead-returned", now=now, **said)


def _moved(session: Session, deal: Deal, verb: str) -> DealLead:
    lock(session, deal)
    lead = latest_of(session, deal.id)
    if lead is None:
        raise Refused("Nobody has asked that our team leads this deal.")
    lead.state = LEAD_MOVES.after(verb, lead.state)
    return lead


def _keep(session: Session, deal: Deal, verb: str, note: str, *, by: Actor, now: datetime) -> None:
    remember(session, deal, verb, by=by, now=now, before=deal.status, note=note)
    audit.record(
        session, by, f"deal: {verb.replace('_', ' ')}", deal, now=now, detail={"note": note}
    )
