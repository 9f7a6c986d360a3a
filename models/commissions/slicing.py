"""Which partners are rated together: ranges of about so many events.  Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.commissions.rated import RatedEvent
from models.commissions.tables import PlanVersion
from models.partners import Partner
from models.sales import EarningEvent
from models.wins import DealOrder

Range = tuple[UUID, UUID]
"""The first partner and the last, both inclusive."""


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
    """The next partners with something rated since `month`; None: all are done."""
    counts = _rated_counts(session, month, after)
    if not counts:
        return None
    if not by_partner(session):
        return Part(None, max(counts), sum(counts.values())) if after is None else None
    count, chosen = 0, sorted(counts)
    for place, partner_id in enumerate(chosen):
        count += counts[partner_id]
        if count >= about:
            chosen = chosen[: place + 1]
            break
    return Part((chosen[0], chosen[-1]), chosen[-1], count)


def rated_since_count(session: Session, month: str) -> int:
    return sum(_rated_counts(session, month, None).values())


def _rated_counts(session: Session, month: str, after: UUID | None) -> dict[UUID, int]:
    counts: dict[UUID, int] = {}
    tables: tuple[Any, ...] = (EarningEvent, DealOrder)
    for table in tables:
        asked = (
            select(table.partner_id, func.count())
            .join(RatedEvent, RatedEvent.id == table.id)
            .where(RatedEvent.month >= month)
            .group_by(table.partner_id)
        )
        if after is not None:
            asked = asked.where(table.partner_id > after)
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
