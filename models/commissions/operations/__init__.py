"""What can happen to commissions: events are rated, months closed, plans made, lines disputed."""

from models.commissions.operations.closing import begin_close, close_month, state_some
from models.commissions.operations.disputing import close_dispute, open_dispute
from models.commissions.operations.planning import (
    add_version,
    assign,
    end_assignment,
    make_plan,
)
from models.commissions.operations.rating import Caught, catch_up, rate_sale, release_due

__all__ = [
    "Caught",
    "add_version",
    "assign",
    "begin_close",
    "catch_up",
    "close_dispute",
    "close_month",
    "end_assignment",
    "make_plan",
    "open_dispute",
    "rate_sale",
    "release_due",
    "state_some",
]
