"""Complaints: somebody objects to a decision or a person, and is heard by somebody else.

received -> acknowledged -> answered
received or acknowledged -> withdrawn

Whoever hears a complaint is not the one it is about, does not answer to that person, and took no
part in the matter; the audit of the matter says who did.  Both clocks run in business days; when
one runs out, the complaint goes to the next who may hear it.  Only its author and its hearer read
it, and the audit keeps what happened to it without saying who complained.
"""

from models.complaints.operations import (
    acknowledge,
    answer,
    complain,
    complain_as_applicant,
    hand_on,
    keep_the_clock,
    name_officer,
    remove_officer,
    withdraw,
    write,
)
from models.complaints.queries import (
    Mine,
    decline_of,
    find,
    heard_by,
    listed,
    notes_of,
    officers,
    overdue_count,
    people_to_name,
)
from models.complaints.rules import (
    COMPLAINT_MOVES,
    LONGEST,
    NOTE_WORDS,
    ComplaintKind,
    ComplaintStatus,
    Grievance,
    Outcome,
)
from models.complaints.tables import Complaint, ComplaintNote, ComplaintOfficer

__all__ = [
    "COMPLAINT_MOVES",
    "LONGEST",
    "NOTE_WORDS",
    "Complaint",
    "ComplaintKind",
    "ComplaintNote",
    "ComplaintOfficer",
    "ComplaintStatus",
    "Grievance",
    "Mine",
    "Outcome",
    "acknowledge",
    "answer",
    "complain",
    "complain_as_applicant",
    "decline_of",
    "find",
    "hand_on",
    "heard_by",
    "keep_the_clock",
    "listed",
    "name_officer",
    "notes_of",
    "officers",
    "overdue_count",
    "people_to_name",
    "remove_officer",
    "withdraw",
    "write",
]
