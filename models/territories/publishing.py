"""A draft is published on a day: from then on what it changes stands, until then the old ones.

Each territory that it changes ends on that day and another takes its place, so that the old ones
stay readable and still answer for the days before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models import audit
from models.base import lock
from models.errors import Refused
from models.people import Actor
from models.territories.drawings import changes_of, print_of, refuse_decided, verb_of
from models.territories.holding import hold, one_at_a_time
from models.territories.operations import details_of, refuse_given
from models.territories.rules import TerritoryStatus
from models.territories.states import DrawingState
from models.territories.tables import Territory, TerritoryDrawing


def publish(
    session: Session,
    drawing: TerritoryDrawing,
    *,
    on: date,
    today: date,
    by: Actor,
    now: datetime,
) -> None:
    """From that day on its territories stand; until then, and for all days before, the old ones.

    Raises Refused when something that it changes was changed meanwhile.
    """
    one_at_a_time(session)
    refuse_decided(session, drawing)
    if on < today:
        raise Refused("The day has passed: territories change from today on, or later.")
    rows = session.scalars(changes_of(drawing.id)).all()
    if not rows:
        raise Refused("The draft changes nothing yet: change a territory in it first.")
    _refuse_overtaken(session, rows)
    drawing.changes = [_published(session, row, on) for row in rows]
    _hold(session, drawing.changes)
    drawing.state, drawing.publish_on = DrawingState.PUBLISHED, on
    drawing.decided_at, drawing.decided_by_name = now, by.name
    session.flush()
    detail = {"on": on.isoformat(), "changes": len(rows)}
    audit.record(session, by, "draft of territories published", drawing, now=now, detail=detail)


def _hold(session: Session, changes: Sequence[dict[str, str]]) -> None:
    """First those that end, so that what takes their place finds it free."""
    for side in ("from", "to"):
        for change in changes:
            key = change[side] and UUID(change[side])
            if key and (territory := session.get(Territory, key)):
                hold(session, territory)


def _refuse_overtaken(session: Session, rows: Sequence[Territory]) -> None:
    overtaken = []
    for row in rows:
        if row.succeeds_id is None:
            continue
        standing = session.get_one(Territory, row.succeeds_id)
        lock(session, standing)
        if print_of(standing) != row.copied_print:
            overtaken.append(standing.name)
    if overtaken:
        raise Refused(
            f"{', '.join(sorted(overtaken))}: changed since the draft was made of it. Open it in "
            "the draft, compare, and save it there again."
        )


def _published(session: Session, row: Territory, on: date) -> dict[str, str]:
    """The row stands from that day on; what it did, for the record."""
    change = {"verb": verb_of(row), "name": row.name, "to": str(row.id), "from": ""}
    if row.succeeds_id:
        standing = session.get_one(Territory, row.succeeds_id)
        change["from"] = str(standing.id)
        _refuse_given(standing, row)
        row.is_claimed = standing.is_claimed
        _end(standing, on)
        if row.is_removal:
            session.delete(row)
            session.flush()
            return change
        key, standing.external_id = standing.external_id, _key_until(standing, on)
        session.flush()  # the key is free before the successor takes it
        row.external_id = key
    row.drawing_id, row.copied_print = None, ""
    row.from_on = max(on, row.from_on or on)
    if row.to_on and row.to_on <= row.from_on:
        raise Refused(f"{row.name} would end before it begins: give it a later end in the draft.")
    session.flush()
    return change


def _refuse_given(standing: Territory, row: Territory) -> None:
    details = details_of(row)
    if row.is_removal:
        details = replace(details, status=TerritoryStatus.ENDED)
    refuse_given(standing, details)


def _key_until(territory: Territory, on: date) -> str | None:
    """By which files name it while it still holds; its own goes to what takes its place."""
    if territory.status is TerritoryStatus.ENDED or territory.external_id is None:
        return None
    return f"{territory.external_id[:60]} until {on}"


def _end(territory: Territory, on: date) -> None:
    if territory.from_on and territory.from_on >= on:
        territory.status = TerritoryStatus.ENDED  # it never began
    elif territory.to_on is None or territory.to_on > on:
        territory.to_on = on
