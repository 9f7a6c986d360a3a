"""Giving a customer to a partner: under the customer's lock, and the database has the last word."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import vendor
from models.deals.operations.clock import note_if_late
from models.deals.operations.protection import queue_the_end
from models.deals.operations.steps import move, tell_partner
from models.deals.queries import rivals
from models.deals.rules import protected_through
from models.deals.states import DealStatus
from models.deals.tables import Deal
from models.errors import Refused
from models.people import Actor


def protect(
    session: Session, deal: Deal, verb: str, *, by: Actor, now: datetime, note: str = ""
) -> None:
    """Take the step that approves the deal: protected from today, told, and ended in time."""
    programme = vendor.settings(session)
    deal.approved_on = programme.calendar.day_of(now)
    deal.protected_through = protected_through(deal.approved_on, programme.protection_days)
    deal.approved_minor = deal.value.minor
    deal.asked_at, deal.asked_fields, deal.asked_note = None, [], ""
    deal.reject_code, deal.reject_text = None, ""
    decided(session, deal, by=by, now=now)
    move(session, deal, verb, by=by, now=now, note=note)
    let_the_database_agree(session)
    queue_the_end(session, deal, now=now)
    tell_partner(
        session, deal, "deal-approved", now=now,
        title=f"{deal.customer_name} is approved",
        body=f"{deal.number} is protected through {deal.protected_through:%-d %B %Y}, "
        f"that day included. {note}".strip(),
    )  # fmt: skip


def decided(session: Session, deal: Deal, *, by: Actor, now: datetime) -> None:
    """The clock stops; that it had run out is kept."""
    if deal.status is DealStatus.SUBMITTED and deal.decide_by and now > deal.decide_by:
        note_if_late(session, deal, now=now)
    deal.decided_at, deal.decided_by_name, deal.decided_by_id = now, by.name, by.id
    deal.decide_by = None


def refuse_the_protected(session: Session, deal: Deal, *, on: date) -> None:
    """Another partner is protected: by an approval, or because we are late with an answer."""
    for rival in rivals(session, deal, on=on):
        if rival.status is DealStatus.APPROVED:
            raise Refused(
                f"{deal.customer_name} is protected for {rival.partner} through "
                f"{rival.protected_through:%-d %B %Y} ({rival.number})."
            )
        if rival.missed_at:
            raise Refused(
                f"We are late with {rival.number}, so {rival.partner} is protected until we "
                "decide; decide that deal before this one."
            )


def let_the_database_agree(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise Refused(
            "Another partner was given this customer a moment ago. Reload and look again."
        ) from error
