"""Leads: somebody who may buy, before any partner has registered a deal with them.

new -> offered to the partner whose territory holds them -> accepted -> registered as a deal
    <- declined, not answered in time, or taken back
Each is routed when it is entered: it has managers, and a sentence that says why.
"""

from models.leads.operations import (
    JOBS,
    accept,
    close,
    decline,
    enter,
    offer,
    registered,
    release,
    take_back,
)
from models.leads.queries import LeadFilter, how_many, listed, offers, offers_of
from models.leads.rules import LEAD_MOVES, OPEN_LEADS, LeadDetails, LeadState, OfferState
from models.leads.tables import Lead, LeadOffer
from models.leads.telling import Together, tell

__all__ = [
    "JOBS",
    "LEAD_MOVES",
    "OPEN_LEADS",
    "Lead",
    "LeadDetails",
    "LeadFilter",
    "LeadOffer",
    "LeadState",
    "OfferState",
    "Together",
    "accept",
    "close",
    "decline",
    "enter",
    "how_many",
    "listed",
    "offer",
    "offers",
    "offers_of",
    "registered",
    "release",
    "take_back",
    "tell",
]
