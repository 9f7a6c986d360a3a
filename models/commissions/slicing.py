"""Which partners are rated together: ranges of about so many events.  Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.commissions.rated import RatedEvent
from models.commissions.tables import PlanVersion
from models.partners import Partner
from models.sales import EarningEvent
from models.wins import DealOrder

Range = tuple[UUID, UUID]
"""The first partner and the last, both inclusive."""

LOOKED_AT = 200
"""Partners among which the next ones with something to rate anew are looked for."""


def slices(
    session: Session, *, about: int, part: tuple[int, int] = (1, 1), after: UUID | None = None
) -> list[Range]:
    """Partners with something to rate, in ranges of about so many events each.

    after: only those whose ids come after that one.

    part: (2, 4): of the second of four parts of all partners.  One range of all, for the first
    part, where a plan remembers from one partner to another.
    """
    alone = by_partner(session)
    within = _part(session, *(part if alone else (1, 1)))
    if within is None or (not alone and part[0] > 1):
        return []
    counts: dict[UUID, int] = {}
    tables: tuple[Any, ...] = (EarningEvent, DealOrder)
    for table in tables:
        waiting = ~select(RatedEvent.id).where(RatedEvent.id == table.id).exists()
        asked = (
            select(table.partner_id, func.count())
            .where(waiting, table.partner_id.between(*within))
            .group_by(table.partner_id)
        )
        rows = session.execute(asked if after is None else asked.where(table.partner_id > after))
        for partner_id, events in rows:
            counts[partner_id] = counts.get(partner_id, 0) + events
    return ranges(counts, about if alone else sum(counts.values()))


def ranges(counts: Mapping[UUID, int], about: int) -> list[Range]:
    """Partners in the order of their ids, so many together that they have about so many events."""
    found: list[Range] = []
    count = 0
    for partner_id in sorted(counts):
        if not found or count >= about:
            found.append((partner_id, partner_id))
            count = 0
        found[-1] = (found[-1][0], partner_id)
        count += counts[partner_id]
    return found


class Part(NamedTuple):
    """Partners whose open months are rated anew together."""

    partners: Range | None
    """None: everybody, where a plan remembers from one partner to another."""
    last: UUID
    events: int


def rated_since(session: Session, month: str, *, after: UUID | None, about: int) -> Part | None:
    """The next partners with something rated since `month`, or not rated; None: all are done."""
    if not by_partner(session):
        counts = {} if after is not None else _counts(session, month, None)
        return Part(None, max(counts), sum(counts.values())) if counts else None
    while (within := _next(session, after)) is not None:
        counts = _counts(session, month, within)
        if counts:
            theirs = ranges(counts, about)[0]
            chosen = [one for one in counts if one <= theirs[1]]
            return Part(theirs, theirs[1], sum(counts[one] for one in chosen))
        after = within[1]
    return None


def rated_since_count(session: Session, month: str) -> int:
    return sum(_counts(session, month, None).values())


def _next(session: Session, after: UUID | None) -> Range | None:
    asked = select(Partner.id).order_by(Partner.id).limit(LOOKED_AT)
    found = session.scalars(asked if after is None else asked.where(Partner.id > after)).all()
    return (found[0], found[-1]) if found else None


def _counts(session: Session, month: str, within: Range | None) -> dict[UUID, int]:
    """Of each partner: what was rated since, and what waits to be rated."""
    counts: dict[UUID, int] = {}
    tables: tuple[Any, ...] = (EarningEvent, DealOrder)
    for table in tables:
        asked = (
            select(table.partner_id, func.count())
            .outerjoin(RatedEvent, RatedEvent.id == table.id)
            .where(or_(RatedEvent.id.is_(None), RatedEvent.month >= month))
            .group_by(table.partner_id)
        )
        if within is not None:
            asked = asked.where(table.partner_id.between(*within))
        for partner_id, events in session.execute(asked):
            counts[partner_id] = counts.get(partner_id, 0) + events
    return counts


def by_partner(session: Session) -> bool:
    """Whether what one partner sells never changes what another earns on its own sales."""
    return not any(remembers_across(one) for one in session.scalars(select(PlanVersion.rules)))


def remembers_across(rules: dict[str, Any]) -> bool:
    """Plans under which one partner's sale can change what another's earns."""
    return "new_logo_bonus" in rules or "period_cap" in rules


def _part(session: Session, which: int, parts: int) -> Range | None:
    """The partners of one part, of as many partners as the others; None: of nobody."""
    count = session.scalar(select(func.count(Partner.id))) or 0
    ids = select(Partner.id).order_by(Partner.id)
    first, last = count * (which - 1) // parts, count * which // parts - 1
    if last < first:
        return None
    found = [session.scalars(ids.offset(place).limit(1)).one() for place in (first, last)]
    return found[0], found[1]
