"""What can happen to deals.  Each function is one business verb in one transaction."""

from models.deals.operations.amending import (
    accept_amendment,
    amend,
    pending_amendment,
    refuse_amendment,
    take_back_amendment,
)
from models.deals.operations.appealing import (
    APPEAL_LATE,
    appeal,
    appeal_of,
    appeal_through,
    handle_appeal_late,
    may_judge,
    overturn,
    uphold,
)
from models.deals.operations.approving import may_decide
from models.deals.operations.attaching import attach, detach, takes_files
from models.deals.operations.batching import Entry, register_many
from models.deals.operations.choosing import (
    back_choice,
    confirm_choice,
    decline_choice,
    name_choice,
)
from models.deals.operations.clock import ESCALATE, escalate, handle_escalate
from models.deals.operations.closing import close_won, lose
from models.deals.operations.deciding import clear_match, is_passive_sale
from models.deals.operations.following import (
    comment,
    set_forecast,
    set_stage,
    step_back,
    take_part,
)
from models.deals.operations.handing import decisions_of, hand_decisions_over
from models.deals.operations.lying import Lies, Whereabouts, where_it_lies
from models.deals.operations.previewing import preview_approvers
from models.deals.operations.protection import (
    EXPIRE,
    WARN,
    ask_to_extend,
    expire,
    expire_due,
    extend,
    handle_expire,
    handle_warn,
    refuse_extension,
    warn,
)
from models.deals.operations.registering import answer, draft, save, submit, withdraw
from models.deals.operations.renewing import comment_as_incumbent
from models.deals.operations.rerouting import reroute, reroute_by_territory, tell_rerouted
from models.deals.operations.staleness import may_be_revoked_from, revoke, warn_stale
from models.deals.operations.typing import set_type
from models.deals.operations.undoing import approve, ask, reject, undo

JOBS = {
    EXPIRE: handle_expire,
    WARN: handle_warn,
    ESCALATE: handle_escalate,
    APPEAL_LATE: handle_appeal_late,
}
"""What the worker does about deals, by the job's topic."""

__all__ = [
    "JOBS",
    "Entry",
    "Lies",
    "Whereabouts",
    "accept_amendment",
    "amend",
    "answer",
    "appeal",
    "appeal_of",
    "appeal_through",
    "approve",
    "ask",
    "ask_to_extend",
    "attach",
    "back_choice",
    "clear_match",
    "close_won",
    "comment",
    "comment_as_incumbent",
    "confirm_choice",
    "decisions_of",
    "decline_choice",
    "detach",
    "draft",
    "escalate",
    "expire",
    "expire_due",
    "extend",
    "hand_decisions_over",
    "is_passive_sale",
    "lose",
    "may_be_revoked_from",
    "may_decide",
    "may_judge",
    "name_choice",
    "overturn",
    "pending_amendment",
    "preview_approvers",
    "refuse_amendment",
    "refuse_extension",
    "register_many",
    "reject",
    "reroute",
    "reroute_by_territory",
    "revoke",
    "save",
    "set_forecast",
    "set_stage",
    "set_type",
    "step_back",
    "submit",
    "take_back_amendment",
    "take_part",
    "takes_files",
    "tell_rerouted",
    "undo",
    "uphold",
    "warn",
    "warn_stale",
    "where_it_lies",
    "withdraw",
]
