"""Disputes: a partner objects to one line; its amount is held, the rest is paid.

open -> accepted | accepted in part | denied | withdrawn

A dispute starts from a line and carries it.  It has a clock of business days, shown to both
sides; the decision is written and posts its own lines.  What can happen to a dispute:
`models.commissions.operations`.
"""

from models.commissions.disputes.queries import (
    DisputeFilter,
    counts,
    find,
    found,
    listed,
    notes_of,
    of_lines,
    open_count,
    posted,
    sums_held,
)
from models.commissions.disputes.rules import (
    BUSINESS_DAYS,
    DISPUTE_MOVES,
    NOTE_WORDS,
    WINDOW_DAYS,
    Decision,
    DisputeReason,
    DisputeStatus,
    Objection,
    last_day_to_object,
    why_not,
)
from models.commissions.disputes.tables import DISPUTE_FILES, Dispute, DisputeNote

__all__ = [
    "BUSINESS_DAYS",
    "DISPUTE_FILES",
    "DISPUTE_MOVES",
    "NOTE_WORDS",
    "WINDOW_DAYS",
    "Decision",
    "Dispute",
    "DisputeFilter",
    "DisputeNote",
    "DisputeReason",
    "DisputeStatus",
    "Objection",
    "counts",
    "find",
    "found",
    "last_day_to_object",
    "listed",
    "notes_of",
    "of_lines",
    "open_count",
    "posted",
    "sums_held",
    "why_not",
]
