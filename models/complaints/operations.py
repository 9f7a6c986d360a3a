"""What can happen to complaints, and to who hears them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import accounts, audit, vendor
from models.accounts import doors
from models.base import human_number, lock, new_id
from models.complaints import hearing
from models.complaints.matters import matter
from models.complaints.queries import decline_of, people_to_name
from models.complaints.rules import (
    COMPLAINT_MOVES,
    LONGEST,
    OPEN,
    ComplaintKind,
    ComplaintStatus,
    Grievance,
    Outcome,
)
from models.complaints.tables import Complaint, ComplaintOfficer
from models.errors import Refused
from models.people import STAFF, Actor, Door, Person, PersonStatus
from models.scope import vendor_side

MOST_OPEN = 10
"""Of one person at a time."""


def complain(session: Session, grievance: Grievance, *, by: Actor, now: datetime) -> UUID:
    """Keep it, and let somebody hear it who is not involved; the id of the complaint."""
    text = _tidy(grievance.text, "what happened")
    known = {row.id for row in people_to_name(session, by)}
    if grievance.about_person_id is not None and grievance.about_person_id not in known:
        raise Refused("Choose somebody of the list, or nobody.")
    found = matter(session, grievance.matter.strip().upper()) if grievance.matter.strip() else None
    if grievance.matter.strip() and found is None:
        raise Refused(
            f"Nothing that you can see has the number “{grievance.matter.strip()[:30]}”."
            " Leave it empty if you are unsure."
        )
    with vendor_side(session) as beside:
        if _open_of(beside, by.id) >= MOST_OPEN:
            raise Refused("You have ten complaints open. Add what you know to one of them.")
        complaint = _new(beside, grievance.kind, text, now)
        complaint.partner_id, complaint.person_id = by.partner_id, by.id
        complaint.author_name, complaint.about_person_id = by.name, grievance.about_person_id
        if found is not None:
            complaint.about_kind, complaint.about_id = found.kind, found.id
            complaint.about_number = found.number
        return _take_in(beside, complaint, now)


def complain_as_applicant(
    session: Session, *, number: str, email: str, text: str, address: str, now: datetime
) -> UUID | None:
    """Against a declined application; None, and nothing kept, when there is no such one.

    The applicant is answered just the same, so that nobody learns who applied.
    """
    email = accounts.tidy_email(email)
    if doors.is_shut(session, Door.COMPLAINT, account=email, address=address, now=now):
        raise Refused("You have written several times. Wait an hour, then try again.")
    doors.knock(session, Door.COMPLAINT, account=email, address=address, succeeded=True, now=now)
    text = _tidy(text, "why the decision is wrong")
    declined = decline_of(session, number.strip().upper(), email)
    if declined is None:
        return None
    waiting = select(Complaint.id).where(
        Complaint.about_id == declined.id, Complaint.status.in_(OPEN)
    )
    if session.scalar(waiting) is not None:
        return None
    complaint = _new(session, ComplaintKind.DECISION, text, now)
    complaint.author_name, complaint.email = declined.contact_name, declined.contact_email
    complaint.about_kind, complaint.about_id = "application", declined.id
    complaint.about_number = declined.number
    return _take_in(session, complaint, now)


def acknowledge(session: Session, complaint: Complaint, *, by: Actor, now: datetime) -> None:
    """Say that somebody is at it."""
    _move(session, complaint, "acknowledge", by=by, now=now)
    hearing.tell_author(
        session, complaint, "heard", f"{by.name} has taken up your complaint",
        f"You have an answer in writing by {hearing.answer_day(session, complaint)}.", now,
    )  # fmt: skip


def write(session: Session, complaint_id: UUID, *, text: str, by: Actor, now: datetime) -> None:
    """A word from either side; the other one is told."""
    text = _tidy(text, "what you want to say")
    with vendor_side(session) as beside:
        complaint = beside.get_one(Complaint, complaint_id)
        if complaint.status not in OPEN:
            raise Refused("This complaint is closed.")
        hearing.note(beside, complaint, "write", text, by=by, now=now)
        audit.record_in_confidence(beside, "complaint written in", complaint, now=now)
        if by.id == complaint.handler_id:
            hearing.tell_author(
                beside, complaint, "written", f"{by.name} wrote about your complaint",
                "Only you and whoever hears it read what it says.", now, letter=text,
            )  # fmt: skip
        else:
            hearing.tell_hearer(beside, complaint, f"{complaint.number}: its author wrote", now)


def hand_on(session: Session, complaint: Complaint, *, why: str, by: Actor, now: datetime) -> None:
    """To the next who may hear it, such as when the hearer is involved in some other way."""
    why = _tidy(why, "why somebody else has to hear it")
    lock(session, complaint)
    if complaint.status not in OPEN:
        raise Refused("This complaint is closed.")
    hearing.note(session, complaint, "hand_on", why, by=by, now=now)
    if not hearing.pass_on(session, complaint, now=now):
        raise Refused("Nobody else may hear it. An administrator can name another officer.")
    audit.record_in_confidence(session, "complaint handed on", complaint, now=now)


def answer(
    session: Session,
    complaint: Complaint,
    *,
    outcome: Outcome,
    text: str,
    by: Actor,
    now: datetime,
) -> None:
    """The last word in writing, which the author reads word for word."""
    text = _tidy(text, "the answer")
    _move(session, complaint, "answer", by=by, now=now, text=text, outcome=outcome)
    complaint.answer, complaint.closed_at = text, now
    hearing.tell_author(
        session, complaint, "answered", "Your complaint is answered",
        f"{outcome.words}. The answer stands with the complaint.", now,
        letter=f"{outcome.words}.\n\n{text}",
    )  # fmt: skip


def withdraw(session: Session, complaint_id: UUID, *, by: Actor, now: datetime) -> None:
    with vendor_side(session) as beside:
        complaint = beside.get_one(Complaint, complaint_id)
        _move(beside, complaint, "withdraw", by=by, now=now)
        complaint.closed_at = now
        hearing.tell_hearer(beside, complaint, f"{complaint.number} was withdrawn", now)


def keep_the_clock(session: Session, now: datetime) -> int:
    """Pass on what nobody hears, or what was not taken up or answered in time; how many."""
    late = or_(
        Complaint.handler_id.is_(None),
        Person.status != PersonStatus.ACTIVE,
        (Complaint.status == ComplaintStatus.RECEIVED) & (Complaint.acknowledge_by < now),
        Complaint.answer_by < now,
    )
    found = session.scalars(
        select(Complaint.id)
        .outerjoin(Person, Person.id == Complaint.handler_id)
        .where(Complaint.status.in_(OPEN), late)
        .order_by(Complaint.made_at)
    ).all()
    for complaint_id in found:
        complaint = session.get_one(Complaint, complaint_id)
        lock(session, complaint)
        hearing.run_late(session, complaint, now=now)
    return len(found)


def name_officer(
    session: Session, person_id: UUID, answers_to_id: UUID | None, *, by: Actor, now: datetime
) -> None:
    person = session.get(Person, person_id)
    if person is None or person.role not in STAFF or person.status is not PersonStatus.ACTIVE:
        raise Refused("Choose somebody of our staff.")
    superior = session.get(Person, answers_to_id) if answers_to_id else None
    if answers_to_id == person_id or (superior is not None and superior.role not in STAFF):
        raise Refused("Choose another of our staff as their superior, or nobody.")
    known = select(ComplaintOfficer.id).where(ComplaintOfficer.person_id == person_id)
    if session.scalar(known) is not None:
        raise Refused(f"{person.name} is named already. Remove the entry first to change it.")
    officer = ComplaintOfficer(
        person_id=person_id, answers_to_id=answers_to_id, named_at=now, named_by_name=by.name
    )
    session.add(officer)
    session.flush()
    said = {"officer": person.name, "answers_to": superior.name if superior else None}
    audit.record(session, by, "complaints officer named", officer, detail=said, now=now)


def remove_officer(
    session: Session, officer: ComplaintOfficer, *, by: Actor, now: datetime
) -> None:
    """What they hear already stays with them; the clock passes it on when they do not act."""
    name = session.get_one(Person, officer.person_id).name
    audit.record(
        session, by, "complaints officer removed", officer, detail={"officer": name}, now=now
    )
    session.delete(officer)


def _new(session: Session, kind: ComplaintKind, text: str, now: datetime) -> Complaint:
    rules, key = vendor.settings(session), new_id()
    return Complaint(
        id=key,
        number=human_number("B", key),
        kind=kind,
        text=text,
        status=ComplaintStatus.RECEIVED,
        made_at=now,
        acknowledge_by=rules.calendar.add_business_days(now, rules.complaint_acknowledge_days),
        answer_by=rules.calendar.add_business_days(now, rules.complaint_answer_days),
    )


def _take_in(session: Session, complaint: Complaint, now: datetime) -> UUID:
    session.add(complaint)
    session.flush()
    hearing.note(session, complaint, "complain", "", by=None, now=now)
    hearing.find_hearer(session, complaint, now=now)
    audit.record_in_confidence(session, "complaint made", complaint, now=now)
    return complaint.id


def _move(
    session: Session,
    complaint: Complaint,
    verb: str,
    *,
    by: Actor,
    now: datetime,
    text: str = "",
    outcome: Outcome | None = None,
) -> None:
    lock(session, complaint)
    complaint.status = COMPLAINT_MOVES.after(verb, complaint.status)
    complaint.outcome = outcome
    hearing.note(session, complaint, verb, text, by=by, now=now)
    audit.record_in_confidence(session, f"complaint {complaint.status.value}", complaint, now=now)


def _open_of(session: Session, person_id: UUID) -> int:
    asked = select(func.count(Complaint.id)).where(
        Complaint.person_id == person_id, Complaint.status.in_(OPEN)
    )
    return session.scalar(asked) or 0


def _tidy(text: str, what: str) -> str:
    tidy = text.strip()
    if not tidy:
        raise Refused(f"Write {what}.")
    if len(tidy) > LONGEST:
        raise Refused(f"Write at most {LONGEST:,} characters.")
    return tidy
