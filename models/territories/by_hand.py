"""Work that a person gives to somebody, past what the territories say.  Kept like any routing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models.territories import queries
from models.territories.resolving import Action
from models.territories.tables import RoutingLog


def assign(
    session: Session,
    about: tuple[str, UUID],
    *,
    territory_id: UUID | None,
    channel_manager_id: UUID | None,
    sales_manager_id: UUID | None,
    why: str,
    now: datetime,
) -> None:
    """Keep that a person chose who looks after it, and why.  On the vendor's side."""
    session.add(
        RoutingLog(
            at=now,
            about_kind=about[0],
            about_id=about[1],
            territory_id=territory_id,
            channel_manager_id=channel_manager_id,
            sales_manager_id=sales_manager_id,
            action=Action.ACCEPT,
            is_conflict=False,
            rule="person",
            candidates=[],
            why=why,
            facts={},
            steps=[why],
            revision=queries.map_of(session).revision,
        )
    )
    session.flush()
