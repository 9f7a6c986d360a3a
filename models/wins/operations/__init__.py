"""What can happen to wins.  Each function is one business verb in one transaction."""

from models.wins.operations.ending import JOBS
from models.wins.operations.judging import accept, clear_early, complete, send_back
from models.wins.operations.recording import Correction, add_evidence, record
from models.wins.operations.sharing import agree, deal_behind, end, offer, propose

__all__ = [
    "JOBS",
    "Correction",
    "accept",
    "add_evidence",
    "agree",
    "clear_early",
    "complete",
    "deal_behind",
    "end",
    "offer",
    "propose",
    "record",
    "send_back",
]
