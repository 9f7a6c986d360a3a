"""What both sides of a dispute are told and write to each other, and its clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from models import audit, files, jobs, notices, vendor
from models.base import lock
from models.commissions.disputes.rules import LONGEST, DisputeStatus
from models.commissions.disputes.tables import DISPUTE_FILES, Dispute, DisputeNote
from models.errors import Refused
from models.files import Upload
from models.people import SYSTEM, Actor, Role
from models.scope import vendor_side

OVERDUE = "dispute-overdue"


def write_in_dispute(
    session: Session,
    dispute_id: UUID,
    *,
    text: str,
    uploads: Sequence[Upload] = (),
    by: Actor,
    now: datetime,
) -> None:
    """Either side adds what it knows; the other is told.  Raises Refused once it is closed."""
    text = tidy(text, "what you know")
    with vendor_side(session) as beside:
        dispute = beside.get_one(Dispute, dispute_id)
        lock(beside, dispute)
        if dispute.status is not DisputeStatus.OPEN:
            raise Refused("This dispute is closed; nothing can be added to it.")
        attach(beside, dispute, uploads, by=by, now=now)
        note(beside, dispute, "write", text, by=by, at=now)
        said: dict[str, Any] = {
            "title": f"{dispute.number}: {by.name} wrote", "body": text, "now": now,
            "link": link_to(dispute),
        }  # fmt: skip
        if by.partner_id is None:
            notices.tell_partner(beside, dispute.partner_id, "dispute-written", **said)
        else:
            notices.tell_staff(beside, Role.FINANCE, "dispute-written", **said)


def attach(
    session: Session, dispute: Dispute, uploads: Sequence[Upload], *, by: Actor, now: datetime
) -> None:
    """Both sides see the files; a distributor does not see its reseller's."""
    for upload in uploads:
        files.keep(
            session, upload, about=(DISPUTE_FILES, dispute.id), partner_id=dispute.partner_id,
            private=True, by=by, now=now,
        )  # fmt: skip


def note(
    session: Session, dispute: Dispute, verb: str, text: str, *, by: Actor, at: datetime
) -> None:
    session.add(
        DisputeNote(
            partner_id=dispute.partner_id, dispute_id=dispute.id, at=at, by_name=by.name,
            verb=verb, text=text,
        )
    )  # fmt: skip
    session.flush()


def tidy(text: str, what: str) -> str:
    text = text.strip()
    if len(text) < 3:
        raise Refused(f"Write {what}: the reader sees your words exactly as they stand.")
    if len(text) > LONGEST:
        raise Refused(f"Write at most {LONGEST:,} characters; attach the rest as a file.")
    return text


def link_to(dispute: Dispute) -> str:
    return f"/disputes/{dispute.id}"


def queue_the_clock(session: Session, dispute: Dispute) -> None:
    payload = {"dispute_id": str(dispute.id)}
    jobs.enqueue(session, OVERDUE, f"{OVERDUE} {dispute.id}", payload, run_at=dispute.decide_by)


def handle_overdue(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Nobody decided in time: the administrators, who may decide too, and the partner are told."""
    dispute = session.get_one(Dispute, UUID(payload["dispute_id"]))
    lock(session, dispute)
    if dispute.status is not DisputeStatus.OPEN or dispute.overdue_at is not None:
        return
    dispute.overdue_at = now
    note(session, dispute, "overdue", "", by=SYSTEM, at=now)
    audit.record(session, SYSTEM, "dispute overdue", dispute, now=now)
    link = link_to(dispute)
    for role in (Role.FINANCE, Role.ADMINISTRATOR):
        notices.tell_staff(
            session, role, OVERDUE, now=now, link=link,
            title=f"{dispute.number}: the decision is overdue",
            body=f"{_amount(dispute)} are in question, and the partner waits. Decide it now.",
        )  # fmt: skip
    notices.tell_partner(
        session, dispute.partner_id, OVERDUE, now=now, link=link,
        title=f"{dispute.number}: we are late with our decision",
        body="It should have been decided by now. Our administrators have been told.",
    )  # fmt: skip


def tell_of_the_opening(session: Session, dispute: Dispute, about: str, *, now: datetime) -> None:
    """about: the line or the sale, in words."""
    by = f"{vendor.settings(session).calendar.day_of(dispute.decide_by):%-d %B %Y}"
    link = link_to(dispute)
    notices.tell_staff(
        session, Role.FINANCE, "dispute-opened", now=now, link=link,
        title=f"{dispute.number}: a {'line is disputed' if dispute.line_id else 'sale is missing'}",
        body=f"{dispute.opened_by_name} disputes {_amount(dispute)} of {about}: "
        f"{dispute.reason.words}. Decide it by {by}.",
    )  # fmt: skip
    what = "is held" if dispute.hold_line_id else "is looked at"
    notices.tell_partner(
        session, dispute.partner_id, "dispute-opened", now=now, link=link,
        title=f"{dispute.number}: we look into {about.split(', ')[0]}",
        body=f"{_amount(dispute)} of {about} {what}; everything else is paid as usual. "
        f"You have our decision by {by}.",
    )  # fmt: skip


def tell_of_the_decision(session: Session, dispute: Dispute, *, now: datetime) -> None:
    notices.tell_partner(
        session, dispute.partner_id, "dispute-decided", now=now, link=link_to(dispute),
        title=f"{dispute.number}: {dispute.status.words.lower()}",
        body=f"{dispute.closed_by_name} decided: {dispute.decision_text}",
    )  # fmt: skip


def tell_of_the_withdrawal(session: Session, dispute: Dispute, *, by: Actor, now: datetime) -> None:
    notices.tell_staff(
        session, Role.FINANCE, "dispute-withdrawn", now=now, link=link_to(dispute),
        title=f"{dispute.number} is withdrawn",
        body=f"{by.name} took it back; {_amount(dispute)} are no longer in question.",
    )  # fmt: skip


def _amount(dispute: Dispute) -> str:
    return f"{dispute.amount.major:,} {dispute.currency}"
