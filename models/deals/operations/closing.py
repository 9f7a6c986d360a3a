"""How a deal ends with the customer: won or lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from models import vendor
from models.base import lock
from models.deals.operations.steps import move, require, tell_managers, tell_partner, tidy
from models.deals.tables import Deal
from models.errors import Refused
from models.people import Actor


@dataclass(frozen=True)
class HandOver:
    """Who looks after the customer once it has bought, and from when."""

    support_contact: str = ""
    starts_on: date | None = None
    renews_on: date | None = None


def win(
    session: Session,
    deal: Deal,
    *,
    by: Actor,
    won_at: datetime,
    now: datetime,
    order_number: str = "",
    hand_over: HandOver | None = None,
) -> None:
    """Record the order: its number, when it was given, who supports the customer from then on."""
    lock(session, deal)
    require(session, deal, "win", now=now)
    day_of = vendor.settings(session).calendar.day_of
    if won_at > now:
        raise Refused("The order cannot have been given in the future.")
    if deal.submitted_at and day_of(won_at) < day_of(deal.submitted_at):
        raise Refused("The order is dated before the deal was registered.")
    hand_over = hand_over or HandOver()
    if hand_over.starts_on and hand_over.renews_on and hand_over.renews_on <= hand_over.starts_on:
        raise Refused("The renewal has to be later than the start.")
    deal.won_at, deal.won_on = won_at, day_of(won_at)
    deal.order_number = order_number.strip()
    deal.support_contact = hand_over.support_contact
    deal.service_starts_on, deal.renews_on = hand_over.starts_on, hand_over.renews_on
    note = f"Order {deal.order_number}" if deal.order_number else ""
    move(session, deal, "win", by=by, now=now, note=note)
    _tell_both(session, deal, "deal-won", "is won", note, by=by, now=now)


def lose(session: Session, deal: Deal, *, reason: str, by: Actor, now: datetime) -> None:
    """Record that the customer decided against it, and why."""
    lock(session, deal)
    require(session, deal, "lose", now=now)
    reason = tidy(reason, what="why the deal was lost", least=3)
    deal.lost_reason = reason
    move(session, deal, "lose", by=by, now=now, note=reason)
    _tell_both(session, deal, "deal-lost", "is lost", reason, by=by, now=now)


def _tell_both(
    session: Session, deal: Deal, kind: str, said: str, note: str, *, by: Actor, now: datetime
) -> None:
    title = f"{deal.customer_name} {said}"
    body = f"{by.name} recorded it for {deal.number}. {note}".strip()
    tell_managers(session, deal, kind, title=title, body=body, by=by, now=now)
    if by.partner_id is None:
        tell_partner(session, deal, kind, title=title, body=body, now=now)
