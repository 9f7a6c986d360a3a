"""Commissions: what partners earn, worked out by plans and stated once a month.

An earning event or an order won is rated as soon as it is recorded; each line keeps how it
was worked out.  A month is closed once; what comes later counts for the open month.

    event -> lines (open) -> statement (closed for ever) -> payable
"""

from models.commissions import queries, words
from models.commissions.engine import Code, FxPolicy, Trigger
from models.commissions.estimates import Estimate, Prospect, estimate
from models.commissions.operations import (
    Caught,
    add_version,
    assign,
    begin_close,
    catch_up,
    close_dispute,
    close_month,
    end_assignment,
    make_plan,
    open_dispute,
    release_due,
    state_some,
)
from models.commissions.plans import Choice, plan_for
from models.commissions.queries import LineFilter, Sum, month_in_words
from models.commissions.tables import (
    CommissionLine,
    Dispute,
    MonthClose,
    Plan,
    PlanAssignment,
    PlanVersion,
    RatedEvent,
    RatingProblem,
    Statement,
)

__all__ = [
    "Caught",
    "Choice",
    "Code",
    "CommissionLine",
    "Dispute",
    "Estimate",
    "FxPolicy",
    "LineFilter",
    "MonthClose",
    "Plan",
    "PlanAssignment",
    "PlanVersion",
    "Prospect",
    "RatedEvent",
    "RatingProblem",
    "Statement",
    "Sum",
    "Trigger",
    "add_version",
    "assign",
    "begin_close",
    "catch_up",
    "close_dispute",
    "close_month",
    "end_assignment",
    "estimate",
    "make_plan",
    "month_in_words",
    "open_dispute",
    "plan_for",
    "queries",
    "release_due",
    "state_some",
    "words",
]
