"""What we can ask about our own people's touches on protected deals.  Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from models.deals.conflicts.tables import ToldTouch
from models.deals.tables import Deal
from models.engagements import Touch, TouchFilter
from models.engagements import listed as all_touches


def told_touches(session: Session, deal_id: UUID) -> Sequence[Row]:
    """person_name, kind, happened_on of our own people's touches on a deal, the latest first."""
    return session.execute(
        select(ToldTouch.person_name, ToldTouch.kind, ToldTouch.happened_on)
        .where(ToldTouch.deal_id == deal_id)
        .order_by(ToldTouch.happened_on.desc(), ToldTouch.id.desc())
    ).all()


def touches_listed(wanted: TouchFilter, *, breaches: bool = False) -> Select:
    """Touches with whether they broke a protection: `breached` is one such deal's number."""
    breached = (
        select(func.min(Deal.number))
        .join(ToldTouch, ToldTouch.deal_id == Deal.id)
        .where(ToldTouch.touch_id == Touch.id)
        .correlate(Touch)
        .scalar_subquery()
    )
    query = all_touches(wanted).add_columns(breached.label("breached"))
    if breaches:
        query = query.where(Touch.id.in_(select(ToldTouch.touch_id)))
    return query
