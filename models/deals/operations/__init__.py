"""What can happen to deals.  Each function is one business verb in one transaction."""

from models.deals.operations.closing import HandOver, lose, win
from models.deals.operations.deciding import clear_match, revoke
from models.deals.operations.following import (
    comment,
    set_forecast,
    set_stage,
    step_back,
    take_part,
)
from models.deals.operations.protection import (
    ESCALATE,
    EXPIRE,
    WARN,
    ask_to_extend,
    escalate,
    expire,
    expire_due,
    extend,
    handle_escalate,
    handle_expire,
    handle_warn,
    warn,
)
from models.deals.operations.registering import answer, draft, save, submit, withdraw
from models.deals.operations.undoing import approve, ask, reject, undo

JOBS = {EXPIRE: handle_expire, WARN: handle_warn, ESCALATE: handle_escalate}
"""What the worker does about deals, by the job's topic."""

__all__ = [
    "JOBS",
    "HandOver",
    "answer",
    "approve",
    "ask",
    "ask_to_extend",
    "clear_match",
    "comment",
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
    "step_back",
    "submit",
    "take_part",
    "undo",
    "warn",
    "win",
    "withdraw",
]
