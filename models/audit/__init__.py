"""The audit: who did what to what, from where, on whose behalf; never changed, and provably so.

`record` writes an entry in the transaction that does the thing.  When the transaction ends,
its entries are linked into one chain: each link is hashed together with the one before it, so
that whoever edits, deletes, inserts or swaps is found at the row.  The head is kept outside the
database each day and at each close, so that a tail that was cut off is found too.
"""

from models.audit.operations import (
    Origin,
    anchor,
    comes_from,
    has_recorded,
    record,
    record_in_confidence,
)
from models.audit.queries import (
    Choice,
    Fault,
    Head,
    anchored_since,
    anchors,
    entry,
    faults,
    head,
    history,
    is_closed_since_anchor,
    kinds,
    last_backup,
    listed,
    of_people,
    privileged,
)
from models.audit.rules import BACKED_UP, BEGINS, HISTORIES
from models.audit.tables import AuditAnchor, AuditEntry, AuditLink

__all__ = [
    "BACKED_UP",
    "BEGINS",
    "HISTORIES",
    "AuditAnchor",
    "AuditEntry",
    "AuditLink",
    "Choice",
    "Fault",
    "Head",
    "Origin",
    "anchor",
    "anchored_since",
    "anchors",
    "comes_from",
    "entry",
    "faults",
    "has_recorded",
    "head",
    "history",
    "is_closed_since_anchor",
    "kinds",
    "last_backup",
    "listed",
    "of_people",
    "privileged",
    "record",
    "record_in_confidence",
]  # fmt: skip
