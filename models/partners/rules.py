"""What is true of partners.  Pure."""

from __future__ import annotations

from enum import StrEnum


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
