"""What is past its time goes: a few hundred rows of each kind at a time, as often as it takes.

Each batch stands by itself, so it may be stopped anywhere; what is gone is not found again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, case, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from models import audit, vendor
from models.applications import Application, ApplicationStatus
from models.applications.tables import ApplicationEvent
from models.audit import AuditAnchor, AuditEntry, AuditLink
from models.complaints import Complaint, ComplaintNote
from models.deals import Deal, DealStatus
from models.files import StoredFile
from models.jobs import Job, JobState
from models.leads import Lead, LeadOffer, LeadState, OfferState
from models.notices import Notice
from models.people import SYSTEM, AccessToken, SignInAttempt, UserSession
from models.privacy.rules import Kept, days_of

BATCH = 500
REMOVED = "Removed"
NOBODY = "removed@erased.invalid"
ENDED = tuple(
    status for status in DealStatus
    if status.value in {"rejected", "withdrawn", "expired", "lost", "revoked", "cancelled"}
)  # fmt: skip


def sweep(session: Session, now: datetime) -> dict[Kept, int]:
    """One batch of each kind; how many rows went, by kind, without those that had none."""
    days = days_of(vendor.settings(session).retention)
    gone = {
        kind: count
        for kind, one in SWEEPERS.items()
        if (count := one(session, now - timedelta(days=days[kind]), now))
    }
    if gone:
        said = {kind.value: count for kind, count in gone.items()}
        audit.record(session, SYSTEM, "data past its time removed", None, detail=said, now=now)
    return gone


def _sessions(session: Session, before: datetime, _now: datetime) -> int:
    last = func.coalesce(UserSession.ended_at, UserSession.last_seen_at)
    return _delete(session, UserSession, last < before)


def _sign_ins(session: Session, before: datetime, _now: datetime) -> int:
    return _delete(session, SignInAttempt, SignInAttempt.at < before)


def _links(session: Session, before: datetime, _now: datetime) -> int:
    return _delete(session, AccessToken, AccessToken.expires_at < before)


def _mails(session: Session, before: datetime, now: datetime) -> int:
    """Those that must not be told twice keep their key, and nothing else."""
    settled = or_(Notice.mailed_at.is_not(None), Notice.silent_at.is_not(None))
    old = (Notice.at < before) & settled
    gone = _delete(session, Notice, old & Notice.key.is_(None))
    return gone + _blank(
        session,
        Notice,
        old & (Notice.title != REMOVED),
        title=REMOVED,
        body="",
        link="/",
        read_at=now,
        silent_at=now,
    )


def _jobs(session: Session, before: datetime, _now: datetime) -> int:
    done = (Job.state == JobState.DONE) & (Job.run_at < before)
    return _blank(session, Job, done & (cast(Job.payload, Text) != "{}"), payload={}, last_error="")


def _applications(session: Session, before: datetime, _now: datetime) -> int:
    old = (Application.status == ApplicationStatus.DECLINED) & (Application.decided_at < before)
    found = _some(session, Application, old & (Application.contact_name != REMOVED))
    session.execute(
        update(ApplicationEvent)
        .where(ApplicationEvent.application_id.in_(found))
        .values(note="")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(ApplicationEvent)
        .where(ApplicationEvent.application_id.in_(found), ApplicationEvent.by_id.is_(None))
        .values(by_name=REMOVED)
        .execution_options(synchronize_session=False)
    )
    return _blank(
        session, Application, Application.id.in_(found), contact_name=REMOVED, contact_email="",
        contact_phone="", about="", reason="",
    )  # fmt: skip


def _contacts(session: Session, before: datetime, _now: datetime) -> int:
    ended = Deal.status.in_((*ENDED, DealStatus.DRAFT)) & (Deal.updated_at < before)
    known = or_(Deal.contact_name != "", Deal.contact_email != "", Deal.contact_phone != "")
    return _blank(
        session, Deal, ended & known, contact_name="", contact_title="", contact_email="",
        contact_phone="",
    )  # fmt: skip


def _leads(session: Session, before: datetime, _now: datetime) -> int:
    """A partner that has it no longer reads no contact of what its rival may work on now."""
    over = LeadOffer.state.in_((OfferState.DECLINED, OfferState.LAPSED))
    kept = LeadOffer.state.in_((OfferState.REGISTERED,)) & (LeadOffer.offered_at < before)
    old = Lead.state.in_((LeadState.CLOSED, LeadState.REGISTERED)) & (Lead.created_at < before)
    return sum(
        _blank(
            session, cls, which & _has_contact(cls), contact_name="", contact_email="",
            contact_phone="", note="",
        )
        for cls, which in ((LeadOffer, over | kept), (Lead, old))
    )  # fmt: skip


def _has_contact(cls: type[Lead] | type[LeadOffer]) -> Any:
    return or_(
        cls.contact_name != "", cls.contact_email != "", cls.contact_phone != "", cls.note != ""
    )


def _uploads(session: Session, before: datetime, now: datetime) -> int:
    ended = select(Deal.id).where(Deal.status.in_(ENDED), Deal.updated_at < before)
    here = (StoredFile.about_kind == "deal") & StoredFile.removed_at.is_(None)
    return _blank(
        session, StoredFile, here & StoredFile.about_id.in_(ended), removed_at=now, content=b""
    )


def _complaints(session: Session, before: datetime, _now: datetime) -> int:
    found = _some(
        session, Complaint, (Complaint.closed_at < before) & (Complaint.author_name != REMOVED)
    )
    session.execute(
        update(ComplaintNote)
        .where(ComplaintNote.complaint_id.in_(found))
        .values(by_name=REMOVED, text="")
        .execution_options(synchronize_session=False)
    )
    return _blank(
        session, Complaint, Complaint.id.in_(found), author_name=REMOVED, text=REMOVED, answer="",
        about_person_id=None, email=case((Complaint.email == "", ""), else_=NOBODY),
    )  # fmt: skip


def _audit(session: Session, before: datetime, now: datetime) -> int:
    """The oldest links with their entries; the last hash that goes is kept, and the chain begins
    there.  The database refuses whatever is younger than ten years."""
    oldest = session.execute(
        select(AuditLink.seq, AuditLink.id, AuditLink.entry_id, AuditLink.hash, AuditEntry.at)
        .join(AuditEntry, AuditEntry.id == AuditLink.entry_id)
        .order_by(AuditLink.seq)
        .limit(BATCH)
    ).all()
    old = []
    for row in oldest:
        if row.at >= before:
            break
        old.append(row)
    if not old:
        return 0
    session.add(AuditAnchor(at=now, seq=old[-1].seq, hash=old[-1].hash, why=audit.BEGINS))
    session.flush()
    _delete(session, AuditLink, AuditLink.id.in_([row.id for row in old]))
    return _delete(session, AuditEntry, AuditEntry.id.in_([row.entry_id for row in old]))


SWEEPERS: dict[Kept, Callable[[Session, datetime, datetime], int]] = {
    Kept.SESSIONS: _sessions,
    Kept.SIGN_INS: _sign_ins,
    Kept.LINKS: _links,
    Kept.MAILS: _mails,
    Kept.JOBS: _jobs,
    Kept.APPLICATIONS: _applications,
    Kept.CONTACTS: _contacts,
    Kept.LEADS: _leads,
    Kept.UPLOADS: _uploads,
    Kept.COMPLAINTS: _complaints,
    Kept.AUDIT: _audit,
}


def _some(session: Session, cls: Any, criterion: Any) -> list[Any]:
    return list(session.scalars(select(cls.id).where(criterion).order_by(cls.id).limit(BATCH)))


def _delete(session: Session, cls: Any, criterion: Any) -> int:
    found = _some(session, cls, criterion)
    if found:
        session.execute(
            delete(cls).where(cls.id.in_(found)).execution_options(synchronize_session=False)
        )
    return len(found)


def _blank(session: Session, cls: Any, criterion: Any, **values: Any) -> int:
    found = _some(session, cls, criterion)
    if found:
        session.execute(
            update(cls)
            .where(cls.id.in_(found))
            .values(**values)
            .execution_options(synchronize_session=False)
        )
    return len(found)
