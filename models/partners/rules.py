"""What is true of partners.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.errors import Refused
from models.moves import Moves


class PartnerRole(StrEnum):
    DISTRIBUTOR = "distributor"
    RESELLER = "reseller"
    VAR = "var"
    AGENT = "agent"
    OUTSOURCED = "outsourced"


class Tier(StrEnum):
    """Lowest first."""

    REGISTERED = "registered"
    SILVER = "silver"
    GOLD = "gold"
    PLATINUM = "platinum"


class PartnerStatus(StrEnum):
    ONBOARDING = "onboarding"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


PARTNER_MOVES = Moves(
    "partner",
    activate={PartnerStatus.ONBOARDING: PartnerStatus.ACTIVE},
    suspend={PartnerStatus.ACTIVE: PartnerStatus.SUSPENDED},
    resume={PartnerStatus.SUSPENDED: PartnerStatus.ACTIVE},
    end={
        PartnerStatus.ONBOARDING: PartnerStatus.ENDED,
        PartnerStatus.ACTIVE: PartnerStatus.ENDED,
        PartnerStatus.SUSPENDED: PartnerStatus.ENDED,
    },
)

BUYS_THROUGH_DISTRIBUTORS = frozenset({PartnerRole.RESELLER, PartnerRole.VAR})


@dataclass(frozen=True, slots=True)
class Standing:
    """What activation asks about a partner."""

    agreement_signed_on: date | None
    tax_is_on_file: bool
    has_destination: bool
    administrators: int
    """Partner administrators who have accepted their invitation."""
    address_is_complete: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the checklist."""

    key: str
    label: str
    done: bool
    hint: str
    """How to get it done."""


def checklist(standing: Standing) -> list[Step]:
    """What must be true before a partner becomes active, in the order people do it."""
    return [
        Step(
            "administrator",
            "A partner administrator has joined",
            standing.administrators > 0,
            "Somebody invited must accept the invitation.",
        ),
        Step(
            "address",
            "The address is complete",
            standing.address_is_complete,
            "Street, town and country; banks refuse anything less.",
        ),
        Step(
            "tax",
            "A VAT ID or a tax form is on file",
            standing.tax_is_on_file,
            "Enter the VAT ID, or say which tax form was sent.",
        ),
        Step(
            "destination",
            "It is known where to pay",
            standing.has_destination,
            "A partner administrator enters the bank account.",
        ),
        Step(
            "agreement",
            "The partner agreement is signed",
            standing.agreement_signed_on is not None,
            "A channel manager records the day it was signed.",
        ),
    ]


WHY_NOT_ACTIVE = {
    PartnerStatus.ONBOARDING: "Your company is still onboarding. Complete the checklist on the "
    "company page; then deals can be submitted.",
    PartnerStatus.SUSPENDED: "Your partnership is suspended, so nothing new can be submitted. "
    "Ask your channel manager.",
    PartnerStatus.ENDED: "This partnership has ended.",
}


def must_be_active(status: PartnerStatus) -> None:
    """Raises Refused for a partner that may not do new business."""
    if status in WHY_NOT_ACTIVE:
        raise Refused(WHY_NOT_ACTIVE[status])


def must_be_complete(steps: list[Step]) -> None:
    missing = [f"{step.label}: {step.hint}" for step in steps if not step.done]
    if missing:
        raise Refused("The checklist is not complete. " + " ".join(missing))
