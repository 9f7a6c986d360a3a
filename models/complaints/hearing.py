"""Who hears a complaint, and what both sides are told of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit, notices, vendor
from models.complaints.matters import took_part
from models.complaints.queries import hearers
from models.complaints.rules import COMPLAINT_MOVES, first_to_hear
from models.complaints.tables import Complaint, ComplaintNote
from models.people import Actor, Person, PersonStatus, Role

NOBODY = "Everybody of ours who could hear it is involved. "


def find_hearer(session: Session, complaint: Complaint, *, now: datetime) -> None:
    """For a new complaint; where everybody is involved it goes outside."""
    if pass_on(session, complaint, now=now):
        return
    outside = vendor.settings(session).complaint_outside_email
    if outside:
        _write_outside(session, complaint, outside, now)
    notices.tell_staff(
        session, Role.ADMINISTRATOR, "complaint-unheard",
        title="A complaint needs somebody to hear it",
        body="Everybody who could hear it is involved in it. Name another complaints officer.",
        link="/programme/complaints", now=now, key=f"complaint unheard {complaint.id}",
    )  # fmt: skip
    where = "It was sent to an address outside, which answers you." if outside else (
        "We have to name somebody first; you are told who."
    )  # fmt: skip
    tell_author(session, complaint, "received", "We have your complaint", NOBODY + where, now)


def pass_on(session: Session, complaint: Complaint, *, now: datetime) -> bool:
    """To the first who may hear it and has not had it; whether there is one."""
    had = _had_it(session, complaint.id)
    if complaint.handler_id is not None:
        had.add(complaint.handler_id)
    found = first_to_hear(
        hearers(session),
        author=complaint.person_id,
        about=complaint.about_person_id,
        took_part=took_part(session, complaint),
        except_ids=had,
    )
    if found is None:
        return False
    is_new, had_one = complaint.made_at == now, complaint.handler_id is not None
    complaint.handler_id = found.id
    if had_one:
        complaint.status = COMPLAINT_MOVES.after("pass_on", complaint.status)
    if not is_new:
        begin_the_clock(session, complaint, now)
    session.flush()
    tell_hearer(session, complaint, f"{complaint.number}: a complaint for you to hear", now)
    title = "We have your complaint" if is_new else f"{found.name} hears your complaint now"
    body = (
        f"{complaint.number} is heard by {found.name}, who is not involved in it. You have an"
        f" answer in writing by {answer_day(session, complaint)}."
    )
    tell_author(session, complaint, "received", title, body, now)
    return True


def answer_day(session: Session, complaint: Complaint) -> str:
    """As the vendor's calendar has it."""
    return f"{vendor.settings(session).calendar.day_of(complaint.answer_by):%-d %B %Y}"


def begin_the_clock(session: Session, complaint: Complaint, now: datetime) -> None:
    """Whoever gets it has all the days."""
    rules = vendor.settings(session)
    add = rules.calendar.add_business_days
    complaint.acknowledge_by = add(now, rules.complaint_acknowledge_days)
    complaint.answer_by = add(now, rules.complaint_answer_days)


def run_late(session: Session, complaint: Complaint, *, now: datetime) -> None:
    """Somebody did not act in time, left, or is still to be found."""
    if complaint.handler_id is None:
        pass_on(session, complaint, now=now)
        return
    late = session.get_one(Person, complaint.handler_id)
    session.add(_note(complaint, "overdue", "", late.id, late.name, now))
    session.flush()
    complaint.overdue_at = now
    if not pass_on(session, complaint, now=now):
        if late.status is PersonStatus.ACTIVE:
            tell_hearer(session, complaint, f"{complaint.number} is overdue", now)
            begin_the_clock(session, complaint, now)
        else:
            complaint.handler_id = None
    audit.record_in_confidence(session, "complaint overdue", complaint, now=now)


def note(
    session: Session,
    complaint: Complaint,
    verb: str,
    text: str,
    *,
    by: Actor | None,
    now: datetime,
) -> None:
    """by: None for the author when the complaint is made."""
    if by is None:
        row = _note(complaint, verb, text, complaint.person_id, complaint.author_name, now)
    else:
        row = _note(complaint, verb, text, by.id, by.name, now)
    session.add(row)
    session.flush()


def tell_author(
    session: Session,
    complaint: Complaint,
    what: str,
    title: str,
    body: str,
    now: datetime,
    letter: str = "",
) -> None:
    """letter: what is written instead to somebody who cannot sign in and read it."""
    kind = f"{notices.CONFIDENTIAL}{what}"
    if complaint.person_id is not None:
        notices.tell(
            session, complaint.person_id, kind, title=title, body=body,
            link=f"/complaints/{complaint.id}", now=now, partner_id=complaint.partner_id,
        )  # fmt: skip
    else:
        signed = f"{letter or body}\n\n{vendor.settings(session).name}"
        notices.write_to(
            session, complaint.email, kind, title=f"{title} ({complaint.number})", body=signed,
            link="/become-a-partner", now=now,
        )  # fmt: skip


def tell_hearer(session: Session, complaint: Complaint, title: str, now: datetime) -> None:
    """Without what it says: mail is read by more eyes than the portal."""
    if complaint.handler_id is not None:
        notices.tell(
            session, complaint.handler_id, f"{notices.CONFIDENTIAL}heard", title=title,
            body="Only you and its author read it.", link=f"/complaints/{complaint.id}", now=now,
        )  # fmt: skip


def _write_outside(session: Session, complaint: Complaint, address: str, now: datetime) -> None:
    author = session.get(Person, complaint.person_id) if complaint.person_id else None
    answer_to = author.email if author else complaint.email
    body = (
        f"{complaint.author_name} ({answer_to}) complains, and everybody at"
        f" {vendor.settings(session).name} who could hear it is involved. Please answer in writing"
        f" by {answer_day(session, complaint)}.\n\n{complaint.kind.words}"
        f"{': ' + complaint.about_number if complaint.about_number else ''}\n\n{complaint.text}"
    )
    notices.write_to(
        session, address, f"{notices.CONFIDENTIAL}outside", title=f"Complaint {complaint.number}",
        body=body, link="/complaints", now=now,
    )  # fmt: skip


def _had_it(session: Session, complaint_id: UUID) -> set[UUID]:
    """Who handed it on or let it lie."""
    passed = select(ComplaintNote.by_id).where(
        ComplaintNote.complaint_id == complaint_id,
        ComplaintNote.verb.in_(("hand_on", "overdue")),
        ComplaintNote.by_id.is_not(None),
    )
    return {one for one in session.scalars(passed) if one is not None}


def _note(
    complaint: Complaint, verb: str, text: str, by_id: UUID | None, by_name: str, now: datetime
) -> ComplaintNote:
    return ComplaintNote(
        partner_id=complaint.partner_id,
        complaint_id=complaint.id,
        at=now,
        by_id=by_id,
        by_name=by_name,
        verb=verb,
        text=text,
    )
