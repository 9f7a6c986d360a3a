"""What a claim came to, quarter by quarter, and how its partner has done so far.  Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.claims.lands import lands_of
from models.claims.rules import HOLDS, bounds, quarter_of, quarters, target
from models.claims.tables import ClaimQuarter, TerritoryClaim
from models.deals import OPEN, Deal, DealStatus
from models.wins import DealOrder, OrderState


@dataclass(frozen=True)
class Attained:
    """A quarter of a claim: what was committed, and what was won inside the territory."""

    quarter: str
    target_minor: int
    reached_minor: int
    is_over: bool

    @property
    def is_met(self) -> bool:
        return self.reached_minor >= self.target_minor

    @property
    def percent(self) -> int:
        return min(self.reached_minor * 100 // self.target_minor, 999) if self.target_minor else 100


def attainment(session: Session, claim: TerritoryClaim, *, today: date) -> list[Attained]:
    """Every quarter so far, the earliest first; the running one as it stands.

    A quarter that is over never falls below what it was closed with; what is recorded or accepted
    later for one of its days counts for it.
    """
    if claim.territory_id is None or not claim.from_on or not claim.to_on:
        return []
    closed = {
        row.quarter: row
        for row in session.scalars(
            select(ClaimQuarter).where(ClaimQuarter.claim_id == claim.id)
        )
    }  # fmt: skip
    found = []
    for quarter in quarters(claim.from_on, min(claim.to_on, today + timedelta(days=1))):
        kept = closed.get(quarter)
        wanted = (
            kept.target_minor if kept
            else target(claim.minimum_minor, quarter, claim.from_on, claim.to_on)
        )  # fmt: skip
        reached = max(reached_in(session, claim, quarter), kept.reached_minor if kept else 0)
        found.append(Attained(quarter, wanted, reached, quarter != quarter_of(today)))
    return found


def reached_in(session: Session, claim: TerritoryClaim, quarter: str) -> int:
    """Orders of that quarter that count, of the partner's deals inside the territory."""
    start, end = bounds(quarter)
    total = session.scalar(
        select(func.sum(DealOrder.amount_minor))  # type: ignore[attr-defined]
        .join(Deal, Deal.id == DealOrder.deal_id)
        .where(
            Deal.territory_id.in_(lands_of(session, claim)),
            Deal.partner_id == claim.partner_id,
            DealOrder.state == OrderState.ACCEPTED,
            DealOrder.ordered_on >= start,
            DealOrder.ordered_on < end,
        )
    )
    return int(total or 0)


@dataclass(frozen=True)
class Record:
    """How a partner has done so far."""

    open_count: int
    won_count: int
    lost_count: int
    won_minor: int
    """In the last twelve months, in the partner's currency."""
    holds: int
    """Territories of its own, now."""

    @property
    def win_percent(self) -> int | None:
        decided = self.won_count + self.lost_count
        return self.won_count * 100 // decided if decided else None


def record_of(session: Session, partner_id: UUID, *, today: date) -> Record:
    since = today - timedelta(days=365)
    counts = dict(
        session.execute(
            select(Deal.status, func.count(Deal.id))
            .where(Deal.partner_id == partner_id)
            .group_by(Deal.status)
        ).all()
    )
    won = session.scalar(
        select(func.sum(Deal.value_minor)).where(  # type: ignore[attr-defined]
            Deal.partner_id == partner_id, Deal.won_on >= since
        )
    )
    held = session.scalar(
        select(func.count(TerritoryClaim.id)).where(
            TerritoryClaim.partner_id == partner_id, TerritoryClaim.status.in_(HOLDS)
        )
    )
    waiting = sum(counts.get(status, 0) for status in OPEN)
    return Record(
        waiting, counts.get(DealStatus.WON, 0), counts.get(DealStatus.LOST, 0), int(won or 0),
        held or 0,
    )  # fmt: skip
