"""Drafts of other territories: begun from those that stand, and changed.

A draft keeps only what it changes; everything else in it is as it stands on the day somebody
looks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import audit
from models.base import lock
from models.errors import Refused
from models.people import Actor
from models.territories.current import as_rules
from models.territories.operations import (
    COLUMNS,
    TerritoryDetails,
    added,
    details_of,
    refuse_faults,
    take,
)
from models.territories.rules import Rule, TerritoryStatus
from models.territories.states import DrawingState
from models.territories.tables import Territory, TerritoryDrawing

VERBS = {"new": "New", "changed": "Changed", "ends": "Ends"}


def begin(
    session: Session, name: str, note: str = "", *, by: Actor, now: datetime
) -> TerritoryDrawing:
    """A draft that changes nothing yet."""
    if not name.strip():
        raise Refused("Give the draft a name.")
    drawing = TerritoryDrawing(
        name=name.strip(), note=note.strip(), created_at=now, created_by_name=by.name
    )
    session.add(drawing)
    session.flush()
    audit.record(session, by, "draft of territories begun", drawing, now=now)
    return drawing


def put(
    session: Session,
    drawing: TerritoryDrawing,
    details: TerritoryDetails,
    *,
    instead_of: Territory | None,
    now: datetime,
) -> Territory:
    """In the draft, a new territory, or another drawing of one that stands or is in the draft."""
    refuse_decided(session, drawing)
    if instead_of is None:
        return added(session, details, now=now, drawing_id=drawing.id)
    if instead_of.drawing_id == drawing.id:
        refuse_faults(session, details, instead_of)
        take(session, instead_of, details)
        instead_of.is_removal = False
        _copied(session, instead_of)
        session.flush()
        return instead_of
    known = copy_of(session, drawing, instead_of.id)
    if known is not None:
        return put(session, drawing, details, instead_of=known, now=now)
    copy = added(
        session,
        replace(details, external_id=None),
        now=now,
        drawing_id=drawing.id,
        succeeds_id=instead_of.id,
    )
    _copied(session, copy)
    session.flush()
    return copy


def leave_out(
    session: Session, drawing: TerritoryDrawing, territory: Territory, *, now: datetime
) -> None:
    """In the draft, the territory ends and nothing takes its place."""
    if territory.drawing_id == drawing.id and territory.succeeds_id is None:
        forget(session, drawing, territory)
        return
    copy = put(session, drawing, details_of(territory), instead_of=territory, now=now)
    copy.is_removal = True
    session.flush()


def forget(session: Session, drawing: TerritoryDrawing, row: Territory) -> None:
    """Take one change back: what it changed is in the draft again as it stands."""
    refuse_decided(session, drawing)
    session.delete(row)
    session.flush()


def give_up(session: Session, drawing: TerritoryDrawing, *, by: Actor, now: datetime) -> None:
    """Its changes are thrown away."""
    refuse_decided(session, drawing)
    for row in session.scalars(select(Territory).where(Territory.drawing_id == drawing.id)):
        session.delete(row)
    drawing.state, drawing.decided_at, drawing.decided_by_name = DrawingState.GIVEN_UP, now, by.name
    session.flush()
    audit.record(session, by, "draft of territories given up", drawing, now=now)


def changes_of(drawing_id: UUID) -> Select:
    """The rows of a draft, by name."""
    return (
        select(Territory)
        .where(Territory.drawing_id == drawing_id)
        .order_by(Territory.name, Territory.id)
    )


def copy_of(session: Session, drawing: TerritoryDrawing, territory_id: UUID) -> Territory | None:
    """What the draft has in place of this territory; None where it changes nothing about it."""
    return session.scalars(
        select(Territory).where(
            Territory.drawing_id == drawing.id, Territory.succeeds_id == territory_id
        )
    ).one_or_none()


def drawn(session: Session, drawing: TerritoryDrawing) -> list[Rule]:
    """All active territories as the draft would have them, changed ones under their own id."""
    succeeds = {
        row.id: row.succeeds_id
        for row in session.execute(
            select(Territory.id, Territory.succeeds_id).where(Territory.drawing_id == drawing.id)
        )
    }
    replaced = {key for key in succeeds.values() if key}
    kept = [rule for rule in as_rules(session) if rule.id not in replaced]
    changed = [
        replace(rule, id=succeeds[rule.id] or rule.id)
        for rule in as_rules(session, drawing_id=drawing.id)
    ]
    return [rule for rule in (*kept, *changed) if rule.status is TerritoryStatus.ACTIVE]


@dataclass(frozen=True)
class Change:
    """One line of a draft, or of what it changed."""

    id: UUID
    verb: str
    name: str
    fields: list[str]
    """What is different, in words; empty for a new one and one that ends."""


def told(session: Session, rows: Sequence[Territory]) -> list[Change]:
    return [Change(row.id, verb_of(row), row.name, _different(session, row)) for row in rows]


def drawings() -> Select:
    """The drafts, the latest first."""
    return select(
        TerritoryDrawing.id,
        TerritoryDrawing.name,
        TerritoryDrawing.state,
        TerritoryDrawing.created_at,
        TerritoryDrawing.created_by_name,
        TerritoryDrawing.publish_on,
    ).order_by(TerritoryDrawing.created_at.desc(), TerritoryDrawing.id.desc())


def print_of(territory: Territory) -> str:
    """The same for two rows exactly when they are drawn alike."""
    areas = sorted(
        (row.kind, row.value, row.country, row.is_exclusion, str(row.customer_id or ""))
        for row in territory.areas
    )
    kept = [str(getattr(territory, name)) for name in COLUMNS]
    return hashlib.sha256(json.dumps([kept, areas]).encode()).hexdigest()


def _copied(session: Session, copy: Territory) -> None:
    """Remember how the one that it succeeds is now."""
    if copy.succeeds_id:
        copy.copied_print = print_of(session.get_one(Territory, copy.succeeds_id))


def refuse_decided(session: Session, drawing: TerritoryDrawing) -> None:
    lock(session, drawing)
    if drawing.state is not DrawingState.DRAFT:
        raise Refused(
            f"{drawing.name} was {drawing.state.value.replace('_', ' ')} by "
            f"{drawing.decided_by_name} already. Begin another draft."
        )


def verb_of(row: Territory) -> str:
    if row.is_removal:
        return "ends"
    return "changed" if row.succeeds_id else "new"


def _different(session: Session, row: Territory) -> list[str]:
    if row.succeeds_id is None or row.is_removal:
        return []
    standing = session.get_one(Territory, row.succeeds_id)
    fields = [
        name.removesuffix("_id").removesuffix("_minor").replace("_", " ")
        for name in COLUMNS
        if getattr(row, name) != getattr(standing, name)
    ]
    before = {(area.area, area.is_exclusion) for area in standing.areas}
    after = {(area.area, area.is_exclusion) for area in row.areas}
    if before != after:
        fields.append(f"places (+{len(after - before)} −{len(before - after)})")
    return fields
