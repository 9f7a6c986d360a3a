"""What a lead is, and which steps it may take.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from models.moves import Moves


class LeadState(StrEnum):
    NEW = "new"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    REGISTERED = "registered"
    CLOSED = "closed"

    @property
    def words(self) -> str:
        return WORDS[self]


class OfferState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    REGISTERED = "registered"
    TAKEN_BACK = "taken_back"

    @property
    def words(self) -> str:
        return OFFER_WORDS[self]


WORDS = {
    LeadState.NEW: "With us",
    LeadState.OFFERED: "Offered to a partner",
    LeadState.ACCEPTED: "A partner has it",
    LeadState.REGISTERED: "Registered",
    LeadState.CLOSED: "Closed",
}
OFFER_WORDS = {
    OfferState.OFFERED: "Waits for your answer",
    OfferState.ACCEPTED: "Accepted",
    OfferState.DECLINED: "Declined",
    OfferState.LAPSED: "Not answered in time",
    OfferState.REGISTERED: "Registered",
    OfferState.TAKEN_BACK: "Taken back",
}

OPEN_LEADS = (LeadState.NEW, LeadState.OFFERED, LeadState.ACCEPTED)
"""The same company again is no second lead meanwhile."""
HELD = (OfferState.OFFERED, OfferState.ACCEPTED, OfferState.REGISTERED)
"""By one partner at a time."""

LEAD_MOVES: Moves[LeadState] = Moves(
    "lead",
    offer={LeadState.NEW: LeadState.OFFERED},
    accept={LeadState.OFFERED: LeadState.ACCEPTED},
    come_back={LeadState.OFFERED: LeadState.NEW, LeadState.ACCEPTED: LeadState.NEW},
    register={LeadState.ACCEPTED: LeadState.REGISTERED},
    take_back={
        LeadState.OFFERED: LeadState.NEW,
        LeadState.ACCEPTED: LeadState.NEW,
        LeadState.REGISTERED: LeadState.NEW,
    },
    close={LeadState.NEW: LeadState.CLOSED},
)
OFFER_MOVES: Moves[OfferState] = Moves(
    "offer",
    accept={OfferState.OFFERED: OfferState.ACCEPTED},
    decline={OfferState.OFFERED: OfferState.DECLINED, OfferState.ACCEPTED: OfferState.DECLINED},
    lapse={OfferState.OFFERED: OfferState.LAPSED},
    register={OfferState.ACCEPTED: OfferState.REGISTERED},
    take_back=dict.fromkeys(HELD, OfferState.TAKEN_BACK),
)


@dataclass(frozen=True, kw_only=True)
class LeadDetails:
    """A lead as somebody wrote it."""

    company: str
    country: str
    subdivision: str = ""
    postal_code: str = ""
    domain: str = ""
    family_id: UUID | None = None
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    note: str = ""
