"""How a deal ends with the customer: won or lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models.base import lock
from models.deals.operations.steps import move, require, tell_managers, tell_partner, tidy
from models.deals.tables import Deal
from models.people import Actor


def close_won(session: Session, deal: Deal, *, note: str, by: Actor, now: datetime) -> None:
    """Nothing more is to come: the deal is won with the orders that were recorded."""
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
