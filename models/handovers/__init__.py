"""Hand-overs: our own team leads a partner's deal for a while, with the partner's consent.

asked -> agreed -> returned
      -> declined | taken back
The deal stays the partner's: its protection does not run out meanwhile, and what is won earns the
partner the commission that it would have earned alone.
"""

from models.handovers.operations import agree, ask, decline, give_back, take_back
from models.handovers.queries import latest_of
from models.handovers.rules import LEAD_MOVES, LeadState
from models.handovers.tables import DealLead

__all__ = [
    "LEAD_MOVES",
    "DealLead",
    "LeadState",
    "agree",
    "ask",
    "decline",
    "give_back",
    "latest_of",
    "take_back",
]
