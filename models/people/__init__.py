"""People: who signs in, in which role, for which company."""

from models.people.rules import (
    PARTNER_ROLES,
    STAFF,
    SYSTEM,
    Actor,
    PersonStatus,
    Role,
    Stage,
)
from models.people.tables import AccessToken, Door, Person, SignInAttempt, TokenPurpose, UserSession

__all__ = [
    "PARTNER_ROLES",
    "STAFF",
    "SYSTEM",
    "AccessToken",
    "Actor",
    "Door",
    "Person",
    "PersonStatus",
    "Role",
    "SignInAttempt",
    "Stage",
    "TokenPurpose",
    "UserSession",
]
