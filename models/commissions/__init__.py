"""Commissions: what partners earn, worked out by plans and stated once a month.

An earning event or an order won is rated as soon as it is recorded; each line keeps how it
was worked out.  A month is closed once; what comes later counts for the open month.

    event -> lines (open) -> statement (closed for ever) -> payable
"""

from models.commissions import disputes, queries, words
from models.commissions.adjustment_tables import Adjustment, AdjustmentState
from models.commissions.checks import Finding, findings
from models.commissions.close_tables import CloseProposal, ProposalState
from models.commissions.disputes import Dispute
from models.commissions.draft_tables import DraftState, PlanDraft
from models.commissions.engine import Code, FxPolicy, Trigger
from models.commissions.estimates import Estimate, Prospect, estimate
from models.commissions.operations import (
    CLOSE,
    SIMULATE,
    Caught,
    Change,
    Loaded,
    add_version,
    adjust,
    approve_adjustment,
    approve_draft,
    ask_simulation,
    assign,
    begin_close,
    begin_draft,
    catch_up,
    close_by_command,
    close_month,
    confirm_close,
    decide_dispute,
    discard_draft,
    edit_draft,
    end_assignment,
    load_plan,
    make_plan,
    most_to_dispute,
    open_dispute,
    preview_rerate,
    propose_close,
    propose_draft,
    refuse_adjustment,
    release_due,
    rerate,
    send_back_draft,
    set_limit,
    settle_month,
    state_some,
    withdraw_close,
    withdraw_dispute,
    write_in_dispute,
)
from models.commissions.plans import Choice, plan_for
from models.commissions.queries import LineFilter, Sum, month_in_words
from models.commissions.rated import RatedEvent, RatingProblem
from models.commissions.simulation_tables import PlanSimulation
from models.commissions.slicing import slices
from models.commissions.tables import (
    CommissionLine,
    MonthClose,
    Plan,
    PlanAssignment,
    PlanVersion,
    Statement,
)

__all__ = [
    "CLOSE",
    "SIMULATE",
    "Adjustment",
    "AdjustmentState",
    "Caught",
    "Change",
    "Choice",
    "CloseProposal",
    "Code",
    "CommissionLine",
    "Dispute",
    "DraftState",
    "Estimate",
    "Finding",
    "FxPolicy",
    "LineFilter",
    "Loaded",
    "MonthClose",
    "Plan",
    "PlanAssignment",
    "PlanDraft",
    "PlanSimulation",
    "PlanVersion",
    "ProposalState",
    "Prospect",
    "RatedEvent",
    "RatingProblem",
    "Statement",
    "Sum",
    "Trigger",
    "add_version",
    "adjust",
    "approve_adjustment",
    "approve_draft",
    "ask_simulation",
    "assign",
    "begin_close",
    "begin_draft",
    "catch_up",
    "close_by_command",
    "close_month",
    "confirm_close",
    "decide_dispute",
    "discard_draft",
    "disputes",
    "edit_draft",
    "end_assignment",
    "estimate",
    "findings",
    "load_plan",
    "make_plan",
    "month_in_words",
    "most_to_dispute",
    "open_dispute",
    "plan_for",
    "preview_rerate",
    "propose_close",
    "propose_draft",
    "queries",
    "refuse_adjustment",
    "release_due",
    "rerate",
    "send_back_draft",
    "set_limit",
    "settle_month",
    "slices",
    "state_some",
    "withdraw_close",
    "withdraw_dispute",
    "words",
    "write_in_dispute",
]
