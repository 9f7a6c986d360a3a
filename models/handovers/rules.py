"""The states of a hand-over, and the moves between them.  Pure."""

from enum import StrEnum

from models.moves import Moves


class LeadState(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"
    RETURNED = "returned"


LEAD_MOVES = Moves(
    "hand-over",
    agree={LeadState.ASKED: LeadState.AGREED},
    decline={LeadState.ASKED: LeadState.DECLINED},
    take_back={LeadState.ASKED: LeadState.TAKEN_BACK},
    give_back={LeadState.AGREED: LeadState.RETURNED},
)
