"""What is past its time goes: a few hundred rows of each kind at a time, as often as it takes.

Each kind is found by an index, or among what is few: what was looked at is not looked at again.

Each batch stands by itself, so it may be stopped anywhere; what is gone is not found again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, bindparam, case, cast, delete, func, null, or_, select, update
from sqlalchemy.orm import Session

from models import audit, vendor
from models.applications import Application, ApplicationStatus
from models.applications.tables import ApplicationEvent
from models.audit import AuditAnchor, AuditEntry, AuditLink
from models.complaints import Complaint, ComplaintNote
from models.deals import Deal, DealStatus, Outcome
from models.deals.batches import DealBatch, DealBatchLine
from models.deals.decision_tables import DealAmendment
from models.deals.decisions import DealDecision
from models.files import StoredFile
from models.jobs import Job, JobState
from models.leads import Lead, LeadOffer, LeadState, OfferState
from models.notices import REMOVED, Notice
from models.people import SYSTEM, AccessToken, SignInAttempt, UserSession
from models.privacy.rules import KEY_KEPT, Kept, days_of
from models.sellthrough import PosLine, PosNamedLine, PosReport

BATCH = 500
NOBODY = "removed@erased.invalid"
CONTACT = {"contact_name", "contact_title", "contact_email", "contact_phone"}
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
    old = (Notice.at < before) & settled & (Notice.title != _written(Notice.title, REMOVED))
    found = _some(session, Notice, old)
    among = Notice.id.in_(found)
    _delete(session, Notice, among & Notice.key.is_(None))
    _set(session, Notice, among, title=REMOVED, body="", link="/", read_at=now, silent_at=now)
    return len(found)


def _jobs(session: Session, before: datetime, now: datetime) -> int:
    """Emptied first; the key goes when nobody can ask for the same work any more."""
    done = Job.state == _written(Job.state, JobState.DONE)
    full = done & (Job.run_at < before) & Job.emptied_at.is_(None)
    gone = _delete(session, Job, done & (Job.run_at < before - KEY_KEPT))
    return gone + _blank(session, Job, full, payload={}, last_error="", emptied_at=now)


def _applications(session: Session, before: datetime, _now: datetime) -> int:
    old = (Application.status == ApplicationStatus.DECLINED) & (Application.decided_at < before)
    found = _some(session, Application, old & (Application.contact_name != REMOVED))
    theirs = ApplicationEvent.application_id.in_(found)
    _set(session, ApplicationEvent, theirs, note="")
    _set(session, ApplicationEvent, theirs & ApplicationEvent.by_id.is_(None), by_name=REMOVED)
    return _blank(
        session, Application, Application.id.in_(found), contact_name=REMOVED, contact_email="",
        contact_phone="", about="", reason="",
    )  # fmt: skip


def _contacts(session: Session, before: datetime, _now: datetime) -> int:
    ended = Deal.status.in_((*ENDED, DealStatus.DRAFT)) & (Deal.updated_at < before)
    known = or_(Deal.contact_name != "", Deal.contact_email != "", Deal.contact_phone != "")
    found = _some(session, Deal, ended & known)
    _forget_changes(session, found)
    gone = _blank(
        session, Deal, Deal.id.in_(found), contact_name="", contact_title="", contact_email="",
        contact_phone="",
    )  # fmt: skip
    return gone + _lines_of_files(session, before)


def _forget_changes(session: Session, deal_ids: list[Any]) -> None:
    """What was changed in these deals: that it was a contact, no longer which."""
    changed = select(DealAmendment.id, DealAmendment.changes).where(
        DealAmendment.deal_id.in_(deal_ids)
    )
    for amendment_id, changes in session.execute(changed):
        if CONTACT & set(changes):
            without = {field: ["", ""] if field in CONTACT else it for field, it in changes.items()}
            _set(session, DealAmendment, DealAmendment.id == amendment_id, changes=without)
    _set(session, DealDecision, DealDecision.deal_id.in_(deal_ids), changes=null())


def _lines_of_files(session: Session, before: datetime) -> int:
    """Refused lines, kept to be mended: by the day on which their file was handed in."""
    old = select(DealBatch.id).where(DealBatch.at < before)
    refused = (DealBatchLine.outcome == Outcome.REFUSED) & DealBatchLine.batch_id.in_(old)
    return _blank(
        session, DealBatchLine, refused & (cast(DealBatchLine.cells, Text) != "[]"), cells=[]
    )


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


def _end_customers(session: Session, before: datetime, _now: datetime) -> int:
    """What was sold stays, and to which customer of ours; and whose rows were never mended."""
    gone = sum(
        _blank(
            session, cls,
            (cls.end_user_name != _written(cls.end_user_name, "")) & (cls.sold_on < before.date()),
            end_user_name="", end_user_postal="",
        )
        for cls in (PosLine, PosNamedLine)
    )  # fmt: skip
    old = (PosReport.at < before) & (cast(PosReport.problems, Text) != "[]")
    return gone + _blank(session, PosReport, old, problems=[], refusal="")


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
    _set(session, ComplaintNote, ComplaintNote.complaint_id.in_(found), by_name=REMOVED, text="")
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
    Kept.END_CUSTOMERS: _end_customers,
    Kept.UPLOADS: _uploads,
    Kept.COMPLAINTS: _complaints,
    Kept.AUDIT: _audit,
}


def _written(column: Any, value: Any) -> Any:
    """In the statement itself: SQLite takes an index of some rows only for what it can read."""
    return bindparam(None, value, type_=column.type, literal_execute=True)


def _some(session: Session, cls: Any, criterion: Any) -> list[Any]:
    """In no order: by their ids a database might walk along all of them."""
    return list(session.scalars(select(cls.id).where(criterion).limit(BATCH)))


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
        _set(session, cls, cls.id.in_(found), **values)
    return len(found)


def _set(session: Session, cls: Any, criterion: Any, **values: Any) -> None:
    session.execute(
        update(cls).where(criterion).values(**values).execution_options(synchronize_session=False)
    )
