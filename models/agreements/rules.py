"""What is true of agreements.  Pure: no session, no clock."""

from __future__ import annotations

from enum import StrEnum

from models.people import Role


class TextKind(StrEnum):
    AGREEMENT = "agreement"
    """Signed once for the company, by one of its administrators."""
    CODE_OF_CONDUCT = "code_of_conduct"
    """Signed by each person for themselves."""


TITLES = {
    TextKind.AGREEMENT: "Partner agreement",
    TextKind.CODE_OF_CONDUCT: "Code of conduct",
}


def may_sign(kind: TextKind, role: Role) -> bool:
    return kind is TextKind.CODE_OF_CONDUCT or role is Role.PARTNER_ADMINISTRATOR


def is_same_name(typed: str, name: str) -> bool:
    return " ".join(typed.split()).casefold() == " ".join(name.split()).casefold()
