"""Disputes: a partner objects to one line; its amount is held, the rest is paid.

open -> accepted | accepted in part | denied | withdrawn

A dispute starts from a line and carries it, or names a sale that no line is about.  It has a
clock of business days, shown to both sides; the decision is written and posts its own lines,
above the programme's limit only once a second person agrees.  What can happen to a dispute:
`models.commissions.operations`.
"""

from models.commissions.disputes.queries import (
    DisputeFilter,
    counts,
    decisions_of,
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
    ABOUT_A_LINE,
    DISPUTE_MOVES,
    NOTE_WORDS,
    Decision,
    DisputeReason,
    DisputeStatus,
    Missing,
    Objection,
    why_not,
)
from models.commissions.disputes.tables import (
    DECISION_MOVES,
    DISPUTE_FILES,
    DecisionState,
    Dispute,
    DisputeDecision,
    DisputeNote,
)

__all__ = [
    "ABOUT_A_LINE",
    "DECISION_MOVES",
    "DISPUTE_FILES",
    "DISPUTE_MOVES",
    "NOTE_WORDS",
    "Decision",
    "DecisionState",
    "Dispute",
    "DisputeDecision",
    "DisputeFilter",
    "DisputeNote",
    "DisputeReason",
    "DisputeStatus",
    "Missing",
    "Objection",
    "counts",
    "decisions_of",
    "find",
    "found",
    "listed",
    "notes_of",
    "of_lines",
    "open_count",
    "posted",
    "sums_held",
    "why_not",
]
