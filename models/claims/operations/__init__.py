"""What can happen to claims.  Each function is one business verb in one transaction."""

from models.claims.operations.deciding import (
    accept,
    approve,
    decline,
    limit,
    offer,
    refuse,
    send_back,
)
from models.claims.operations.drawing import (
    attach,
    detach,
    draft,
    save,
    save_places,
    submit,
    withdraw,
)
from models.claims.operations.holding import END, open_deals
from models.claims.operations.living import (
    answer_protest,
    earliest_change,
    give_notice,
    give_up,
    hand_over,
    protest,
    renew,
    set_renewal,
    take_back,
)
from models.claims.operations.watching import handle_end, keep_watch

JOBS = {END: handle_end}
"""What the worker does about claims, by the job's topic."""

__all__ = [
    "JOBS",
    "accept",
    "answer_protest",
    "approve",
    "attach",
    "decline",
    "detach",
    "draft",
    "earliest_change",
    "give_notice",
    "give_up",
    "hand_over",
    "keep_watch",
    "limit",
    "offer",
    "open_deals",
    "protest",
    "refuse",
    "renew",
    "save",
    "save_places",
    "send_back",
    "set_renewal",
    "submit",
    "take_back",
    "withdraw",
]
