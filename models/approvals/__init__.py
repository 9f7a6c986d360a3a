"""Approvals: which of the vendor's people must agree before a deal is protected.

Rules ask about amount, tier, region, product family and type; the first that holds names the
steps, side by side or one after another.  Where no rule holds, the channel manager decides.

    plan(session, facts, parties, on=today) -> the approvals, with names
"""

from models.approvals.operations import RuleDetails, add, change, raise_up, remove
from models.approvals.queries import Parties, Planned, faults, in_order, plan, staff_of
from models.approvals.rules import ApproverKind, DealFacts, Step
from models.approvals.tables import ApprovalRule, ApprovalStep

__all__ = [
    "ApprovalRule",
    "ApprovalStep",
    "ApproverKind",
    "DealFacts",
    "Parties",
    "Planned",
    "RuleDetails",
    "Step",
    "add",
    "change",
    "faults",
    "in_order",
    "plan",
    "raise_up",
    "remove",
    "staff_of",
]
