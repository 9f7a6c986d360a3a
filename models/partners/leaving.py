"""Leaving: a contract ends for good; what was earned is still paid, as the agreement says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import vendor
from models.accounts import sessions
from models.errors import Refused
from models.partners.endings import PartnerEnding, tail_end
from models.partners.operations import stop
from models.partners.tables import Partner
from models.people import Actor, Person, PersonStatus


def end(
    session: Session,
    partner: Partner,
    *,
    by: Actor,
    reason: str,
    now: datetime,
    tail_months: int = 0,
) -> None:
    """For good: its people leave and their sessions end at once.

    tail_months: as the agreement says, so long its customers' payments still earn commission.
    What it earned before is paid all the same.
    """
    if tail_months < 0:
        raise Refused("A tail has no fewer than zero months.")
    stop(session, partner, "end", "Your partnership has ended", by=by, reason=reason, now=now)
    today = vendor.settings(session).calendar.day_of(now)
    session.add(
        PartnerEnding(
            partner_id=partner.id,
            ended_on=today,
            tail_months=tail_months,
            tail_through=tail_end(today, tail_months),
            reason=reason.strip(),
            by_name=by.name,
            at=now,
        )
    )
    sessions.end_everybodys(session, partner.id, now=now)
    for person in session.scalars(select(Person).where(Person.partner_id == partner.id)):
        person.status = PersonStatus.LEFT
