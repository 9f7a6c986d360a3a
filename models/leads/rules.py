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
}

OPEN_LEADS = (LeadState.NEW, LeadState.OFFERED, LeadState.ACCEPTED)

LEAD_MOVES: Moves[LeadState] = Moves(
    "lead",
    offer={LeadState.NEW: LeadState.OFFERED},
    accept={LeadState.OFFERED: LeadState.ACCEPTED},
    come_back={LeadState.OFFERED: LeadState.NEW, LeadState.ACCEPTED: LeadState.NEW},
    register={LeadState.ACCEPTED: LeadState.REGISTERED},
    close={LeadState.NEW: LeadState.CLOSED},
)
OFFER_MOVES: Moves[OfferState] = Moves(
    "offer",
    accept={OfferState.OFFERED: OfferState.ACCEPTED},
    decline={OfferState.OFFERED: OfferState.DECLINED, OfferState.ACCEPTED: OfferState.DECLINED},
    lapse={OfferState.OFFERED: OfferState.LAPSED},
    register={OfferState.ACCEPTED: OfferState.REGISTERED},
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
