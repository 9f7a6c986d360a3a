"""What is true of people.  Pure: no session, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import cast
from uuid import UUID


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    CHANNEL_MANAGER = "channel_manager"
    SALES_MANAGER = "sales_manager"
    FINANCE = "finance"
    PARTNER_ADMINISTRATOR = "partner_administrator"
    SELLER = "seller"


STAFF = frozenset({Role.ADMINISTRATOR, Role.CHANNEL_MANAGER, Role.SALES_MANAGER, Role.FINANCE})
PARTNER_ROLES = frozenset({Role.PARTNER_ADMINISTRATOR, Role.SELLER})


class Stage(StrEnum):
    """How far a browser has come in."""

    COMPANY = "company"
    """The password was right; which of their companies they come for is still asked."""
    FACTOR = "factor"
    """The password was right; the second factor is still asked for."""
    ENROL = "enrol"
    """The password was right; a second factor must be set up first."""
    IN = "in"


class PersonStatus(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who does something, as operations want to know them."""

    id: UUID
    name: str
    email: str
    role: Role
    partner_id: UUID | None
    """None for the vendor's staff."""
    locale: str = "en_US"
    time_zone: str = "UTC"
    reads: frozenset[UUID] = frozenset()
    """Further partners whose rows may be read: a distributor's resellers."""
    visitor: str = ""
    """The vendor's administrator who looks through these eyes; empty: it is they themselves."""

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF

    @property
    def initials(self) -> str:
        words = self.name.split() or ["?"]
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


SYSTEM = Actor(
    id=cast(UUID, None), name="Counterpart", email="", role=cast(Role, None), partner_id=None
)
"""The worker, when a clock and not a person made something happen: the one without id and role."""
