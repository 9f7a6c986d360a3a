"""Wins: the customer's orders under a registration, their evidence, and who shares in them.

An order that is what was registered counts at once; one that is not waits until a channel
manager approves it again, and earns nothing before.  The deal is won when somebody says that
nothing more is to come, or when its protection ends.

    order: waiting -> accepted | returned        several accepted orders -> one won deal
"""

from models.wins.operations import (
    Correction,
    accept,
    add_evidence,
    agree,
    clear_early,
    complete,
    deal_behind,
    end,
    offer,
    propose,
    record,
    send_back,
)
from models.wins.queries import (
    Progress,
    WinFilter,
    early_of,
    evidence_of,
    files_of,
    orders_of,
    progress_of,
    to_look_at,
)
from models.wins.rules import ABOUT, ORDER_MOVES, Differs, HandOver, Order, OrderState, in_words
from models.wins.shares import ShareState, Sharing, SharingSide, Side
from models.wins.splits import (
    fulfilling_side,
    how_many_wait,
    my_sides,
    shared_pairs,
    sharing_of,
    side_of,
    splits_of,
    who_could_fulfil,
)
from models.wins.tables import DealOrder, EarlyWin, WinEvidence

__all__ = [
    "ABOUT",
    "ORDER_MOVES",
    "Correction",
    "DealOrder",
    "Differs",
    "EarlyWin",
    "HandOver",
    "Order",
    "OrderState",
    "Progress",
    "ShareState",
    "Sharing",
    "SharingSide",
    "Side",
    "WinEvidence",
    "WinFilter",
    "accept",
    "add_evidence",
    "agree",
    "clear_early",
    "complete",
    "deal_behind",
    "early_of",
    "end",
    "evidence_of",
    "files_of",
    "fulfilling_side",
    "how_many_wait",
    "in_words",
    "my_sides",
    "offer",
    "orders_of",
    "progress_of",
    "propose",
    "record",
    "send_back",
    "shared_pairs",
    "sharing_of",
    "side_of",
    "splits_of",
    "to_look_at",
    "who_could_fulfil",
]
