"""A party leaves an open case because its deal is over; with too few left, the case is closed.

Knows no operation of deals: the step that ends a deal calls it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import jobs, notices
from models.base import lock
from models.deals.conflicts.rules import CONFLICT_MOVES, Standing
from models.deals.conflicts.tables import Conflict, ConflictNote, ConflictSide
from models.deals.states import OPEN
from models.deals.tables import Deal
from models.people import SYSTEM
from models.scope import vendor_side

ENOUGH = 2

LOOK_AGAIN = "conflict-look-again"
"""The job that looks whether anything else stands against a deal whose case was closed."""


def leave_if_over(session: Session, deal: Deal, *, now: datetime) -> None:
    """Take a deal that has ended out of its open case.  Harmless for every other deal."""
    if deal.status in OPEN:
        return
    deal_id = deal.id
    is_party = ConflictSide.deal_id == deal_id, ConflictSide.standing == Standing.OPEN
    if session.scalar(select(ConflictSide.id).where(*is_party)) is None:
        return
    with vendor_side(session) as beside:
        side = beside.scalars(select(ConflictSide).where(*is_party)).one()
        conflict = beside.get_one(Conflict, side.conflict_id)
        lock(beside, conflict)
        side.standing, side.decided_at = Standing.LEFT, now
        note(beside, conflict, "left", f"{side.number} is no longer a party.", now=now)
        settle_if_alone(beside, conflict, now=now)


def leave_unopposed(session: Session, deal: Deal, *, now: datetime) -> None:
    """Nothing stands in this live deal's way any more.  On the vendor's side."""
    side = session.scalars(
        select(ConflictSide).where(
            ConflictSide.deal_id == deal.id, ConflictSide.standing == Standing.OPEN
        )
    ).first()
    if side is None:
        return
    conflict = session.get_one(Conflict, side.conflict_id)
    lock(session, conflict)
    if conflict.touch_id is not None:
        return
    note(session, conflict, "left", f"Nothing stands against {side.number} now.", now=now)
    _close(session, side, now=now)
    settle_if_alone(session, conflict, now=now)


def settle_if_alone(session: Session, conflict: Conflict, *, now: datetime) -> None:
    """Close the case when nobody stands against anybody any more, and tell who is left."""
    session.flush()
    left = session.scalars(
        select(ConflictSide).where(
            ConflictSide.conflict_id == conflict.id, ConflictSide.standing == Standing.OPEN
        )
    ).all()
    if len(left) + (conflict.touch_id is not None) >= ENOUGH:
        return
    conflict.status = CONFLICT_MOVES.after("settle", conflict.status)
    conflict.ended_at = now
    for side in left:
        _close(session, side, now=now)
        payload = {"deal_id": str(side.deal_id)}  # others, of another case, may stand against it
        key = f"{LOOK_AGAIN} {side.deal_id} {now.isoformat()}"
        jobs.enqueue_new(session, LOOK_AGAIN, [(key, payload, now)])
    note(session, conflict, "settle", "Too few parties are left.", now=now)


def _close(session: Session, side: ConflictSide, *, now: datetime) -> None:
    side.standing, side.decided_at = Standing.SETTLED, now
    deal = session.get_one(Deal, side.deal_id)
    notices.tell_partner(
        session, side.partner_id, "conflict-closed", now=now, link=link_to(side),
        title=f"{deal.customer_name}: the conflict case is closed",
        body=f"The conflict case {side.number} about {deal.number} is closed without a "
        "decision. Your registration goes on as before.",
    )  # fmt: skip


def note(
    session: Session, conflict: Conflict, verb: str, text: str, *, now: datetime, by=SYSTEM
) -> None:
    session.add(
        ConflictNote(
            conflict_id=conflict.id, verb=verb, note=text, at=now, by_id=by.id, by_name=by.name
        )
    )


def link_to(side: ConflictSide | UUID) -> str:
    """The partner's own page of a case."""
    return f"/conflicts/sides/{side if isinstance(side, UUID) else side.id}"


def link_of(conflict: Conflict) -> str:
    """The vendor's page of a case."""
    return f"/conflicts/{conflict.id}"
