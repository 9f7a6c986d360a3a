"""The territory of a claim, also when a later drawing has put another in its place.  Reads only."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.claims.tables import TerritoryClaim
from models.territories import Territory, TerritoryStatus


def lands_of(session: Session, claim: TerritoryClaim) -> list[UUID]:
    """Every territory that was ever that of the claim, the first one first."""
    found: list[UUID] = []
    last = claim.territory_id
    while last is not None and last not in found:
        found.append(last)
        last = session.scalar(
            select(Territory.id).where(
                Territory.succeeds_id == last, Territory.drawing_id.is_(None)
            )
        )
    return found


def lands(session: Session, claim: TerritoryClaim) -> list[Territory]:
    """Those of them that have not ended: the one that holds now, and what will take its place."""
    found = (session.get_one(Territory, key) for key in lands_of(session, claim))
    return [land for land in found if land.status is not TerritoryStatus.ENDED]


def standing(session: Session, claim: TerritoryClaim) -> Territory:
    """The one that holds last."""
    return session.get_one(Territory, lands_of(session, claim)[-1])
