"""What the clock alone does to a case: it reminds, it tells who is late, it makes final."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from models import notices
from models.base import lock
from models.deals.conflicts.leaving import link_of, note
from models.deals.conflicts.queries import sides_of
from models.deals.conflicts.rules import CONFLICT_MOVES, ConflictStatus
from models.deals.conflicts.tables import Conflict
from models.deals.operations.contesting import open_if_contested
from models.deals.tables import Deal
from models.people import Role


def handle_evidence_over(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """The last party has had its time: whoever is in charge can decide."""
    conflict = _still_open(session, payload, "evidence_by")
    if conflict is None or conflict.manager_id is None:
        return
    notices.tell(
        session, conflict.manager_id, "conflict-evidence", now=now, link=link_of(conflict),
        title=f"{conflict.number}: the time for evidence is over",
        body="Every party was heard or has had its time. Decide the case now.",
    )  # fmt: skip


def handle_late(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """The decision is not there in time: tell who is in charge, and who can help."""
    conflict = _still_open(session, payload, "decide_by")
    if conflict is None:
        return
    said: dict[str, Any] = {
        "title": f"{conflict.number}: the decision is overdue",
        "body": "This conflict case should have been decided by now. Both parties wait.",
        "link": link_of(conflict),
        "now": now,
    }
    if conflict.manager_id:
        notices.tell(session, conflict.manager_id, "conflict-overdue", **said)
    notices.tell_staff(session, Role.ADMINISTRATOR, "conflict-overdue", **said)


def handle_finish(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """The time for an appeal is over and nobody appealed."""
    conflict = session.get_one(Conflict, UUID(payload["conflict_id"]))
    lock(session, conflict)
    if conflict.status is not ConflictStatus.DECIDED:
        return
    conflict.status = CONFLICT_MOVES.after("finish", conflict.status)
    note(session, conflict, "finish", "Nobody appealed in time.", now=now)
    for side in sides_of(session, conflict.id):
        side.appeal_by = None


def _still_open(session: Session, payload: dict[str, Any], clock: str) -> Conflict | None:
    """The case, unless it is over or its clock was set anew since."""
    conflict = session.get_one(Conflict, UUID(payload["conflict_id"]))
    is_now = getattr(conflict, clock) == datetime.fromisoformat(payload["at"])
    return conflict if is_now and conflict.status is ConflictStatus.OPEN else None


def handle_look_again(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Let the deal join another case, or open one.  Harmless when sent twice."""
    open_if_contested(session, session.get_one(Deal, UUID(payload["deal_id"])), now=now)
