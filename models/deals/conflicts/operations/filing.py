"""What each party says it knows.  Nobody but the vendor reads more than its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models import audit, files, notices
from models.base import lock
from models.deals.conflicts.leaving import link_of, note
from models.deals.conflicts.queries import evidence_of
from models.deals.conflicts.rules import ConflictStatus, Standing
from models.deals.conflicts.tables import Conflict, ConflictEvidence, ConflictSide
from models.deals.operations.steps import tidy
from models.errors import Refused
from models.files import Upload
from models.people import Actor
from models.scope import vendor_side

SIDE_FILES, CASE_FILES = "conflict_side", "conflict"
"""What files are about: one party's side, or the vendor's own part of the case."""


def file_evidence(
    session: Session,
    side: ConflictSide,
    *,
    text: str,
    uploads: Sequence[Upload] = (),
    by: Actor,
    now: datetime,
) -> bool:
    """Add to what this partner says; whether anything was new, because it may be sent twice.

    Raises Refused when the case is over, or the time for evidence is.
    """
    lock(session, side)
    if side.standing is not Standing.OPEN:
        raise Refused("This case is closed; nothing can be added to it.")
    if now > side.evidence_by:
        raise Refused("The time for evidence is over. Comment on the deal instead.")
    text = tidy(text, what="what you know", least=3)
    before = {file.id for file in files.attached(session, SIDE_FILES, side.id)}
    kept = {
        files.keep(
            session, upload, about=(SIDE_FILES, side.id), partner_id=side.partner_id,
            private=True, by=by, now=now,
        ).id
        for upload in uploads
    }  # fmt: skip
    last = next(reversed(evidence_of(session, [side.id])), None)
    if last is not None and last.text == text and kept <= before:
        return False
    session.add(
        ConflictEvidence(
            partner_id=side.partner_id, side_id=side.id, text=text, at=now,
            by_id=by.id, by_name=by.name,
        )
    )  # fmt: skip
    audit.record(session, by, "conflict evidence filed", side, now=now)
    _tell_the_manager(session, side, by=by, now=now)
    return True


def _tell_the_manager(session: Session, side: ConflictSide, *, by: Actor, now: datetime) -> None:
    conflict_id, number = side.conflict_id, side.number
    with vendor_side(session) as beside:
        conflict = beside.get_one(Conflict, conflict_id)
        note(beside, conflict, "evidence", f"{number} filed evidence.", by=by, now=now)
        if conflict.manager_id:
            notices.tell(
                beside, conflict.manager_id, "conflict-evidence", now=now, link=link_of(conflict),
                title=f"{conflict.number}: a party filed evidence",
                body=f"{by.name} filed evidence for {number}.",
            )  # fmt: skip


def add_our_evidence(
    session: Session,
    conflict: Conflict,
    *,
    text: str,
    uploads: Sequence[Upload] = (),
    by: Actor,
    now: datetime,
) -> None:
    """What our own people know; only the vendor reads it."""
    lock(session, conflict)
    if conflict.status not in (ConflictStatus.OPEN, ConflictStatus.APPEALED):
        raise Refused("This case is closed; nothing can be added to it.")
    text = tidy(text, what="what you know", least=3)
    for upload in uploads:
        files.keep(
            session, upload, about=(CASE_FILES, conflict.id), partner_id=None, by=by, now=now
        )
    note(session, conflict, "our_evidence", text, by=by, now=now)
    if conflict.manager_id and conflict.manager_id != by.id:
        notices.tell(
            session, conflict.manager_id, "conflict-evidence", now=now, link=link_of(conflict),
            title=f"{conflict.number}: our own people filed evidence", body=f"{by.name}: {text}",
        )  # fmt: skip
