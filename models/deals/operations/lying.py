"""Whose area a registration lies in, told before it is submitted and never by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from models import territories, vendor
from models.deals.operations.recognising import details_of, facts_for
from models.deals.registration import Registration
from models.scope import vendor_side
from models.territories import PASSIVE_SALES_PROTECTED, Action, ExclusivePolicy


class Lies(StrEnum):
    INSIDE = "inside"
    """In the partner's own territory."""
    HELD = "held"
    """Where another partner holds the area alone."""
    OPEN = "open"
    """Where nobody holds it alone."""


@dataclass(frozen=True)
class Whereabouts:
    """until: the first day on which another no longer holds it; None: no end, or nobody does."""

    lies: Lies
    territory: str = ""
    """The partner's own, by name; empty otherwise."""
    until: date | None = None
    is_refused: bool = False
    """Whether it is not taken there, unless the customer came by itself."""
    is_protected: bool = False
    """Whether the law lets nobody be refused who came unasked."""


def where_it_lies(
    session: Session,
    registration: Registration,
    *,
    partner_id: UUID,
    family_id: UUID | None,
    now: datetime,
) -> Whereabouts | None:
    """None while the country is not known."""
    if not registration.customer_country:
        return None
    programme = vendor.settings(session)
    today, policy = programme.calendar.day_of(now), ExclusivePolicy(programme.exclusive_policy)
    with vendor_side(session) as beside:
        facts = facts_for(
            beside, details_of(registration), family_id, partner_id, today,
            came_unasked=registration.came_unasked,
        )  # fmt: skip
        found = territories.map_of(beside).index.resolve(facts, policy)
        land = found.winner.rule if found.winner else None
        if land is None or land.owner is None:
            return Whereabouts(Lies.OPEN)
        if land.owner == partner_id:
            return Whereabouts(Lies.INSIDE, territory=land.name)
        if not land.is_exclusive:
            return Whereabouts(Lies.OPEN)
        return Whereabouts(
            Lies.HELD,
            until=land.to_on,
            is_refused=found.action is Action.REJECT_EXCLUSIVE,
            is_protected=registration.customer_country in PASSIVE_SALES_PROTECTED,
        )
