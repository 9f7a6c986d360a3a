"""What can happen to deals.  Each function is one business verb in one transaction."""

from models.deals.operations.clock import ESCALATE, escalate, handle_escalate
from models.deals.operations.closing import close_won, lose
from models.deals.operations.deciding import clear_match, revoke
from models.deals.operations.following import (
    comment,
    set_forecast,
    set_stage,
    step_back,
    take_part,
)
from models.deals.operations.protection import (
    EXPIRE,
    WARN,
    ask_to_extend,
    expire,
    expire_due,
    extend,
    handle_expire,
    handle_warn,
    warn,
)
from models.deals.operations.registering import answer, draft, save, submit, withdraw
from models.deals.operations.renewing import comment_as_incumbent
from models.deals.operations.typing import set_type
from models.deals.operations.undoing import approve, ask, reject, undo

JOBS = {EXPIRE: handle_expire, WARN: handle_warn, ESCALATE: handle_escalate}
"""What the worker does about deals, by the job's topic."""

__all__ = [
    "JOBS",
    "answer",
    "approve",
    "ask",
    "ask_to_extend",
    "clear_match",
    "close_won",
    "comment",
    "comment_as_incumbent",
    "draft",
    "escalate",
    "expire",
    "expire_due",
    "extend",
    "lose",
    "reject",
    "revoke",
    "save",
    "set_forecast",
    "set_stage",
    "set_type",
    "step_back",
    "submit",
    "take_part",
    "undo",
    "warn",
    "withdraw",
]
