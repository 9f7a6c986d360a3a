"""What can happen to renewals: they are proposed in time, and begun by one button."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, deals, notices, vendor, wins
from models.base import lock
from models.deals import Deal, DealStatus, DealType
from models.errors import Refused
from models.partners import Partner, PartnerStatus, must_be_active
from models.people import Actor
from models.renewals.queries import (
    RenewalFilter,
    due,
    is_registered_by,
    renewal_begun,
    renewal_registered,
)
from models.renewals.rules import DAYS_BEFORE, step_on
from models.renewals.tables import Renewal, RenewalProposal
from models.wins import SharingSide


def propose_due(session: Session, now: datetime) -> int:
    """Propose every renewal whose time has come; how many.  Harmless when run twice."""
    today = vendor.settings(session).calendar.day_of(now)
    wanted = RenewalFilter(from_on=today, to_on=today + timedelta(days=max(DAYS_BEFORE)))
    found = [
        row.id
        for row in session.execute(due(wanted).order_by(Deal.renews_on, Deal.id))
        if not _proposed(session, row.id, row.renews_on, step_on(today, row.renews_on))
    ]
    return sum(_propose(session, deal_id, today, now=now) for deal_id in found)


def begin(session: Session, deal: Deal, *, by: Actor, now: datetime) -> Deal:
    """A renewal of what was sold, ready to be looked over and submitted.

    Begun twice, it is the same draft.  Raises Refused when the deal is not won.
    """
    lock(session, deal)
    if deal.status is not DealStatus.WON:
        raise Refused("Only what was won is renewed.")
    partner = session.get_one(Partner, deal.partner_id)
    must_be_active(partner.status)
    if known := renewal_begun(session, deal.id):
        return session.get_one(Deal, known)
    today = vendor.settings(session).calendar.day_of(now)
    sold = deals.registration_of(session, deal)
    is_in_its_currency = partner.currency == deal.value.currency
    registration = replace(
        sold,
        lines=sold.lines if is_in_its_currency else (),  # prices of another currency say nothing
        kind=DealType.RENEWAL,
        expected_close_on=max(deal.renews_on or today, today),
        previous_order=deal.order_number,
        previous_ends_on=deal.renews_on,
        tender_number="",
        tender_published_on=None,
        replaces="",
        replace_reason="",
    )
    draft = deals.draft(session, registration, partner_id=deal.partner_id, by=by, now=now)
    session.flush()
    _keep(session, deal, draft, now=now)
    audit.record(session, by, "renewal: begun", draft, now=now, detail={"of": deal.number})
    return draft


def _keep(session: Session, deal: Deal, draft: Deal, *, now: datetime) -> None:
    known = session.scalar(select(Renewal).where(Renewal.of_deal_id == deal.id))
    if known is None:
        known = Renewal(partner_id=deal.partner_id, of_deal_id=deal.id)
        session.add(known)
    known.deal_id, known.begun_at = draft.id, now
    session.flush()


def _propose(session: Session, deal_id: UUID, today: date, *, now: datetime) -> bool:
    """Under the deal's lock, so that two workers propose once."""
    deal = session.get_one(Deal, deal_id)
    lock(session, deal)
    step = step_on(today, deal.renews_on) if deal.renews_on else None
    if step is None or _proposed(session, deal.id, deal.renews_on, step):
        return False
    if renewal_registered(session, deal):
        return False
    partner = session.get_one(Partner, deal.partner_id)
    is_active = partner.status is PartnerStatus.ACTIVE
    session.add(
        RenewalProposal(
            partner_id=deal.partner_id,
            deal_id=deal.id,
            renews_on=deal.renews_on,
            days_before=step,
            at=now,
            told_partner=is_active,
        )
    )
    if is_active:
        _tell_partner(session, deal, now=now)
    else:
        _tell_manager(session, deal, partner, now=now)
    if side := wins.fulfilling_side(session, deal.id):
        _tell_fulfilling(session, deal, side, now=now)
    session.flush()
    return True


def _proposed(session: Session, deal_id: UUID, renews_on: date | None, step: int | None) -> bool:
    return step is None or bool(
        session.scalar(
            select(RenewalProposal.id).where(
                RenewalProposal.deal_id == deal_id,
                RenewalProposal.renews_on == renews_on,
                RenewalProposal.days_before == step,
            )
        )
    )


def _tell_partner(session: Session, deal: Deal, *, now: datetime) -> None:
    notices.tell_partner(
        session, deal.partner_id, "renewal-due", now=now, link=f"/renewals/{deal.id}",
        title=f"{deal.customer_name}: the renewal is due on {deal.renews_on:%-d %B %Y}",
        body=f"You won {deal.number}. Register its renewal now; everything is filled in.",
    )  # fmt: skip


def _tell_fulfilling(session: Session, deal: Deal, side: SharingSide, *, now: datetime) -> None:
    """Who delivers it holds the contract too, so it is asked as well, by its own side of it."""
    partner = session.get_one(Partner, side.partner_id)
    if partner.status is not PartnerStatus.ACTIVE or is_registered_by(session, deal, partner.id):
        return
    notices.tell_partner(
        session, partner.id, "renewal-due", now=now, link=f"/shared-deals/{side.id}",
        title=f"{side.customer_name}: the renewal is due on {deal.renews_on:%-d %B %Y}",
        body=f"You deliver {side.family} there, so you hold the contract too and may register "
        "its renewal.",
    )  # fmt: skip


def _tell_manager(session: Session, deal: Deal, partner: Partner, *, now: datetime) -> None:
    if deal.channel_manager_id is None:
        return
    notices.tell(
        session, deal.channel_manager_id, "renewal-due", now=now, link=f"/renewals/{deal.id}",
        title=f"{deal.customer_name}: the renewal is due on {deal.renews_on:%-d %B %Y}",
        body=f"{partner.name} won {deal.number} and is {partner.status.value}, so it was "
        "proposed to nobody. Find out who looks after the customer.",
    )  # fmt: skip
