"""What a person says about who gets work: one thing for somebody, or what nobody else gets."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models import audit, vendor
from models.errors import Refused
from models.people import Actor
from models.territories import queries
from models.territories.current import map_of
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
            revision=map_of(session).revision,
        )
    )
    session.flush()


def set_defaults(
    session: Session, *, channel_manager_id: UUID, sales_manager_id: UUID, by: Actor, now: datetime
) -> None:
    """Who gets what no territory's manager gets."""
    if not {channel_manager_id, sales_manager_id} <= queries.still_here(session):
        raise Refused("Choose people who still work here.")
    programme = vendor.settings(session)
    programme.default_channel_manager_id = channel_manager_id
    programme.default_sales_manager_id = sales_manager_id
    audit.record(session, by, "default managers set", programme, now=now)
    session.flush()
