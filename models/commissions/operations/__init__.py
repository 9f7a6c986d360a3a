"""What can happen to commissions: events are rated, months closed, plans made, lines disputed."""

from models.commissions.operations.adjusting import (
    adjust,
    approve_adjustment,
    refuse_adjustment,
    set_limit,
)
from models.commissions.operations.agreeing import (
    CLOSE,
    close_by_command,
    close_trouble,
    confirm_close,
    go_on_with_close,
    propose_close,
    withdraw_close,
)
from models.commissions.operations.closing import begin_close, close_month, state_some
from models.commissions.operations.corresponding import OVERDUE, handle_overdue, write_in_dispute
from models.commissions.operations.deciding import (
    confirm_decision,
    decide_dispute,
    send_back_decision,
)
from models.commissions.operations.disputing import (
    most_to_dispute,
    open_dispute,
    withdraw_dispute,
)
from models.commissions.operations.drafting import (
    approve_draft,
    begin_draft,
    discard_draft,
    edit_draft,
    propose_draft,
    send_back_draft,
)
from models.commissions.operations.framing import edit_frame, frame_must_be_open
from models.commissions.operations.looking import LOOK, look, look_some, stop_looking
from models.commissions.operations.missing import miss_sale, months_to_miss
from models.commissions.operations.plan_loading import Loaded, load_plan
from models.commissions.operations.planning import (
    add_version,
    assign,
    end_assignment,
    make_plan,
)
from models.commissions.operations.rating import (
    Caught,
    catch_up,
    rate_sale,
)
from models.commissions.operations.releasing import release_due, release_some
from models.commissions.operations.rerating_parts import (
    RERATE,
    ask_rerate,
    rerate_some,
    stop_rerate,
)
from models.commissions.operations.settling import (
    SETTLE,
    leave_to_worker,
    settle_month,
    settled_through,
    settling_of,
)
from models.commissions.operations.simulating import SIMULATE, ask_simulation
from models.commissions.operations.tallying import tally, tally_months

JOBS = {OVERDUE: handle_overdue}
"""What the worker does about commissions, by the job's topic."""

__all__ = [
    "CLOSE",
    "JOBS",
    "LOOK",
    "RERATE",
    "SETTLE",
    "SIMULATE",
    "Caught",
    "Loaded",
    "add_version",
    "adjust",
    "approve_adjustment",
    "approve_draft",
    "ask_rerate",
    "ask_simulation",
    "assign",
    "begin_close",
    "begin_draft",
    "catch_up",
    "close_by_command",
    "close_month",
    "close_trouble",
    "confirm_close",
    "confirm_decision",
    "decide_dispute",
    "discard_draft",
    "edit_draft",
    "edit_frame",
    "end_assignment",
    "frame_must_be_open",
    "go_on_with_close",
    "leave_to_worker",
    "load_plan",
    "look",
    "look_some",
    "make_plan",
    "miss_sale",
    "months_to_miss",
    "most_to_dispute",
    "open_dispute",
    "propose_close",
    "propose_draft",
    "rate_sale",
    "refuse_adjustment",
    "release_due",
    "release_some",
    "rerate_some",
    "send_back_decision",
    "send_back_draft",
    "set_limit",
    "settle_month",
    "settled_through",
    "settling_of",
    "state_some",
    "stop_looking",
    "stop_rerate",
    "tally",
    "tally_months",
    "withdraw_close",
    "withdraw_dispute",
    "write_in_dispute",
]
