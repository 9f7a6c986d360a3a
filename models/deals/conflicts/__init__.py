"""Conflict cases: two registrations, or one and our own sales, stand in each other's way.

open -> decided -> final, or appealed -> final; settled when too few parties are left.

A case belongs to the vendor.  Each partner has its own side of it, which says what it is
about, which rule applies and what was decided, and never who or what the other is.  A part
of deals, because submitting a deal opens a case and deciding a case moves the deals, both
under one lock of the customer.  What can happen to a case: `models.deals.conflicts.operations`,
which stands above the operations of deals and is therefore not imported here.
"""

from models.deals.conflicts.queries import (
    ConflictFilter,
    case_of_deal,
    evidence_of,
    how_many,
    listed,
    notes_of,
    open_count,
    own_sides,
    party_deals,
    side_of_deal,
    sides_of,
)
from models.deals.conflicts.rules import (
    APPEALABLE,
    CONFLICT_MOVES,
    EVIDENCE_BUSINESS_DAYS,
    NOTE_WORDS,
    ConflictStatus,
    Decision,
    Outcome,
    Rule,
    Standing,
)
from models.deals.conflicts.tables import (
    Conflict,
    ConflictEvidence,
    ConflictNote,
    ConflictSide,
    ToldTouch,
)
from models.deals.conflicts.touched import told_touches, touches_listed

__all__ = [
    "APPEALABLE",
    "CONFLICT_MOVES",
    "EVIDENCE_BUSINESS_DAYS",
    "NOTE_WORDS",
    "Conflict",
    "ConflictEvidence",
    "ConflictFilter",
    "ConflictNote",
    "ConflictSide",
    "ConflictStatus",
    "Decision",
    "Outcome",
    "Rule",
    "Standing",
    "ToldTouch",
    "case_of_deal",
    "evidence_of",
    "how_many",
    "listed",
    "notes_of",
    "open_count",
    "own_sides",
    "party_deals",
    "side_of_deal",
    "sides_of",
    "told_touches",
    "touches_listed",
]
