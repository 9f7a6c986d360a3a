"""Who does somebody's work today, and who is asked next.  Reads only; on the vendor's side."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.people import Person, PersonStatus, Role
from models.territories.current import Map, map_of
from models.territories.queries import defaults, still_here
from models.territories.resolving import in_force, standing_in


def acting_for(session: Session, person_id: UUID, on: date) -> frozenset[UUID]:
    """Whose work this person does on that day: their own, and that of whom they stand in for."""
    away = map_of(session).absences
    covered = {other for other in away if standing_in(other, away, on) == person_id}
    return frozenset({person_id, *covered})


def who_acts_for(session: Session, person_id: UUID, on: date) -> UUID:
    """Who does this person's work on that day; themselves when they are there."""
    return standing_in(person_id, map_of(session).absences, on) or person_id


def next_manager(
    session: Session, *, territory_id: UUID | None, besides: Container[UUID | None], on: date
) -> UUID | None:
    """Who is asked when a channel manager may not, or does not, decide.

    The manager of the next territory above, the vendor's default manager, another channel
    manager, an administrator: the first who is there and is none of `besides`.
    """
    here, present = map_of(session), still_here(session)
    wanted = [*_above(here, territory_id, on), defaults(session).channel_manager, *_others(session)]
    for manager in wanted:
        asked = standing_in(manager, here.absences, on)
        if asked in present and asked not in besides:
            return asked
    return None


def _above(here: Map, territory_id: UUID | None, on: date) -> list[UUID]:
    """The managers of a territory and of those above it, the nearest first."""
    found: list[UUID] = []
    seen: set[UUID] = set()
    rule = in_force(here.index.rules, territory_id, on)
    while rule is not None and rule.id not in seen:
        seen.add(rule.id)
        if rule.channel_manager:
            found.append(rule.channel_manager)
        rule = in_force(here.index.rules, rule.parent, on)
    return found


def _others(session: Session) -> list[UUID]:
    """Channel managers, then administrators."""
    wanted = (Role.CHANNEL_MANAGER, Role.ADMINISTRATOR)
    rows = session.execute(
        select(Person.id, Person.role)
        .where(Person.role.in_(wanted), Person.status == PersonStatus.ACTIVE)
        .order_by(Person.id)
    ).all()
    return [row.id for role in wanted for row in rows if row.role is role]
